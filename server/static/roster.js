// The roster of a month: half days are ticked by dragging over them, as well as one by one. Decides nothing.

const table = document.getElementById("roster");
let ticking = null;

function boxAt(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest("#roster label.half")?.querySelector("input");
}

table.addEventListener("pointerdown", (event) => {
  const box = boxAt(event);
  if (!box || box.disabled || event.pointerType === "touch") return;
  ticking = !box.checked;
  box.checked = ticking;
  event.preventDefault();
});
table.addEventListener("pointermove", (event) => {
  const box = ticking === null ? null : boxAt(event);
  if (box) box.checked = ticking;
});
table.addEventListener("click", (event) => {
  // the press has ticked it already; a key, or a finger, has not
  if (event.pointerType === "mouse" && event.target.closest("label.half")) event.preventDefault();
});
window.addEventListener("pointerup", () => {
  ticking = null;
});
