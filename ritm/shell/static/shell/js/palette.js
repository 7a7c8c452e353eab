// The command palette: Ctrl/Cmd+K, arrows, Enter. What it finds is the server's answer.
const palette = document.getElementById("palette");
const input = palette?.querySelector("input");
const found = document.getElementById("palette-found");

function open() {
  palette.showModal();
  input.select();
  input.dispatchEvent(new Event("palette:open"));
}

if (palette) {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-palette]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === "KeyK") {
      event.preventDefault();
      if (palette.open) palette.close();
      else open();
    }
  });
  input.addEventListener("keydown", (event) => {
    const hits = [...found.querySelectorAll("[role=option]")];
    const here = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) {
      event.preventDefault();
      choose(hits, (here + step + hits.length) % hits.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const hit = hits[Math.max(here, 0)];
      if (hit) { palette.close(); hit.click(); }
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === found) choose([...found.querySelectorAll("[role=option]")], 0);
  });
}

function choose(hits, index) {
  for (const hit of hits) hit.setAttribute("aria-selected", "false");
  const hit = hits[index];
  if (!hit) { input.removeAttribute("aria-activedescendant"); return; }
  hit.setAttribute("aria-selected", "true");
  hit.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", hit.id);
}
