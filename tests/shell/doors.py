"""Who may enter the shell's pages."""

EVERYBODY = {"vera", "max", "lena", "oleg", "nina", "adam", "dina", "rita"}

DOORS = {
    "shell:gallery": (lambda cast: {}, EVERYBODY),
    "shell:palette": (lambda cast: {}, EVERYBODY),
}
# Open to the whole world: a health probe and robots have no desk.
OPEN = {"shell:healthz", "shell:robots"}
