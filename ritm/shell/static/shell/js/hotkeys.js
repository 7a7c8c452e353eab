// Keys are declared where they act: data-key="c" on a button, link or field. One that stands in a row acts for the
// row that is current; "alt+r" works while typing too. Letters are known by their place on the keyboard: the Russian layout is on all day long.
const PLACES = { BracketLeft: "[", BracketRight: "]", Slash: "/", Period: ".", Comma: "," };

export function keyOf(event) {
  if (event.code.startsWith("Key")) return event.code.slice(3).toLowerCase();
  if (event.code.startsWith("Digit")) return event.code.slice(5);
  if (event.code.startsWith("Numpad") && /^\d$/.test(event.key)) return event.key;
  return PLACES[event.code] ?? event.key.toLowerCase();
}

export function isTyping(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.repeat) return;
  // A key with Alt types nothing, so it works inside a field too.
  if (isTyping(event.target) && !event.altKey) return;
  const dialog = document.querySelector("dialog[open]");
  const key = (event.altKey ? "alt+" : "") + (event.shiftKey ? "shift+" : "") + keyOf(event);
  const wanted = [...document.querySelectorAll("[data-key]")].filter(
    (one) => one.dataset.key.toLowerCase() === key && (!dialog || dialog.contains(one)) && !one.disabled && seen(one),
  );
  const found = wanted.find((one) => one.closest("[data-row][data-here]")) ?? wanted.find((one) => !one.closest("[data-row]"));
  if (!found) return;
  event.preventDefault();
  if (found.matches("input:not([type=checkbox], [type=radio]), textarea, select")) found.focus();
  else found.click();
});

// What waits in a closed menu may still be reached by its key; what is hidden may not.
const seen = (one) => one.closest("details.menu") !== null || one.getClientRects().length > 0;
