"""A report as sheets, from which page, PDF, XLSX and CSV are made alike: the overview, a table for each cut, maps,
lists. Pure; it computes no figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from config import Text
from server.domain import vocabulary
from server.domain.snapshot import named
from server.reports.definitions import CUTS, FIGURES, PER_VISIT, Figure, of
from server.reports.forms.answers import trend
from server.reports.forms.applications import applications
from server.reports.forms.registers import registers, visitors
from server.reports.forms.sheet import TOTAL, Arrow, Cell, Column, Kind, Sheet, read_back
from server.reports.forms.slots_sheet import of_slots

FEW = 10
"""A p90 over fewer than so many prints its n (docs/figures.md, "Numbers")."""

CHIEF = {
    "visits": (
        "arrivals",
        "finished",
        "passed",
        "left",
        "expired",
        "office_wait",
        "within_pledge",
        "long_waits",
        "service_time",
        "no_show",
        "on_the_spot",
    ),
    "posts": (
        "called",
        "finished",
        "office_wait",
        "response",
        "service_time",
        "no_show",
        "transfers",
        "on_the_spot",
        "open_time",
        "pause_time",
        "utilisation",
    ),
    "outcome": ("finished", "service_time"),
    "reason": ("transfers", "one_counter"),
}
"""The figures of a cut that page and paper have room for; XLSX and CSV have them all."""
POSTS = ("counter", "staff")
PARTS = {
    "mean": ("均值", "mean"),
    "median": ("中位", "median"),
    "p90": ("九成内", "p90"),
    "max": ("最长", "max"),
    "n": ("数", "n"),
}

ENGLISH = {one.zh: one.en for one in vocabulary.OUTCOMES.values()}
"""What a part of a mix is called; reasons of a hall's own stand as the hall wrote them."""


def sheets(report: dict[str, Any]) -> list[Sheet]:
    """Every table of a report, in the order in which a manager reads them."""
    return [
        overview(report),
        *([trend(report)] if report.get("trend") else []),
        *(cut(report, name) for name in CUTS if report["cuts"].get(name)),
        *heat(report),
        long_waits(report, "called"),
        long_waits(report, "never_served"),
        *visitors(report),
        *applications(report),
        *of_slots(report),
        *registers(report),
        _quality(report),
        *_corrections(report),
        _not_measured(report),
        _definitions(report),
    ]


# --- figures ----------------------------------------------------------------------------------------------------------


def value_columns(
    figure: Figure, rows: Iterable[dict[str, Any]], chief: bool
) -> list[tuple[Column, Callable[[Any], Any]]]:
    """The columns a figure fills, each with how its value is got out of the figure's."""
    zh, en = figure.zh, figure.en
    if figure.kind == "spread":
        shown = ("mean", "p90") if figure.id == "office_wait" else ("mean",)
        return [
            (
                Column(
                    f"{figure.id}.{part}",
                    f"{zh} {said}",
                    f"{en}, {said_en}",
                    "count" if part == "n" else "minutes",
                    chief and part in shown,
                ),
                _part(part),
            )
            for part, (said, said_en) in PARTS.items()
        ]
    if figure.kind == "ratio":
        return [
            (Column(figure.id, zh, en, "number" if figure.id in PER_VISIT else "percent", chief), _part("share")),
            (Column(f"{figure.id}.numerator", f"{zh} 分子", f"{en}, numerator", "number", False), _part("numerator")),
            (
                Column(f"{figure.id}.denominator", f"{zh} 分母", f"{en}, denominator", "number", False),
                _part("denominator"),
            ),
        ]
    if figure.kind in ("mix", "spans"):
        names = sorted({name for row in rows for name in row.get(figure.id) or {}})
        return [
            (
                Column(
                    f"{figure.id}.{name}",
                    f"{zh} {name or '未记'}",
                    f"{en}: {ENGLISH.get(name, name) or 'not recorded'}",
                    "count",
                    False,
                ),
                _named(name),
            )
            for name in names
        ]
    kinds: dict[str, Kind] = {"count": "count", "seconds": "minutes", "number": "number"}
    return [(Column(figure.id, zh, en, kinds[figure.kind], chief), lambda value: value)]


def _part(name: str) -> Callable[[Any], Any]:
    return lambda value: None if value is None else value[name]


def _named(name: str) -> Callable[[Any], Any]:
    def get(value: Any) -> Any:
        found = (value or {}).get(name, 0)
        return found["n"] if isinstance(found, dict) else found

    return get


def cut(report: dict[str, Any], name: str) -> Sheet:
    """The table of one cut, with the total beneath where each figure of it has one."""
    rows, figures = report["cuts"][name], of(name)
    chief = CHIEF.get(name) or CHIEF["posts" if name in POSTS else "visits"]
    zh, en, _, _ = CUTS[name]
    dates = name == "day"
    columns: list[Column] = [Column("name", zh, en, "date" if dates else "text")]
    values: list[list[Any]] = [[row["key"] if dates else Text(row["name"], row["name_en"]) for row in rows]]
    total: list[Any] = [TOTAL]
    for figure in figures:
        for column, get in value_columns(figure, rows, figure.id in chief):
            columns.append(column)
            values.append([get(row.get(figure.id)) for row in rows])
            total.append(get(report["total"].get(figure.id)) if figure.total else None)
    by_zh, by_en = CUTS[name][2:]
    return Sheet(
        name,
        f"按{zh}",
        f"By {en.lower()}",
        tuple(columns),
        tuple(zip(*values, strict=True)),
        tuple(total),
        tuple(row["key"] for row in rows),
        by_zh,
        by_en,
    )


def overview(report: dict[str, Any]) -> Sheet:
    """Every total, with what it was before, and its definition beside it."""
    columns = (
        Column("figure", "指标", "Figure", "text"),
        Column("value", "本期", "This period", "text"),
        Column("previous", "上期", "Period before", "text"),
        Column("previous_change", "环比", "Change", "text"),
        Column("last_year", "去年同期", "Last year", "text"),
        Column("last_year_change", "同比", "Change", "text"),
        Column("means", "口径", "Definition", "text"),
    )
    return Sheet(
        "overview",
        "总表",
        "Overview",
        columns,
        tuple(row for _, row in _overview_rows(report)),
        keys=tuple(id for id, _ in _overview_rows(report)),
        note_zh="件数与窗口时间的变化按每服务日比较。",
        note_en="Changes of counts and of counters' time are per service day.",
    )


def _overview_rows(report: dict[str, Any]) -> Iterable[tuple[str, tuple[Any, ...]]]:
    for figure in FIGURES:
        if not figure.total:
            continue
        for column, get in value_columns(figure, [report["total"]], True):
            if column.id.endswith((".numerator", ".denominator")):
                continue
            part = column.id.removeprefix(figure.id).removeprefix(".")
            before, last_year = (change_of(report, kind, figure.id, part) for kind in ("previous", "last_year"))
            shown = Cell(get(report["total"][figure.id]), column.kind)
            means = Text(figure.means_zh, figure.means_en) if column.id in (figure.id, f"{figure.id}.mean") else None
            unit, unit_en = ("（分）", ", min") if column.kind == "minutes" else ("", "")
            changes = (_then(before, column.kind), change(before), _then(last_year, column.kind), change(last_year))
            yield column.id, (Text(column.zh + unit, column.en + unit_en), shown, *changes, means)


HEADLINES = (
    "arrivals",
    "finished",
    "office_wait.mean",
    "office_wait.p90",
    "within_pledge",
    "no_show",
    "walk_out",
    "service_time.mean",
    "on_the_spot",
    "utilisation",
)
"""The ten tiles of the first page (docs/figures.md)."""


@dataclass(frozen=True)
class Tile:
    """A headline figure with its changes and its definition."""

    id: str
    zh: str
    en: str
    cells: tuple[Cell, Cell, Cell]
    means_zh: str
    means_en: str

    @property
    def value(self) -> str:
        return str(self.cells[0])

    @property
    def previous(self) -> str:
        return str(self.cells[1])

    @property
    def last_year(self) -> str:
        return str(self.cells[2])


def tiles(report: dict[str, Any]) -> list[Tile]:
    """The ten headline figures."""
    made = []
    for wanted in HEADLINES:
        name, _, part = wanted.partition(".")
        figure = next(figure for figure in FIGURES if figure.id == name)
        column, get = next((c, g) for c, g in value_columns(figure, [report["total"]], True) if c.id == wanted)
        previous, last_year = (change(change_of(report, kind, name, part)) for kind in ("previous", "last_year"))
        unit, unit_en = ("（分）", ", min") if column.kind == "minutes" else ("", "")
        few = report["total"][name]["n"] if part == "p90" else FEW
        value = Cell(get(report["total"][name]), column.kind, few=few if 0 < few < FEW else None)
        made.append(
            Tile(
                wanted,
                column.zh + unit,
                column.en + unit_en,
                (value, previous, last_year),
                figure.means_zh,
                figure.means_en,
            )
        )
    return made


def change_of(report: dict[str, Any], kind: str, figure: str, part: str) -> dict[str, Any] | None:
    """The change of a total against `previous` or `last_year`; None where there is nothing to compare with."""
    compared = report["comparison"].get(kind)
    wanted = {part} if part else {"per_service_day", "share", "value"}
    changes: list[dict[str, Any]] = compared["changes"] if compared else []
    return next((change for change in changes if change["figure"] == figure and change["part"] in wanted), None)


def _then(change: dict[str, Any] | None, kind: Kind) -> Cell:
    if change is None or change["then"] is None:
        return Cell(None, kind)
    if change["part"] != "per_service_day":
        return Cell(change["then"], kind)
    return Cell(change["then"], "number" if kind == "count" else kind, per_day=True)


def change(found: dict[str, Any] | None) -> Cell:
    """▲ 12.3 %, ▼ 0.5 pp (percentage points); no arrow where n < 10 on either side."""
    if found is None or found["change"] is None:
        return Cell(None, "change")
    arrow: Arrow = found["arrow"] or ""
    points = found["unit"] == "points"
    return Cell(found["change"] if points else found["change"] / 100, "points" if points else "change", arrow)


def arrow(found: dict[str, Any] | None) -> str:
    """A change as people read it."""
    return str(change(found))


# --- maps, lists, registers -------------------------------------------------------------------------------------------

MAPS: dict[str, tuple[str, str, Kind]] = {
    "arrivals": ("取号热力图（每服务日）", "Arrivals per service day", "number"),
    "office_wait": ("等候热力图（平均，分）", "Mean wait, minutes", "minutes"),
    "open_counters": ("开窗热力图（平均窗口数）", "Open counters, mean", "number"),
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


def heat(report: dict[str, Any]) -> list[Sheet]:
    """The heat maps as tables: weekdays down, hours across."""
    hours, days = report["heat"]["hours"], report["heat"]["weekdays"]
    made = []
    for key, (zh, en, kind) in MAPS.items():
        columns = (
            Column("weekday", "星期", "Weekday", "text"),
            *(Column(f"h{hour}", f"{hour}时", f"{hour}:00", kind) for hour in hours),
        )
        rows = tuple((WEEKDAYS[day["weekday"] - 1], *day[key]) for day in days)
        made.append(Sheet(f"heat_{key}", zh, en, columns, rows))
    return made


def long_waits(report: dict[str, Any], which: str) -> Sheet:
    """Those who waited longest: `called`, or `never_served`."""
    found, red = report["long_waits"][which], report["settings"]["red_min"]
    zh, en = {"called": ("超时等待", "Long waits"), "never_served": ("久等未办", "Waited long, never served")}[which]
    columns = (
        Column("number", "号码", "Number", "text"),
        Column("wait", "等候（分）", "Wait, min", "minutes"),
        Column("arrived", "取号", "Arrived", "time"),
        Column("called", "叫号", "Called", "time"),
        Column("name", "事项", "Service", "text"),
        Column("counter", "窗口", "Counter", "text"),
    )
    rows = tuple(
        (
            row["number"] or Text("导入", "imported"),
            row["office_wait_s"],
            row["arrived"],
            row["called"],
            Text(row["name"], row["name_en"]),
            row["counter"],
        )
        for row in found["listed"]
    )
    note = f"开放时间内等候超过{red}分钟的共{found['n']}人；列出最久的{len(rows)}人。"
    return Sheet(
        f"long_waits_{which}",
        zh,
        en,
        columns,
        rows,
        keys=tuple(row["ticket"] for row in found["listed"]),
        note_zh=note,
        note_en=f"{found['n']} waited more than {red} min of opening hours; the longest {len(rows)} are listed.",
    )


def _quality(report: dict[str, Any]) -> Sheet:
    """Data quality: every key, also where nothing is known."""
    words = {word["id"]: (word["zh"], word["en"]) for word in report["definitions"]["quality"]}
    kept = ((Text("快照", "Snapshot"), None, None, named(report["snapshot"])),) if "snapshot" in report else ()
    rows = (*((Text(zh, en), *_said(report["quality"].get(key))) for key, (zh, en) in words.items()), *kept)
    return Sheet(
        "quality",
        "数据质量",
        "Data quality",
        (
            Column("what", "项目", "What", "text"),
            Column("value", "数", "Number", "count"),
            Column("of", "其中总数", "Out of", "count"),
            Column("which", "哪些", "Which", "text"),
        ),
        rows,
        keys=(*words, *("snapshot" for _ in kept)),
        note_zh="报告不知道什么，在此说明。",
        note_en="What this report does not know.",
    )


def _corrections(report: dict[str, Any]) -> list[Sheet]:
    """What a new version changed; no table where it is none."""
    columns = (
        Column("what", "指标", "Figure", "text"),
        Column("where", "表", "Table", "text"),
        Column("was", "上一版", "Version before", "text"),
        Column("now", "本版", "This version", "text"),
    )
    rows = tuple(
        (
            Text(row["what_zh"], row["what_en"]),
            Text(row["where_zh"], row["where_en"]),
            *(read_back(row[side], row.get("kind", "text")) for side in ("was", "now")),
        )
        for row in report["quality"]["corrections"]
    )
    reason = report["snapshot"]["reason"] if "snapshot" in report else ""
    note, note_en = (f"原因：{reason}", f"Reason: {reason}") if reason else ("", "")
    return (
        [
            Sheet(
                "corrections",
                "上一版以来的更正",
                "Corrections since the last version",
                columns,
                rows,
                note_zh=note,
                note_en=note_en,
            )
        ]
        if rows
        else []
    )


def _said(value: Any) -> tuple[float | None, float | None, str | Text | None]:
    """A line of the data quality: how many, out of how many, which."""
    if isinstance(value, dict):
        return value["numerator"], value["denominator"], None
    if isinstance(value, list):
        return len(value), None, "，".join(map(str, value[:5])) if value and isinstance(value[0], str) else None
    return value, None, Text("未记录", "not recorded") if value is None else None


def _not_measured(report: dict[str, Any]) -> Sheet:
    columns = (Column("figure", "指标", "Figure", "text"), Column("why", "原因", "Why", "text"))
    rows = tuple((Text(row["zh"], row["en"]), Text(row["why_zh"], row["why_en"])) for row in report["not_measured"])
    return Sheet("not_measured", "未计的指标", "Not measured", columns, rows)


def _definitions(report: dict[str, Any]) -> Sheet:
    columns = (Column("figure", "指标", "Figure", "text"), Column("means", "口径", "Definition", "text"))
    rows = tuple((Text(f["zh"], f["en"]), Text(f["means_zh"], f["means_en"])) for f in report["definitions"]["figures"])
    return Sheet(
        "definitions",
        f"口径（第{report['definition_version']}版）",
        f"Definitions, version {report['definition_version']}",
        columns,
        rows,
    )
