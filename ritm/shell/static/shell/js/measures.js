// Lengths that only the data knows. The content security policy forbids style attributes; script may set them.
const KNOWN = { width: "width", height: "height", left: "left" };

function apply(root) {
  for (const [name, property] of Object.entries(KNOWN)) {
    for (const one of root.querySelectorAll(`[data-${name}]`)) one.style[property] = `${Number(one.dataset[name])}%`;
  }
}

apply(document);
document.addEventListener("htmx:afterSwap", (event) => apply(event.detail.target.parentElement ?? document));
