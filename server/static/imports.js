// The page of imports: a file is tried first and taken in then, a wrong one withdrawn. The file stays in the browser until it is taken in.
import { $, bi, element, part, tell } from "./parts.js";
import { press } from "./press.js";

const form = $("import"), take = $("take"), told = $("told");

async function wish() {
  const file = $("file").files[0], bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { name: file.name, content: btoa(binary), twins: $("twins").checked, outside_hours: $("outside").checked, unit: $("unit").value.trim() };
}

const path = () => `/api/v1/imports/${form.elements.kind.value}`;

const heading = (zh, en) => part("h3", "", bi(zh, en));
const words = (list) => part("ul", "", ...list.map((one) => part("li", "", bi(one.zh, one.en))));

function draw(answer) {
  const counts = element("p");
  counts.append(bi(
    `新的${answer.new}条，更改${answer.changed}条，重复${answer.double}条，未来的${answer.future}条`,
    `${answer.new} new, ${answer.changed} changed, ${answer.double} double, ${answer.future} of the future`,
  ));
  told.replaceChildren(counts);
  if (answer.brings.length) told.append(heading("会收", "Would be taken"), words(answer.brings));
  if (answer.left.length) told.append(heading("不收", "Left"), words(answer.left));
  if (answer.difference) told.append(
    heading("配置文件和事项目录要加的", "What the hall's files would get"), element("pre", "difference", answer.difference),
    part("p", "hint", bi("这里只导入来访；事项和窗口请技术人员用命令行“import”写成新文件，核对后启用。", "Visits alone are taken in here; services and counters are written by the command line, import … --write, and looked at first.")),
  );
  if (answer.problems.length) told.append(part("ul", "alert bad", ...answer.problems.map((line) => element("li", "", line))));
  if (answer.doubles.length) told.append(part("ul", "", ...answer.doubles.map((line) => part("li", "", bi(line.zh, line.en)))));
  take.disabled = !answer.may;
}

function forget() {
  take.disabled = true;
  told.replaceChildren();
}

function fit() {
  const dump = form.dataset.systems.split(" ").includes(form.elements.kind.value);
  for (const node of document.querySelectorAll("[data-for]")) node.hidden = !node.dataset.for.split(" ").includes(dump ? "dump" : form.elements.kind.value);
}

form.addEventListener("change", () => { fit(); forget(); });
fit();
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
