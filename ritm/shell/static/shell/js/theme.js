// Light, dark or as the system: at once on the page, kept in a cookie for pages that know nobody yet.
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  const fold = event.target.closest("[data-fold-rail]");
  const root = document.documentElement;
  if (choice) {
    const theme = choice.dataset.themeChoice;
    root.dataset.theme = theme;
    remember("ritm_theme", theme);
    for (const other of document.querySelectorAll("[data-theme-choice]")) {
      other.setAttribute("aria-pressed", String(other === choice));
    }
    const form = choice.closest("form");
    if (form) {
      event.preventDefault();
      const body = new FormData(form);
      body.set(choice.name, choice.value);
      fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    }
  }
  if (fold) {
    const folded = root.dataset.rail !== "folded";
    if (folded) root.dataset.rail = "folded";
    else delete root.dataset.rail;
    fold.setAttribute("aria-pressed", String(folded));
    remember("ritm_rail", folded ? "folded" : "open");
  }
});

function remember(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}
