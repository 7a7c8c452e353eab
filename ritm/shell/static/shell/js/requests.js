// While htmx works: a thin bar on top; after a swap: focus and scroll where they were.
import { failed } from "./toasts.js";

let open = 0;
document.addEventListener("htmx:beforeRequest", () => { open += 1; document.body.classList.add("is-loading"); });
document.addEventListener("htmx:afterRequest", () => {
  open = Math.max(0, open - 1);
  if (!open) document.body.classList.remove("is-loading");
});

// htmx keeps the focus of elements with an id. A button in a row that was swapped has none: its row's place is kept.
let place = null;
document.addEventListener("htmx:beforeSwap", () => {
  const row = document.activeElement?.closest("[data-row]");
  const list = row?.closest("[data-roving]");
  place = row && list ? { list: list.id, index: rows(list).indexOf(row), y: scrollY } : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!place || (document.activeElement && document.activeElement !== document.body)) return;
  const list = document.getElementById(place.list);
  const found = list ? rows(list) : [];
  (found[Math.min(place.index, found.length - 1)])?.focus({ preventScroll: true });
  scrollTo(scrollX, place.y);
  place = null;
});
const rows = (list) => [...list.querySelectorAll("[data-row]")];

// A form sent without htmx: its button shows work and cannot be pressed twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.target || form.matches("[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("data-busy", "");
});
// Back from the next page: the browser may show this one as it was left.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-busy]")) button.removeAttribute("data-busy");
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form?.requestSubmit();
});

document.addEventListener("htmx:timeout", failed);
