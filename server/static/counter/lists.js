// The console's lists of numbers: who waits, who was passed, suspended and finished, each with the keys that its state allows.
import { ask } from "../feed.js";
import { $, bi, chip, clock, element, own, pick, text } from "../parts.js";
import { send, undo } from "./send.js";
import { OFFERS, offerPaper } from "./slips.js";
import { base, hush, mayCall, offers, refuse, state } from "./state.js";

// One number in a list: `top` over what it is for (or that alone, in both languages), and at the right how long or its keys.
// Keys that the number's state does not allow are not there.
function line(ticket, { sub, top, service = ticket.service, right }) {
  const item = element("li"), number = own("b", "", ticket.number), left = element("span", "no"), what = element("span", "what");
  left.append(number, ...(sub ? [sub] : []));
  what.title = pick(service.name, service.name_en);
  what.classList.toggle("two", Boolean(top));
  what.append(...(top ? [top] : []), ...(ticket.class !== "ordinary" && !top ? [chip(ticket.class_name, ticket.class_name_en)] : []), bi(service.name, service.name_en));
  const end = element("span", "end");
  end.append(...right.filter(Boolean));
  item.append(left, what, end);
  return item;
}

function small(zh, en, number, act) {
  const button = element("button", "small over");
  button.type = "button";
  button.append(bi(zh, en), element("span", "unseen", ` ${number}`));
  button.onclick = () => { hush(); act(); };
  return button;
}

function counting(at) {
  const span = element("span", "num");
  span.dataset.since = at;
  return span;
}
const at = (moment) => element("span", "muted", clock(moment));

const about = (verb, ticket) => () => send(verb, { ticket: ticket.id });
const SHORT = { away: "any counter", kept: "file here", errand: "errand" };

function passedLine(ticket) {
  return line(ticket, { sub: at(ticket.ended_at), right: [
    offers(ticket, "take back") && small("过号受理", "Take back", ticket.number, about("take-back", ticket)),
    mayCall() && offers(ticket, "call") && small("呼叫", "Call", ticket.number, () => send("call", { number: ticket.number })),
  ] });
}

function suspendedLine(ticket) {
  const kind = state.suspensions.find((one) => one.kind === ticket.suspended);
  return line(ticket, { sub: counting(ticket.suspended_at), top: bi(kind.zh, SHORT[kind.kind]), right: [
    mayCall() && offers(ticket, "resume") && small("恢复", "Resume", ticket.number, about("resume-ticket", ticket)),
    mayCall() && offers(ticket, "call") && small("叫回", "Call", ticket.number, () => send("call", { number: ticket.number })),
  ] });
}

function finishedLine(ticket) {
  const undoable = state.undo && state.undo.step === "Finished" && state.undo.id === ticket.id;
  const items = { name: ticket.items.map((one) => one.name).join("、"), name_en: ticket.items.map((one) => one.name_en).join("; ") };
  return line(ticket, { sub: at(ticket.ended_at), top: bi(ticket.outcome.zh, ticket.outcome.en), service: items,
    right: [OFFERS[ticket.outcome.zh] && small(...OFFERS[ticket.outcome.zh].key, ticket.number, () => offerPaper(ticket.outcome.zh, ticket, ticket.materials)),
      undoable && small("撤销", "Undo", ticket.number, undo)] });
}

// A list is drawn anew only when it says something else: whoever is in it by keyboard stays there.
function fill(id, tickets, make, zh, en) {
  const says = JSON.stringify([tickets, mayCall(), state.undo, document.documentElement.dataset.lang]);
  if ($(id).dataset.says === says) return;
  $(id).dataset.says = says;
  const nobody = element("li", "nobody muted");
  nobody.append(bi(zh, en));
  $(id).replaceChildren(...(tickets.length ? tickets.map(make) : [nobody]));
}

// Whoever waits beyond the list is asked for, and not sent with every key: twenty more at each press.
let more = [], shownFor = "";
function drawMore(view) {
  const first = view.next.map((one) => one.id).join();
  if (first !== shownFor) { more = []; shownFor = first; }
  const left = view.waiting - view.next.length - more.length;
  $("more-box").hidden = left <= 0;
  $("more").replaceChildren(bi(`更多（还有${left}人）`, `More (${left})`));
  return [...view.next, ...more];
}
$("more").onclick = async () => {
  const answer = await ask(`${base}/waiting?after=${state.next.length + more.length}`);
  if (!answer) return;
  if (!answer.ok) { refuse("没有取到更多等候的号：请再按一次。", "The others were not found: press again."); return; }
  more = [...more, ...answer.body.next];
  drawLists(state);
};

function waitingLine(ticket) {
  return line(ticket, { right: [counting(ticket.waiting_since)] });
}

export function drawLists(view) {
  text("waiting", String(view.waiting));
  text("finished-count", String(view.finished_today));
  fill("next", drawMore(view), waitingLine, "没有人等候", "Nobody");
  fill("passed", view.passed, passedLine, "没有", "None");
  fill("suspended", view.suspended, suspendedLine, "没有", "None");
  fill("finished", view.finished, finishedLine, "还没有", "None yet");
}
