"""The charts of a report as SVG, the same on page and paper. Pure.

Colours are a palette: the page's follow its theme, the paper's are fixed.

A chart holds no sentence: its heading and its table stand beside it, so that nobody needs to see it to read the report.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config import Text
from server.reports.forms.escape import readable
from server.reports.forms.sheet import text
from server.reports.forms.sheets import MAPS, WEEKDAYS
from server.reports.period import parse

WIDTH = 720
WIDEST = 90.0
"""Of a bar, so that one alone is still a bar."""
Number = float | None


@dataclass(frozen=True)
class Palette:
    """Colours, as SVG takes them."""

    ink: str
    soft: str
    line: str
    bar: str
    second: str
    good: str
    bad: str
    ramp: tuple[str, ...]
    """Of a heat map, from little to much."""
    on_ramp: tuple[str, ...]
    """Of the figures that stand on each step of the ramp."""


PAPER = Palette(
    "#1c2326",
    "#586268",
    "#d5dadc",
    "#0d5b62",
    "#c26a00",
    "#2e7d4f",
    "#b3261e",
    ("#eef4f4", "#cfe3e4", "#9cc8ca", "#5aa3a7", "#1f757b", "#0a4a50"),
    ("#1c2326",) * 3 + ("#000000", "#ffffff", "#ffffff"),
)
PAGE = Palette(
    "var(--ink)",
    "var(--soft)",
    "var(--line)",
    "var(--chart)",
    "var(--chart-second)",
    "var(--good)",
    "var(--bad)",
    PAPER.ramp,
    PAPER.on_ramp,
)


NAMES = {
    "trend": Text("近八周取号与平均等候", "Arrivals and mean wait, eight weeks"),
    "hours": Text("各时段取号与平均等候", "Arrivals and mean wait by hour"),
    "days": Text("每日取号与平均等候", "Arrivals and mean wait by day"),
    "pledge": Text("每日承诺内占比", "Within the pledge, by day"),
    "services": Text("取号最多的事项", "Services with most arrivals"),
    "heat_arrivals": Text("取号热力图（每服务日）", "Arrivals per service day"),
    "heat_office_wait": Text("等候热力图（平均，分）", "Mean wait, minutes"),
    "heat_open_counters": Text("开窗热力图（平均窗口数）", "Open counters, mean"),
}
"""What each is called, in the order in which a form shows them."""
NOTES = dict.fromkeys(
    ("trend", "hours", "days"),
    Text("柱：取号；线：平均等候（分，右轴）", "Bars: arrivals; line: mean wait, minutes, right scale"),
)


def charts(report: dict[str, Any], palette: Palette = PAPER) -> dict[str, str]:
    """Chart id -> SVG; one without anything to show is left out."""
    hours, days, services = (report["cuts"].get(name, []) for name in ("hour", "day", "service"))
    busiest = sorted(services, key=lambda row: -row["arrivals"])[:12]
    made = {
        "hours": bars(
            [row["name"] for row in hours],
            [row["arrivals"] for row in hours],
            palette,
            line=[row["office_wait"]["mean"] for row in hours],
        ),
        "days": bars(
            [_day(row["key"]) for row in days],
            [row["arrivals"] for row in days],
            palette,
            line=[row["office_wait"]["mean"] for row in days],
        ),
        "trend": bars(
            [f"{parse(week['week']).first:%m-%d}" for week in report.get("trend", [])],
            [week["arrivals"] for week in report.get("trend", [])],
            palette,
            line=[week["office_wait"] for week in report.get("trend", [])],
        ),
        "pledge": shares([_day(row["key"]) for row in days], [row["within_pledge"]["share"] for row in days], palette),
        "services": rows([row["name"] for row in busiest], [row["arrivals"] for row in busiest], palette),
        **{f"heat_{key}": heat_map(report["heat"], key, palette) for key in MAPS},
    }
    return {name: svg for name, svg in made.items() if svg}


def _day(iso: str) -> str:
    return f"{int(iso[5:7])}-{int(iso[8:])}"


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
        f' height="{height:g}" role="img" aria-hidden="true"'
    )
    return f"{head} font-family=\"'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif\">{''.join(parts)}</svg>"


def _label(x: float, y: float, said: str, colour: str, *, anchor: str = "middle", size: int = 12) -> str:
    safe = readable(said).replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">{safe}</text>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" fill="{colour}"/>'


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def nice(top: float) -> float:
    """The next round number at or above: 1, 2 or 5 times a power of ten."""
    if top <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(top))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= top - 1e-9)


def bars(labels: Sequence[str], values: Sequence[float], palette: Palette, *, line: Sequence[Number] = ()) -> str:
    """Bars against the left scale; a line of seconds, in minutes, against the right one.

    A gap in the line is a gap in what is known.
    """
    if not values:
        return ""
    left, right, top, bottom, height = 44.0, 44.0, 16.0, 26.0, 230.0
    across, up = (WIDTH - left - right) / len(values), height - top - bottom
    most = nice(max(values))
    longest = nice(max((s for s in line if s is not None), default=0.0) / 60)
    parts = []
    for step in range(5):
        y = top + up * (1 - step / 4)
        parts += [
            _rule(left, y, WIDTH - right, y, palette.line),
            _label(left - 6, y + 4, f"{most * step / 4:g}", palette.soft, anchor="end"),
        ]
        if line:
            parts.append(_label(WIDTH - right + 6, y + 4, f"{longest * step / 4:g}", palette.second, anchor="start"))
    every = math.ceil(len(labels) / 16)
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        tall = up * value / most
        wide = min(across * 0.64, WIDEST)
        parts.append(_box(left + across * (n + 0.5) - wide / 2, top + up - tall, wide, tall, palette.bar))
        if n % every == 0:
            parts.append(_label(left + across * (n + 0.5), height - 8, label, palette.soft))
    points = [
        None if s is None else (left + across * (n + 0.5), top + up * (1 - s / 60 / longest))
        for n, s in enumerate(line)
    ]
    return _svg(WIDTH, height, [*parts, *_polyline(points, palette.second)])


def _polyline(points: Sequence[tuple[float, float] | None], colour: str) -> list[str]:
    parts = []
    for before, after in zip([None, *points], points, strict=False):
        if before and after:
            parts.append(_rule(*before, *after, colour, 2.5))
    return parts + [f'<circle cx="{p[0]:.1f}" cy="{p[1]:.1f}" r="4" fill="{colour}"/>' for p in points if p]


def shares(labels: Sequence[str], values: Sequence[Number], palette: Palette) -> str:
    """Shares 0…1 as bars up to 100 %, each with its figure; unknown ones have none."""
    if not values:
        return ""
    height, top, bottom = 150.0, 24.0, 26.0
    across, up = WIDTH / len(values), height - top - bottom
    every = math.ceil(len(labels) / 16)
    parts, wide = [], min(across * 0.64, WIDEST)
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        x = across * (n + 0.5)
        parts.append(_box(x - wide / 2, top, wide, up, palette.line))
        if value is not None:
            parts.append(_box(x - wide / 2, top + up * (1 - value), wide, up * value, palette.good))
        if n % every == 0:
            parts += [
                _label(x, height - 8, label, palette.soft),
                _label(x, top - 8, text(value, "percent"), palette.ink),
            ]
    return _svg(WIDTH, height, parts)


def rows(labels: Sequence[str], values: Sequence[float], palette: Palette) -> str:
    """Lying bars, the longest first, each with its name and figure."""
    if not values:
        return ""
    high, names = 26.0, 260.0
    most = max(values) or 1
    parts = []
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = high * n
        short = label if len(label) <= 19 else label[:18] + "…"
        wide = (WIDTH - names - 60) * value / most
        parts += [
            _label(names - 8, y + 17, short, palette.ink, anchor="end", size=13),
            _box(names, y + 5, wide, high - 10, palette.bar),
            _label(names + wide + 6, y + 17, f"{value:g}", palette.ink, anchor="start", size=13),
        ]
    return _svg(WIDTH, high * len(values), parts)


def heat_map(heat: dict[str, Any], key: str, palette: Palette) -> str:
    """Weekdays down, hours across; the darker the more, each cell with its figure, so that colour says nothing
    alone.
    """
    hours, days = heat["hours"], heat["weekdays"]
    values = [value for day in days for value in day[key] if value is not None]
    if not values:
        return ""
    names, high, top = 84.0, 30.0, 22.0
    across, most = (WIDTH - names) / len(hours), max(values) or 1
    parts = [
        _label(names + across * (n + 0.5), 14, f"{hour}:00" if len(hours) <= 16 else f"{hour}", palette.soft)
        for n, hour in enumerate(hours)
    ]
    for line, day in enumerate(days):
        y = top + high * line
        parts.append(_label(0, y + 20, " ".join(WEEKDAYS[day["weekday"] - 1]), palette.soft, anchor="start"))
        for n, value in enumerate(day[key]):
            if value is None:
                continue
            step = min(len(palette.ramp) - 1, int(value / most * len(palette.ramp)))
            parts += [
                _box(names + across * n + 1, y + 1, across - 2, high - 2, palette.ramp[step]),
                _label(names + across * (n + 0.5), y + 20, _short(value, key), palette.on_ramp[step]),
            ]
    return _svg(WIDTH, top + high * len(days), parts)


def _short(value: float, key: str) -> str:
    said = value / 60 if MAPS[key][2] == "minutes" else value
    if not said:
        return "0"
    return f"{said:.0f}" if said >= 10 else f"{said:.1f}"
