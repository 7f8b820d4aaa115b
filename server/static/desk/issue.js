// A number for somebody who stands at the desk: the items on offer, and the number that was given out.
import { ask } from "../feed.js";
import { $, bi, element, pick } from "../parts.js";
import { because, elsewhereLine } from "../search.js";
import { drawTicket, openTicket } from "./number.js";
import { button, kbd, put, say, turn } from "./pieces.js";
import { listWish, printList } from "./printing.js";
import { question } from "./question.js";
import { answered, desk, hits, klass, known, marked, offered, refocus, refuse, send, tabs, wanted } from "./state.js";

export function drawChoices() {
  const filter = desk.mode === "issue" && wanted.value.trim() !== "", list = offered(), closed = desk.view ? desk.view.closed : {};
  if (desk.marked >= list.length) desk.marked = list.length - 1;
  const mark = marked(), found = hits(), away = found.filter((hit) => !hit.code), firstAway = found.length && !found[0].code;
  put("groups", [desk.group, desk.stage, filter], () => tabs.map((one, n) => {
    const key = button(one.name, one.name_en, () => { desk.group = n; desk.stage = "item"; desk.marked = -1; wanted.value = ""; drawChoices(); refocus(); });
    key.setAttribute("aria-pressed", String(!filter && n === desk.group));
    return desk.stage === "group" && !filter && n < 9 ? kbd(key, String(n + 1)) : key;
  }));
  $("choices").classList.toggle("found", filter);  // one below the other: the best is first
  put("choices", [list, mark, desk.stage, filter, closed, found, answered()], () => [...(firstAway ? away.map(elsewhereLine) : []), ...(list.length || (!away.length && (!filter || answered())) ? say(list, (one, n) => {
    const row = element("li"), key = button(one.name, one.name_en, () => issue(one), "choice over"), code = element("code", "", one.code);
    if (one.code) key.prepend(code, " ");
    if (filter) key.append(" ", because(found.find((hit) => hit.code === one.code)));
    if (closed[one.code]) { const chip = element("span", "chip shut"); chip.append(bi("今天停办", "Closed today")); key.append(" ", chip); }
    if (n === mark) key.setAttribute("aria-current", "true");
    if (filter ? n === mark : desk.stage === "item" && n < 9) kbd(key, filter ? "Enter" : String(n + 1));
    const list = button("清单", "List", () => printList(listWish(...(one.bundle?.items || [one.code]))), "quiet small list");
    list.title = pick("打印这个事项的材料清单", "Print what this item needs");
    row.append(key, list);
    return row;
  }, "没有这样的事项：换个词试试。", "No such item: try another word.") : []), ...(firstAway ? [] : away.map(elsewhereLine))]);
}

export function issue(one, yes) {
  if (one.bundle?.questions.length && !yes) { askOf(one); return; }
  const what = one.bundle ? { package: one.bundle.id, yes: yes || [] } : { service: one.code };
  const wish = { ...what, class: klass(), language: document.querySelector("[name=language]:checked").value, large_print: $("large").checked, printer: $("printer").value };
  if (wish.class === known.appointment) {
    if (!$("slot-time").value) { $("slot-time").focus(); refuse({ detail: "请填写预约时段。", detail_en: "Enter the time of the appointment." }); return; }
    if (!$("appointment").value.trim()) { $("appointment").focus(); refuse({ detail: "请填写预约号：同一预约只能签到一次。", detail_en: "Enter the appointment's number: an appointment checks in once." }); return; }
    Object.assign(wish, { slot: `${desk.view.now.slice(0, 10)}T${$("slot-time").value}`, appointment: $("appointment").value.trim(), outside_hours: $("slot-outside").checked });
  }
  send("/api/v1/tickets", wish, issued);
}

// The questions of a package: what is not ticked is left out.
function askOf(one) {
  question([one.name, one.name_en], ["取号", "Take a number"], one.bundle.questions.map((asked) => {
    const label = element("label", "check"), tick = Object.assign(element("input"), { type: "checkbox", name: "yes", value: asked.id });
    label.append(tick, bi(asked.zh, asked.en));
    return label;
  }), (form) => issue(one, form.getAll("yes")));
}

// The number of a booking, or of a result that is ready, by the code on its paper; a case that is not says how far it is.
export function checkIn(code) {
  send("/api/v1/tickets", { booking: code, language: document.querySelector("[name=language]:checked").value, large_print: $("large").checked, printer: $("printer").value }, issued);
}

function issued(ticket) {
  desk.issuedId = ticket.id;
  drawIssued(ticket);
  plain();
  scrollTo({ top: 0 });
  refresh();
}

function plain() {  // ready for the next person: nothing of the last one stays set
  wanted.value = "";
  desk.stage = "group";
  desk.marked = -1;
  document.querySelector('#klass input[value="ordinary"]').checked = true;
  document.querySelector('[name=language][value="zh"]').checked = true;
  $("large").checked = false;
  $("slot-time").value = $("appointment").value = "";
  $("slot-outside").checked = false;
  $("slot").hidden = true;
  drawChoices();
}

function drawIssued(ticket) {
  $("issued").hidden = false;
  put("issued", ticket, () => {
    const number = element("p", "number", ticket.number), words = element("div", "stack"), what = element("p", "matter"), place = element("p");
    const several = ticket.agenda;
    what.append(several ? bi(`${several.name}（${several.total}项）`, `${several.name_en} (${several.total} items)`) : bi(ticket.service.name, ticket.service.name_en));
    const [zh, en] = turn(ticket);
    place.append(bi(`前面${ticket.ahead}人，${zh}，${ticket.counters}`, `${ticket.ahead} ahead, ${en}, ${ticket.counters_en}`));
    words.append(what, place);
    if (ticket.paper) {
      const paper = element("p", ["failed", "unknown"].includes(ticket.paper.state) ? "trouble" : "muted");
      paper.append(bi(`号票：${ticket.paper.zh}`, `Slip: ${ticket.paper.en}`));
      words.append(paper);
    }
    return [number, words, button("打开", "Open", () => openTicket(ticket.id), "small")];
  });
}

// The number in sight, as it stands now.
export async function refresh() {
  const id = desk.mode === "find" && desk.body ? desk.body.ticket.id : desk.mode === "issue" ? desk.issuedId : null;
  if (id === null || desk.away || document.hidden) return;
  const answer = await ask(`/api/v1/tickets/${id}/life`);
  if (!answer || !answer.ok) return;
  if (desk.body && desk.mode === "find" && desk.body.ticket.id === id) { desk.body = answer.body; drawTicket(); }
  if (desk.mode === "issue" && desk.issuedId === id) drawIssued(answer.body.ticket);
}
