// A form opened inside an item is closed by Cancel or Escape, and the item is in hand again. Keys are the shell's.
function close(form) {
  const row = form.closest("[data-row]");
  form.parentElement.replaceChildren();
  row.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-close-occasion]")?.closest("[data-row] .occasion");
  if (!form) return;
  event.preventDefault();
  close(form);
});

// Also before the form has taken the focus: whoever is quick means the one that has just opened.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const busy = event.target.closest?.("input, select, textarea, dialog");
  const form = event.target.closest?.("[data-row] .occasion") ?? (busy ? null : document.querySelector("[data-row][data-here] .occasion"));
  if (form) close(form);
});
