// The hall beside the desk: who was passed, which papers failed, what each counter does, how many wait for what.
import { $, bi, COUNTER_STATES, element, text } from "../parts.js";
import { contactLine } from "./contacts.js";
import { done, openTicket, until } from "./number.js";
import { button, line, put, say, turn } from "./pieces.js";
import { drawDeskPapers } from "./printing.js";
import { desk, send } from "./state.js";

// Whether this view is the newest.
export function drawHall(state) {
  if (desk.view && state.seq < desk.view.seq) return false;
  desk.view = state;
  desk.offset = Date.parse(state.now) - Date.now();
  $("notice").hidden = !state.notice;
  put("notice", state.notice, () => (state.notice ? bi(state.notice.zh, state.notice.en) : []));
  text("waiting", String(state.waiting));
  drawDeskPapers(state);
  put("papers", state.papers, () => state.papers.map((one) => todo(one, bi(one.paper.zh.split("：")[0], one.paper.en.split(":")[0]), "reprint", "补打", "Reprint")));
  put("passed", state.passed, () => say(state.passed, (one) => todo(one, until(one.lapses_at), one.may ? "take-back" : "", "受理", "Take back"), "没有过号的人。", "Nobody was passed."));
  put("counters", state.counters, () => {
    const closed = state.counters.filter((one) => one.state === "closed" && !one.number && !one.help), shut = element("li", "muted");
    shut.append(bi(`未开放：${closed.map((one) => one.name).join("、")}`, `Closed: ${closed.map((one) => one.name_en).join(", ")}`));
    return [...state.counters.filter((one) => !closed.includes(one)).map(tile), ...(closed.length ? [shut] : [])];
  });
  put("groups-now", state.groups, () => lines(state.groups).map(groupLine));
  $("booked-card").hidden = !state.booked;
  text("booked", state.booked ? String(state.booked.booked) : "");
  put("booked-words", state.booked, () => (state.booked ? bi(bookedWords(state.booked, ["已签到", "未到", "候补"]), bookedWords(state.booked, ["arrived", "missing", "on the list"])) : []));
  $("devices-card").hidden = !state.devices.length;
  put("devices", state.devices, () => state.devices.map((one) => {
    const row = element("li"), state = element("p", "trouble");
    state.append(bi(one.zh, one.en));
    row.append(bi(one.name, one.name_en), state);
    return row;
  }));
  const open = state.contacts.filter((one) => one.open).length;
  text("open-count", open ? String(open) : "");
  put("contacts", state.contacts, () => say(state.contacts, contactLine, "今天还没有登记。", "Nothing noted yet today."));
  return true;
}

const bookedWords = (sums, words) => [sums.arrived, sums.missing, sums.waiting_list].map((many, n) => `${words[n]} ${many}`).join(" · ");

function todo(one, words, verb, zh, en) {
  const row = element("li", "row"), name = button(one.number, "", () => openTicket(one.id), "quiet label"), what = element("span", "grow over");
  name.translate = false;
  what.append(words);
  row.append(name, what);
  if (verb) {
    const key = button(zh, en, () => send(`/api/v1/tickets/${one.id}/${verb}`, {}, (whole) => done(verb, whole)));
    key.dataset.todo = verb;
    row.append(key);
  }
  return row;
}

function tile(one) {
  const row = element("li"), name = element("span"), state = element("span", "badge");
  name.append(bi(one.name, one.name_en));
  state.dataset.state = one.state;
  state.append(bi(...COUNTER_STATES[one.state]));
  row.append(name, element("b", "", one.number), state);
  if (one.panic) { const chip = element("span", "chip help"); chip.append(bi("请速去看", "Go there now")); row.append(chip); }
  if (one.help) { const chip = element("span", "chip help"); chip.append(bi("求助", "Asks for help")); row.append(chip); }
  return row;
}

// Groups whose newcomers would stand in one line and wait as long are one line here: a pooled hall has one.
function lines(groups) {
  const found = new Map();
  for (const one of groups) {
    const key = JSON.stringify([one.ahead, one.estimate_min]), same = found.get(key);
    found.set(key, same ? { ...same, name: `${same.name}、${one.name}`, name_en: `${same.name_en}, ${one.name_en}` } : one);
  }
  const all = [...found.values()];
  return all.length === 1 ? [{ ...all[0], name: "所有事项", name_en: "Every service" }] : all;
}

function groupLine(one) {
  const row = element("li", "over"), name = element("span"), many = element("b"), how = element("small");
  name.append(bi(one.name, one.name_en));
  many.append(bi(...line(one)));
  how.append(bi(...turn(one)));
  row.append(name, many, how);
  return row;
}
