// Menus are <details>: they open without script. Script closes them and walks them by arrows.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (!menu) return;
  const items = [...menu.querySelectorAll(".menu__item")].filter((item) => item.offsetParent);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else if (step) {
    event.preventDefault();
    if (!menu.open) { menu.open = true; }
    const shown = items.length ? items : [...menu.querySelectorAll(".menu__item")];
    const index = shown.indexOf(document.activeElement);
    shown[(index + step + shown.length) % shown.length]?.focus();
  }
});
