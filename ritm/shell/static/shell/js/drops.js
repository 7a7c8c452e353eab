// A place to drop a file: the input fills it, so the browser does the work; script shows what is going on.
for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    event.target.closest?.("[data-drop]")?.classList.toggle("drop--over", over);
  });
}
document.addEventListener("change", (event) => {
  const drop = event.target.closest?.("[data-drop]");
  const word = drop?.querySelector("[data-drop-word]");
  if (!word || event.target.type !== "file") return;
  word.dataset.empty ??= word.textContent;
  word.textContent = [...event.target.files].map((file) => file.name).join(", ") || word.dataset.empty;
});
