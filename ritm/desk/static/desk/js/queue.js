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

document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest?.("[data-row] .occasion");
  if (form) close(form);
});
