// The console's papers: one menu, one dialog for all kinds, and the list of what was asked for here. Loaded before counter.js, whose
// state, keys and news it uses once something is pressed. A kind is the parts of its dialog; Enter prints, Shift+Enter in a field of several lines breaks the line.

const ticked = (id) => new Set(JSON.parse(sessionStorage.getItem(`got-${id}`) || "[]"));

// The number that a paper is about: the one here, or else the one finished here last.
function paperOf() {
  const { ticket, finished } = state;
  return ticket || finished[0] || null;
}
const materialsOf = (ticket) => (state.ticket && state.ticket.id === ticket.id ? state.ticket.materials : ticket.materials || []);

// --- the kinds ----------------------------------------------------------------------------------------------------------------

const PAPERS = {
  notice: {
    zh: "一次性告知单", en: "One-time notice",
    parts: (ticket) => {
      const got = ticked(ticket.id);
      return [
        { checks: "lines", zh: "缺少哪些材料：按数字键勾选", en: "What is missing: tick by digit", options: materialsOf(ticket).map((name, i) => [name, name, got.size > 0 && !got.has(i)]) },
        { free: "lines", zh: "其他要补正的（每行一条）", en: "Anything else (one on each line)" },
        { text: "note", zh: "说明（可不填）", en: "Reason, if any", most: 200 },
      ];
    },
    warns: (ticket) => {
      const before = (ticket.notices || []).filter((one) => one.service === ticket.service.code);
      if (!before.length) return null;
      const told = before[before.length - 1];
      return [`已告知过${before.length === 1 ? "一" : before.length}次：缺${told.missing.join("、")}。一次性告知应当一次说完；再打印会记为重复告知（第${before.length + 1}次）。`,
        `Already told ${before.length === 1 ? "once" : `${before.length} times`} that ${told.missing.length === 1 ? "1 thing is" : `${told.missing.length} things are`} missing. All should be told at once; another notice is counted as a repeat (no. ${before.length + 1}).`];
    },
  },
  materials: { zh: "材料清单", en: "List of materials", free: true, parts: () => [{ item: true }] },
  receipt: {
    zh: "受理凭证", en: "Acceptance receipt",
    parts: (ticket) => [
      { checks: "lines", zh: "收到的材料：按数字键勾选", en: "Papers received: tick by digit", options: materialsOf(ticket).map((name, i) => [name, name, ticked(ticket.id).has(i)]) },
      { text: "number", zh: "受理编号（可不填）", en: "Case number, if any", most: 40 },
    ],
  },
  refusal: {
    zh: "不予受理告知书", en: "Notice of refusal",
    parts: () => [
      { checks: "lines", zh: "理由：按数字键勾选", en: "Why: tick by digit", options: state.refusal_reasons.map((one) => [one.zh, one.en, false]) },
      { free: "lines", zh: "其他理由（每行一条）", en: "Other reasons (one on each line)" },
    ],
  },
  pickup: {
    zh: "领件通知单", en: "Pick-up notice",
    parts: (ticket) => [
      { text: "number", zh: "领件号", en: "Pick-up number", most: 40, needed: true },
      { text: "when", zh: "什么时候来领", en: "When to come", most: 60, needed: true, value: ticket.promise ? `${ticket.promise.replace(/^(\d+)工作日$/, "$1个工作日")}后，办公时间` : "" },
      { checks: "lines", zh: "要带什么：按数字键勾选", en: "What to bring: tick by digit", options: state.pickup_bring.map((one) => [one.zh, one.en, true]) },
    ],
  },
  dayclose: { zh: "日结小票", en: "Day-close slip", free: true },
  referral: {  // noted as a first contact, then printed
    zh: "引导单", en: "Referral", free: true,
    parts: () => [
      { text: "matter", zh: "问什么事（不写姓名、电话、证件号）", en: "Matter (no name, telephone or identity number)", most: 60, needed: true },
      { text: "led_to", zh: "引导到哪里", en: "Where to go", most: 60, needed: true, list: state.counters.map((one) => one.name) },
    ],
  },
};

// --- the dialog ---------------------------------------------------------------------------------------------------------------

let itemPicked = null;
function paperItem() {
  itemPicked ||= picker("paper-item", services, (one) => { if (one) $("slip-print").focus(); });
  return itemPicked;
}

function openSlip(kind, ticket = paperOf()) {
  const paper = PAPERS[kind], dialog = $("slip");
  if (!paper.parts) { press("slips", { kind }); return; }
  if (!paper.free && !ticket) { refuse("请先叫号：这张单据要写明是哪个号。", "Call a number first: this paper is about one."); return; }
  const warning = paper.warns?.(ticket), parts = paper.parts(ticket);
  show($("slip-warning"), ...(warning ? [bi(...warning)] : []));
  $("slip-parts").replaceChildren(...parts.filter((part) => !part.item).map(slipPart));
  $("paper-item").hidden = !parts.some((part) => part.item);
  $("paper-language").querySelector(`[value=${ticket?.language || "zh"}]`).checked = true;  // as the number's own slip was
  $("slip-form").elements["paper-large"].checked = Boolean(ticket?.large_print);
  Object.assign(dialog.dataset, { kind, about: paper.free ? "" : ticket.id });
  if (kind === "notice") dialog.dataset.ticket = ticket.id; else delete dialog.dataset.ticket;  // a notice ends with the number's stay here
  $("slip-print").replaceChildren(warning ? bi("再次告知并打印", "Tell again and print") : bi("打印", "Print"), " ", element("kbd", "", "Enter"));
  const about = paper.free ? ["", ""] : [` ${ticket.number}`, ` for ${ticket.number}`];
  open(dialog, [`${paper.zh}${about[0]}`, `${paper.en}${about[1]}`], dialog.querySelector("#slip-parts input, #slip-parts textarea"));
  if (!$("paper-item").hidden) {
    const item = paperItem();
    item.reset();
    item.input.focus();
    if (ticket) { item.input.value = ticket.service.code; item.input.dispatchEvent(new Event("input")); }
  }
}

function slipPart(part) {
  if (part.checks) return slipChecks(part);
  const field = element("div", "field"), label = element("label"), box = element(part.free ? "textarea" : "input");
  label.append(bi(part.zh, part.en));
  box.name = part.free || part.text;
  box.id = `slip-${part.free ? "more" : part.text}`;
  label.htmlFor = box.id;
  box.autocomplete = "off";
  if (part.free) { box.rows = 2; box.maxLength = 1000; } else { box.maxLength = part.most; box.value = part.value || ""; box.required = Boolean(part.needed); }
  field.append(label, box);
  if (part.list) {
    const places = element("datalist");
    places.id = `${box.id}-list`;
    places.append(...part.list.map((name) => Object.assign(element("option"), { value: name })));
    box.setAttribute("list", places.id);
    field.append(places);
  }
  return field;
}

function slipChecks(part) {
  const set = element("fieldset", "ticks"), legend = element("legend");
  legend.append(bi(part.zh, part.en));
  set.append(legend, ...part.options.map(([zh, en, on], i) => {
    const label = element("label", "check"), tick = element("input"), words = element("span");
    Object.assign(tick, { type: "checkbox", name: part.checks, value: zh, checked: on, autocomplete: "off" });
    if (i < 9) { tick.dataset.digit = String(i + 1); label.append(element("kbd", "", String(i + 1))); }
    words.append(bi(zh, en));
    if (zh === en) words.translate = false;
    label.append(tick, words);
    return label;
  }));
  if (!part.options.length) set.hidden = true;
  return set;
}

function printSlip() {
  const dialog = $("slip"), form = new FormData($("slip-form")), { kind } = dialog.dataset;
  const body = { kind, language: form.get("paper-language"), large_print: form.has("paper-large") };
  if (dialog.dataset.about) body.ticket = Number(dialog.dataset.about);
  if (PAPERS[kind].parts && !$("paper-item").hidden) {
    if (!paperItem().value()) { paperItem().input.focus(); return; }
    body.services = [paperItem().value()];
  }
  const lines = form.getAll("lines").flatMap((text) => text.split("\n")).map((text) => text.trim()).filter(Boolean);
  if (lines.length) body.lines = lines;
  for (const name of ["note", "number", "when"]) if (form.get(name)) body[name] = form.get(name);
  if (kind === "notice" && !lines.length) { slipError("请勾选或写明缺少的材料。", "Tick or write what is missing."); return; }
  if (kind === "refusal" && !lines.length) { slipError("请选择或写明不予受理的理由。", "Choose or write why it is not accepted."); return; }
  if (lines.some((text) => text.length > 120)) { slipError("每条不超过120字：请分成几条。", "At most 120 characters on a line: make it several."); return; }
  const missing = [...$("slip-parts").querySelectorAll("input:required")].find((box) => !box.value.trim());
  if (missing) { slipError("请填写这一项。", "This is needed.", missing); return; }
  dialog.close();
  if (kind === "referral") refer({ matter: form.get("matter"), result: "led", led_to: form.get("led_to"), number: state.ticket?.number || "" }, body); else press("slips", body);
}

async function refer(contact, body) {
  const noted = await post("/api/v1/contacts", contact);
  if (noted?.ok) press("slips", { ...body, contact: noted.body.id }); else if (noted) refuse(noted.body.detail, noted.body.detail_en);
}

function slipError(zh, en, box = $("slip-parts").querySelector("input, textarea")) {
  show($("slip-warning"), bi(zh, en));
  box?.focus();
}

document.getElementById("slip-form").onsubmit = (event) => { event.preventDefault(); printSlip(); };
document.getElementById("slip").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || event.target.matches("button, [role=combobox]")) return;
  if (event.target.matches("textarea") && event.shiftKey) return;
  event.preventDefault();
  $("slip-form").requestSubmit();
});

// --- the menu -----------------------------------------------------------------------------------------------------------------

function openSlips() {
  const ticket = paperOf();
  const rows = Object.entries(PAPERS).map(([kind, paper], i) => {
    const words = element("span", "one"), note = element("span", "muted");
    words.append(bi(paper.zh, paper.en));
    if (!paper.free && ticket) { note.textContent = ` ${ticket.number}`; note.translate = false; words.append(note); }
    const button = choice(i + 1, words, () => { $("slips").close(); openSlip(kind); });
    button.disabled = kind === "notice" ? Boolean(state.refusals.notice) : !paper.free && !ticket;
    return button;
  });
  $("slips-list").replaceChildren(...rows);
  open($("slips"), null, rows.find((one) => !one.disabled));
}

// 受理待办 and 不予受理 are told on paper (行政许可法 art. 32): offered at once, Esc leaves it.
const OFFERS = { 受理待办: { kind: "receipt", key: ["凭证", "Receipt"] }, 不予受理: { kind: "refusal", key: ["告知书", "Refusal"] } };
function offerPaper(outcome, ticket, materials) {
  if (OFFERS[outcome] && !document.querySelector("dialog[open]")) openSlip(OFFERS[outcome].kind, { ...ticket, materials });
}

// --- what became of them ------------------------------------------------------------------------------------------------------

async function printAgain(one, key) {
  key.disabled = true;
  hush();
  const answer = await post(`/api/v1/slips/${one.job}/reprint`, {});
  key.disabled = false;
  if (!answer) return;
  const [zh, en] = paperName(one);
  if (answer.ok) good(`${zh}正在补打。`, `${en}: being printed again.`); else refuse(answer.body.detail, answer.body.detail_en);
}

const tellPapers = paperNews(
  (one) => good(...(one.paper.state === "printed" && !one.paper.where ? [`${paperName(one)[0]}已打印，请取走。`, `${paperName(one)[1]}: printed, take it.`] : [`${paperName(one)[0]}：${one.paper.zh}。`, `${paperName(one)[1]}: ${one.paper.en}.`])),
  (one) => refuse(...paperAlarm(one)),
);

function drawPapers(papers) {
  tellPapers(papers);
  $("papers-box").hidden = !papers.length;
  const says = JSON.stringify([papers, document.documentElement.dataset.lang]);
  if ($("papers").dataset.says === says) return;
  $("papers").dataset.says = says;
  const at = document.activeElement?.dataset?.job;
  $("papers").replaceChildren(...papers.map((one) => paperLine(one, printAgain)));
  if (at) $("papers").querySelector(`[data-job="${at}"]`)?.focus();
}
