// 开厅清单: what a new hall still lacks, each with what to do; gone when all is done, or put away.
import { $, bi, part } from "../parts.js";
import { ask, send } from "./acts.js";
import { key, keyed, link } from "./pieces.js";
import { away, mayAct, state } from "./state.js";

const PATH = "/api/v1/hall/opening-list";

// What stands in `…` is typed or is a file's name.
function coded(said) {
  for (const one of said.children) one.replaceChildren(...one.textContent.split("`").map((piece, n) => (n % 2 ? part("code", "", piece) : piece)));
  return said;
}

export function drawOpening() {
  const steps = state.opening_list;
  $("opening").hidden = !steps.length;
  $("opening-count").textContent = String(steps.length);
  const button = $("opening-away");
  if (button) button.disabled = away;
  keyed($("opening-steps"), steps, (step) => step.id, (step) => {
    const line = part("li", "", part("div", "over", part("b", "", bi(step.zh, step.en)), part("span", "todo", coded(bi(step.todo, step.todo_en)))));
    const act = part("span", "act");
    if (step.link) act.append(link(step.link, "button small", bi("去看看", "Go there")));
    if (mayAct) act.append(key(`tick ${step.id}`, "不用再提醒", "Tick off", () => send(PATH, { step: step.id }, ["已打勾。", "Ticked off."]), "quiet small"));
    line.append(act);
    return line;
  });
}

$("opening-away")?.addEventListener("click", () => ask({
  title: ["收起开厅清单", "Put the list away"], text: ["没做完的事不再列出，以后也不再显示这张清单。", "What is missing is not listed any more, and the list does not come back."],
  go: ["收起清单", "Put it away"], path: PATH, body: { step: "" }, done: ["清单已收起。", "The list is put away."],
}));
