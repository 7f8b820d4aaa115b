// The papers that a counter hands out: what each asks before it is printed, and when it warns. A kind is the parts of its dialog (slips.js).
import { matterOf } from "./matter.js";
import { state, ticked } from "./state.js";

// The number that a paper is about: the one here, or else the one finished here last.
export function paperOf() {
  const { ticket, finished } = state;
  return ticket || finished[0] || null;
}
const materialsOf = (ticket) => (state.ticket && state.ticket.id === ticket.id ? state.ticket.materials : ticket.materials || []);
const followsOf = (ticket) => (state.ticket && state.ticket.id === ticket.id ? state.ticket.may_follow : ticket.may_follow || []);

export const PAPERS = {
  notice: {
    zh: "一次性告知单", en: "One-time notice",
    parts: (ticket) => {
      const got = ticked(ticket.id);
      return [
        { checks: "lines", zh: "缺少哪些材料：按数字键勾选", en: "What is missing: tick by digit", options: materialsOf(ticket).map((name, i) => [name, name, got.size > 0 && !got.has(i)]) },
        { free: "lines", zh: "其他要补正的（每行一条）", en: "Anything else (one on each line)" },
        matterOf(ticket)?.warning
          ? { text: "note", zh: "为什么再次告知", en: "Why it is told again", most: 200, needed: true }
          : { text: "note", zh: "说明（可不填）", en: "Reason, if any", most: 200 },
        { text: "number", zh: "办件编号（再次来办时扫凭证，可不填）", en: "Case number, if it came before", most: 40, value: matterOf(ticket)?.number || "" },
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

// 办件, opened by the finish key: what was received, the platform's number or why there is none, how the result goes out. Shift with a digit: that
// paper may follow (容缺受理).
export const CASE = {
  zh: "受理并立件", en: "Accept and open its case",
  parts: (ticket) => [
    { checks: "received", zh: "收到的材料：按数字键勾选", en: "Papers received: tick by digit", options: materialsOf(ticket).map((name, i) => [name, name, ticked(ticket.id).has(i)]) },
    { checks: "owed", zh: "容缺：以后补交的材料，按 Shift+数字键", en: "To follow: tick by Shift+digit", options: materialsOf(ticket).map((name) => (followsOf(ticket).includes(name) ? [name, name, false] : null)), shift: true },
    { text: "platform", zh: "平台办件号：扫码或输入", en: "Platform number: scan or type", most: 64, value: ticket.pretrial?.platform },
    { choose: "no_platform", zh: "没有平台号的原因", en: "Why there is none", options: state.case_choices.no_platform, none: true },
    { choose: "delivery", zh: "送达方式", en: "Delivery", options: state.case_choices.delivery },
    { choose: "applicant", zh: "申请人", en: "Applicant", options: state.case_choices.applicant },
    { text: "phone", zh: "联系电话（可不填，加密保存）", en: "Telephone, if any (kept sealed)", most: 20 },
  ],
};

// What this number was told to be missing for its item, if it was.
export const toldOf = (ticket) => (ticket.notices || []).filter((one) => one.service === ticket.service.code).at(-1);

// 补正: its case is opened with what was told to be missing, and the notice is printed in the same press unless it was given already (F11).
export const INCOMPLETE = {
  zh: "补正并立件", en: "To be completed, and its case",
  parts: (ticket) => {
    const got = ticked(ticket.id), told = toldOf(ticket);
    return [
      { checks: "missing", zh: "缺少哪些材料：按数字键勾选", en: "What is missing: tick by digit", options: materialsOf(ticket).map((name, i) => [name, name, told ? told.missing.includes(name) : got.size > 0 && !got.has(i)]) },
      { choose: "applicant", zh: "申请人", en: "Applicant", options: state.case_choices.applicant },
      { text: "phone", zh: "联系电话（可不填，加密保存）", en: "Telephone, if any (kept sealed)", most: 20 },
    ];
  },
};
