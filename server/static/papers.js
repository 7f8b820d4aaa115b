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
const paperName = (one) => [`${one.number ? `${one.number} 的` : ""}${one.name}`, `${one.name_en}${one.number ? ` of ${one.number}` : ""}`];
