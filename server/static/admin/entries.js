// The forms of the administration: rows of a list are added, moved and taken away; a long list is filtered. Without this script the last,
// empty row takes one more each time.
const $ = (id) => document.getElementById(id);

for (const entries of document.querySelectorAll("[data-entries]")) {
  const more = entries.querySelector(".more");
  const rows = () => [...entries.querySelectorAll(":scope > .list-entry")];
  const blank = rows().at(-1).cloneNode(true);
  const all = entries.parentElement.querySelector("input.all");
  more.hidden = false;
  rows().at(-1).remove();
  const add = () => { const row = blank.cloneNode(true); more.before(row); return row; };
  more.addEventListener("click", () => add().querySelector("input, select, textarea").focus());
  entries.addEventListener("click", (event) => {
    const key = event.target.closest("button"), row = event.target.closest(".list-entry");
    if (!key || !row) return;
    if (key.classList.contains("away")) row.remove();
    if (key.classList.contains("up") && row.previousElementSibling) row.previousElementSibling.before(row);
    if (key.classList.contains("down") && row.nextElementSibling?.classList.contains("list-entry")) row.nextElementSibling.after(row);
    key.isConnected && key.focus();
  });
  const show = () => { entries.hidden = Boolean(all?.checked); };
  all?.addEventListener("change", show);
  show();
}

const filter = $("filter");
filter?.addEventListener("input", () => {
  const words = filter.value.trim().toLowerCase();
  for (const row of $("rows").children) row.hidden = !row.textContent.toLowerCase().includes(words);
});

const menu = $("admin-menu");
if (menu && matchMedia("(max-width: 60rem)").matches) menu.open = false;
