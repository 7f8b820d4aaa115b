// The console's middle: the number that is here, what it came for and went through, its materials and its times.
import { $, bi, chip, clock, element, own, text, two } from "../parts.js";
import { show, since, state, ticked } from "./state.js";

const into = (id, zh, en) => $(id).replaceChildren(bi(zh, en));

export function drawNow(view, counter, ticket) {
  text("number", ticket ? ticket.number : "—");
  $("number").classList.toggle("none", !ticket);
  if (ticket?.agenda) into("matter", `${ticket.agenda.name}：已办 ${ticket.agenda.done}/${ticket.agenda.total}`, `${ticket.agenda.name_en}: ${ticket.agenda.done} of ${ticket.agenda.total} done`);
  else if (ticket) into("matter", ticket.service.name, ticket.service.name_en);
  else if (counter.open === "paused") into("matter", `已暂停：${counter.reason.zh}`, `Paused: ${counter.reason.en}`);
  else if (view.next.length) into("matter", `下一位 ${view.next[0].number}，请按顺呼`, `${view.next[0].number} is next: press Next`);
  else into("matter", "暂无人等候", "Nobody is waiting");
  const marks = [];
  const mark = (zh, en) => marks.push(chip(zh, en));
  if (ticket) {
    if (ticket.class !== "ordinary") mark(ticket.class_name, ticket.class_name_en);
    if (ticket.ground) mark(ticket.ground, ticket.ground_en);
    if (ticket.party) mark(ticket.party, ticket.party_en);
    if (ticket.pretrial) mark(`${ticket.pretrial.zh} ${ticket.pretrial.code}`, `${ticket.pretrial.en} ${ticket.pretrial.code}`);
    if (ticket.slot) mark(`预约 ${clock(ticket.slot)}`, `Slot ${clock(ticket.slot)}`);
    if (ticket.coming) mark("正在赶来", "On the way");
    if (ticket.by_sight) mark("听障：请招手示意，不靠广播", "Hears badly: beckon, no voice calls");
    if (ticket.calls > 1) mark(`已呼 ${ticket.calls} 次`, `${ticket.calls} calls`);
    if (ticket.served_s) mark(`此前已办 ${Math.round(ticket.served_s / 60)} 分`, `Served ${Math.round(ticket.served_s / 60)} min before`);
  } else {
    if (view.notice) marks.push(bi(view.notice.zh, view.notice.en));
    if (view.unrated) mark(`上个号 ${view.unrated} 未评价`, `${view.unrated} was not rated`);
  }
  show($("marks"), ...marks);
  const pad = view.pad;
  show($("pad-said"), ...(pad ? [bi(`叫号器 ${clock(pad.at)}：${pad.zh}`, `Pad ${clock(pad.at)}: ${pad.en}`)] : []));
  $("pad-said").classList.toggle("refused", Boolean(pad && !pad.done));
  show($("why"), ...(ticket?.why ? [bi(`为什么是这一位：${ticket.why}`, `Why this one: ${ticket.why_en}`)] : []));
  const hours = ticket?.work_since ? Math.floor(since(ticket.work_since) / 60000) : 0;
  show($("asked-after"), ...(ticket?.asked_after ? [bi(`${ticket.number} 已办理 ${hours} 分钟，还在办理吗？办完请按办结；人不在请挂起或转移。`,
    `${ticket.number} has been served for ${hours} min. Still at it? Finish it when it is done; suspend or transfer it when nobody is here.`)] : []));
  drawAgenda(ticket?.agenda);
  drawMaterials(ticket);
  $("life-box").hidden = !ticket;
  $("life").replaceChildren(...(ticket ? [...ticket.life].reverse().map(lifeLine) : []));
}

function lifeLine(told) {
  const item = element("li", told.undone ? "undone" : ""), what = element("span", "what"), who = element("span", "who");
  what.append(bi(told.zh, told.en));
  who.append(bi(told.who, told.who_en));
  who.translate = told.who !== told.who_en;  // a name has no translation
  item.append(element("time", "", clock(told.at)), what, who);
  return item;
}

// The items of a number for several: what is done, what is done here, and where the others are.
function drawAgenda(agenda) {
  $("agenda").hidden = !agenda;
  $("agenda").replaceChildren(...(agenda?.items || []).map((one) => {
    const here = agenda.here.includes(one.code), row = element("li", `${one.state}${here ? " here" : ""}`);
    const said = one.state === "settled" ? [one.said, one.said_en] : here ? ["本窗口办", "done here"] : one.state === "ready" ? [`去${one.counters}`, `at ${one.counters_en}`] : [one.said, one.said_en];
    row.append(bi(one.name, one.name_en), chip(...said));
    return row;
  }));
}

function drawMaterials(ticket) {
  const box = $("materials");
  box.hidden = !ticket || !ticket.materials.length;
  if (box.dataset.ticket === String(ticket?.id)) return;
  box.dataset.ticket = String(ticket?.id);
  box.querySelectorAll("label").forEach((one) => { one.remove(); });
  const got = ticked(ticket?.id);
  (ticket?.materials || []).forEach((name, i) => {
    const label = element("label", "check"), tickbox = element("input");
    tickbox.type = "checkbox";
    tickbox.checked = got.has(i);
    tickbox.onchange = () => { if (tickbox.checked) got.add(i); else got.delete(i); sessionStorage.setItem(`got-${ticket.id}`, JSON.stringify([...got])); };
    label.append(tickbox, own("span", "", name));
    box.append(label);
  });
}

export function drawTimes(ticket) {
  const rows = [];
  const span = (ms) => `${two(Math.floor(ms / 60000))}:${two(Math.floor(ms / 1000) % 60)}`;
  if (ticket) {
    rows.push(["waited", "等候", "Waited", `${Math.round(ticket.waited_s / 60)}`, ["分", "min"]]);
    if (ticket.work_since) {
      const spent = since(ticket.work_since), standard = ticket.standard_min;
      const over = standard && spent > standard * 60000;
      rows.push(["work", "办理", "Service", span(spent), standard ? over ? [`已超标准 ${standard} 分`, `over the standard ${standard} min`] : [`标准 ${standard} 分`, `standard ${standard} min`] : null, over]);
    } else if (ticket.called_at) rows.push(["coming", "等待到窗", "Coming", span(since(ticket.called_at)), null]);
  } else if (state.counter.open === "paused" && state.counter.since) rows.push(["paused", "已暂停", "Paused for", span(since(state.counter.since)), null]);
  const box = $("times");
  if (box.dataset.rows !== rows.map((row) => row[0] + Boolean(row[5])).join()) {
    box.dataset.rows = rows.map((row) => row[0] + Boolean(row[5])).join();
    box.replaceChildren(...rows.map(([, zh, en, , unit, over]) => {
      const pair = element("div", over ? "late" : ""), term = element("dt"), data = element("dd"), after = element("span", "unit");
      term.append(bi(zh, en));
      if (unit) after.append(bi(...unit));
      data.append(element("b"), after);
      pair.append(term, data);
      return pair;
    }));
  }
  box.querySelectorAll("b").forEach((node, i) => { if (node.textContent !== rows[i][3]) node.textContent = rows[i][3]; });
}
