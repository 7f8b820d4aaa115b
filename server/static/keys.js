// The console's keys: which key does what, what it opens, and the page's start. Loaded last; docs/console.md lists the keys.

const OPENS = {
  notice: () => openSlip("notice", state.ticket), slips: () => openSlips(),
  finish: openFinish, transfer: openTransfer, suspend: openSuspend, pause: openPause, tickets: openTickets,
  "take-back": () => openWhich("take-back"), "resume-ticket": () => openWhich("resume-ticket"), leave: () => openWhich("leave"), raise: () => openWhich("raise"),
  reprint: () => (state.ticket ? press("reprint", { ticket: state.ticket.id }) : openWhich("reprint")),
  undo: () => press("undo", { ticket: state.undo.id }),
};
function effective(verb) {
  if (verb === "pause" && state?.counter.open === "paused") return "resume";
  return verb === "help" && state?.counter.help_at ? "help-answered" : verb;
}

function key(name) {
  if (!state && OPENS[name]) return;  // nothing is known yet to choose from; the other keys are the hub's to judge
  hush();
  const verb = effective(name), why = OPENS[verb] && refusalOf(verb);
  if (why) refuse(why.zh, why.en);
  else if (OPENS[verb]) OPENS[verb]();
  else press(verb);
}

const HOT = Object.fromEntries([...document.querySelectorAll("[data-verb]")].map((one) => [one.dataset.key, one.dataset.verb]));
document.querySelectorAll("[data-verb]").forEach((one) => { one.onclick = () => key(one.dataset.verb); });

$("call-number").onsubmit = (event) => {
  event.preventDefault();
  const wanted = $("wanted").value.trim();
  $("wanted").value = "";
  $("wanted").blur();
  hush();
  if (/^[a-zA-Z]?[0-9]{1,5}$/.test(wanted)) press("call", { number: wanted });
  else if (wanted) refuse("请输入号码，如 A012 或 12。", "Type a number such as A012 or 12.");
};

document.addEventListener("keydown", (event) => {
  const field = event.target.matches?.("input:not([type=radio], [type=checkbox]), textarea");
  const opened = document.querySelector("dialog[open]");
  const hot = HOT[`${event.ctrlKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.key.length === 1 ? event.key.toUpperCase() : event.key}`];
  if (/^F([2-9]|1[0-2])$/.test(event.key) && !event.altKey && !event.metaKey) event.preventDefault();  // the browser's F3, F5, F6, F11, F12 would leave the page
  if (hot && !(event.ctrlKey && field)) {
    event.preventDefault();
    if (event.repeat || (opened && !(opened.id === hot && hot === "transfer"))) return;
    key(hot);
  } else if (!opened && !field && /^[a-zA-Z0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) $("wanted").focus();
  else if (field && event.target.id === "wanted" && event.key === "Escape") { $("wanted").value = ""; $("wanted").blur(); }
});

follow(base, draw, (away) => { $("lost").hidden = !away; root.classList.toggle("away", away); });
window.addEventListener("preferences", () => { if (state) draw({ ...state, now: new Date(now()).toISOString() }); });
setInterval(tick, 500);
