// What the guide desk prints: 材料清单 of an item (F11), 引导单 of a first contact, and 补打 of what nobody holds.
import { $, tell } from "../parts.js";
import { paperAlarm, paperLine, paperName, paperNews } from "../papers.js";
import { put } from "./pieces.js";
import { desk, marked, offered, refuse, send } from "./state.js";

const deskMode = () => ({ printer: $("printer").value });

// The item in sight: of the number found, or the one that is desk.marked or typed.
function itemInSight() {
  if (desk.mode === "find") return desk.body?.ticket ? { services: [desk.body.ticket.service.code], ticket: desk.body.ticket.id, language: desk.body.ticket.language, large_print: desk.body.ticket.large_print } : null;
  const list = desk.mode === "issue" ? offered() : [], one = list[marked()];
  return one ? listWish(one.code) : null;
}
export const listWish = (...codes) => ({ services: codes, language: document.querySelector("[name=language]:checked").value, large_print: $("large").checked });

export function printList(wish = itemInSight()) {
  if (!wish) { refuse({ detail: "请先查号，或选好事项，再打印它的材料清单。", detail_en: "Find a number or choose an item first: then its list is printed." }); return; }
  send("/api/v1/slips", { kind: "materials", ...deskMode(), ...wish }, (one) => tell(`材料清单正在打印：${one.about}`, `List being printed: ${one.about_en}`));
}

export function printReferral(contact) {
  send("/api/v1/slips", { kind: "referral", contact, ...deskMode() }, () => tell("引导单正在打印。", "The referral is being printed."));
}

function printMissed(one) {
  send(`/api/v1/slips/${one.job}/reprint`, deskMode(), () => tell(`${paperName(one)[0]}正在补打。`, `${paperName(one)[1]}: being printed again.`));
}

const tellDesk = paperNews(
  (one) => tell(`${paperName(one)[0]}：${one.paper.zh}`, `${paperName(one)[1]}: ${one.paper.en}`),
  (one) => tell(`${paperAlarm(one)[0]}（${one.who}）`, paperAlarm(one)[1], "bad"),
);

export function drawDeskPapers(state) {
  tellDesk([...state.slips, ...state.missed]);
  $("papers-card").hidden = !state.papers.length && !state.missed.length;
  put("missed", state.missed, () => state.missed.map((one) => paperLine(one, printMissed)));
  $("slips-card").hidden = !state.slips.length;
  put("slips", state.slips, () => state.slips.map((one) => paperLine(one)));
}
