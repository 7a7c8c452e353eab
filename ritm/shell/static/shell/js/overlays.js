// Dialogs and drawers: the browser's own <dialog>, opened by data-open="id", closed by data-close or a click outside.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open);
    if (dialog) { event.preventDefault(); show(dialog); }
    return;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  // The backdrop belongs to the dialog itself; what is inside it is some other element.
  else if (event.target instanceof HTMLDialogElement && outside(event.target, event)) event.target.close();
});

function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

export function show(dialog) {
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector(".dialog__body :is(input:not([type=hidden]), select, textarea)"))?.focus();
}

// #dialog-body and #drawer-body wait on every page: whatever htmx puts there is shown.
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target?.closest?.("dialog[data-fills]");
  if (!dialog) return;
  if (event.detail.target.childElementCount) show(dialog);
  else dialog.close();
});
document.addEventListener("close-dialog", () => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
});
