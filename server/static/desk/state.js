// What the guide desk knows: the hall's last view, the field and its mode, the number in sight; its presses, and what went wrong.
import { LOST } from "../feed.js";
import { $, bi, pick, plain } from "../parts.js";
import { press } from "../press.js";
import { searching } from "../search.js";

export const known = JSON.parse($("known").textContent);
export const services = new Map(known.services.map((one) => [one.code, one]));
export const tabs = known.packages.length ? [...known.groups, { name: "一件事", name_en: "Packages" }] : known.groups;
export const wanted = $("wanted");
const fine = matchMedia("(pointer: fine)");

export const desk = { view: null, offset: 0, away: false, mode: "find", body: null, group: 0, stage: "group", marked: -1, issuedId: null, redraw() {} };
export const now = () => Date.now() + desk.offset;

// --- pressing -----------------------------------------------------------------------------------------------------------

// A press of this page: what went wrong stands under the field, and the field has the focus again.
export function send(path, content, done, refused = refuse) {
  if (desk.away) { refused(LOST); return; }
  press(path, content, {
    done: (answer) => { refuse(null); done(answer); },
    refuse: (detail, detail_en) => refused({ detail, detail_en }),
    busy: (on) => { if (!on) refocus(); },
  });
}

export function refuse(problem, ...keys) {
  const box = $("refusal");
  box.hidden = !problem;
  box.replaceChildren();
  if (problem) box.append(bi(problem.detail, problem.detail_en), ...keys);
}

export const refocus = () => { if (fine.matches && !document.querySelector("dialog[open]") && desk.mode !== "contact") wanted.focus({ preventScroll: true }); };

// --- the field's mode and what it offers --------------------------------------------------------------------------------

const HINTS = {
  find: ["号码，如 A012；直接输入事项（名称、俗称、拼音）就是帮取号。", "A number such as A012; an item (name, everyday word, pinyin) issues one."],
  issue: ["事项名称、俗称、拼音或首字母，回车取号；或按数字选类别、再选事项。", "An item's name, everyday word or pinyin, Enter issues; or digits: category, then item."],
  contact: ["号码，如 A012。", "A number such as A012."],
};

export function setMode(next) {
  desk.mode = next;
  document.querySelectorAll("[data-mode]").forEach((key) => { key.setAttribute("aria-selected", String(key.dataset.mode === desk.mode)); });
  for (const id of ["find", "issue", "contact"]) $(id).hidden = id !== desk.mode;
  $("register").hidden = desk.mode !== "contact";
  $("wanted-hint").replaceChildren(bi(...HINTS[desk.mode]));
  wanted.placeholder = desk.mode === "issue" ? pick("事项", "Item") : "A012";
}

export const klass = () => document.querySelector("#klass input:checked").value;

const searched = { query: "", hits: [], sure: false };
const search = searching((found) => { Object.assign(searched, found); desk.marked = -1; desk.redraw(); }, (code) => services.get(code));
const typed = () => (desk.mode === "issue" ? plain(wanted.value) : "");

// What is typed is asked for; the answer draws itself.
export const look = () => search(typed());

// The services on offer: of the category, or what a search found.
export function offered() {
  if (!typed() && desk.group === known.groups.length) return known.packages.map((one) => ({ ...one, code: "", bundle: one }));
  if (!typed()) return known.groups[desk.group].services.map((code) => services.get(code));
  return hits().filter((hit) => hit.code).map((hit) => services.get(hit.code));
}

// Whether the answer to what is typed has come.
export const answered = () => searched.query === typed();

// What the newest search found, with what is done elsewhere.
export const hits = () => (typed() ? searched.hits : []);

// Which one of `offered` Enter takes: the one marked by hand, or the one that is meant beyond doubt; -1 for none.
export function marked() {
  const certain = typed() && searched.query === typed() && searched.sure && searched.hits[0].code;
  return desk.marked < 0 && certain ? 0 : desk.marked;
}
