// The page of imports: a file is tried first and taken in then, a wrong one withdrawn. The file stays in the browser until it is taken in.
import { $, bi, element, part, tell } from "./parts.js";
import { press } from "./press.js";

const form = $("import"), take = $("take"), told = $("told");

async function wish() {
  const file = $("file").files[0], bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { name: file.name, content: btoa(binary), twins: $("twins").checked, outside_hours: $("outside").checked };
}

const path = () => `/api/v1/imports/${form.elements.kind.value}`;

function draw(answer) {
  const counts = element("p");
  counts.append(bi(
    `新的${answer.new}条，更改${answer.changed}条，重复${answer.double}条，未来的${answer.future}条`,
    `${answer.new} new, ${answer.changed} changed, ${answer.double} double, ${answer.future} of the future`,
  ));
  told.replaceChildren(counts);
  if (answer.problems.length) told.append(part("ul", "alert bad", ...answer.problems.map((line) => element("li", "", line))));
  if (answer.doubles.length) told.append(part("ul", "", ...answer.doubles.map((line) => part("li", "", bi(line.zh, line.en)))));
  take.disabled = !answer.may;
}

function forget() {
  take.disabled = true;
  told.replaceChildren();
}

form.addEventListener("change", forget);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  forget();
  press(`${path()}/check`, await wish(), { done: draw });
});
take.addEventListener("click", async () => {
  take.disabled = true;
  press(path(), await wish(), { done: (answer) => { tell(`已导入${answer.taken}条。`, `${answer.taken} taken in.`); location.reload(); } });
});
for (const one of document.querySelectorAll("form.withdraw")) one.addEventListener("submit", (event) => {
  event.preventDefault();
  press(`/api/v1/imports/${one.dataset.id}/withdrawal`, { reason: one.elements.reason.value }, { done: () => location.reload() });
});
