// The virtual printer's page: its newest paper, every byte by name, and switches for its fate. It shows; it decides nothing.
const facts = await (await fetch("/facts")).json();
const $ = (id) => document.getElementById(id);
const make = (tag, className, text) => Object.assign(document.createElement(tag), { className: className || "", textContent: text ?? "" });
const both = (zh, en) => { const found = make("span", "", `${zh} `); found.append(Object.assign(make("small", "", en), { lang: "en" })); return found; };
const ENDS = { full: ["已切", "cut"], partial: ["已切", "cut"], torn: ["已撕", "torn off"], broken: ["未完成", "unfinished"] };
const GROUPS = [
  ["纸 Paper", ["near_end", "paper_out", "cover_open"]],
  ["机器 Machine", ["cutter_jam", "overheated", "broken", "offline", "feed_button"]],
  ["线路和电源 Wire, power", ["power_off", "half_open", "hang", "slow", "late", "garbage"]],
];
const order = (values) => fetch("/order", { method: "POST", body: JSON.stringify(values) }).then(look);

$("model").textContent = `${facts.title} · ${facts.model} · ${facts.wire}`;
$("slip").classList.toggle("narrow", facts.paper_mm < 70);
$("ok").onclick = () => order({ order: "ok" });
for (const [title, names] of GROUPS) {
  const group = make("div");
  group.append(make("h3", "", title));
  for (const name of names) {
    const button = make("button");
    button.type = "button";
    button.dataset.order = name;
    button.setAttribute("aria-pressed", "false");
    button.append(facts.faults[name].zh, Object.assign(make("small", "", facts.faults[name].en), { lang: "en" }));
    button.onclick = () => order({ order: name, on: button.getAttribute("aria-pressed") !== "true" });
    group.append(button);
  }
  $("switches").append(group);
}
for (const form of document.querySelectorAll("#fate form")) {
  form.onsubmit = (event) => {
    event.preventDefault();
    order({ order: event.submitter.value, amount: Number(form.querySelector("input").value) });
  };
}

let chosen = null, shown = "", newest = 0;

async function look() {
  let state;
  try { state = await (await fetch("/state")).json(); } catch {
    $("state").replaceChildren(both("程序没有应答", "The program does not answer"));
    $("state").dataset.state = "bad";
    return;
  }
  gauges(state);
  const top = state.slips.length ? state.slips[0].id : 0;
  if (top !== newest) { chosen = null; newest = top; }
  older(state);
  const want = chosen ?? (state.hanging !== null ? "now" : top || "");
  const key = `${want}:${want === "now" ? state.hanging : ""}`;
  if (key !== shown) { shown = key; await show(want); }
}

function gauges(state) {
  const worst = facts.faults[state.state];
  $("state").replaceChildren(worst ? both(worst.zh, worst.en) : both("正常", "Ready"));
  $("state").dataset.state = !worst ? "ok" : worst.stops ? "bad" : "warn";
  $("count").textContent = state.count;
  $("roll").textContent = state.roll_mm === null ? "不限 ∞" : `${Math.round(state.roll_mm).toLocaleString("en")} mm`;
  $("buffer").textContent = `${state.waiting.toLocaleString("en")}${state.buffer ? ` / ${state.buffer.toLocaleString("en")}` : ""} B`;
  $("heard").textContent = state.events.length ? state.events.slice(-2).map(heard).join("，") : "–";
  for (const button of document.querySelectorAll("#switches button")) button.setAttribute("aria-pressed", String(state.faults.includes(button.dataset.order)));
}

const heard = (event) => event.replace("drawer", "钱箱 drawer").replace("buzzer", "蜂鸣 buzzer");

function older(state) {
  const rows = state.slips.slice(0, 12), keys = rows.map((row) => row.id).join();
  if ($("older").dataset.keys !== keys) {
    $("older").dataset.keys = keys;
    $("older").replaceChildren(...rows.map((row) => {
      const button = make("button", row.complaints ? "wrong" : "");
      button.append(Object.assign(make("img"), { src: row.png, alt: "" }), make("span", "", `${row.id}${row.complaints ? " !" : ""}`));
      button.setAttribute("aria-label", `第 ${row.id} 张 slip ${row.id}`);
      button.dataset.id = row.id;
      button.onclick = () => { chosen = row.id; look(); };
      return button;
    }));
  }
  for (const button of $("older").children) button.setAttribute("aria-pressed", String(button.dataset.id === String(chosen ?? newest)));
}

async function show(id) {
  const answer = id === "" ? null : await fetch(`/slips/${id}.json`);
  if (!answer || !answer.ok) {
    const hint = make("p");
    hint.append(both("等待打印", "Waiting for a job"), make("br"), make("code", "", facts.wire));
    $("slip").replaceChildren(hint);
    for (const box of [$("text"), $("steps"), $("complaints"), $("caption")]) box.replaceChildren();
    $("txt").hidden = $("bin").hidden = true;
    complain([]);
    return;
  }
  const slip = await answer.json();
  $("slip").replaceChildren(Object.assign(make("img", chosen === null ? "fresh" : ""), { src: `/slips/${id}.png${id === "now" ? `?${Date.now()}` : ""}`, alt: slip.text }));
  $("caption").replaceChildren(`第 ${slip.id} 张 · `, id === "now" ? both("还在打印机里", "still in the printer") : both(...ENDS[slip.end]), ` · ${slip.mm} mm · ${slip.bytes.toLocaleString("en")} B`);
  $("text").textContent = slip.text;
  for (const kind of ["txt", "bin"]) Object.assign($(kind), { href: `/slips/${id}.${kind}`, hidden: false, download: `slip-${slip.id}.${kind}` });
  dump(slip);
  complain(slip.complaints);
}

const within = (step, complaint) => complaint.at > step.at && complaint.at <= step.at + step.size;

function dump(slip) {
  $("steps").replaceChildren(...slip.steps.map((step) => {
    const row = make("tr", step.name === "text" ? "words" : ""), what = make("td", "what");
    row.dataset.at = step.at;
    if (step.name === "text") what.append(make("q", "", step.text)); else what.append(both(step.zh, step.en));
    for (const complaint of slip.complaints.filter((one) => within(step, one))) { row.classList.add("bad"); what.append(make("b", "", `${complaint.zh} ${complaint.en}`)); }
    const hex = step.hex.toUpperCase() + (step.size * 3 - 1 > step.hex.length ? ` … (${step.size.toLocaleString("en")} B)` : "");
    row.append(make("td", "", step.at), make("td", "hex", hex), make("td", "name", step.name === "text" ? "" : step.name), what);
    return row;
  }));
}

function complain(list) {
  $("wrong").textContent = list.length;
  $("wrong").classList.toggle("some", list.length > 0);
  $("complaints").replaceChildren(...list.map((one) => {
    const button = make("button"), item = make("li");
    button.append(make("code", "", `#${one.at}  ${one.command.toUpperCase()}`), make("span", "", one.zh), make("small", "", one.en));
    button.onclick = () => point(one);
    item.append(button);
    return item;
  }));
}

function point(complaint) {
  const rows = [...$("steps").children].filter((row) => Number(row.dataset.at) < complaint.at);
  document.querySelectorAll("tr.here").forEach((row) => { row.classList.remove("here"); });
  const row = rows.at(-1);
  if (row) { row.classList.add("here"); row.scrollIntoView({ block: "center" }); }
}

(async function again() { await look(); setTimeout(again, 500); })();
