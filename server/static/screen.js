// The hall screen: draws what the feed says, keeps the last good picture when the hub is away and says since when. It holds one state
// and one of everything, so that it runs for months; a new version of the page loads itself.
import { follow } from "./feed.js";
import { $, bi, clock, element, part, text, two } from "./parts.js";

const STATES = { free: ["空闲", "Free"], calling: ["请到窗口", "Calling"], serving: ["正在办理", "Serving"], paused: ["暂停服务", "Paused"], closed: ["未开放", "Closed"] };
const PLEASE = { called: ["请办理", "Please come"], serving: ["正在办理", "Serving"] };
const PAGE_S = 8;
const { feed } = document.querySelector("[data-feed]").dataset;
let flashed = "", offset = 0, announced = 0, page = 0, heard = Date.now();
export const player = new Audio();
export let shown = null, said = "";  // the state in sight, and what was spoken last

function drawCalls(calls) {
  const list = $("calls");
  $("nobody").hidden = calls.length > 0;
  list.replaceChildren(...calls.map((call, i) => {
    const row = element("li", `${i === 0 ? "newest" : ""} ${call.state}`.trim());
    row.append(part("b", "label", call.number), part("span", "to", "→"), part("span", "where", bi(call.counter_name, call.counter_name_en)));
    row.append(part("span", "please", PLEASE[call.state] ? bi(...PLEASE[call.state]) : ""));
    const id = `${call.number}-${call.calls}`;
    if (i === 0 && call.state === "called" && id !== flashed) { row.classList.add("flash"); flashed = id; }
    return row;
  }));
}

function drawEmergency(emergency) {
  const over = $("emergency");
  over.hidden = !emergency;
  if (emergency) over.replaceChildren(bi(emergency.zh, emergency.en));
}

function drawGroups(state) {
  const list = $("groups");
  text("waiting", String(state.waiting));
  list.replaceChildren(...state.groups.map((group) => {
    const row = part("li", "", part("span", "what", bi(group.name, group.name_en)), part("b", "", `${group.waiting} 人`));
    const about = group.waiting && group.estimate_min;
    if (about) row.append(part("i", "", bi(`约 ${about[0]}-${about[1]} 分钟`, `about ${about[0]}-${about[1]} min`)));
    return row;
  }));
  takeTurns(list);
}

// The rows that do not fit into a list take turns with the others: never half a row, none left out for ever.
function takeTurns(list) {
  const rows = [...list.children], foot = list.getBoundingClientRect().bottom + 1;
  const fit = Math.max(1, rows.filter((row) => row.getBoundingClientRect().bottom <= foot).length);
  const first = (page % Math.ceil(rows.length / fit || 1)) * fit;
  rows.forEach((row, i) => { row.hidden = i < first || i >= first + fit; });
}

// So many tiles as two rows hold; those that do not fit take turns.
function drawCounters(counters) {
  const list = $("counters"), wide = innerWidth > innerHeight;
  const across = wide ? 8 : 4, room = across * (wide ? 2 : 3), pages = Math.ceil(counters.length / room) || 1;
  const first = (page % pages) * room, here = counters.slice(first, first + room);
  list.style.setProperty("--across", Math.max(4, Math.min(across, Math.ceil(here.length / Math.ceil(here.length / across)) || 1)));
  list.replaceChildren(...here.map((counter) => {
    const [zh, en] = STATES[counter.state], tile = part("li", counter.state, part("span", "name", bi(counter.name, counter.name_en)));
    tile.append(part("b", "what", counter.number || zh), part("span", "how", counter.number ? bi(zh, en) : en));
    return tile;
  }));
}

function drawFoot(state) {
  if (state.announcement) { announced = Date.now(); $("announcement").replaceChildren(bi(state.announcement.zh, state.announcement.en)); }
  const lines = state.notice ? [[state.notice.zh, state.notice.en], ...state.ticker] : state.ticker;
  $("ticker").replaceChildren(bi(...lines[page % lines.length]));
}

// The voice of this screen's zone. A browser that may not play says so at the foot, and fetches no more: so the hub knows that nobody hears it.
function speak(speech) {
  if (!speech || speech.url === said) return;
  said = speech.url;
  if (!$("mute").hidden) return;
  player.src = said;
  player.play().catch((error) => { if (error.name === "NotAllowedError") $("mute").hidden = false; });
}

export function draw(state) {
  if (shown && shown.build !== state.build) { location.reload(); return; }
  shown = state;
  offset = Date.parse(`${state.now.slice(0, 19)}Z`) - Date.now();  // the hall's wall clock, whatever this screen's zone is
  drawEmergency(state.emergency);
  drawCalls(state.calls);
  drawCounters(state.counters);
  drawFoot(state);
  drawGroups(state);
  speak(state.speech);
}

follow(feed, draw, (away) => {
  $("lost").hidden = !away;
  if (!away) heard = Date.now();
  else if (shown) text("lost-at", clock(new Date(heard + offset).toISOString()));  // the last word of the hub, not the last change
});

$("mute").addEventListener("click", (event) => {
  event.currentTarget.hidden = true;
  said = "";
  speak(shown?.speech);
});

const dateInEnglish = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short", year: "numeric" });
setInterval(() => {
  if (!shown) return;
  const now = new Date(Date.now() + offset);
  text("clock", `${now.getUTCFullYear()}年${now.getUTCMonth() + 1}月${now.getUTCDate()}日 周${"日一二三四五六"[now.getUTCDay()]} ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`);
  text("date", dateInEnglish.format(now));
  if (Date.now() - announced > 15000) text("announcement", "");
}, 1000);
export function turnTo(next) {
  page = next;
  if (shown) { drawCounters(shown.counters); drawFoot({ ...shown, announcement: null }); drawGroups(shown); }
}
setInterval(() => turnTo(page + 1), PAGE_S * 1000);
addEventListener("resize", () => turnTo(page));
