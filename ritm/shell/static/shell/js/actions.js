// What can be done with a row is written once for the whole list: [data-actions] names a <template>. A row that comes
// into hand gets its copy in its empty [data-slot], filled from the row's own data: {client} is its data-client (after
// an equals sign, the value of a query), and data-when="email !tel" keeps an element only where there is the one and
// not the other.
const PLACES = /(=?)\{(\w+)\}/g;

function fits(element, data) {
  return element.dataset.when.split(" ").every((word) => (word[0] === "!" ? !data[word.slice(1)] : Boolean(data[word])));
}

function equip(row) {
  const slot = row?.querySelector("[data-slot]:empty");
  const source = slot && document.getElementById(row.closest("[data-actions]")?.dataset.actions);
  if (!source) return;
  const copy = source.content.cloneNode(true);
  const filled = (text) => text.replace(PLACES, (_, equals, name) => equals + (equals ? encodeURIComponent : String)(row.dataset[name] ?? ""));
  for (const element of copy.querySelectorAll("[data-when]")) if (!fits(element, row.dataset)) element.remove();
  for (const element of copy.querySelectorAll("*")) {
    for (const attribute of element.attributes) if (attribute.value.includes("{")) attribute.value = filled(attribute.value);
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE && node.data.includes("{")) node.data = filled(node.data);
  }
  slot.replaceChildren(copy);
  window.htmx.process(slot);
}

for (const event of ["stand", "pointerover", "focusin"]) {
  document.addEventListener(event, ({ target }) => equip(target.closest?.("[data-row]")));
}

// Where nothing hovers, a finger finds the actions in every row that it scrolls to.
if (matchMedia("(hover: none)").matches) {
  const coming = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      coming.unobserve(target);
      equip(target);
    }
  }, { rootMargin: "600px" });
  const watch = (root) => { for (const row of root.querySelectorAll("[data-actions] [data-row]")) coming.observe(row); };
  watch(document);
  document.addEventListener("htmx:load", ({ target }) => watch(target));
}
