// The tally sheet of a time without machines, entered afterwards: a table that is filled by keyboard, kept as a whole.
import { $, bi } from "../parts.js";
import { press } from "../press.js";

const rows = $("rows"), wrong = $("wrong"), FIRST = 12;
const byHand = JSON.parse($("by-hand").textContent);  // [letter, first, last] each

function add(n) {
  for (let i = 0; i < n; i++) {
    rows.append($("row").content.cloneNode(true));
    const last = rows.lastElementChild, before = last.previousElementSibling;
    if (before) last.querySelector("[name=counter]").value = before.querySelector("[name=counter]").value;
  }
}

const told = (row) => Object.fromEntries([...row.querySelectorAll("[name]")].map((field) => [field.name, field.value.trim()]));

// A number of the list has its item and its time already: the keyboard passes over both. One by hand is of its letter.
rows.addEventListener("input", (event) => {
  if (event.target.name !== "number") return;
  const row = event.target.closest("tr"), service = row.querySelector("[name=service]"), came = row.querySelector("[name=came]");
  const [, prefix, digits] = event.target.value.trim().toUpperCase().match(/^([A-Z])([0-9]+)$/) || [];
  const listed = Boolean(prefix) && !byHand.some(([letter, first, last]) => letter === prefix && first <= Number(digits) && Number(digits) <= last);
  for (const field of [service, came]) {
    field.disabled = listed;
    if (listed) field.value = "";
  }
  for (const option of service.options) option.hidden = Boolean(prefix && option.value && option.dataset.prefix !== prefix);
  if (service.selectedOptions[0]?.hidden) service.value = "";
});

rows.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const row = event.target.closest("tr");
  if (!row.nextElementSibling) add(1);
  const next = row.nextElementSibling, counter = next.querySelector("[name=counter]");
  if (!next.querySelector("[name=number]").value) counter.value = row.querySelector("[name=counter]").value;
  next.querySelector("[name=number]").focus();
});

$("tally").addEventListener("submit", (event) => {
  event.preventDefault();
  wrong.hidden = true;
  const filled = [...rows.children].map(told).filter((row) => row.number);
  if (!filled.length) return;
  press("/api/v1/offline/tally", { rows: filled }, {
    refuse: (zh, en) => { wrong.replaceChildren(bi(zh, en)); wrong.hidden = false; },
    done: (answer) => {
      rows.replaceChildren();
      add(FIRST);
      $("done").replaceChildren(bi(`已补录${answer.served}个号，其中手写号${answer.made}个。`, `${answer.served} numbers entered, ${answer.made} of them by hand.`));
      rows.querySelector("[name=number]").focus();
    },
  });
});
$("more").addEventListener("click", () => add(10));
add(FIRST);
rows.querySelector("[name=number]").focus();
