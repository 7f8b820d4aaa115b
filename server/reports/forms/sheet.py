"""A sheet: a table with typed columns, and how a person reads its values. Pure; knows no report.

Values are the report's own: seconds, shares 0…1, ISO dates; a text is a string, or a Text.
A column of different kinds (the overview's) has a `Cell` for each value, which brings its own.
`text` says how a person reads one; None is always "—".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from config import Text

Kind = Literal["text", "count", "minutes", "percent", "number", "time", "date", "change", "points"]
"""What a value is. `change`: a share of what was before, with its sign; `points`: of shares, in percentage points."""
Arrow = Literal["up", "down", "same", ""]
ARROWS: dict[str, str] = {"up": "▲ ", "down": "▼ ", "same": "= "}
NOTHING = "—"
TOTAL = Text("合计", "Total")


@dataclass(frozen=True)
class Cell:
    """A value with its own kind; `arrow` of a change, `per_day` of a count per service day, `few` its n beside it."""

    value: float | str | None
    kind: Kind
    arrow: Arrow = ""
    per_day: bool = False
    few: int | None = None

    @property
    def shown(self) -> Text:
        """As people read it."""
        if self.value is None:
            return Text.same(NOTHING)
        said = text(self.value, self.kind)
        if self.per_day:
            return Text(f"{said}/日", f"{said}/day")
        return Text.same(f"{ARROWS.get(self.arrow, '')}{said}{'' if self.few is None else f' (n={self.few})'}")

    def __str__(self) -> str:
        return str(self.shown)

    def __bool__(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Column:
    """A column: what it holds, its heading, and whether page and paper show it."""

    id: str
    zh: str
    en: str
    kind: Kind
    chief: bool = True


@dataclass(frozen=True)
class Sheet:
    """One table. `rows` have a value for each column; `total` too, where there is one.

    `key`: of each row, for the way to its visits.
    """

    id: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: tuple[Any, ...] | None = None
    keys: tuple[Any, ...] = ()
    note_zh: str = ""
    note_en: str = ""

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)

    def chief(self) -> Sheet:
        """Only what page and paper have room for."""
        return self.only([n for n, column in enumerate(self.columns) if column.chief])

    def only(self, places: Sequence[int]) -> Sheet:
        """Some columns, in that order."""

        def some(row: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(row[n] for n in places)

        total = some(self.total) if self.total else None
        return Sheet(
            self.id,
            self.zh,
            self.en,
            some(self.columns),
            tuple(map(some, self.rows)),
            total,
            self.keys,
            self.note_zh,
            self.note_en,
        )


def text(value: Any, kind: Kind) -> str:
    """A value as people read it: minutes with one decimal, shares in per cent."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Cell):
        return str(value)
    match kind:
        case "minutes":
            return f"{value / 60:.1f}"
        case "percent":
            return f"{value * 100:.1f} %"
        case "count":
            return f"{value:,.0f}".replace(",", " ")
        case "number":
            return f"{value:.2f}".rstrip("0").rstrip(".")
        case "time":
            return str(value)[:16].replace("T", " ")
        case "change":
            return f"{value * 100:+.1f} %"
        case "points":
            return f"{value:+.1f} pp"
    return str(value)


def read_back(said: str, kind: Kind) -> Cell | str:
    """A value that was kept as it was printed (`text`), as the number it was; as it is where it was none."""
    number = said.replace("\u202f", "").replace(" ", "").rstrip("%").removesuffix("pp")
    try:
        found = float(number)
    except ValueError:
        return said
    match kind:
        case "minutes":
            return Cell(found * 60, kind)
        case "percent" | "change":
            return Cell(found / 100, kind)
        case "count" | "number" | "points":
            return Cell(found, kind)
    return said


def table(
    id: str, zh: str, en: str, columns: Sequence[tuple[str, str, str, Kind]], rows: Iterable[dict[str, Any]]
) -> Sheet:
    """A register: its columns by the keys of its rows; a ratio shows its share."""

    def value(row: dict[str, Any], key: str) -> Any:
        found = row.get(key)
        return found["share"] if isinstance(found, dict) else found

    return Sheet(
        id,
        zh,
        en,
        tuple(Column(*column) for column in columns),
        tuple(tuple(value(row, key) for key, *_ in columns) for row in rows),
    )


def pairs(id: str, zh: str, en: str, pairs: Sequence[tuple[str, str, Any]]) -> Sheet:
    columns = (Column("what", "项目", "What", "text"), Column("n", "数", "Number", "count"))
    return Sheet(id, zh, en, columns, tuple((Text(a, b), value) for a, b, value in pairs))
