// A month's ledger of a register: another month, and the sheet on paper.
import { $ } from "./parts.js";

$("ledger").addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(`${$("ledger").dataset.of}${$("month").value}`);
});
$("print").addEventListener("click", () => print());
