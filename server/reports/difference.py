"""What differs between two reports of one period, figure by figure, as people read it. Pure.

It compares what is printed: names that were changed since, the time of making and the list of corrections are no
difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from config import Text
from server.reports.forms import sheets
from server.reports.forms.sheet import NOTHING, Cell, Column, Kind, Sheet, text

PASSED_OVER = (
    "trend",
    "corrections",
    "definitions",
    "not_measured",
    "heat_arrivals",
    "heat_office_wait",
    "heat_open_counters",
)
"""Sheets that say nothing that does not stand elsewhere: a changed definition has a number of its own, the maps are
made of hours and weekdays; the weeks of the trend have reports of their own.
"""
COLUMNS_PASSED_OVER = ("means", "previous_change", "last_year_change", "name")
ROW = "✓"
"""A whole row that is there on one side only."""
VOLATILE = (
    "generated_at",
    "until",
    "definitions",
    "not_measured",
    "hall",
    "snapshot",
    "name",
    "name_en",
    "corrections",
    "summary",
    "trend",
)


@dataclass(frozen=True)
class Change:
    """One figure that is not what it was."""

    where: Text
    what: Text
    was: str
    now: str
    kind: Kind = "text"

    def __str__(self) -> str:
        return f"{self.where} · {self.what}: {self.was} → {self.now}"

    def row(self) -> dict[str, str]:
        """As it stands among a report's corrections."""
        return {
            "where_zh": self.where.zh,
            "where_en": self.where.en,
            "what_zh": self.what.zh,
            "what_en": self.what.en,
            "was": self.was,
            "now": self.now,
            "kind": self.kind,
        }


def late_defaults(was: dict[str, Any], now: dict[str, Any]) -> int:
    """How many default ratings (默认) were written since: that is their time, and corrects nothing."""
    before, after = (int(report["ratings"]["total"]["default"]) for report in (was, now))
    return max(0, after - before)


DEFAULTS = ("n", "default", "levels", "satisfied_with_defaults", "stars_with_defaults")
"""What default ratings alone change in a row of the ratings."""


def _without_late_defaults(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Today's count as it would be without them: every row in which nothing but defaults was added says what it said;
    a row of defaults alone is not there.
    """
    if not (late := late_defaults(was, now)):
        return now
    old, new = was["ratings"], now["ratings"]
    tables = {}
    for cut in ("service", "counter", "staff"):
        there = {row["key"]: row for row in old[cut]}
        tables[cut] = [
            _settled(there[row["key"]], row) if row["key"] in there else row
            for row in new[cut]
            if row["key"] in there or row["active"]
        ]
    total = _settled(old["total"], new["total"])
    sources = old["sources"] if total["levels"] == old["total"]["levels"] else new["sources"]
    quality = dict(now["quality"])
    for key in ("not_rated", "not_asked"):
        fewer = (was["quality"].get(key) or 0) - (quality.get(key) or 0)
        if fewer == late or (key == "not_asked" and 0 <= fewer <= late):
            quality[key] = was["quality"].get(key)
    return {**now, "quality": quality, "ratings": {**new, **tables, "total": total, "sources": sources}}


def _settled(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """A row of the ratings, as it was where only defaults were added."""
    more = now["default"] - was["default"]
    levels = [now["levels"][level] - n for level, n in was["levels"].items()]
    only = now["n"] - was["n"] == more and min(levels) >= 0 and now["stars"] == was["stars"]
    return {**now, **{key: was[key] for key in DEFAULTS}} if more > 0 and only else now


def differences(was: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    """Every figure of two reports of one period that is printed differently; JSON values on both sides. Default
    ratings that were written since are no difference (`late_defaults`).
    """
    now = _without_late_defaults(was, now)
    before, after = ({sheet.id: sheet for sheet in sheets.sheets(report)} for report in (was, now))
    found = [*_definitions(was, now), *_settings(was, now)]
    for id in [*after, *(id for id in before if id not in after)]:
        if id not in PASSED_OVER:
            found += _of_sheet(before.get(id), after.get(id))
    if not found and _lasting(was) != _lasting(now):
        found.append(Change(Text("其他", "Other"), Text("小于显示精度", "less than what is printed"), NOTHING, NOTHING))
    return found


def _definitions(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    if was["definition_version"] != now["definition_version"]:
        yield Change(
            Text("口径", "Definitions"), Text("版本", "version"), was["definition_version"], now["definition_version"]
        )


def _settings(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    before, after = (
        {"pledge_min": report["pledge_min"], "service_days": report["service_days"], **report["settings"]}
        for report in (was, now)
    )
    for name in [*after, *(name for name in before if name not in after)]:
        if before.get(name) != after.get(name):
            kind: Kind = "number" if isinstance(after.get(name), int | float) else "text"
            said = (_plain(before.get(name)), _plain(after.get(name)))
            yield Change(Text("设置", "Settings"), Text.same(name), *said, kind)


def _plain(value: Any) -> str:
    return "，".join(map(str, value)) if isinstance(value, list) else NOTHING if value is None else str(value)


def _of_sheet(was: Sheet | None, now: Sheet | None) -> Iterator[Change]:
    some = now or was
    assert some is not None
    where = some.text
    before, after = (_rows(sheet) if sheet else {} for sheet in (was, now))
    for key in [*after, *(key for key in before if key not in after)]:
        if key not in before or key not in after:
            name = (after.get(key) or before[key]).name
            yield Change(where, name, NOTHING if key in after else ROW, ROW if key in after else NOTHING)
        else:
            old, new = before[key].values, after[key].values
            for column in [*new, *(column for column in old if column not in new)]:
                shown = [side[column][1] if column in side else NOTHING for side in (old, new)]
                if shown[0] != shown[1]:
                    one = (new.get(column) or old[column])[0]
                    yield Change(where, _called(after[key].name, one), shown[0], shown[1], one.kind)


class _Row(NamedTuple):
    name: Text
    values: dict[str, tuple[Column, str]]


def _rows(sheet: Sheet) -> dict[tuple[str, int], _Row]:
    """(key, how often it came before) -> what the row is called, and its values by column as they are printed."""
    seen: dict[str, int] = {}
    found: dict[tuple[str, int], _Row] = {}
    rows = [(str(sheet.keys[n] if sheet.keys else row[0]), row) for n, row in enumerate(sheet.rows)]
    for key, row in [*rows, *([("Σ", sheet.total)] if sheet.total else [])]:
        if sheet.id == "quality" and "corrections" in str(row[0]).lower():
            continue
        seen[key] = seen.get(key, 0) + 1
        name = row[0] if isinstance(row[0], Text) else Text.same(str(row[0] or NOTHING))
        cells = [
            (replace(column, kind=value.kind) if isinstance(value, Cell) else column, text(value, column.kind))
            for column, value in list(zip(sheet.columns, row, strict=True))[1:]
            if _compared(column)
        ]
        found[key, seen[key]] = _Row(name, {column.id: (column, value) for column, value in cells})
    return found


def _compared(column: Column) -> bool:
    return column.id not in COLUMNS_PASSED_OVER and not column.id.endswith((".numerator", ".denominator"))


def _called(row: Text, column: Column) -> Text:
    return row if column.id == "value" else Text(f"{row.zh} · {column.zh}", f"{row.en} · {column.en}")


def _lasting(value: Any) -> Any:
    """A report without what may change though no figure did."""
    if isinstance(value, dict):
        return {key: _lasting(part) for key, part in value.items() if key not in VOLATILE}
    return [_lasting(part) for part in value] if isinstance(value, list) else value
