// J and K walk through the rows of the exchange, B takes the client of the row: no rule lives here.
const table = document.querySelector("[data-exchange]");
if (table) {
  // Read anew at every key: a row that somebody else took first is replaced.
  const all = () => [...table.tBodies[0].rows];
  let here = -1;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const rows = all();
    const step = { KeyJ: 1, KeyK: -1 }[event.code];
    if (step) {
      here = Math.min(rows.length - 1, Math.max(0, here + step));
      rows[here].focus();
    } else if (event.code === "KeyB" && here >= 0) {
      rows[here].querySelector("[data-claim]")?.click();
    } else if (event.code === "Enter" && document.activeElement === rows[here]) {
      rows[here].querySelector("a")?.click();
    }
  });
}
