// The console's presses: each is the counter's verb with what it means now, and what is said of it when it is done.
import { $ } from "../parts.js";
import { paperName } from "../papers.js";
import { press } from "../press.js";
import { base, good, hush, keyOf, know, refusalOf, refuse, state } from "./state.js";

const HELD = new Set(["recall", "start", "pass", "finish", "suspend"]);  // they say which number they mean: the one shown here

const SAID = {
  tickets: (n) => [`已取号：${n}，正在打印。`, `${n} taken, its slip is being printed.`],
  reprint: (n) => [`${n}正在补打。`, `${n} is being printed again.`],
  raise: (n) => [`${n}已优先。`, `${n} was raised.`],
  leave: (n) => [`${n}已弃号。`, `${n} has left.`],
  "take-back": (n) => [`${n}已重新排入队列。`, `${n} is back in the queue.`],
  transfer: (n) => [`${n}已转移。`, `${n} was transferred.`],
  suspend: (n) => [`${n}已挂起。`, `${n} is suspended.`],
  pass: (n) => [`${n}已过号。`, `${n} was passed.`],
  finish: (n, one, body) => {
    if (one.state === "serving") return [`${n}还有事项没办：继续办理。`, `${n} has more items here: go on.`];
    if (one.state === "waiting") return [`${n}去办下一项：${one.service.name}。`, `${n} goes on: ${one.service.name_en}.`];
    if (body.outcome === "不予受理" || body.outcome === "refused") return [`${n}已办结。可登记办不成事：⇧F5。`, `${n} is finished. It can be put on record as not solved: ⇧F5.`];
    return [`${n}已办结。`, `${n} is finished.`];
  },
  unsolved: (n) => [`${n}已登记办不成事，回执正在打印。`, `${n} is on record as not solved, its receipt is being printed.`],
  rate: (n) => [`已请${n}评价。`, `${n} is asked to rate.`],
  undo: (n) => [`已撤销：${n}恢复原状。`, `Undone: ${n} is as it was before.`],
};

// `after(number, materials)` once it is done: the number it was about, and what its item needs.
export function send(verb, body, after) {
  let slow, materials;
  const meant = () => {
    const why = refusalOf(verb);  // an earlier press may have changed it
    if (why) { refuse(why.zh, why.en); return null; }
    materials = state?.ticket?.materials || [];
    return HELD.has(verb) && state?.ticket ? { ...body, ticket: state.ticket.id } : body || {};
  };
  const done = (view) => {
    know(view);
    say(verb, view, body || {});
    after?.(view.acted, materials);
  };
  const busy = (on) => {
    mark(verb, on);
    if (on) slow = setTimeout(() => { $("sending").hidden = false; }, 1000);
    else { clearTimeout(slow); $("sending").hidden = true; }
  };
  const again = () => {
    const why = refusalOf(verb);  // the feed may show what it did before its answer comes
    if (why) refuse(why.zh, why.en);
  };
  press(`${base}/${verb}`, meant, { done, refuse, busy, again, same: `${verb} ${JSON.stringify(body || {})}` });
}

function say(verb, { acted, refused, slip }, body) {
  if (verb === "slips") { const [zh, en] = paperName(slip); good(`${zh}正在打印。`, `${en}: being printed.`); }
  if (verb === "panic") good("已收到。", "Noted.");  // whoever stands at the counter reads nothing from it
  if (refused) refuse(`已取号${acted.number}，没有呼叫：${refused.zh}`, `${acted.number} taken, not called: ${refused.en}`);
  else if (verb === "call-next" && !acted) refuse("现在没有人等候。", "Nobody is waiting.");
  else if (SAID[verb] && acted) good(...SAID[verb](acted.number, acted, body));
}

function mark(verb, sending) {
  keyOf(verb)?.classList.toggle("sending", sending);
  keyOf(verb)?.setAttribute("aria-busy", String(sending));
}

export function undo() {
  hush();
  const why = refusalOf("undo");
  if (why) refuse(why.zh, why.en);
  else send("undo", { ticket: state.undo.id });
}
