// One paper as console and desk list it: what it is, of whom, what became of it, and its key to print it again where nobody holds it.
// What becomes of it comes with the page's feed; nothing here asks for a second paper by itself.
const PAPER_BADGES = { queued: "calling", sending: "calling", printed: "good", sent: "good", failed: "bad", unknown: "bad" };
const PAPER_WORDS = {
  queued: ["等待打印", "Queued"], sending: ["正在打印", "Printing"], printed: ["已打印", "Printed"], sent: ["已送出", "Sent"],
  failed: ["没打出来", "Failed"], unknown: ["不确定", "Unsure"],
};

function paperBadge(one) {
  const badge = element("span", "badge");
  badge.dataset.state = PAPER_BADGES[one.paper.state];
  badge.append(bi(...PAPER_WORDS[one.paper.state]));
  return badge;
}

// `again(one, key)` prints it once more; the key is there only where the paper failed or may be incomplete.
function paperLine(one, again) {
  const row = element("li", one.spoilt ? "spoilt" : ""), what = element("span", "paper"), name = element("b"), about = element("small");
  name.append(bi(one.name, one.name_en));
  if (one.number) { const number = element("b", "", one.number); number.translate = false; what.append(number, " "); }
  what.append(name);
  if (one.paper.copy > 1) { const copy = element("span", "chip"); copy.append(bi(`第${one.paper.copy}张`, `copy ${one.paper.copy}`)); what.append(" ", copy); }
  if (one.spoilt) about.append(one.paper.reason ? bi(one.paper.reason, one.paper.reason_en || one.paper.en) : bi(one.paper.zh, one.paper.en));
  else if (one.about) about.append(bi(one.about, one.about_en));
  row.append(what, paperBadge(one), about);
  if (one.spoilt && again) {
    const key = element("button", "small");
    key.type = "button";
    key.dataset.job = one.job;
    key.append(bi("补打", "Reprint"), element("span", "unseen", ` ${one.name} ${one.number}`));
    key.onclick = () => again(one, key);
    row.append(key);
  }
  return row;
}

// Tells each change of a paper's state once: tell(one) for those that came out, alarm(one) for those that did not.
function paperNews(said, alarm) {
  let before = null;
  return (papers) => {
    const now = new Map(papers.map((one) => [one.job, one.paper.state]));
    if (before) for (const one of papers) {
      if (before.get(one.job) === one.paper.state || (!before.has(one.job) && !one.spoilt)) continue;
      if (one.spoilt) alarm(one); else if (["printed", "sent"].includes(one.paper.state)) said(one);
    }
    before = now;
  };
}
// What is said of a paper that nobody holds: why, and what to do.
function paperAlarm(one) {
  const [zh, en] = paperName(one), why = one.paper.reason.replace(/。$/, ""), why_en = (one.paper.reason_en || "").replace(/\.$/, "");
  if (one.paper.state === "unknown") return [`${zh}不能确定是否打印完整：请看打出来的纸，不完整就按“补打”。`, `${en} may be incomplete: look at the paper, and press Reprint if it is.`];
  return [`${zh}没有打印出来：${why ? `${why}，再` : "请"}按“补打”。`, `${en} was not printed. ${why_en ? `${why_en}, then press` : "Press"} Reprint.`];
}
const paperName = (one) => [`${one.number ? `${one.number} 的` : ""}${one.name}`, `${one.name_en}${one.number ? ` of ${one.number}` : ""}`];

// --- the guide desk's keys: 材料清单 of an item (F11), 引导单 of a first contact, and 补打 of what nobody holds ---------------------------

const deskMode = () => ({ printer: $("printer").value });

// The item in sight: of the number found, or the one that is marked or typed.
function itemInSight() {
  if (mode === "find") return body && body.ticket ? { services: [body.ticket.service.code], ticket: body.ticket.id, language: body.ticket.language, large_print: body.ticket.large_print } : null;
  const list = mode === "issue" ? offered() : [], one = list[wanted.value.trim() ? Math.max(marked, 0) : marked];
  return one ? listWish(one.code) : null;
}
const listWish = (code) => ({ services: [code], language: document.querySelector("[name=language]:checked").value, large_print: $("large").checked });

function printList(wish = itemInSight()) {
  if (!wish) { refuse({ detail: "请先查号，或选好事项，再打印它的材料清单。", detail_en: "Find a number or choose an item first: then its list is printed." }); return; }
  press("/api/v1/slips", { kind: "materials", ...deskMode(), ...wish }, (one) => tell(`材料清单正在打印：${one.about}`, `List being printed: ${one.about_en}`));
}

function printReferral(contact) {
  press("/api/v1/slips", { kind: "referral", contact, ...deskMode() }, () => tell("引导单正在打印。", "The referral is being printed."));
}

function printMissed(one) {
  press(`/api/v1/slips/${one.job}/reprint`, deskMode(), () => tell(`${paperName(one)[0]}正在补打。`, `${paperName(one)[1]}: being printed again.`));
}

const tellDesk = paperNews(
  (one) => tell(`${paperName(one)[0]}：${one.paper.zh}`, `${paperName(one)[1]}: ${one.paper.en}`),
  (one) => tell(`${paperAlarm(one)[0]}（${one.who}）`, paperAlarm(one)[1], "bad"),
);

function drawDeskPapers(state) {
  tellDesk([...state.slips, ...state.missed]);
  $("papers-card").hidden = !state.papers.length && !state.missed.length;
  put("missed", state.missed, () => state.missed.map((one) => paperLine(one, printMissed)));
  $("slips-card").hidden = !state.slips.length;
  put("slips", state.slips, () => state.slips.map((one) => paperLine(one)));
}
