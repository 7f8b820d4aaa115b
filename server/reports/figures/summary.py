"""What a report answers first: what happened in three sentences, five figures with their change judged, three things
to do with their evidence. Pure: it reads a report's own figures and counts no visit.

Every form prints these words and none of its own; the rules are `JUDGED` and `TO_DO` of server/reports/definitions.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from config import Text, counter_called
from server.domain.vocabulary import NEXT_ITEM
from server.reports.definitions import ABOUT, JUDGED, TO_DO, Judged
from server.reports.period import MONTHS

Report = Mapping[str, Any]
THREE = 3
PERIODS = {
    "day": (Text("当日", "that day"), Text("前一日", "the day before")),
    "week": (Text("本周", "this week"), Text("上周", "the week before")),
    "month": (Text("本月", "this month"), Text("上月", "the month before")),
    "quarter": (Text("本季度", "this quarter"), Text("上季度", "the quarter before")),
    "year": (Text("本年", "this year"), Text("上年", "the year before")),
    "range": (Text("本期", "this period"), Text("上期", "the period before")),
}
WEEKDAYS = (
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
)
WORDS = {
    "better": Text("变好", "better"),
    "worse": Text("变差", "worse"),
    "same": Text("持平", "about the same"),
    "few": Text("人数太少，不判断", "too few to judge"),
    "none": Text("没有可比的", "nothing to compare with"),
}
"""What is said of a change."""


def summary(report: Report) -> dict[str, Any]:
    """{"sentences": 3 × {zh, en}, "five": […], "to_do": [up to 3]}: the keys are in docs/figures.md."""
    return {
        "sentences": [said.json() for said in (_came(report), _waited(report), _went_wrong(report))],
        "five": [_judged(report, rule) for rule in JUDGED],
        "to_do": [found.json() for found in to_do(report)],
    }


# --- three sentences --------------------------------------------------------------------------------------------------


def _came(report: Report) -> Text:
    total, (now, before) = report["total"], PERIODS[report["kind"]]
    came, done = total["arrivals"], total["finished"]
    if not came:
        return Text(f"{now.zh}没有人取号。", f"Nobody took a number {now.en}.")
    zh, en = f"{now.zh}{came}人取号，办结{done}人", f"{came} took a number {now.en}, {done} were served"
    change = _change(report, "arrivals", "per_service_day")
    if change is not None and change["change"] is not None:
        by = abs(change["change"])
        more, more_en = ("多", "more") if change["change"] > 0 else ("少", "fewer")
        same = by < ABOUT["percent"]
        zh += f"，每服务日与{before.zh}差不多" if same else f"，每服务日比{before.zh}{more}{by:.0f}%"
        en += f"; per service day about as many as {before.en}" if same else f"; {by:.0f} % {more_en} per service day"
    peak_zh, peak_en = _busiest(report)
    return Text(f"{zh}{peak_zh}。", f"{en}{peak_en}.")


def _busiest(report: Report) -> Text:
    """The day with most arrivals; of one day the hour."""
    days, hours = report["cuts"]["day"], report["cuts"]["hour"]
    if len(days) > 1:
        most = max(days, key=lambda row: row["arrivals"])
        weekday = next((day["weekday"] for day in report["days"] if day["date"] == most["key"]), 1)
        zh, en = WEEKDAYS[weekday - 1]
        day, day_en = _date(most["key"])
        return Text(f"；{zh}（{day}）最多，{most['arrivals']}人", f"; most on {en} {day_en}, {most['arrivals']}")
    if hours and max(row["arrivals"] for row in hours):
        most = max(hours, key=lambda row: row["arrivals"])
        at = _hours(most["key"], most["key"])
        return Text(f"；{at.zh}最多，{most['arrivals']}人", f"; most at {at.en}, {most['arrivals']}")
    return Text("", "")


def _waited(report: Report) -> Text:
    total, pledge = report["total"], report["pledge_min"]
    wait, kept = total["office_wait"], total["within_pledge"]["share"]
    if not wait["n"]:
        return Text("没有人被叫到，等候无从计算。", "Nobody was called, so that no wait can be told.")
    mean, most = _minutes(wait["mean"]), _minutes(wait["p90"])
    zh = f"平均等{mean}分，九成的人不超过{most}分；{kept * 100:.0f}%在承诺的{pledge}分钟内叫到"
    en = f"The mean wait was {mean} min, nine in ten waited {most} min at most; {kept * 100:.0f} % were called"
    en += f" within the {pledge} min pledged"
    found = judge(_change(report, "within_pledge", "share"), "up")
    before = PERIODS[report["kind"]][1]
    if found in ("better", "worse", "same"):
        word = {"better": Text("好", "better than"), "worse": Text("差", "worse than")}.get(found)
        zh += f"，比{before.zh}{word.zh}" if word else f"，与{before.zh}持平"
        en += f", {word.en} {before.en}" if word else f", about the same as {before.en}"
    return Text(f"{zh}。", f"{en}.")


def _went_wrong(report: Report) -> Text:
    long, red, total = report["long_waits"]["called"], report["settings"]["red_min"], report["total"]
    if long["n"]:
        zh, en = f"{long['n']}人等了超过{red}分钟", f"{long['n']} waited more than {red} min"
        if long["listed"]:
            worst = long["listed"][0]
            minutes, (day, day_en) = _minutes(worst["office_wait_s"]), _date(worst["day"])
            zh += f"，最久{minutes}分（{day}，{worst['name']}）"
            en += f", the longest {minutes} min ({day_en}, {worst['name_en'] or worst['name']})"
    elif total["called"]:
        zh, en = f"没有人等过{red}分钟", f"Nobody waited more than {red} min"
    else:
        zh, en = "没有等候的记录", "No wait is on record"
    gone = [
        (total["passed"], "过号", "did not come when called"),
        (total["left"], "没等到就走了", "left before the call"),
        (total["expired"], "到闭厅没叫到", "were not called before the hall closed"),
    ]
    lost = [(n, a, b) for n, a, b in gone if n]
    if not lost:
        return Text(f"{zh}；没有人过号或离开。", f"{en}; nobody was missed or left.")
    return Text(
        f"{zh}；" + "、".join(f"{n}人{a}" for n, a, _ in lost) + "。",
        f"{en}; " + ", ".join(f"{n} {b}" for n, _, b in lost) + ".",
    )


# --- five figures -----------------------------------------------------------------------------------------------------


def _change(report: Report, figure: str, part: str) -> dict[str, Any] | None:
    compared = report["comparison"].get("previous")
    changes: list[dict[str, Any]] = compared["changes"] if compared else []
    return next((change for change in changes if change["figure"] == figure and change["part"] == part), None)


def judge(change: Mapping[str, Any] | None, good: str) -> str:
    """better, worse, same (less than ABOUT of its unit), few (n < 10 on either side) or none; `good`: up or down."""
    if change is None or change["change"] is None:
        return "none"
    if change["arrow"] is None:
        return "few"
    if abs(change["change"]) < ABOUT[change["unit"]]:
        return "same"
    return "better" if (change["change"] > 0) == (good == "up") else "worse"


def _judged(report: Report, rule: Judged) -> dict[str, Any]:
    change, found = _change(report, rule.figure, rule.part), report["total"][rule.figure]
    judged = judge(change, rule.good)
    return {
        "figure": rule.figure,
        "part": rule.part,
        "kind": rule.kind,
        **rule.text.json(),
        "value": found[rule.part],
        "n": found["n"] if "n" in found else found["denominator"],
        "good": rule.good,
        "then": change["then"] if change else None,
        "change": change["change"] if change else None,
        "unit": change["unit"] if change else None,
        "arrow": change["arrow"] if change else None,
        "judged": judged,
        **WORDS[judged].json("said"),
    }


# --- three things to do -----------------------------------------------------------------------------------------------


class Doing(NamedTuple):
    """Something to do: what, its evidence, which table it is from, and how many minutes of people hang on it."""

    id: str
    what: Text
    evidence: Text
    table: str
    weight: float

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            **self.what.json(),
            **self.evidence.json("evidence"),
            "table": self.table,
            "weight": round(self.weight, 1),
        }


def to_do(report: Report) -> list[Doing]:
    """The three that cost people most, of each kind the worst first: one of a kind before a second of it."""
    found = sorted((doing for rule in RULES.values() for doing in rule(report)), key=lambda doing: -doing.weight)
    firsts = list({doing.id: doing for doing in reversed(found)}.values())
    first = sorted(firsts, key=lambda doing: -doing.weight)
    seconds = [doing for doing in found if doing not in first]
    return sorted((first + seconds)[:THREE], key=lambda doing: -doing.weight)


class Slot(NamedTuple):
    """Some weekdays, from one hour to another, with what was so there."""

    weekdays: tuple[int, ...]
    first: int
    last: int
    wait_min: float
    counters: float
    people: float


def one_more(wait_min: float, counters: float, minutes: float) -> float:
    """The mean wait, in minutes, if one more counter had been open for a span of so many minutes.

    Those in front of a person who waits W at c counters take W·c minutes of counters. One more counter takes
    minutes / 2 of them away on the average of the span, and the rest is shared by c + 1. It holds while all are busy.
    """
    return max(0.0, (wait_min * counters - minutes / 2) / (counters + 1))


def crowded(report: Report) -> list[Slot]:
    """Where the mean wait is above the amber limit, the most people's minutes first; neighbouring hours and weekdays
    alike are one.
    """
    limit = report["settings"]["amber_min"]
    hours, days = report["heat"]["hours"], report["heat"]["weekdays"]
    cells: dict[tuple[int, int], tuple[float, float, float]] = {}
    for day in days:
        for place, hour in enumerate(hours):
            wait, people = day["office_wait"][place], (day["arrivals"][place] or 0) * day["service_days"]
            if wait is not None and wait / 60 > limit and people >= 3:
                cells[day["weekday"], hour] = (wait / 60, day["open_counters"][place] or 0.0, people)
    found = []
    while cells:
        weekday, hour = max(cells, key=lambda at: cells[at][0] * cells[at][2])
        first = last = hour
        while (weekday, first - 1) in cells:
            first -= 1
        while (weekday, last + 1) in cells:
            last += 1
        alike = [
            other
            for other in sorted({day for day, _ in cells})
            if all((other, h) in cells for h in range(first, last + 1))
        ]
        taken = [cells.pop((day, h)) for day in alike for h in range(first, last + 1)]
        people = sum(n for _, _, n in taken)
        wait = sum(w * n for w, _, n in taken) / people
        found.append(Slot(tuple(alike), first, last, wait, sum(c for _, c, _ in taken) / len(taken), people))
    return sorted(found, key=lambda slot: -slot.wait_min * slot.people)


def _one_more_counter(report: Report) -> Iterator[Doing]:
    for slot in crowded(report):
        at, wait = _when(slot, report["kind"]), f"{slot.wait_min:.0f}"
        if slot.counters < 0.5:
            yield Doing(
                "one_more",
                Text(f"{at.zh}安排1窗", f"Open a counter {at.en}"),
                Text(
                    f"{at.zh}平均等 {wait} 分，当时没有开窗", f"{at.en}: mean wait {wait} min, and no counter was open"
                ),
                "heat_office_wait",
                slot.wait_min * slot.people,
            )
            continue
        then = one_more(slot.wait_min, slot.counters, (slot.last - slot.first + 1) * 60)
        shown, shown_en = (
            (f"约降到 {then:.0f} 分", f"about {then:.0f} min") if then >= 5 else ("降到 5 分以内", "5 min or less")
        )
        open_ = f"{slot.counters:.1f}".removesuffix(".0")
        some = "counter" if open_ == "1" else "counters"
        yield Doing(
            "one_more",
            Text(f"{at.zh}加开 1 窗", f"One more counter {at.en}"),
            Text(
                f"{at.zh}平均等 {wait} 分，当时开 {open_} 窗：加开 1 窗{shown}",
                f"{at.en}: mean wait {wait} min with {open_} {some} open; one more brings it to {shown_en}",
            ),
            "heat_office_wait",
            (slot.wait_min - then) * slot.people,
        )


def _slow_service(report: Report) -> Iterator[Doing]:
    hall = report["total"]["office_wait"]["mean"]
    for row in report["cuts"]["service"]:
        wait = row["office_wait"]
        if wait["n"] >= 10 and wait["mean"] > 1.5 * hall and wait["mean"] / 60 > report["settings"]["amber_min"] / 2:
            name, mean, all_ = Text(row["name"], row["name_en"] or row["name"]), _minutes(wait["mean"]), _minutes(hall)
            yield Doing(
                "slow_service",
                Text(f"让更多窗口能办“{name.zh}”", f"Let more counters take {name.en}"),
                Text(
                    f"“{name.zh}”平均等 {mean} 分，全厅 {all_} 分（{wait['n']}人）",
                    f"{name.en}: mean wait {mean} min, the hall's {all_} min ({wait['n']} people)",
                ),
                "service",
                (wait["mean"] - hall) / 60 * wait["n"],
            )


def _missed(report: Report) -> Iterator[Doing]:
    share = report["total"]["no_show"]["share"]
    for row in report["cuts"]["service"]:
        missed = row["no_show"]
        if missed["denominator"] >= 10 and missed["share"] > max(0.1, 1.25 * share):
            name = Text(row["name"], row["name_en"] or row["name"])
            n, of, wait = missed["numerator"], missed["denominator"], row["office_wait"]["mean"]
            rate, all_, vain = f"{missed['share'] * 100:.0f}%", f"{share * 100:.0f}%", _minutes(wait)
            yield Doing(
                "missed",
                Text(
                    f"“{name.zh}”过号前多呼一次、看一眼候区", f"Call once more before passing {name.en}, and look round"
                ),
                Text(
                    f"“{name.zh}”叫过 {of} 人，过号 {n} 人（{rate}，全厅 {all_}），平均等了 {vain} 分",
                    f"{name.en}: {of} called, {n} missed ({rate}, the hall {all_}); their mean wait {vain} min",
                ),
                "service",
                n * max(5.0, wait / 60),
            )


def _moved(report: Report) -> Iterator[Doing]:
    moved, wait = report["total"]["transfers"], report["total"]["office_wait"]["mean"] or 0
    for row in report["cuts"]["reason"]:
        if row["transfers"] >= 5 and row["name"] != NEXT_ITEM.zh:  # several items on one number are meant to go on
            name = Text(row["name"] or "未记原因", row["name_en"] or row["name"] or "no reason recorded")
            yield Doing(
                "moved",
                Text(
                    f"在取号机和咨询台先问清，少转移（{name.zh}）",
                    f"Ask at kiosk and desk first: fewer moves ({name.en})",
                ),
                Text(
                    f"转移 {moved} 次，其中“{name.zh}” {row['transfers']} 次",
                    f"{moved} moved to another queue, {row['transfers']} of them: {name.en}",
                ),
                "reason",
                row["transfers"] * max(5.0, wait / 60),
            )


def _materials(report: Report) -> Iterator[Doing]:
    most = report["notices"]["missing"][:1]
    for row in most:
        if row["n"] >= 3:
            yield Doing(
                "materials",
                Text(
                    f"把“{row['material']}”写在取号机提示和指南最前面",
                    f"Name {row['material']} first, on kiosk and guide",
                ),
                Text(
                    f"一次性告知 {report['notices']['n']} 份，缺“{row['material']}”的 {row['n']} 次，最多",
                    f"Of {report['notices']['n']} notices {row['n']} lacked {row['material']}, more than anything else",
                ),
                "missing",
                row["n"] * 20.0,
            )


def _unmanned(report: Report) -> Iterator[Doing]:
    lost, spans = report["attendance"]["total"].get("unmanned_s") or 0, report["attendance"]["unmanned"]
    if lost >= 1800 and spans:
        worst = max(spans, key=lambda row: row["unmanned_s"])
        (day, day_en), minutes = _date(worst["day"]), _minutes(worst["unmanned_s"])
        all_, since = _minutes(lost), worst["start"][11:16]
        names = {row["key"]: Text(row["name"], row["name_en"] or row["name"]) for row in report["cuts"]["counter"]}
        counter = names.get(worst["counter"]) or counter_called(worst["counter"])
        yield Doing(
            "unmanned",
            Text("离岗前安排好顶岗", "Have somebody stand in before a post is left"),
            Text(
                f"空岗共 {all_} 分；最长 {minutes} 分，{day} {since} 起，{counter.zh}",
                f"Posts unmanned for {all_} min; longest {minutes} min, {day_en} {since}, {counter.en}",
            ),
            "unmanned",
            lost / 60,
        )


def _paused(report: Report) -> Iterator[Doing]:
    long = [row for row in report["pauses"]["reasons"] if row["long"]]
    if long:
        most, n = max(long, key=lambda row: row["s"]), sum(row["long"] for row in long)
        limit = report["settings"]["long_pause_min"]
        yield Doing(
            "paused",
            Text("长暂停前先看候区还有几人", "Look who still waits before a long pause"),
            Text(
                f"超过 {limit} 分的暂停 {n} 次，最多的是“{most['reason']}”，共 {_minutes(most['s'])} 分",
                f"{n} pauses longer than {limit} min; most for {most['reason_en'] or most['reason']},"
                f" {_minutes(most['s'])} min in all",
            ),
            "pauses",
            most["s"] / 60,
        )


def _devices(report: Report) -> Iterator[Doing]:
    for row in report["devices"]:
        lost = (row["paper_out_s"] or 0) + (row["offline_s"] or 0) + (row["fault_s"] or 0)
        if lost >= 600:
            parts = [
                (row["paper_outs"], row["paper_out_s"], "缺纸", "out of paper"),
                (row["offline"], row["offline_s"], "离线", "offline"),
                (row["faults"], row["fault_s"], "故障", "faulty"),
            ]
            told = [(n, _minutes(s), zh, en) for n, s, zh, en in parts if s]
            yield Doing(
                "device",
                Text(f"检查设备 {row['device']}", f"Look after {row['device']}"),
                Text(
                    f"{row['device']}：" + "，".join(f"{zh} {n} 次共 {s} 分" for n, s, zh, _ in told),
                    f"{row['device']}: " + ", ".join(f"{en} {n} times, {s} min" for n, s, _, en in told),
                ),
                "devices",
                lost / 60,
            )


def _overlong(report: Report) -> Iterator[Doing]:
    for row in report["cuts"]["service"]:
        over = row["overtime"]
        if over["denominator"] >= 10 and over["share"] >= 0.2:
            name, mean = Text(row["name"], row["name_en"] or row["name"]), _minutes(row["service_time"]["mean"])
            n, of = over["numerator"], over["denominator"]
            yield Doing(
                "overlong",
                Text(f"查一查“{name.zh}”慢在哪一步", f"See which step of {name.en} takes so long"),
                Text(
                    f"“{name.zh}”{of} 件中 {n} 件超过标准时间，平均 {mean} 分",
                    f"{name.en}: {n} of {of} above the standard time, mean {mean} min",
                ),
                "service",
                n * (row["service_time"]["mean"] or 0) / 120,
            )


def _rated_badly(report: Report) -> Iterator[Doing]:
    rated = report["ratings"]
    if rated["total"]["bad"]:
        worst = max(rated["service"], key=lambda row: row["bad"])
        name = Text(worst["name"], worst["name_en"] or worst["name"])
        yield Doing(
            "rated_badly",
            Text("回访给差评的人", "Call back those who rated badly"),
            Text(
                f"主动评价 {rated['total']['active']} 件，差评 {rated['total']['bad']} 件，最多的是“{name.zh}”",
                f"{rated['total']['active']} active ratings, {rated['total']['bad']} bad, most of them for {name.en}",
            ),
            "ratings",
            rated["total"]["bad"] * 30.0,
        )


def _idle(report: Report) -> Iterator[Doing]:
    """An hour in which counters could be given to a crowded one."""
    for row in report["cuts"]["hour"]:
        place = report["heat"]["hours"].index(row["key"]) if row["key"] in report["heat"]["hours"] else None
        counters = [day["open_counters"][place] for day in report["heat"]["weekdays"]] if place is not None else []
        known = [n for n in counters if n is not None]
        share, at = row["utilisation"]["share"], _hours(row["key"], row["key"])
        if known and share is not None and share < 0.4 and (open_ := sum(known) / len(known)) >= 2:
            shown = f"{open_:.1f}".removesuffix(".0")
            yield Doing(
                "idle",
                Text(f"{at.zh}少开 1 窗，留给忙的时段", f"One counter fewer at {at.en}, kept for busier hours"),
                Text(
                    f"{at.zh}平均开 {shown} 窗，利用率 {share * 100:.0f}%",
                    f"{at.en}: {shown} counters open on the average, {share * 100:.0f} % of their time used",
                ),
                "hour",
                (1 - share) * open_,
            )


def _no_outcome(report: Report) -> Iterator[Doing]:
    n, done = report["quality"]["without_outcome"], report["total"]["finished"]
    if done and n / done > 0.1:
        yield Doing(
            "no_outcome",
            Text("办结时按结果键", "Press an outcome when finishing"),
            Text(
                f"办结 {done} 人中 {n} 人没有记结果，现场办结率不可靠",
                f"{n} of {done} served have no outcome: what was done on the spot is not reliable",
            ),
            "quality",
            n / 10,
        )


RULES = {
    "one_more": _one_more_counter,
    "slow_service": _slow_service,
    "missed": _missed,
    "moved": _moved,
    "materials": _materials,
    "unmanned": _unmanned,
    "paused": _paused,
    "device": _devices,
    "overlong": _overlong,
    "rated_badly": _rated_badly,
    "idle": _idle,
    "no_outcome": _no_outcome,
}
assert RULES.keys() == TO_DO.keys()


# --- words ------------------------------------------------------------------------------------------------------------


def _minutes(seconds: float | None) -> str:
    return "—" if seconds is None else f"{seconds / 60:.0f}" if seconds >= 600 else f"{seconds / 60:.1f}"


def _date(iso: str) -> Text:
    month, day = int(iso[5:7]), int(iso[8:10])
    return Text(f"{month}月{day}日", f"{day} {MONTHS[month - 1][:3]}")


def _hours(first: int, last: int) -> Text:
    return Text(f"{first}–{last + 1} 点", f"{first}:00–{last + 1}:00")


def _when(slot: Slot, kind: str) -> Text:
    """周二、三 15–17 点."""
    hours = _hours(slot.first, slot.last)
    if kind == "day":
        return hours
    names = [WEEKDAYS[day - 1] for day in slot.weekdays]
    zh = names[0].zh + "".join(f"、{name.zh.removeprefix('周')}" for name in names[1:])
    return Text(f"{zh} {hours.zh}", f"{', '.join(name.en for name in names)} {hours.en}")
