// A service is found by what people call it (search.js) beside the list of all: typed, arrows, Enter. Taking one chooses it in the list and goes on.
import { $, bi, element } from "./parts.js";
import { because, elsewhereLine, searching } from "./search.js";

const list = $("service"), input = $("find"), hits = $("find-list");
const known = new Map([...list.options].filter((one) => one.value).map((one) => [one.value, one]));
let shown = [], at = -1;

function point(to) {
  at = shown.length ? Math.max(-1, Math.min(to, shown.length - 1)) : -1;
  shown.forEach((one, i) => { one.row.classList.toggle("at", i === at); one.row.setAttribute("aria-selected", String(i === at)); });
  input.setAttribute("aria-activedescendant", at < 0 ? "" : `find-${at}`);
  if (at >= 0) shown[at].row.scrollIntoView({ block: "nearest" });
}

function take(code) {
  list.value = code;
  list.form.requestSubmit();
}

function rowOf(hit, i) {
  const row = element("li");
  row.id = `find-${i}`;
  row.role = "option";
  row.append(element("code", "", hit.code), bi(hit.name, hit.name_en), " ", because(hit));
  row.onclick = () => take(hit.code);
  return row;
}

const search = searching((found) => {
  const here = found.hits.filter((hit) => known.has(hit.code)), lines = found.hits.filter((hit) => !hit.code).map(elsewhereLine);
  shown = here.map((hit, i) => ({ code: hit.code, row: rowOf(hit, i) }));
  const rows = shown.map((one) => one.row), first = found.hits[0] && !found.hits[0].code;
  if (found.query && !rows.length && !lines.length) {
    const none = element("li", "muted");
    none.append(found.lost ? bi("主机没有回应：请从列表里选。", "The hub does not answer: choose from the list.") : bi("没有找到：换个词试试。", "Nothing found: try another word."));
    lines.push(none);
  }
  hits.replaceChildren(...(first ? [...lines, ...rows] : [...rows, ...lines]));
  hits.hidden = !hits.children.length;
  input.setAttribute("aria-expanded", String(!hits.hidden));
  point(found.sure && !first ? 0 : -1);  // only what is meant beyond doubt: Enter never takes a guess
}, (code) => {
  const one = known.get(code);
  return one && { code, name: one.dataset.zh, name_en: one.dataset.en };
});

input.oninput = () => search(input.value);
input.onkeydown = async (event) => {
  if (event.isComposing || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  event.preventDefault();
  const wish = input.value;
  if (wish.trim()) await search(wish);  // the answer to what is typed may still be on its way
  if (input.value !== wish) return;
  if (event.key === "ArrowDown") point(at + 1);
  else if (event.key === "ArrowUp") point(Math.max(0, at - 1));
  else if (shown[at]) take(shown[at].code);
};
$("find-box").hidden = false;
if (!list.value) input.focus();
