// Marking rows: [data-selection] holds input[data-select] boxes, one [data-select-all], and a bar [data-selection-bar]
// with [data-selection-count]; with [data-select-every] on, [data-selection-every] speaks instead of
// [data-selection-some]. Shift marks a stretch. The boxes are real: the form works without script.
let last = null;

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("input[data-select]");
  if (!box) return;
  const boxes = [...box.closest("[data-selection]").querySelectorAll("input[data-select]")];
  if (event.shiftKey && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const place = event.target.closest?.("[data-selection]");
  if (!place) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of place.querySelectorAll("input[data-select]")) box.checked = event.target.checked;
  }
  count(place);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-selection-clear]");
  if (!button) return;
  const place = button.closest("[data-selection]");
  const boxes = "input[data-select], [data-select-all], [data-select-every]";
  for (const box of place.querySelectorAll(boxes)) box.checked = false;
  count(place);
});

function count(place) {
  const boxes = [...place.querySelectorAll("input[data-select]")];
  const marked = boxes.filter((box) => box.checked).length;
  const all = place.querySelector("[data-select-all]");
  if (all) {
    all.checked = marked > 0 && marked === boxes.length;
    all.indeterminate = marked > 0 && marked < boxes.length;
  }
  for (const bar of place.querySelectorAll("[data-selection-bar]")) bar.hidden = marked === 0;
  const every = place.querySelector("[data-select-every]")?.checked ?? false;
  for (const word of place.querySelectorAll("[data-selection-some]")) word.hidden = every;
  for (const word of place.querySelectorAll("[data-selection-every]")) word.hidden = !every;
  for (const word of place.querySelectorAll("[data-selection-count]")) word.textContent = String(marked);
}

const all = () => { for (const place of document.querySelectorAll("[data-selection]")) count(place); };
addEventListener("pageshow", all);
document.addEventListener("htmx:afterSettle", all);
