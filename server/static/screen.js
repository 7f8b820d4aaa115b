// The hall screen: draws what the feed says, keeps the last good picture when the hub is away and says since when.
const STATES = { free: ["空闲", "Free"], calling: ["请到窗口", "Calling"], serving: ["正在办理", "Serving"], paused: ["暂停服务", "Paused"], closed: ["未开放", "Closed"] };
const PLEASE = { called: ["请办理", "Please come"], serving: ["正在办理", "Serving"] };
let flashed = "", heard = "", offset = 0, announced = 0;

function part(tag, className, ...content) {
  const node = element(tag, className);
  node.append(...content);
  return node;
}

function drawCalls(calls) {
  const list = document.getElementById("calls");
  document.getElementById("nobody").hidden = calls.length > 0;
  list.replaceChildren(...calls.map((call, i) => {
    const row = element("li", `${i === 0 ? "newest" : ""} ${call.state}`.trim());
    row.append(part("b", "label", call.number), part("span", "to", "→"), part("span", "where", bi(call.counter_name, call.counter_name_en)));
    row.append(part("span", "please", PLEASE[call.state] ? bi(...PLEASE[call.state]) : ""));
    const id = `${call.number}-${call.calls}`;
    if (i === 0 && call.state === "called" && id !== flashed) { row.classList.add("flash"); flashed = id; }
    return row;
  }));
}

function drawGroups(state) {
  text("waiting", String(state.waiting));
  document.getElementById("groups").replaceChildren(...state.groups.map((group) => {
    const row = part("li", "", part("span", "what", bi(group.name, group.name_en)), part("b", "", `${group.waiting} 人`));
    const about = group.waiting && group.estimate_min;
    if (about) row.append(part("i", "", bi(`约 ${about[0]}-${about[1]} 分钟`, `about ${about[0]}-${about[1]} min`)));
    return row;
  }));
}

function drawCounters(counters) {
  document.getElementById("counters").replaceChildren(...counters.map((counter) => {
    const state = bi(...STATES[counter.state]);
    const tile = part("li", counter.state, part("span", "name", bi(counter.name, counter.name_en)));
    tile.append(part("b", "what", counter.number || state), part("span", "how", counter.number ? state : "\u00a0"));
    return tile;
  }));
}

function drawFoot(state) {
  if (state.announcement) { announced = Date.now(); document.getElementById("announcement").replaceChildren(bi(state.announcement.zh, state.announcement.en)); }
  const zh = [`过号请到咨询台，${state.lapse_min}分钟内有效。`, `服务承诺：等候不超过${state.pledge_min}分钟。`, `业务咨询 ${state.hall.tel_consult}`, `投诉举报 ${state.hall.tel_complaint}`];
  const en = [`Missed your number? Help desk, within ${state.lapse_min} min.`, `Our pledge: no wait over ${state.pledge_min} min.`, `Enquiries ${state.hall.tel_consult}`, `Complaints ${state.hall.tel_complaint}`];
  if (state.notice) { zh.unshift(state.notice.zh); en.unshift(state.notice.en); }
  document.getElementById("ticker").replaceChildren(bi(zh.join("　"), en.join("   ")));
}

const zone = new URLSearchParams(location.search).get("zone");
const player = new Audio();
let said = "";

// The voice of a zone: ?zone=hall, or the only one there is. A browser that may not play says so at the foot.
function speak(speech) {
  const spoken = zone ? speech[zone] : Object.values(speech)[0];
  if (!spoken || spoken.url === said) return;
  said = spoken.url;
  player.src = said;
  player.play().then(() => { document.getElementById("mute").hidden = true; }, () => { document.getElementById("mute").hidden = false; });
}

follow("/api/v1/screen", (state) => {
  heard = state.now;
  offset = Date.parse(state.now.slice(0, 19) + "Z") - Date.now();  // the hall's wall clock, whatever this screen's zone is
  drawCalls(state.calls);
  drawGroups(state);
  drawCounters(state.counters);
  drawFoot(state);
  speak(state.speech);
}, (away) => {
  document.getElementById("lost").hidden = !away;
  if (away && heard) text("lost-at", clock(heard));
});

const dateInEnglish = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short", year: "numeric" });
setInterval(() => {
  const now = new Date(Date.now() + offset);
  text("clock", heard ? `${now.getUTCFullYear()}年${now.getUTCMonth() + 1}月${now.getUTCDate()}日 周${"日一二三四五六"[now.getUTCDay()]} ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}` : "");
  text("date", heard ? dateInEnglish.format(now) : "");
  if (Date.now() - announced > 15000) text("announcement", "");
}, 1000);
