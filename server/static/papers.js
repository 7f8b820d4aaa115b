// One paper as console and desk list it: what it is, of whom, what became of it, and its key to print it again where nobody holds it.
// What becomes of it comes with the page's feed; nothing here asks for a second paper by itself.
import { badge, bi, chip, element, own } from "./parts.js";

const PAPER_BADGES = { queued: "calling", sending: "calling", printed: "good", sent: "good", failed: "bad", unknown: "bad" };
const PAPER_WORDS = {
  queued: ["等待打印", "Queued"], sending: ["正在打印", "Printing"], printed: ["已打印", "Printed"], sent: ["已送出", "Sent"],
  failed: ["没打出来", "Failed"], unknown: ["不确定", "Unsure"],
};

const paperBadge = (one) => badge(PAPER_BADGES[one.paper.state], bi(...PAPER_WORDS[one.paper.state]));

// `again(one, key)` prints it once more; the key is there only where the paper failed or may be incomplete.
export function paperLine(one, again) {
  const row = element("li", one.spoilt ? "spoilt" : ""), what = element("span", "paper"), name = element("b"), about = element("small");
  name.append(bi(one.name, one.name_en));
  if (one.number) what.append(own("b", "", one.number), " ");
  what.append(name);
  if (one.paper.copy > 1) what.append(" ", chip(`第${one.paper.copy}张`, `copy ${one.paper.copy}`));
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
export function paperNews(said, alarm) {
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
export function paperAlarm(one) {
  const [zh, en] = paperName(one), why = one.paper.reason.replace(/。$/, ""), why_en = (one.paper.reason_en || "").replace(/\.$/, "");
  if (one.paper.state === "unknown") return [`${zh}不能确定是否打印完整：请看打出来的纸，不完整就按“补打”。`, `${en} may be incomplete: look at the paper, and press Reprint if it is.`];
  return [`${zh}没有打印出来：${why ? `${why}，再` : "请"}按“补打”。`, `${en} was not printed. ${why_en ? `${why_en}, then press` : "Press"} Reprint.`];
}
export const paperName = (one) => [`${one.number ? `${one.number} 的` : ""}${one.name}`, `${one.name_en}${one.number ? ` of ${one.number}` : ""}`];
