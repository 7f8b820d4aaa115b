// A report's page: the manager's word (keep, correct, try again), and how far a long report is.
const keep = document.getElementById("keep"), making = document.getElementById("making");

async function press(path, body, button) {
  button.disabled = true;
  const answer = await post(path, body);
  if (answer && answer.ok) { location.assign(location.pathname + (location.search.includes("live") ? "?live=1" : "")); return; }
  button.disabled = false;
  if (answer) tell(answer.body.detail, answer.body.detail_en || answer.body.detail, "bad");
}

if (keep) keep.addEventListener("submit", (event) => {
  event.preventDefault();
  press(keep.dataset.path, { reason: keep.reason ? keep.reason.value : "" }, keep.querySelector("button"));
});
for (const button of document.querySelectorAll("[data-post]")) button.addEventListener("click", () => press(button.dataset.post, {}, button));

async function look() {
  const answer = await fetch(`/api/v1/reports/${making.dataset.period}/making`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer && answer.status === 401) { location.reload(); return; }
  if (answer && answer.ok) {
    const job = await answer.json();
    if (job.state === "done" || job.state === "none") { location.reload(); return; }
    const bar = making.querySelector("progress");
    bar.max = job.of;
    bar.value = job.days;
    text("far", `${job.days} / ${job.of}`);
    text("day", job.day);
    document.getElementById("failed").hidden = job.state !== "failed";
    document.getElementById("under-way").hidden = job.state === "failed";
    if (job.state === "failed") { document.getElementById("problem").replaceChildren(bi(job.problem, job.problem_en)); return; }
  }
  setTimeout(look, 500);
}
if (making) look();
