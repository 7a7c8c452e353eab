// A list to walk by J and K (or arrows inside it): [data-roving] holds [data-row]s. Enter opens the row's [data-main]
// link, X marks its checkbox. The current row carries data-here, and keys declared inside it act on it.
import { isTyping, keyOf } from "./hotkeys.js";

const lists = () => [...document.querySelectorAll("[data-roving]")];
const rowsOf = (list) => [...list.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length);

function current(list) {
  return list.querySelector("[data-row][data-here]");
}

function stand(list, row, { focus = true } = {}) {
  current(list)?.removeAttribute("data-here");
  row.setAttribute("data-here", "");
  row.dispatchEvent(new CustomEvent("stand", { bubbles: true }));
  if (!row.hasAttribute("tabindex")) row.tabIndex = -1;
  if (focus) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || document.querySelector("details.menu[open]")) return;
  const list = event.target.closest?.("[data-roving]") ?? lists()[0];
  if (!list) return;
  const key = keyOf(event);
  const inside = list.contains(event.target);
  const step = key === "j" || (inside && event.key === "ArrowDown") ? 1 : key === "k" || (inside && event.key === "ArrowUp") ? -1 : 0;
  const here = current(list);
  if (step) {
    const rows = rowsOf(list);
    if (!rows.length) return;
    event.preventDefault();
    const index = here ? rows.indexOf(here) + step : step > 0 ? 0 : rows.length - 1;
    stand(list, rows[Math.max(0, Math.min(rows.length - 1, index))]);
  } else if (event.key === "Enter" && here && event.target === here) {
    const main = here.querySelector("[data-main]") ?? here.querySelector("a[href]");
    if (main) { event.preventDefault(); main.click(); }
  } else if (key === "x" && here) {
    const box = here.querySelector("input[data-select]");
    if (box) { event.preventDefault(); box.click(); }
  }
});

// Where the pointer or the Tab key goes, the current row follows.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  const list = row?.closest("[data-roving]");
  if (list) stand(list, row, { focus: false });
});

// The row that was finished is gone: the one in its place becomes current, so that the hands stay where they are.
document.addEventListener("htmx:afterSettle", () => {
  for (const list of lists()) {
    const index = Number(list.dataset.at ?? -1);
    if (index < 0 || current(list)) continue;
    const rows = rowsOf(list);
    const row = rows[Math.min(index, rows.length - 1)];
    if (row) stand(list, row, { focus: document.activeElement === document.body });
  }
});
document.addEventListener("htmx:beforeRequest", () => {
  for (const list of lists()) {
    const here = current(list);
    if (here) list.dataset.at = String(rowsOf(list).indexOf(here));
  }
});
