"""投诉, 咨询, 办不成事, 建议, 帮代办: received, answered, on time, upheld, days, satisfaction, by kind. Pure.

One set of words for all these registers (docs/figures.md); a register that lacks one of them has no such figure. What
was taken back or joined to another (void) counts nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from statistics import median
from typing import Any

from server.domain.definition import Definition
from server.domain.register import Record
from server.domain.voices import opening
from server.reports.figures.groups import ratio

ANSWER = "answer"
UPHELD = ("upheld", "partly")
SATISFIED = ("yes", "partly")
Row = dict[str, Any]


def lodged(
    known: Mapping[str, Definition],
    records: Callable[[str], Iterable[Record]],
    span: tuple[float, float],
    day: Callable[[float], date],
    few: int,
) -> list[Row]:
    """One row for each register that anybody may lodge in. `records`: those of a register that were opened before the
    end of the span and open or moved since its start; `few`: cells of a cut below it are None, with one beside them.
    """
    return [_register(made, records(key), span, day, few) for key, made in known.items() if opening(made)]


def _register(
    made: Definition, records: Iterable[Record], span: tuple[float, float], day: Callable[[float], date], few: int
) -> Row:
    told = [record for record in records if record.kind != "void"]
    received = [record for record in told if _within(span, record.opened_at)]
    answered = [(record, at) for record in told if (at := _answered(record)) is not None and _within(span, at)]
    timely = [name for name, clock in made.clocks.items() if ANSWER in clock.end]
    days = [(day(at) - day(record.opened_at)).days for record, at in answered]
    found = [record.values["finding"] for record, _ in answered if "finding" in record.values]
    said = [record.values["satisfied"] for record, _ in answered if "satisfied" in record.values]
    return {
        "key": made.key,
        **made.name.json("name"),
        "received": len(received),
        "answered": len(answered),
        "done": sum(record.kind == "done" and _within(span, record.closed_at) for record in told),
        "open": sum(not record.over for record in told),
        "on_time": ratio(sum(not _late(record, timely) for record, _ in answered), len(answered)),
        "upheld": ratio(sum(one in UPHELD for one in found), len(found)),
        "satisfied": ratio(sum(one in SATISFIED for one in said), len(said)),
        "days": median(days) if days else None,
        "category": _categories(made, received, few),
    }


def _within(span: tuple[float, float], at: float | None) -> bool:
    return at is not None and span[0] <= at < span[1]


def _answered(record: Record) -> float | None:
    """When it was answered for the first time."""
    return next((step.at for step in record.moves if step.move == ANSWER), None)


def _late(record: Record, clocks: Iterable[str]) -> bool:
    return any(record.verdicts.get(name, {}).get("late") for name in clocks)


def _categories(made: Definition, received: Iterable[Record], few: int) -> list[Row]:
    kinds = made.fields["category"].choices if "category" in made.fields else {}
    counts = {kind: 0 for kind in kinds}
    for record in received:
        kind = record.values.get("category")
        if kind in counts:
            counts[kind] += 1
    shown = suppressed(counts, few)
    return [{"key": kind, **kinds[kind].json("name"), "received": shown[kind]} for kind in kinds]


def suppressed(counts: Mapping[str, int], few: int) -> dict[str, int | None]:
    """The cells of a cut, those from 1 to `few` - 1 not told; and so that nobody finds a single one by subtracting the
    others from their sum, the smallest of the others is not told either.
    """
    small = [key for key, n in counts.items() if 0 < n < few]
    if len(small) == 1 and (others := [key for key, n in counts.items() if n >= few]):
        small.append(min(others, key=lambda key: (counts[key], key)))
    return {key: None if key in small else n for key, n in counts.items()}
