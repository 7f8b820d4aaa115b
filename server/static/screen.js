// The hall screen: draws what the feed says, keeps the last good picture when the hub is away and says since when. It holds one state
// and one of everything, so that it runs for months; a new version of the page loads itself.
//
// Whatever a waiting person acts on (class act) is at least 1/170 of the distance high; what does not fit then, a row or the other
// language, takes its turn instead of being made smaller.
import { follow } from "./feed.js";
import { $, bi, clock, element, part, text, two } from "./parts.js";

const WORDS = { called: ["请办理", "Please come"], serving: ["正在办理", "Being served"], passed: ["已过号", "Missed"] };
const LINE_S = 8, LANGUAGE_S = 4, QUIET_S = 60, PICTURE_S = 12;
const SHARE = 170, MM_PER_INCH = 25.4;
const main = document.querySelector("[data-feed]");
const { feed, diagonal, metres } = main.dataset;
let flashed = "", offset = 0, announced = 0, page = 0, heard = Date.now(), moved = Date.now(), picture = 0;
export const player = new Audio();
export let shown = null, said = "";  // the state in sight, and what was spoken last

// Smallest height of a letter in pixels: 1/170 of the distance, on this panel.
export function size() {
  const least = (metres * 1000 / SHARE) / (diagonal * MM_PER_INCH) * Math.hypot(innerWidth, innerHeight);
  document.body.style.setProperty("--act", `${least}px`);
  return least;
}

function drawCalls(calls) {
  const list = $("calls");
  list.replaceChildren(...calls.map((call, i) => {
    const sight = call.by_sight && call.state === "called" ? " sight" : "";
    const row = element("li", `${i === 0 ? "newest" : ""} ${call.state}${sight}`.trim());
    row.append(part("b", "label", call.number), part("span", "to", "→"), part("span", "where", bi(call.counter_name, call.counter_name_en)));
    row.append(part("span", "please", bi(...(WORDS[call.state] || ["", ""]))));
    const id = `${call.number}-${call.calls}`;
    if (i === 0 && call.state === "called" && id !== flashed) { row.classList.add("flash"); flashed = id; }
    return row;
  }));
  takeTurns(list);
}

// The rows that do not fit take turns with the others behind the newest call: never half a row, none left out for ever.
function takeTurns(list) {
  if (list.hidden) return;
  const rows = [...list.children], foot = list.getBoundingClientRect().bottom + 1;
  rows.forEach((row) => { row.hidden = false; });
  const fit = Math.max(1, rows.filter((row) => row.getBoundingClientRect().bottom <= foot).length);
  if (fit >= rows.length) return;
  const room = Math.max(1, fit - 1), first = 1 + (page % Math.ceil((rows.length - 1) / room)) * room;
  rows.forEach((row, i) => { row.hidden = fit === 1 ? i > 0 : i > 0 && (i < first || i >= first + room); });
  const sight = rows.findIndex((row) => row.hidden && row.classList.contains("sight"));  // it is not heard: it stays in sight
  const other = [...rows.keys()].reverse().find((i) => i > 0 && !rows[i].hidden && !rows[i].classList.contains("sight"));
  if (sight > 0 && other) { rows[sight].hidden = false; rows[other].hidden = true; }
}

// A closed day, a break, the end of issuing: it fills the picture, or while somebody is called stands above the calls.
function drawNotice(state) {
  const { notice, calls } = state, alone = calls.every((call) => call.state === "passed");
  const words = notice ? [notice.zh, notice.en] : alone && !calls.length ? ["暂无叫号", "No calls yet"] : null;
  const fill = $("fill"), band = $("band");
  fill.hidden = !(words && alone);
  band.hidden = !(words && !alone);
  if (words) (alone ? fill : band).replaceChildren(bi(...words));
  $("calls").hidden = Boolean(notice && alone);
  fill.classList.toggle("notice", Boolean(notice));
  fill.classList.remove("long");
  fill.classList.toggle("long", fill.scrollHeight > fill.clientHeight);
}

function drawEmergency(emergency) {
  const over = $("emergency");
  over.hidden = !emergency;
  if (emergency) over.replaceChildren(bi(emergency.zh, emergency.en));
}

// How long a newcomer waits: one line for all, or each line in its turn.
function drawWait(state) {
  const wait = state.waits[page % state.waits.length], about = !state.notice && wait?.estimate_min, node = $("wait");
  node.hidden = !about;
  if (!about) return;
  const [zh, en] = wait.ahead || about[0] ? [`约等${about[0]}–${about[1]}分钟`, `wait ${about[0]}–${about[1]} min`] : ["现在不用等", "no wait now"];
  node.replaceChildren(bi(wait.name ? `${wait.name} ${zh}` : zh, wait.name_en ? `${wait.name_en}: ${en}` : en[0].toUpperCase() + en.slice(1)));
}

function drawFoot(state) {
  const foot = $("foot"), call = state.announcement;
  if (call) announced = Date.now();
  if (!call && Date.now() - announced < 15000) return;
  const line = call ? [call.zh, call.en] : state.ticker[page % state.ticker.length];
  foot.className = call ? "announcement" : "";
  foot.replaceChildren(bi(...line));
}

// The hall's own pictures, while nobody has been called for a minute; gone at once when somebody is.
function drawPicture(state) {
  const figure = $("picture"), names = state.pictures;
  const quiet = names.length > 0 && !state.notice && !state.emergency && Date.now() - moved > QUIET_S * 1000;
  if (!quiet) { if (!figure.hidden) { figure.hidden = true; figure.replaceChildren(); } return; }
  if (!figure.hidden && Date.now() < picture) return;
  const name = names[Math.floor(Date.now() / 1000 / PICTURE_S) % names.length], film = /\.(mp4|webm)$/i.test(name);
  const node = element(film ? "video" : "img");
  if (film) Object.assign(node, { muted: true, autoplay: true, loop: names.length === 1 });
  else node.alt = "";
  node.onerror = () => { figure.hidden = true; };
  picture = Date.now() + PICTURE_S * 1000;
  if (film) node.onloadedmetadata = () => { picture = Date.now() + Math.max(PICTURE_S, node.duration) * 1000; };
  node.src = main.dataset.pictures + encodeURIComponent(name);
  figure.replaceChildren(node);
  figure.hidden = false;
}

// The voice of this screen's zone. A browser that may not play fetches no more: so the hub knows that nobody hears it, and the live page
// says what to do.
function speak(speech) {
  if (!speech || speech.url === said) return;
  said = speech.url;
  if (player.silent) return;
  player.src = said;
  player.play().catch((error) => { player.silent = error.name === "NotAllowedError"; });
}

addEventListener("pointerdown", () => { player.silent = false; said = ""; speak(shown?.speech); });

export function draw(state) {
  if (shown && shown.build !== state.build) { location.reload(); return; }
  if (JSON.stringify(shown?.calls) !== JSON.stringify(state.calls)) moved = Date.now();
  shown = state;
  offset = Date.parse(`${state.now.slice(0, 19)}Z`) - Date.now();  // the hall's wall clock, whatever this screen's zone is
  drawEmergency(state.emergency);
  drawWait(state);
  drawFoot(state);
  drawNotice(state);
  drawCalls(state.calls);
  drawPicture(state);
  speak(state.speech);
}

follow(feed, draw, (away) => {
  $("lost").hidden = !away;
  if (!away) heard = Date.now();
  else if (shown) text("lost-at", clock(new Date(heard + offset).toISOString()));  // the last word of the hub, not the last change
});

const dateInEnglish = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" });
setInterval(() => {
  if (!shown) return;
  const now = new Date(Date.now() + offset);
  text("clock", `${now.getUTCMonth() + 1}月${now.getUTCDate()}日 周${"日一二三四五六"[now.getUTCDay()]} ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`);
  text("date", dateInEnglish.format(now));
  drawPicture(shown);
}, 1000);
export function turnTo(next) {
  page = next;
  if (shown) { drawFoot({ ...shown, announcement: null }); drawWait(shown); drawCalls(shown.calls); }
}
export const quietSince = (at) => { moved = at; };
export function say(language) {
  document.body.dataset.say = language;
  takeTurns($("calls"));  // the other language may need more lines
}
setInterval(() => turnTo(page + 1), LINE_S * 1000);
setInterval(() => say(document.body.dataset.say === "zh" ? "en" : "zh"), LANGUAGE_S * 1000);
addEventListener("resize", () => { size(); turnTo(page); });
say("zh");
size();
