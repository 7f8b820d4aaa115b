"""The public poster (信息公开): one page without names and without small cells of sensitive services: docs/figures.md,
"The forms".
"""

from __future__ import annotations

from typing import Any

from config import Hall, Text
from server.reports.figures import casework
from server.reports.forms import charts, sheets
from server.reports.forms.pdf import banner, compiled
from server.reports.forms.sheet import text
from server.reports.forms.titles import title

TILES = ("arrivals", "finished", "office_wait.mean", "office_wait.p90", "within_pledge", "on_the_spot")
SAID = {
    "arrivals": Text("取号（人次）", "People who took a number"),
    "finished": Text("办结（人次）", "People served"),
    "office_wait.mean": Text("平均等候（分钟）", "Mean wait, minutes"),
    "office_wait.p90": Text("九成的人等候不超过（分钟）", "Nine in ten waited at most, minutes"),
    "within_pledge": Text("承诺时间内叫到", "Called within the pledge"),
    "on_the_spot": Text("现场办结率", "Done on the spot"),
}
"""The tiles in words for the public: no letters of our formulas."""
HEADS = (
    ("业务", "Matter"),
    ("取号", "Arrivals"),
    ("平均等候（分）", "Mean wait, min"),
    ("现场办结率", "Done on the spot"),
)
CASES = ("accepted_cases", "decided_cases", "on_time", "early")
CASES_SAID = {
    "accepted_cases": Text("受理（件）", "Cases accepted"),
    "decided_cases": Text("办结（件）", "Cases decided"),
    "on_time": Text("按时办结率", "On time"),
    "early": Text("提前办结率", "Early"),
}
"""The tiles of cases, where the report has such figures."""
VOICES_SAID = {
    "satisfied": Text("满意率（主动）", "Satisfied, of active ratings"),
    "active_rate": Text("主动评价率", "Rated actively"),
    "rectified": Text("差评整改率", "Bad ratings rectified"),
}


def poster(report: dict[str, Any], hall: Hall) -> bytes:
    """The poster as PDF."""
    zh, en = title(report)
    shown = {tile.id: tile for tile in sheets.tiles(report)}
    table = hall.hall
    return compiled(
        "poster.typ",
        {
            "hall": table.name,
            "hall_en": table.name_en,
            "banner": banner(report),
            "title": f"{zh} {en}",
            "title_zh": f"{zh}（公开）",
            "title_en": f"{en}, public",
            "days": f"{report['first_day']} – {report['last_day']}",
            "tiles": [{**SAID[name].json(), "value": shown[name].value} for name in TILES],
            "cases": [*cases(report, hall), *voices(report, hall), *lodged(report, hall)],
            "chart": (
                charts.charts(report).get(
                    "heat_arrivals", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 1"/>'
                )
            ),
            "heads": HEADS,
            "rows": rows(report, hall),
            "note": note(report, hall),
            "phones": f"业务咨询 {table.tel_consult}　投诉举报 {table.tel_complaint}",
            "made": report["generated_at"][:10],
        },
    )


def rows(report: dict[str, Any], hall: Hall) -> list[list[str]]:
    """The groups of services as the kiosk names them.

    Fewer than `small_cell` people in a group with a sensitive service are not told, nor a figure of it over so few;
    and so that nobody finds them by subtracting the others from the hall's total, the smallest of the others is not
    told either.
    """
    few = hall.report.small_cell
    by_service = {row["key"]: row for row in report["cuts"].get("service", [])}
    groups = [
        (group, [by_service[code] for code in group.services if code in by_service]) for group in hall.groups.values()
    ]
    arrivals = [sum(row["arrivals"] for row in there) for _, there in groups]
    sensitive = [not set(hall.report.sensitive_services).isdisjoint(group.services) for group, _ in groups]
    small = {n for n, count in enumerate(arrivals) if sensitive[n] and count < few}
    hidden = small | _beside(small, arrivals, few)
    made = []
    for n, (group, there) in enumerate(groups):
        least = few if sensitive[n] else 1
        said = [str(arrivals[n]), _mean(there, least), _spot(there, least)]
        if n in hidden:
            said = [f"少于{few} fewer than {few}" if n in small else "不列 not shown", "—", "—"]
        made.append([f"{group.name} {group.name_en}", *said])
    return made


def _beside(small: set[int], arrivals: list[int], few: int) -> set[int]:
    """Which other groups are hidden too: the smallest, until all that are hidden are together no small number."""
    more: set[int] = set()
    if any(arrivals[n] for n in small):
        for n in sorted((n for n in range(len(arrivals)) if n not in small and arrivals[n]), key=lambda n: arrivals[n]):
            if more and sum(arrivals[n] for n in small | more) >= few:
                break
            more.add(n)
    return more


def _mean(there: list[dict[str, Any]], least: int) -> str:
    """The mean wait of several services, from their sums: never an average of averages, and of fewer than `least`
    none.
    """
    n = sum(row["office_wait"]["n"] for row in there)
    total = sum(row["office_wait"]["n"] * row["office_wait"]["mean"] for row in there if row["office_wait"]["n"])
    return text(total / n if n >= least else None, "minutes")


def _spot(there: list[dict[str, Any]], least: int) -> str:
    return _share([row["on_the_spot"] for row in there], least)


def _share(ratios: list[dict[str, Any]], least: int) -> str:
    """One share of several, from their sums; of fewer than `least` none."""
    above, below = (sum(one[part] for one in ratios) for part in ("numerator", "denominator"))
    return text(above / below if below >= least else None, "percent")


VOICES = {
    "received": Text("投诉", "Complaints"),
    "on_time": Text("投诉按期答复", "Answered in time"),
    "unsolved": Text("办不成事", "What couldn't be done"),
    "satisfied": Text("答复满意", "Satisfied with answers"),
}


def lodged(report: dict[str, Any], hall: Hall) -> list[dict[str, str]]:
    """The tiles of complaints and of what could not be done; nothing where none was lodged. A count or a share of fewer
    than `small_cell` is not told.
    """
    told = {row["key"]: row for row in report.get("voices", [])}
    if not any(row["received"] or row["answered"] for row in told.values()):
        return []
    few = hall.report.small_cell

    def count(n: int) -> str:
        return f"少于{few} fewer than {few}" if 0 < n < few else text(n, "count")

    said = {
        "received": count(told["complaint"]["received"]),
        "on_time": _share([told["complaint"]["on_time"]], few),
        "unsolved": count(told["unsolved"]["received"]),
        "satisfied": _share([row["satisfied"] for row in told.values()], few),
    }
    return [{**VOICES[name].json(), "value": value} for name, value in said.items()]


def cases(report: dict[str, Any], hall: Hall) -> list[dict[str, str]]:
    """The tiles of cases. Fewer than `small_cell`, with a case of a sensitive service among them, are not told, nor a
    share of so few.
    """
    told = report.get("cases")
    if not told or not any(told["total"][name] for name in casework.COUNTS):
        return []
    few = hall.report.small_cell
    sensitive = any(
        row["key"] in hall.report.sensitive_services and (row["accepted_cases"] or row["decided_cases"])
        for row in told["service"]
    )
    made = []
    for name in CASES:
        value = told["total"][name]
        if isinstance(value, dict):
            said = _share([value], few if sensitive else 1)
        else:
            said = f"少于{few} fewer than {few}" if sensitive and 0 < value < few else text(value, "count")
        made.append({**CASES_SAID[name].json(), "value": said})
    return made


def voices(report: dict[str, Any], hall: Hall) -> list[dict[str, str]]:
    """The tiles of 好差评: of active ratings alone. A share of fewer than `small_cell` is not told, nor how few."""
    told, few = report["ratings"]["total"], hall.report.small_cell
    if not told["n"]:
        return []
    mended = report.get("rectification")
    shares = {
        "satisfied": told["satisfied"],
        "active_rate": told["active_rate"],
        **({"rectified": mended["rectified"]} if mended and mended["valid"] else {}),
    }
    return [{**VOICES_SAID[name].json(), "value": _share([one], few)} for name, one in shares.items()]


def note(report: dict[str, Any], hall: Hall) -> str:
    """What the figures mean, in a line for the public."""
    pledge = hall.hall.wait_pledge_min
    return (
        f"等候按办公时间计，从取号到叫号；承诺等候不超过{pledge}分钟。"
        f"不含姓名；涉及敏感事项且少于{hall.report.small_cell}人的不列数，可由合计推得的也不列。 Waits are in opening"
        f" hours, from taking a number to the call; our pledge is {pledge} minutes. No names; small numbers of"
        " sensitive matters are not shown, nor what would give them away."
        f"{waits(report) if hall.report.poster_waits else ''}"
    )


def waits(report: dict[str, Any]) -> str:
    """How much of what was told of waits came true; nothing where nothing was told, or the report is older than it."""
    told = report.get("waits_told")
    if not told or not told["total"]["n"]:
        return ""
    n = told["total"]["n"]
    true, longer = (_share([told["total"][name]], 1) for name in ("came_true", "longer"))
    return (
        f" 取号时告知等候时间{n}次，{true}说准，{longer}等得更久。"
        f" Of {n} waits told, {true} came true; {longer} waited longer."
    )
