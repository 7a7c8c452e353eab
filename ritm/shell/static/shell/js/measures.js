// Lengths that only the data knows. The content security policy forbids style attributes; script may set them.
const KNOWN = { width: "width", height: "height", left: "left" };

function apply(root) {
  for (const [name, property] of Object.entries(KNOWN)) {
    for (const one of root.querySelectorAll(`[data-${name}]`)) one.style[property] = `${Number(one.dataset[name])}%`;
  }
}

apply(document);
document.addEventListener("htmx:afterSwap", (event) => apply(event.detail.target.parentElement ?? document));

// A table that is wider than its window is reached and scrolled by keys.
function reachable() {
  for (const wrap of document.querySelectorAll(".table-wrap:not([tabindex])")) {
    if (wrap.scrollWidth <= wrap.clientWidth + 1) continue;
    wrap.tabIndex = 0;
    // A group, not a region: several tables on a page are no landmarks.
    wrap.setAttribute("role", "group");
    wrap.setAttribute("aria-label", wrap.querySelector("caption")?.textContent.trim() || document.querySelector("h1")?.textContent.trim() || "");
  }
}
reachable();
addEventListener("resize", reachable);
document.addEventListener("htmx:afterSettle", reachable);
