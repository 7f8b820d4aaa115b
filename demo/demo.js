// The demo's page: each program of the hall in its place, as it is now. It shows; it decides nothing.
const facts = await (await fetch("/facts.json")).json();
const at = (port) => `${location.protocol}//${location.hostname}:${port}`;
const $ = (id) => document.getElementById(id);
const make = (tag, className, content) => Object.assign(document.createElement(tag), { className: className || "", textContent: content || "" });

$("name").textContent = facts.name;
$("banner").textContent = facts.banner;
$("kiosk").style.aspectRatio = `${facts.size[0]} / ${facts.size[1]}`;
$("kiosk").src = at(facts.kiosk);

// The demo's own clock: that of its hall, which may stand in another zone than ours.
const hours = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: facts.zone });
const tick = () => { $("clock").textContent = hours.format(new Date()); };
tick();
setInterval(tick, 1000);

// People that come by themselves; one key (P) lets them stand still. A key pressed inside a frame is that frame's.
async function move(moving) {
  const answer = await fetch("/stream", moving === undefined ? {} : { method: "POST", body: JSON.stringify({ moving }) });
  const now = (await answer.json()).moving;
  $("stream").setAttribute("aria-pressed", String(!now));
  $("stream").replaceChildren(now ? "暂停人流" : "继续人流", make("small", "", now ? " Pause (P)" : " Go on (P)"));
}
if (facts.moves) {
  $("stream").hidden = false;
  const other = () => move($("stream").getAttribute("aria-pressed") === "true").catch(() => {});
  $("stream").onclick = other;
  document.addEventListener("keydown", (event) => { if (event.key.toLowerCase() === "p" && !event.ctrlKey && !event.metaKey && !/INPUT|SELECT/.test(event.target.tagName)) other(); });
  move().catch(() => {});
}

// How to log in, as the terminal says it too.
Object.assign($("login"), { href: `${at(facts.hub)}/login`, textContent: `${at(facts.hub)}/login` });
document.querySelector("#logins tbody").append(...facts.crew.map((one) => {
  const row = make("tr");
  row.append(make("td", "", one.staff), make("td", "code", one.password), make("td", "", `${one.zh} ${one.name} `));
  row.lastChild.append(Object.assign(make("small", "", one.en), { lang: "en" }));
  return row;
}));

// The kiosk's scanner and card reader: a code is scanned, a card lies there for some seconds.
const reader = (path, body) => fetch(`${at(facts.readers)}${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const sends = (form, what) => { form.onsubmit = (event) => { event.preventDefault(); what(new FormData(form)).catch(() => {}); }; };
sends($("scan"), (data) => reader("/scan", { code: data.get("code") }));
sends($("lay"), (data) => reader("/card", { card: data.get("card"), seconds: 6 }));

// A visitor's telephone: it opens what stands in the QR code of a slip, which is an address of the hub.
const QR = /\[QR [^\]]*?(\/p\/[\w-]+)\]/;
const scanned = (slip) => QR.exec(slip.text)?.[1];
const telephone = (path) => { $("phone").src = `${at(facts.hub)}${path}`; };
let newestSlip = null;
$("phone-busy").onclick = () => telephone("/busy");
$("scan-slip").onclick = () => telephone(newestSlip);
function slips(fresh) {
  newestSlip = fresh ?? newestSlip;
  $("scan-slip").disabled = newestSlip === null;
}

// A page made for a large screen, shown small.
function shrink(frame, width, height) {
  const fit = () => {
    const scale = (frame.parentElement.clientWidth - 20) / width;
    Object.assign(frame.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})`, marginBottom: `${-height * (1 - scale)}px`, marginRight: `${-width * (1 - scale)}px` });
  };
  new ResizeObserver(fit).observe(frame.parentElement);
  fit();
}
shrink($("screen"), 1920, 1080);
shrink($("phone"), 390, 780);
telephone("/busy");
$("city").href = `${at(facts.city)}/`;
$("telephones").href = `${at(facts.boards)}/telephones`;
$("screen").src = `${at(facts.hub)}/screen`;
shrink($("console"), 1366, 680);

async function sit(counter) {
  await fetch(`/enter?as=${encodeURIComponent(counter)}`);
  $("console").src = `${at(facts.hub)}/counter?at=${encodeURIComponent(counter)}`;
  document.querySelectorAll("#counters button").forEach((b) => { b.setAttribute("aria-pressed", String(b.dataset.counter === counter)); });
}
for (const counter of facts.counters) {
  const button = make("button", "", counter.name);
  button.dataset.counter = counter.id;
  button.onclick = () => sit(counter.id);
  $("counters").append(button);
}
sit(facts.counters[0].id);
// The other pages open under the other name of this machine: a cookie is a host's, and the console here keeps its own.
const office = location.hostname === "localhost" ? "127.0.0.1" : "localhost";
document.querySelectorAll("a[data-as]").forEach((link) => {
  link.target = "_blank";
  link.href = `http://${office}:${location.port}/enter?as=${link.dataset.as}&then=${encodeURIComponent(link.dataset.then)}`;
});

// Paper: the newest slips of each printer, and what can go wrong with it. All of it is on the printer's own page.
const TROUBLE = [["paper_out", "缺纸", "no paper"], ["cover_open", "开盖", "cover open"], ["near_end", "纸将尽", "near end"], ["cutter_jam", "卡刀", "cutter jam"], ["hang", "死机", "hangs"], ["power_off", "断电", "no power"]];
for (const printer of facts.printers) {
  const slot = make("div", "slot"), roll = make("div", `roll ${printer.id === "p58" ? "narrow" : ""}`);
  const lamp = make("span", "", "");
  const door = Object.assign(make("a", "", printer.name), { href: at(printer.port), target: "_blank", title: "字节、故障、纸 Bytes, faults, paper" });
  slot.append(door, lamp);
  const faults = make("div", "faults");
  for (const [order, zh, en] of TROUBLE) {
    const button = make("button", "", zh);
    button.append(Object.assign(make("small", "", en), { lang: "en" }));
    button.type = "button";
    button.setAttribute("aria-label", `${printer.name} ${zh} ${en}`);
    button.dataset.order = order;
    button.onclick = () => fetch(`${at(printer.port)}/order`, { method: "POST", body: JSON.stringify({ order, on: button.getAttribute("aria-pressed") !== "true" }) }).catch(() => {});
    faults.append(button);
  }
  $("paper").append(slot, faults, roll);
  let known = null;
  (async function look() {
    try {
      const state = await (await fetch(`${at(printer.port)}/state`)).json();
      lamp.textContent = state.state === "ok" ? "●" : TROUBLE.find(([order]) => order === state.state)?.[1] ?? state.state;
      for (const button of faults.children) button.setAttribute("aria-pressed", String(state.faults.includes(button.dataset.order)));
      const newest = state.slips.length ? state.slips[0].id : 0;
      if (newest !== known) {
        const fresh = known !== null;
        known = newest;
        roll.replaceChildren(...state.slips.slice(0, 4).map((slip, i) => {
          const path = scanned(slip), image = Object.assign(make("img", fresh && i === 0 ? "fresh" : ""), { src: at(printer.port) + slip.png, alt: slip.text });
          return path ? Object.assign(image, { title: "用手机扫 Scan it with the telephone", onclick: () => telephone(path) }) : image;
        }));
        slips(state.slips.map(scanned).find(Boolean));
        if (!state.slips.length) roll.append(make("p", "", "还没有号票 No paper yet"));
      }
    } catch { lamp.textContent = "✕"; }
    setTimeout(look, 400);
  })();
}

// Boards: what their wires carried, as it glows. Pads and raters: what stands on the counter, to be pressed.
const load = (tag, facts) => new Promise((loaded, failed) => document.head.append(Object.assign(document.createElement(tag), facts, { onload: loaded, onerror: failed })));
await load("link", { rel: "stylesheet", href: `${at(facts.boards)}/pads.css` });
for (const script of ["lamps", "glow", "pads"]) await load("script", { src: `${at(facts.boards)}/${script}.js` });
const press = (pad, keys) => fetch(`${at(facts.boards)}/press`, { method: "POST", body: JSON.stringify({ pad, keys }) }).catch(() => {});
const stands = {};
const canvases = {};
(async function look(version) {
  let next = version;
  try {
    const state = await (await fetch(`${at(facts.boards)}/state${version === null ? "" : `?since=${version}`}`)).json();
    next = state.version;
    for (const [id, board] of Object.entries(state.boards)) {
      if (!canvases[id]) {
        const box = make("div", "board"), canvas = document.createElement("canvas");
        box.append(canvas, make("span", "", board.name || id));
        $("boards").append(box);
        canvases[id] = canvas;
      }
      canvases[id].setAttribute("aria-label", board.text);
      canvases[id].title = board.last_frame_hex || "";
      glow(canvases[id], board);
    }
    for (const [id, pad] of Object.entries(state.pads)) {
      if (!stands[id]) {
        const box = make("div", "stand");
        stands[id] = make("div");
        box.append(stands[id], make("span", "", pad.name));
        $("pads").append(box);
      }
      showPad(stands[id], id, pad, press);
    }
    $("stands").hidden = Object.keys(state.pads).length === 0;
  } catch { await new Promise((wake) => setTimeout(wake, 1000)); }
  look(next);
})(null);
