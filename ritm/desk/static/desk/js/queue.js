// One item of a list is in hand: J and K move, other keys press what the item offers under data-do. No rules live here.
const lists = () => document.querySelectorAll("[data-queue]");

function current(list) {
  return list.querySelector("[data-item][aria-current]");
}

function take(item, { focus = true } = {}) {
  if (!item) return;
  for (const other of item.parentElement.querySelectorAll("[data-item][aria-current]")) other.removeAttribute("aria-current");
  item.setAttribute("aria-current", "true");
  if (focus) {
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }
}

// The same place in the list, once the item that stood there has gone.
let place = 0;

function settle(focus) {
  for (const list of lists()) {
    if (current(list)) continue;
    const items = list.querySelectorAll("[data-item]");
    take(items[Math.min(place, items.length - 1)], { focus });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const list = document.querySelector("[data-queue]");
  if (!list || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && event.target.closest(".occasion")) {
    close(event.target.closest(".occasion"));
    return;
  }
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const here = current(list);
  const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key.toLowerCase();
  if (key === "j" || key === "arrowdown" || key === "k" || key === "arrowup") {
    const step = key === "j" || key === "arrowdown" ? "nextElementSibling" : "previousElementSibling";
    take(here ? (here[step] ?? here) : list.querySelector("[data-item]"));
    event.preventDefault();
    return;
  }
  // Enter on a link or a button is that link's or button's own.
  if (!here || (key === "enter" && event.target !== here && event.target !== document.body)) return;
  const what = here.querySelector(`[data-do="${CSS.escape(key)}"]`);
  if (what) {
    event.preventDefault();
    what.click();
  }
});

document.addEventListener("focusin", (event) => {
  const item = event.target.closest?.("[data-queue] [data-item]");
  if (item && !item.hasAttribute("aria-current")) take(item, { focus: false });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close-form]");
  const form = button?.closest("[data-item] .occasion");
  if (form) {
    event.preventDefault();
    close(form);
  } else {
    const item = event.target.closest("[data-queue] [data-item]");
    if (item && !item.hasAttribute("aria-current")) take(item, { focus: false });
  }
});

function close(form) {
  const item = form.closest("[data-item]");
  form.parentElement.replaceChildren();
  item.focus({ preventScroll: true });
}

document.addEventListener("htmx:beforeSwap", () => {
  const list = document.querySelector("[data-queue]");
  const here = list && current(list);
  if (here) place = [...list.children].indexOf(here);
});
document.addEventListener("htmx:afterSettle", (event) => {
  settle(true);
  const form = event.target.closest?.(".item__form") ?? event.target.querySelector?.(".item__form .occasion");
  form?.querySelector("input:not([type=hidden]), textarea, select")?.focus();
});
settle(false);
