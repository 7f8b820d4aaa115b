// A report's page: the manager's word (keep, correct, try again), and how far a long report is.
import { ask } from "./feed.js";
import { $, bi, text } from "./parts.js";
import { press } from "./press.js";

const keep = $("keep"), making = $("making");

// The key comes back only when the press failed: what was done is another page.
async function send(path, body, button) {
  button.disabled = true;
  const done = () => location.assign(location.pathname + (location.search.includes("live") ? "?live=1" : ""));
  if (!(await press(path, body, { done }))) button.disabled = false;
}

keep?.addEventListener("submit", (event) => {
  event.preventDefault();
  send(keep.dataset.path, { reason: keep.reason ? keep.reason.value : "" }, keep.querySelector("button"));
});
for (const button of document.querySelectorAll("[data-post]")) button.addEventListener("click", () => send(button.dataset.post, {}, button));

async function look() {
  const answer = await ask(`/api/v1/reports/${making.dataset.period}/making`);
  if (!answer) return;
  if (answer.ok) {
    const job = answer.body;
    if (job.state === "done" || job.state === "none") { location.reload(); return; }
    const bar = making.querySelector("progress");
    bar.max = job.of;
    bar.value = job.days;
    text("far", `${job.days} / ${job.of}`);
    text("day", job.day);
    $("failed").hidden = job.state !== "failed";
    $("under-way").hidden = job.state === "failed";
    if (job.state === "failed") { $("problem").replaceChildren(bi(job.problem, job.problem_en)); return; }
  }
  setTimeout(look, 500);
}
if (making) look();
