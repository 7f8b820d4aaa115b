"""Every figure of a report by its id: name, definition, unit, and the cuts it has.

The one place where a figure is defined in words.

docs/figures.md is made from this table, pages print from it, and a test holds both against it. Pure data. The version
changes whenever a definition does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from config import Text

VERSION = "7"

Kind = Literal["count", "seconds", "number", "spread", "ratio", "mix", "spans", "days"]
"""What the value is: a whole number; seconds; a number; {n, mean, median, p90, max} in seconds; {numerator,
denominator, share}; {outcome: count}; {kind: {n, mean}}; as spread, in days."""

VISIT_CUTS = ("service", "category", "klass", "channel", "party", "period", "hour", "weekday", "day")
LEG_CUTS = (*VISIT_CUTS, "counter", "staff")
POSTS = ("counter", "staff")


@dataclass(frozen=True)
class Figure:
    """One figure. `cuts`: the tables in which it stands beside the total; `total` False: only there."""

    id: str
    kind: Kind
    zh: str
    en: str
    means_zh: str
    means_en: str
    cuts: tuple[str, ...] = ()
    total: bool = True


CUTS: dict[str, tuple[str, str, str, str]] = {
    "service": (
        "事项",
        "Service",
        "来访按取号时的事项，办理按该程的事项",
        "a visit counts at what it was taken for, a leg at its own service",
    ),
    "category": ("号段", "Category", "号码字母", "letter of the number"),
    "klass": ("类别", "Class", "来访人类别", "class of the visitor"),
    "channel": (
        "渠道",
        "Channel",
        "现场、预约、远程取号、帮办、脱机取号、手写号、其他系统",
        "walk-in, booked, remote, assisted, taken offline, on paper, another system",
    ),
    "party": (
        "为谁办",
        "For whom",
        "取号时问过的：个人、企业、代办",
        "as asked when the number was taken: oneself, a company, somebody else",
    ),
    "period": (
        "办公或延时",
        "Office or extended",
        "取号时正在进行的时段，没有就是当天下一段；最后一段之后取的算最后一段",
        "the interval in which the number was taken, else the day's next; after the last one, that",
    ),
    "hour": (
        "时段",
        "Hour",
        "取号时刻的当地小时；窗口时间按其发生的小时",
        "local hour of arrival; counters' time by the hour it passed in",
    ),
    "weekday": ("星期", "Weekday", "服务日的星期，1为星期一", "weekday of the service day, 1 is Monday"),
    "day": ("日期", "Day", "服务日", "service day"),
    "counter": ("窗口", "Counter", "每一程按其窗口计", "each leg at its own counter"),
    "staff": ("人员", "Staff", "每一程按其人员计", "each leg at its own member of staff"),
    "outcome": ("结果", "Outcome", "办结的来访按结果", "finished visits by their outcome"),
    "reason": ("转移原因", "Transfer reason", "转移按原因", "transfers by their reason"),
}
"""Cut -> name, what it goes by."""

FIGURES: tuple[Figure, ...] = (
    Figure(
        "arrivals",
        "count",
        "取号 A",
        "Arrivals A",
        "发出的号（含预约签到）；补打不计，一人一次来访计一次。",
        "Numbers given out, appointments checked in among them; one visit once, a reprint never counts.",
        VISIT_CUTS,
    ),
    Figure(
        "finished",
        "count",
        "办结 F",
        "Served F",
        "至少办理一程且来访已结束；按窗口、人员为在此结束的来访。",
        "At least one leg served, and the visit is over; by counter and staff: the visits that finished there.",
        (*LEG_CUTS, "outcome"),
    ),
    Figure(
        "passed",
        "count",
        "过号 P",
        "Passed P",
        "至少叫过一次而从未办理，不论如何结束；按窗口、人员为叫过而未在此办理、已结束的程。",
        "Called at least once, never served, whatever ended it; by counter and staff: legs called there, never served"
        " there, and over.",
        LEG_CUTS,
    ),
    Figure("left", "count", "弃号 X", "Left X", "叫号之前离开。", "Withdrew before any call.", VISIT_CUTS),
    Figure(
        "expired",
        "count",
        "过期 E",
        "Expired E",
        "当日结束时仍在等候，从未叫到。",
        "Never called, still waiting when the day closed.",
        VISIT_CUTS,
    ),
    Figure(
        "open",
        "count",
        "未结",
        "Open",
        "以上都不是：等候、已叫号、办理中或挂起。",
        "None of these yet: waiting, called, being served or suspended.",
        VISIT_CUTS,
    ),
    Figure(
        "called",
        "count",
        "叫过 C",
        "Called C",
        "至少叫过一次；按窗口、人员为在此叫过的程。",
        "Called at least once; by counter and staff: legs called there.",
        LEG_CUTS,
    ),
    Figure(
        "served",
        "count",
        "办理程数",
        "Legs served",
        "按过“开始”或已办结的程；转移后在另一窗口办理另计一程。",
        "Legs with a start or a finish; served again after a transfer is another leg.",
        LEG_CUTS,
    ),
    Figure(
        "items",
        "ratio",
        "每次来访办理件数",
        "Items per visit",
        "Σ件数 / F（一号多办）；按窗口、人员：在此办的件数 / 在此办了事的程。",
        "Σ items / F; by counter and staff: items done there / legs in which anything was done.",
        LEG_CUTS,
    ),
    Figure(
        "no_show",
        "ratio",
        "过号率",
        "No-show",
        "P / C；按窗口、人员：叫过而未在此办理的程 / 叫过的程。",
        "P / C; by counter and staff: legs called and never served / legs called.",
        LEG_CUTS,
    ),
    Figure(
        "walk_out",
        "ratio",
        "弃号率",
        "Walk-out",
        "(X + E) / A。不告而别者计入过号。",
        "(X + E) / A. Who leaves silently surfaces as a no-show.",
        VISIT_CUTS,
    ),
    Figure(
        "wait",
        "spread",
        "总等候 W",
        "Gross wait W",
        "首次叫号 - 取号（第一程），按C计；重呼不重新起算。按窗口、人员：该程首次叫号 - 进入该队。",
        "First call - arrival (first leg), over C; a recall never restarts it. By counter and staff: first call of the"
        " leg - entering its queue.",
        LEG_CUTS,
    ),
    Figure(
        "office_wait",
        "spread",
        "等候 Wo",
        "Wait Wo",
        "总等候中大厅开放的部分；承诺按此计。",
        "The part of W inside opening hours; the pledge uses this one.",
        LEG_CUTS,
    ),
    Figure(
        "never_served_wait",
        "spread",
        "未办者等候",
        "Wait of those never served",
        "P、X、E 到首次叫号（未叫到的到结束）的开放时间。",
        "The same over P, X and E, up to the first call, or the end of those never called.",
        VISIT_CUTS,
    ),
    Figure(
        "within_pledge",
        "ratio",
        "承诺内",
        "Within pledge",
        "C 中 Wo ≤ 承诺 / C；相等算守诺。",
        "C with Wo ≤ the pledge / C; equal counts as kept.",
        LEG_CUTS,
    ),
    Figure(
        "amber",
        "count",
        "等候偏长",
        "Amber waits",
        "C 中 Wo > 本厅的提醒时限。",
        "C with Wo > report.amber_min.",
        LEG_CUTS,
    ),
    Figure(
        "long_waits",
        "count",
        "超时等待数",
        "Long waits",
        "C 中 Wo > 本厅的超时时限；号码列于清单。",
        "C with Wo > report.red_min; their numbers are listed.",
        LEG_CUTS,
    ),
    Figure(
        "response",
        "spread",
        "响应 R",
        "Response R",
        "开始 - 末次叫号，按用了“开始”键的程。",
        "Start - last call, over legs where the start key was used.",
        LEG_CUTS,
    ),
    Figure(
        "service_time",
        "spread",
        "办理 S",
        "Service S",
        "每一程：结束 - 开始（未按“开始”的自末次叫号），减挂起；按窗口、人员、事项各归其程。",
        "Each leg: end - start (from the last call where the start key was not used), without suspended spans.",
        (*LEG_CUTS, "outcome"),
    ),
    Figure(
        "visit_time",
        "spread",
        "全程 V",
        "Visit V",
        "办结来访：最后结束 - 取号。",
        "Finished visits: last end - arrival.",
        VISIT_CUTS,
    ),
    Figure(
        "overtime",
        "ratio",
        "办理超时",
        "Service overtime",
        "S > 本厅定的倍数 × 标准分钟 / 事项有标准分钟的程。",
        "S > report.overtime_factor × the standard minutes / legs whose service has them.",
        LEG_CUTS,
    ),
    Figure(
        "transfers",
        "count",
        "转移",
        "Transfers",
        "程数 - 1：叫过之后转到另一队；按窗口、人员为由此转出；按原因。",
        "Moved to another queue after a call; by counter and staff: moved away from there; by reason.",
        (*LEG_CUTS, "reason"),
    ),
    Figure(
        "transferred",
        "ratio",
        "转移票占比",
        "Tickets transferred",
        "至少转移一次的来访 / A。",
        "Visits with at least one transfer / A.",
        VISIT_CUTS,
    ),
    Figure(
        "one_counter",
        "ratio",
        "一窗办结率",
        "One-counter rate",
        "1 - 有转移的F / F。按原因：1 - 因此转移的F / F。",
        "1 - F with a transfer / F. By reason: 1 - F transferred for it / F.",
        (*VISIT_CUTS, "reason"),
    ),
    Figure("recalls", "ratio", "重呼", "Recalls", "Σ重呼 / C。", "Σ recalls / C.", LEG_CUTS),
    Figure(
        "two_calls",
        "ratio",
        "叫两次以上",
        "Two calls or more",
        "需叫两次以上的 / C。",
        "Those who needed two calls or more / C.",
        LEG_CUTS,
    ),
    Figure(
        "on_the_spot",
        "ratio",
        "现场办结率",
        "Done on the spot",
        "办结且现场办结 / 办结且结果为现场办结、受理待办、补正、不予受理；咨询、领件、取错事项不计。",
        "Finished as done on the spot / finished as that, accepted, to be completed or refused; enquiries, pick-ups and"
        " wrong items stay out.",
        LEG_CUTS,
    ),
    Figure(
        "on_the_spot_instant",
        "ratio",
        "即办件现场办结率",
        "Instant items done on the spot",
        "同上，仅承诺时限为“即办”的事项。",
        "The same, only services promised at once.",
        LEG_CUTS,
    ),
    Figure(
        "outcomes",
        "mix",
        "结果构成",
        "Outcome mix",
        "办结来访按结果；空键为未记结果。",
        "Finished visits by outcome; the empty key is a missing outcome.",
        LEG_CUTS,
    ),
    Figure(
        "suspends",
        "spans",
        "挂起",
        "Suspensions",
        "挂起次数与平均时长，按种类；未结束的计次不计时。",
        "How often and how long on average, by kind; those still suspended count, without a span.",
        ("counter",),
    ),
    Figure(
        "pickup_wait",
        "spread",
        "领件等候",
        "Pick-up wait",
        "出件窗口事项的 Wo。",
        "Wo of the services of pick-up counters.",
    ),
    Figure(
        "open_time",
        "seconds",
        "开窗 O",
        "Counter open O",
        "Σ(登出 - 登录)，大厅开放时间内。",
        "Σ (log-out - log-in) inside opening hours.",
        (*POSTS, "hour", "weekday", "day"),
    ),
    Figure(
        "pause_time",
        "seconds",
        "暂停 Z",
        "Pause Z",
        "开窗时间内的暂停。",
        "Pauses inside O.",
        (*POSTS, "hour", "weekday", "day"),
    ),
    Figure(
        "long_pauses",
        "count",
        "长暂停",
        "Long pauses",
        "超过本厅长暂停时限的暂停次数。",
        "Pauses longer than report.long_pause_min.",
        POSTS,
    ),
    Figure(
        "busy_time",
        "seconds",
        "忙 B",
        "Busy B",
        "办理过程 H（末次叫号到结束，减挂起）落在开窗时间内的部分。",
        "The part of H (last call to end, without suspended spans) inside O.",
        (*POSTS, "hour", "weekday", "day"),
    ),
    Figure(
        "utilisation",
        "ratio",
        "利用率",
        "Utilisation",
        "B / (O - Z)，秒。",
        "B / (O - Z), in seconds.",
        (*POSTS, "hour", "weekday", "day"),
    ),
    Figure(
        "idle",
        "ratio",
        "空闲率",
        "Idle",
        "((O - Z) - B) / (O - Z)，秒。",
        "((O - Z) - B) / (O - Z), in seconds.",
        (*POSTS, "hour", "weekday", "day"),
    ),
    Figure(
        "demand_load",
        "ratio",
        "需求负荷",
        "Demand load",
        "Σ(A × 平均S)按事项 / Σ(O - Z)，秒。",
        "Σ (A × mean S) per service / Σ (O - Z), in seconds.",
        ("hour",),
    ),
    Figure(
        "tidal_time",
        "seconds",
        "潮汐开窗",
        "Tidal opening",
        "有潮汐规则（帮办其他事项）的窗口的开窗时间。",
        "O of counters while a tidal rule let them help.",
        ("counter",),
    ),
    Figure(
        "general_share",
        "ratio",
        "综合窗口占比",
        "General-counter share",
        "在综合窗口结束的F / F。",
        "F that ended at a general counter / F.",
    ),
    Figure(
        "general_gap",
        "seconds",
        "综合窗口等候差",
        "Spread of general counters",
        "各综合窗口平均Wo的最大 - 最小。",
        "Largest - smallest mean Wo of the general counters.",
    ),
    Figure(
        "seat_overload",
        "seconds",
        "座位不足",
        "Seat overload",
        "等候人数超过等候区座位数的时间；过号受理后再等的也在其中。",
        "Time with more waiting than report.seats; those who came back after a no-show wait too.",
        ("hour",),
    ),
    Figure(
        "per_thousand",
        "number",
        "每千人取号",
        "Arrivals per 1 000 residents",
        "A / (本厅服务人口 / 1000)。",
        "A / (report.residents / 1 000).",
    ),
    Figure(
        "per_counter",
        "number",
        "每窗取号",
        "Arrivals per counter",
        "A / 本期开过的窗口数。",
        "A / counters that were open in the period.",
    ),
)


CASE_CUTS = ("service", "department")
PER_VISIT = ("items", "visits_actual", "visits_promised")
"""Ratios that are a number of things, and no share."""

CASE_FIGURES: tuple[Figure, ...] = (
    Figure(
        "cases_received",
        "count",
        "收件",
        "Cases received",
        "本期收下的申请；撤回的任何指标都不计。",
        "Applications taken in; a case that was withdrawn counts in no figure.",
        CASE_CUTS,
    ),
    Figure(
        "accepted_cases",
        "count",
        "受理",
        "Cases accepted",
        "本期受理（含容缺受理）。",
        "Accepted in the period, papers to follow among them.",
        CASE_CUTS,
    ),
    Figure(
        "refused_cases",
        "count",
        "不予受理",
        "Cases refused",
        "本期经第二人复核不予受理。",
        "Refused in the period, confirmed by a second person.",
        CASE_CUTS,
    ),
    Figure(
        "decided_cases",
        "count",
        "办结",
        "Cases decided",
        "本期办结，准予与不予许可都计。",
        "Decided in the period, granted or denied.",
        CASE_CUTS,
    ),
    Figure(
        "on_time",
        "ratio",
        "按时办结率",
        "Decided on time",
        "按承诺到期日（含延期）当天及以前办结 / 有承诺天数的办结。",
        "Decided on or before the promised day, extension included / decided cases with a promise in days.",
        CASE_CUTS,
    ),
    Figure(
        "early",
        "ratio",
        "提前办结率",
        "Decided early",
        "在承诺到期日之前办结 / 有承诺天数的办结。",
        "Decided before the promised day / decided cases with a promise in days.",
        CASE_CUTS,
    ),
    Figure(
        "late_cases",
        "count",
        "超期办结",
        "Decided late",
        "承诺到期日之后办结；编号与原因列于清单。",
        "Decided after the promised day; numbers and reasons are listed.",
        CASE_CUTS,
    ),
    Figure(
        "late_reasons",
        "mix",
        "超期原因",
        "Why late",
        "超期办结按所填原因。",
        "Cases decided late by the reason that was given.",
        CASE_CUTS,
    ),
    Figure(
        "overdue_cases",
        "count",
        "超期未办结",
        "Overdue, not decided",
        "期末已受理未办结，且已过承诺到期日；计时暂停的不计。",
        "Accepted, not decided and past the promised day at the end of the period; while the clock is stopped it "
        "has none.",
        CASE_CUTS,
    ),
    Figure(
        "days_used",
        "days",
        "办理用时（工作日）",
        "Days used",
        "受理次日至办结的工作日，减特别程序。",
        "Working days after acceptance up to the decision, without special procedures.",
        CASE_CUTS,
    ),
    Figure(
        "paused_cases",
        "ratio",
        "特别程序占比",
        "Paused",
        "办结中有特别程序（听证、检测、评审、公示）占去至少一个工作日的 / 办结。",
        "Decided cases of which a special procedure (hearing, test, review, public notice) took a working day or "
        "more / decided.",
        CASE_CUTS,
    ),
    Figure(
        "days_paused",
        "days",
        "暂停（工作日）",
        "Days paused",
        "上述办结件的特别程序所占工作日。",
        "Working days that special procedures took of these.",
        CASE_CUTS,
    ),
    Figure(
        "ready_cases",
        "count",
        "待领",
        "Ready, not fetched",
        "期末已办结，未寄出、未领取。",
        "Decided, and neither sent nor fetched at the end of the period.",
        CASE_CUTS,
    ),
    Figure(
        "ready_age",
        "days",
        "待领天数",
        "Days ready",
        "待领件办结至期末的自然日。",
        "Calendar days from the decision to the end of the period, of what is ready.",
        CASE_CUTS,
    ),
    Figure(
        "uncollected",
        "count",
        "30天未领",
        "Not fetched for 30 days",
        "待领满30天及以上。",
        "Ready for 30 days or more.",
        CASE_CUTS,
    ),
    Figure(
        "applied_online",
        "ratio",
        "网上申报率",
        "Applied online",
        "凭市平台的预审号签到来办的收件 / 收件。只算先在网上申报、再到本厅办的件；全程在网上办的不到本厅，不在分母里。",
        "Cases of a visitor who was checked in by a pre-check number of the city's platform / cases received. What is"
        " done wholly online never comes here, and is in neither.",
        CASE_CUTS,
    ),
    Figure(
        "on_platform",
        "ratio",
        "上网办理率",
        "On the platform",
        "受理时或以后登记了平台办件号 / 受理。",
        "Cases with the platform's number / accepted.",
        CASE_CUTS,
    ),
    Figure(
        "no_platform",
        "mix",
        "无平台号原因",
        "Why no platform number",
        "没有平台号的受理件按原因。",
        "Accepted cases without one, by the reason.",
        CASE_CUTS,
    ),
    Figure(
        "visits_kept",
        "ratio",
        "一次办好率",
        "Visits kept",
        "到厅次数不超过指南承诺的送达件 / 指南有承诺趟数的送达件。到厅次数：在其窗口办过该件的号各计一次，无号而"
        "本人到场的按日计一次。",
        "Delivered cases whose visits are within what the guide promises / delivered cases with such a promise. "
        "A visit: each number at whose counter the case was dealt with; without a number, each day on which the "
        "person was there for it.",
        CASE_CUTS,
    ),
    Figure(
        "visits_actual",
        "ratio",
        "实际趟数",
        "Visits made",
        "Σ到厅次数 / 同上送达件。",
        "Σ visits / the same delivered cases.",
        CASE_CUTS,
    ),
    Figure(
        "visits_promised",
        "ratio",
        "承诺趟数",
        "Visits promised",
        "Σ承诺趟数 / 同上送达件。",
        "Σ visits promised / the same delivered cases.",
        CASE_CUTS,
    ),
    Figure(
        "licence_made",
        "ratio",
        "电子证照同步生成率",
        "E-licences made",
        "办结时有电子证照编号 / 应有证照的办结（有编号，或原因为系统未对接）。",
        "Decided cases with an e-licence number / those that need one: with a number, or without one because it "
        "is not linked.",
        CASE_CUTS,
    ),
    Figure(
        "licence_used",
        "ratio",
        "电子证照使用率",
        "E-licences used",
        "受理件中至少一份材料以电子证照代替 / 可以代替的受理件（已代替，或材料中有本厅所列电子证照）。",
        "Accepted cases of which an e-licence replaced a paper / those where that was possible: it did, or a "
        "material is among report.e_licences.",
        CASE_CUTS,
    ),
    Figure(
        "ems",
        "ratio",
        "邮政速递占比",
        "By post",
        "邮政速递送达 / 送达。",
        "Results delivered by post / delivered.",
        CASE_CUTS,
    ),
    Figure(
        "ems_days",
        "days",
        "邮寄天数",
        "Days in the post",
        "邮政速递：寄出至送达的自然日。",
        "Calendar days from sending to delivery, of those by post.",
        CASE_CUTS,
    ),
    Figure(
        "told_in_time",
        "ratio",
        "五个工作日内告知",
        "Told within 5 working days",
        "一次性告知时限内补正告知、受理或不予受理 / 该时限在本期结束的件。",
        "Told what is missing, accepted or refused within the five-day term / cases whose term ended in the period.",
        CASE_CUTS,
    ),
    Figure(
        "told_again_cases",
        "ratio",
        "重复告知（按件）",
        "Told again, by case",
        "本期第二次及以上告知的件 / 本期告知过的件；目标0。",
        "Cases told for a second time or more / cases told in the period; the target is 0.",
        CASE_CUTS,
    ),
    Figure(
        "diversion",
        "ratio",
        "分流率",
        "Diverted online",
        "取号机上选择改网上办 / 取号前看到网上办理提示的次数。",
        "Chose online at a kiosk / times that the word was shown before a number was given out.",
        ("service",),
    ),
    Figure(
        "online_items",
        "ratio",
        "全程网办事项占比",
        "Items fully online",
        "“是否全程网办”为“是”的事项 / 目录全部事项；“部分”不计。期末时点数。",
        "Items of the catalogue that are fully online / all of it, as it stands; partly does not count.",
    ),
)
"""Of cases: they stand in `cases` of a report, and are no figures of visits."""


@dataclass(frozen=True)
class Missing:
    """A figure that the notice asks for and the hub cannot count: why."""

    id: str
    zh: str
    en: str
    why_zh: str
    why_en: str


_LISTS = ("须由事项清单系统提供。", "The catalogue here does not carry it.")
_REGISTERS = ("没有该登记簿。", "The hub keeps no such register.")

NOT_MEASURED: tuple[Missing, ...] = (
    Missing(
        "pre_check",
        "预审",
        "Pre-check",
        "市平台只告知预审号现在的状态，不说何时提交、用了多久；凭预审号来办的件见“网上申报率”。",
        "The city's platform tells how a pre-check number stands, not when it was handed in or how long it took; cases"
        " that came by one are in 'Applied online'.",
    ),
    Missing(
        "payments",
        "缴费",
        "Payments",
        "本厅不收费，也没有与缴费系统的连接。",
        "No fee is taken through the hub, and it has no link to where fees are paid.",
    ),
    Missing("unapproved_counters", "未经批准的专窗", "Unapproved counters", *_LISTS),
    Missing("guides", "指南使用", "Guides: use", "查看不计数。", "Views are not counted."),
    Missing("complaints", "咨询、投诉举报", "Consultations, complaints", *_REGISTERS),
    Missing(
        "changes_filed",
        "变动备案",
        "Changes filed",
        "岗位变动有登记，是否已备案没有记录。",
        "Changes of posts are on record; whether they were filed is not.",
    ),
    Missing("inspections", "督查、问题、培训、学习", "Inspections, issues, training", *_REGISTERS),
    Missing("publications", "公开及时", "Publications on time", *_REGISTERS),
    Missing(
        "platform_link",
        "平台连接",
        "Platform link",
        "连通率在“运行状况”页，周报不计。",
        "Its up-time stands on the health page, not in a report.",
    ),
    Missing(
        "walk_direct",
        "不取号直接办理",
        "Starts without a ticket",
        "没有号的办理不进入系统。",
        "Who is served without a number is not in the hub.",
    ),
)


@dataclass(frozen=True)
class Judged:
    """One of the five figures that a report shows first. `good`: whether more of it is better."""

    figure: str
    part: Literal["mean", "p90", "share"]
    kind: Literal["minutes", "percent"]
    good: Literal["up", "down"]
    zh: str
    en: str

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


JUDGED: tuple[Judged, ...] = (
    Judged("office_wait", "mean", "minutes", "down", "平均等候", "Mean wait"),
    Judged("office_wait", "p90", "minutes", "down", "九成的人等候不超过", "Nine in ten waited at most"),
    Judged("within_pledge", "share", "percent", "up", "承诺时间内叫到", "Called within the pledge"),
    Judged("no_show", "share", "percent", "down", "过号率", "Missed when called"),
    Judged("on_the_spot", "share", "percent", "up", "现场办结率", "Done on the spot"),
)
"""The five, and in which direction each is better."""
ABOUT = {"percent": 5.0, "points": 1.0}
"""A smaller change is about the same: per cent of means, percentage points of shares."""
TO_DO: dict[str, Text] = {
    "one_more": Text(
        "平均等候超过本厅提醒时限的时段（每周几、几点，至少3人），相邻的合并。加开1窗后的等候 ="
        " (W×C − T/2) / (C+1)，不小于0：W 为平均等候，C 为平均开窗数，T 为时段分钟数；各窗都忙时成立。"
        "计省下的人分钟。",
        "Hours of a weekday whose mean wait is above report.amber_min (3 people at least), neighbours joined. With one"
        " more counter max(0, (W×C − T/2) / (C+1)): W the mean wait, C the mean of open counters, T the minutes; it"
        " holds while all are busy. Weighs the people's minutes saved.",
    ),
    "slow_service": Text(
        "等候超过全厅1.5倍且超过提醒时限一半的事项（至少10人）。计多等的人分钟。",
        "A service whose mean wait is above 1.5 × the hall's and half of amber_min (10 called at least). Weighs the"
        " people's minutes above the hall's.",
    ),
    "missed": Text(
        "过号率超过10%且超过全厅1.25倍的事项（至少叫过10人）。计白等的人分钟，每人至少5分。",
        "A service with a no-show rate above 10 % and 1.25 × the hall's (10 called at least). Weighs the minutes waited"
        " in vain, 5 each at least.",
    ),
    "moved": Text(
        "同一原因转移5次以上。计再等的人分钟。", "Five transfers for one reason. Weighs the minutes waited again."
    ),
    "materials": Text(
        "一次性告知中最常缺的材料，3次以上。每次按20分钟计。",
        "The material that notices lack most, three times at least. Weighs 20 minutes each.",
    ),
    "unmanned": Text("空岗共30分钟以上。计空岗分钟。", "Posts unmanned for 30 minutes in all. Weighs these minutes."),
    "paused": Text(
        "有长暂停的原因，时间最多的一个。计其分钟。", "The reason of long pauses with most time. Weighs its minutes."
    ),
    "device": Text(
        "缺纸、离线、故障共10分钟以上的设备。计其分钟。",
        "A device out of paper, offline or faulty for 10 minutes. Weighs these minutes.",
    ),
    "overlong": Text(
        "办理超时占两成以上的事项（至少10程）。每件按平均办理的一半计。",
        "A service with a fifth of its legs overtime (10 at least). Weighs half the mean service time of each.",
    ),
    "rated_badly": Text("有差评。每件按30分钟计。", "Bad ratings. Weighs 30 minutes each."),
    "idle": Text(
        "平均开2窗以上而利用率低于40%的小时。计空闲的窗口数，排在最后。",
        "An hour with two counters open and less than 40 % of their time used. Weighs the idle counters, last of all.",
    ),
    "no_outcome": Text(
        "办结而未记结果的超过一成。每十人计1。",
        "Finished without an outcome, above a tenth. Weighs one for ten people.",
    ),
}
"""What can be a thing to do: when it is one, and what it weighs. The three that weigh most are shown, of each kind the
worst before a second of any."""


CATALOGUE: tuple[Figure, ...] = (
    Figure(
        "moved_in",
        "ratio",
        "进驻率",
        "In the hall",
        "《街道权责清单》中至少有一个事项在有效进驻清单上的 / 权责清单全部。没有有效清单或没有权责清单，不计。",
        "Powers of the list of powers with at least one item on the hall's list in force / all powers. Not counted"
        " without a list in force, or without a list of powers.",
        ("department",),
    ),
    Figure(
        "delegated",
        "ratio",
        "授权到位率",
        "Empowered",
        "有效进驻清单上、指南写明已授权窗口或由窗口即办的事项 / 清单全部；没有写的按未授权。",
        "Items of the hall's list in force whose guide says that the counter is empowered, or decides / all of it;"
        " what is not said counts as not empowered.",
        ("department",),
    ),
    Figure(
        "decided_here",
        "count",
        "窗口即办事项",
        "Decided at the counter",
        "有效进驻清单上由窗口即办的事项数。",
        "Items of the hall's list in force that the counter decides.",
        ("department",),
    ),
    Figure(
        "no_visit",
        "ratio",
        "一趟不用跑占比",
        "No visit needed",
        "同在有效“一趟不用跑”清单和进驻清单上的 / 进驻清单全部；没有这样的有效清单不计。",
        "Items on the lists in force of no visit and of the hall's items / the latter; not without such a list.",
        ("department",),
    ),
    Figure(
        "one_visit",
        "ratio",
        "最多跑一趟占比",
        "One visit at most",
        "在有效“一趟不用跑”或“最多跑一趟”清单上、也在进驻清单上的 / 进驻清单全部；两张都没有不计。",
        "Items on a list in force of no visit or of one visit at most, and on the hall's / the latter; not counted"
        " without either.",
        ("department",),
    ),
    Figure(
        "complete",
        "ratio",
        "指南完整度",
        "Guides complete",
        "指南必填项已填的 / 全部必填项，每个事项13项；入口（咨询、领件）不计。",
        "What guides have to say and do / all that they have to, 13 for each item; doors (information, pick-up) are no"
        " items.",
        ("department",),
    ),
    Figure(
        "review_age",
        "number",
        "指南审核至今",
        "Age of review",
        "距审核日期的天数，审核过的事项取中位数（最近秩）。",
        "Days since the review, the median (nearest rank) of the items that were reviewed.",
        ("department",),
    ),
    Figure(
        "never_reviewed",
        "count",
        "从未审核",
        "Never reviewed",
        "没有审核日期的事项数。",
        "Items without a day of review.",
        ("department",),
    ),
    Figure(
        "fewer_materials",
        "count",
        "精简材料",
        "Materials removed",
        "本季度各版指南比前一版少要的材料数之和，多要的抵减。",
        "Materials that versions of this quarter ask for less than the version before, summed; more is less.",
        ("department",),
    ),
    Figure(
        "fewer_days",
        "count",
        "压缩时限",
        "Days removed",
        "同上，承诺时限的工作日；两版都是工作日的才比。",
        "The same of the promised working days, where both versions have such.",
        ("department",),
    ),
    Figure(
        "fewer_visits",
        "count",
        "减少跑动",
        "Visits removed",
        "同上，最多跑几趟。",
        "The same of the visits.",
        ("department",),
    ),
)
"""Figures of the catalogue on one day (`server/reports/figures/coverage.py`): no period's but the last three, which
are of the quarter. Their one cut is the department, as the catalogue and the list of powers write it.
"""


PACKAGE_FIGURES: tuple[Figure, ...] = (
    Figure(
        "package_taken",
        "count",
        "一件事取号",
        "Numbers for several items",
        "发出的一号联办号：一件事，或自选的几项。",
        "Numbers given out for several items: of a package, or chosen one by one.",
        ("package",),
    ),
    Figure(
        "package_finished",
        "count",
        "一件事办结",
        "Finished",
        "其中已办结的号；以下各项只算这些号。",
        "Those of them that are finished; the figures below are of these alone.",
        ("package",),
    ),
    Figure(
        "package_one_visit",
        "ratio",
        "一次办成率",
        "Done in one visit",
        "每一项都现场办结、受理待办或领件的号 / 办结的号：不用再跑一趟。",
        "Numbers of which every item was done, accepted or collected / those finished: nobody has to come again.",
        ("package",),
    ),
    Figure(
        "package_items",
        "ratio",
        "每号办理项数",
        "Items per number",
        "Σ有结果的事项 / 办结的号。",
        "Σ items that have an outcome / those finished.",
        ("package",),
    ),
    Figure(
        "package_time",
        "spread",
        "一件事用时",
        "Time in the hall",
        "从取号到办结，含在各窗口之间的等候。",
        "From taking the number to its end, waits between counters included.",
        ("package",),
    ),
    Figure(
        "package_saved",
        "count",
        "少带材料",
        "Papers spared",
        "Σ分开办要带的份数 − 一张清单上的份数，按取号时的目录。",
        "Σ papers that each item asks for − papers on the one list, by the catalogue when the number was taken.",
        ("package",),
    ),
)
"""Figures of numbers for several items (`server/reports/figures/several.py`)."""


SLOT_FIGURES: tuple[Figure, ...] = (
    Figure(
        "slot_places",
        "count",
        "预约名额",
        "Places to book",
        "本期已结束时段的名额之和，按现在的时段设置。",
        "Σ places of the slots that ended in the period, by [slots] of the hall's file as it is now.",
    ),
    Figure(
        "slots_booked",
        "count",
        "已约",
        "Booked",
        "时段在本期结束、没有取消的预约。",
        "Bookings whose slot ended in the period and that were not cancelled.",
    ),
    Figure(
        "slots_filled",
        "ratio",
        "名额使用率",
        "Places used",
        "已约 / 预约名额。",
        "Booked / places to book.",
    ),
    Figure(
        "slots_of_counters",
        "ratio",
        "预约占窗口能力",
        "Booked of the counters",
        "已约 / 同一时段能办的窗口数之和；其余归现场取号的人。",
        "Booked / Σ counters that serve the items, of the same slots: the rest was for people who just came.",
    ),
    Figure(
        "slots_arrived",
        "count",
        "按约签到",
        "Arrived",
        "已约并在当天签到。",
        "Booked, and checked in on the day.",
    ),
    Figure(
        "slots_missed",
        "count",
        "爽约",
        "Missed",
        "已约而没有签到；大厅或事项当天停办的不计。",
        "Booked, and nobody checked in; days on which the hall or the item was closed do not count.",
    ),
    Figure(
        "slots_no_show",
        "ratio",
        "爽约率",
        "No-shows",
        "爽约 / （按约签到＋爽约）。",
        "Missed / arrived and missed.",
    ),
    Figure(
        "slots_cancelled",
        "count",
        "本人取消",
        "Cancelled",
        "本人取消的预约。",
        "Bookings of those days that were cancelled by whoever booked.",
    ),
    Figure(
        "slots_withdrawn",
        "count",
        "大厅取消",
        "Withdrawn",
        "大厅取消的预约。",
        "Bookings of those days that the hall withdrew.",
    ),
    Figure(
        "slots_listed",
        "count",
        "候补",
        "Waiting list",
        "为这些日子候补的人次。",
        "People who went onto the waiting list of one of those days.",
    ),
    Figure(
        "from_the_list",
        "count",
        "候补成功",
        "From the list",
        "其中约到时段的。",
        "Of them, those who got a slot.",
    ),
)
"""Figures of the hall's own slots (`figures/booked.py`): in all, by plan and by day."""


REMOTE_FIGURES: tuple[Figure, ...] = (
    Figure(
        "remote_arrived",
        "count",
        "远程到厅",
        "Remote numbers that arrived",
        "远程取号后到厅的号。",
        "Numbers of places that were kept outside, once their holders had arrived.",
    ),
    Figure(
        "remote_first",
        "count",
        "先于早到者叫号的远程号",
        "Remote numbers called first",
        "其中在同一事项里，比自己先到厅、还在等的现场取号者先叫到的号。",
        "Those of them called before somebody of the same service who took a number at the door earlier and still"
        " waited.",
    ),
    Figure(
        "remote_passed",
        "count",
        "被超过的现场取号者",
        "Walk-ins passed",
        "被这样超过至少一次的现场取号者（取号机、咨询台）。",
        "Numbers from kiosk or desk that were passed so at least once.",
    ),
    Figure(
        "remote_added",
        "spread",
        "因此多等",
        "Wait added by it",
        "被超过的每位：Σ先叫的远程号从叫号到离开该窗口的时间；几个窗口同时叫号时，这是上限。",
        "Of each who was passed: Σ the time from the call of those remote numbers until they left the counter; where"
        " several counters call, that is the most it can be.",
    ),
)
"""What remote numbers cost those who came to the hall (`figures/overtaken.py`); of the whole period."""
FORESEEN_FIGURES: tuple[Figure, ...] = (
    Figure(
        "foreseen_halves",
        "count",
        "预测的半小时",
        "Half hours foreseen",
        "本周已过的各日中，每组窗口作过预测的半小时数。预测只用该周之前的数据，按同样方法重新算出。",
        "Half hours of the week's days that are over of which something was foreseen, each line of counters by itself;"
        " made anew from what was known before the week.",
    ),
    Figure(
        "foreseen_people",
        "count",
        "预测人数",
        "People foreseen",
        "这些日子预测的到厅人数（平均值）之和。",
        "Who was foreseen to come on those days, by the mean.",
    ),
    Figure(
        "foreseen_came",
        "count",
        "实到人数",
        "People who came",
        "这些日子实际取号的人数，每人只计第一程。",
        "Who came on those days, each by the first leg.",
    ),
    Figure(
        "foreseen_inside",
        "ratio",
        "落在预测范围内",
        "Within the range",
        "实到人数落在预测范围内（含两端）的半小时 / 预测的半小时。",
        "Half hours in which as many came as the range says, its ends included / half hours foreseen.",
    ),
    Figure(
        "foreseen_off",
        "ratio",
        "平均偏差",
        "Off by",
        "各半小时预测平均值与实到人数之差的绝对值之和 / 实到人数。",
        "Σ over half hours of how far the mean was from who came / who came.",
    ),
    Figure(
        "advised_hours",
        "number",
        "建议窗口小时",
        "Counter hours advised",
        "为兑现等候承诺所建议的窗口数 × 半小时之和。",
        "Σ of counters advised to keep the pledge × half an hour.",
    ),
    Figure(
        "open_hours",
        "number",
        "实开窗口小时",
        "Counter hours open",
        "这些半小时里窗口开着且未暂停的时间之和。",
        "Σ of the time in those half hours in which a counter was open and not paused.",
    ),
    Figure(
        "fewer_open",
        "ratio",
        "少于建议的半小时",
        "Fewer open than advised",
        "实开窗口比建议少半个以上的半小时 / 预测的半小时。",
        "Half hours with more than half a counter fewer open than advised / half hours foreseen.",
    ),
)
"""The week's counters judged (`figures/week_judged.py`); of the report of a week alone."""


def of_cases(cut: str = "") -> list[Figure]:
    """The figures of cases: all of them, or those of a cut."""
    return [figure for figure in CASE_FIGURES if not cut or cut in figure.cuts]


def of(cut: str) -> list[Figure]:
    """The figures that stand in a cut's table, in order."""
    return [figure for figure in FIGURES if cut in figure.cuts]


def page() -> str:
    """The list of figures for docs/figures.md, between its two marks; `./run docs` writes it."""
    lines = ["| key | figure | definition | value | cuts |", "|---|---|---|---|---|"]
    for figure in FIGURES:
        cuts = " ".join(figure.cuts).replace(" ".join(VISIT_CUTS), "*").strip() or "–"
        name = f"{figure.zh} {figure.en}".replace("|", "\\|")
        lines.append(f"| `{figure.id}` | {name} | {figure.means_en} {figure.means_zh} | {figure.kind} | {cuts} |")
    lines += ["", f"`*` is {', '.join(VISIT_CUTS)}.", "", "| of cases | figure | definition | value | cuts |"]
    lines += ["|---|---|---|---|---|"]
    for figure in CASE_FIGURES:
        cuts, name = " ".join(figure.cuts) or "–", f"{figure.zh} {figure.en}"
        lines.append(f"| `{figure.id}` | {name} | {figure.means_en} {figure.means_zh} | {figure.kind} | {cuts} |")
    lines += ["", "| of several items | figure | definition | value | cuts |", "|---|---|---|---|---|"]
    for figure in PACKAGE_FIGURES:
        said = f"{figure.zh} {figure.en} | {figure.means_en} {figure.means_zh}"
        lines.append(f"| `{figure.id}` | {said} | {figure.kind} | {' '.join(figure.cuts)} |")
    lines += ["", "| of bookings | figure | definition | value |", "|---|---|---|---|"]
    lines += [f"| `{f.id}` | {f.zh} {f.en} | {f.means_en} {f.means_zh} | {f.kind} |" for f in SLOT_FIGURES]
    lines += ["", "| of remote numbers | figure | definition | value |", "|---|---|---|---|"]
    lines += [f"| `{f.id}` | {f.zh} {f.en} | {f.means_en} {f.means_zh} | {f.kind} |" for f in REMOTE_FIGURES]
    lines += ["", "| of a week that was foreseen | figure | definition | value |", "|---|---|---|---|"]
    lines += [f"| `{f.id}` | {f.zh} {f.en} | {f.means_en} {f.means_zh} | {f.kind} |" for f in FORESEEN_FIGURES]
    lines += ["", "| cut | name | goes by |", "|---|---|---|"]
    lines += [f"| `{cut}` | {zh} {en} | {by_en} {by} |" for cut, (zh, en, by, by_en) in CUTS.items()]
    lines += ["", "| of the catalogue, on one day | figure | definition | value |", "|---|---|---|---|"]
    lines += [f"| `{f.id}` | {f.zh} {f.en} | {f.means_en} {f.means_zh} | {f.kind} |" for f in CATALOGUE]
    lines += ["", "| not measured | | why |", "|---|---|---|"]
    lines += [f"| `{m.id}` | {m.zh} {m.en} | {m.why_en} {m.why_zh} |" for m in NOT_MEASURED]
    lines += ["", "| shown first | figure | better | about the same below |", "|---|---|---|---|"]
    for j in JUDGED:
        unit = "points" if j.part == "share" else "percent"
        below = f"{ABOUT[unit]:g} {'percentage points' if unit == 'points' else '%'}"
        lines.append(f"| {j.zh} {j.en} | `{j.figure}` {j.part} | {j.good} | {below} |")
    lines += ["", "| thing to do | when, and what it weighs |", "|---|---|"]
    lines += [f"| `{id}` | {said.en} {said.zh} |" for id, said in TO_DO.items()]
    return "\n".join(lines) + "\n"


MARKS = ("<!-- made by ./run docs -->\n", "<!-- end of what ./run docs made -->\n")


def written(text: str) -> str:
    """docs/figures.md with its list made anew."""
    before, _, rest = text.partition(MARKS[0])
    return f"{before}{MARKS[0]}{page()}{MARKS[1]}{rest.partition(MARKS[1])[2]}"
