// What was printed for this counter lately, and what became of it.
import { $ } from "../parts.js";
import { paperAlarm, paperLine, paperName, paperNews } from "../papers.js";
import { press } from "../press.js";
import { good, hush, refuse } from "./state.js";

function printAgain(one, key) {
  const [zh, en] = paperName(one);
  hush();
  press(`/api/v1/slips/${one.job}/reprint`, {}, {
    done: () => good(`${zh}正在补打。`, `${en}: being printed again.`), refuse, busy: (on) => { key.disabled = on; }, aside: true,
  });
}

const tellPapers = paperNews(
  (one) => good(...(one.paper.state === "printed" && !one.paper.where ? [`${paperName(one)[0]}已打印，请取走。`, `${paperName(one)[1]}: printed, take it.`] : [`${paperName(one)[0]}：${one.paper.zh}。`, `${paperName(one)[1]}: ${one.paper.en}.`])),
  (one) => refuse(...paperAlarm(one)),
);

export function drawPapers(papers) {
  tellPapers(papers);
  $("papers-box").hidden = !papers.length;
  const says = JSON.stringify([papers, document.documentElement.dataset.lang]);
  if ($("papers").dataset.says === says) return;
  $("papers").dataset.says = says;
  const at = document.activeElement?.dataset?.job;
  $("papers").replaceChildren(...papers.map((one) => paperLine(one, printAgain)));
  if (at) $("papers").querySelector(`[data-job="${at}"]`)?.focus();
}
