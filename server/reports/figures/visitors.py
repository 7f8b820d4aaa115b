"""What visitors said and were told: 好差评 and 一次性告知 of a period. Pure.

A default rating (默认) is never mixed in silently: satisfaction is given twice, of active ratings alone and with
defaults.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from config import Hall, Text
from server.domain.notifications import OCCASIONS
from server.domain.rating_options import OPTIONS
from server.domain.vocabulary import RATING_SOURCES, text
from server.reports.figures.groups import ratio

Row = dict[str, Any]
SATISFIED, BAD = 3, 2
TOP = 20
"""So many missing materials are listed."""


class Kind(NamedTuple):
    """What ratings have in common."""

    service: str
    counter: str | None
    staff: str | None
    level: int
    source: str
    default: bool


Kinds = Mapping[Kind, int]


class Rated:
    """The ratings of a period, read once and counted by their kinds: of a year nothing is kept but these and the
    tickets' numbers.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.kinds: Counter[Kind] = Counter()
        self.options: Counter[str] = Counter()
        self.second = 0
        self.tickets = array("q")
        for row in rows:
            self.kinds[
                Kind(
                    row["service"],
                    row["counter"],
                    row["staff"],
                    row["level"],
                    text(RATING_SOURCES, row["source"]).zh,
                    bool(row["is_default"]),
                )
            ] += 1
            self.tickets.append(row["ticket"])
            self.options.update(row["options"])
            self.second += row["second"] is not None


def ratings(hall: Hall, rated: Rated, cuts: dict[str, list[Row]], finished: int, names: dict[str, str]) -> Row:
    """{"total", "service", "counter", "staff", "sources", "options", "second"}.

    `cuts`: the report's, for the F of each key.
    """

    def by(key: str, name: Callable[[str], Text]) -> list[Row]:
        done = {row["key"]: row["finished"] for row in cuts[key]}
        keys = sorted({getattr(kind, key) for kind in rated.kinds}, key=lambda k: (k is None, k or ""))
        return [
            {
                "key": k,
                **name(k or "").json("name"),
                **_row(_of(rated, key, k), done.get(k, 0)),
            }
            for k in keys
        ]

    sources = sorted({kind.source for kind in rated.kinds})
    return {
        "total": rated_total(rated, finished),
        "service": by("service", hall.service_name),
        "counter": by("counter", hall.counter_name),
        "staff": by("staff", lambda k: Text.same(names.get(k, k))),
        "sources": [
            {
                "source": source,
                "levels": _levels(_of(rated, "source", source)),
                "n": sum(_of(rated, "source", source).values()),
                "satisfied": _satisfied(_of(rated, "source", source)),
            }
            for source in sources
        ],
        "options": [
            {"code": code, **OPTIONS.get(code, Text.same(code)).json("name"), "n": n}
            for code, n in sorted(rated.options.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "second": rated.second,
    }


def rated_total(rated: Rated, finished: int) -> Row:
    """The total of `ratings`; `finished`: F of the same visits."""
    return _row(rated.kinds, finished)


def _of(rated: Rated, key: str, value: str | None) -> Kinds:
    return {kind: n for kind, n in rated.kinds.items() if getattr(kind, key) == value}


def _row(kinds: Kinds, finished: int) -> Row:
    active = {kind: n for kind, n in kinds.items() if not kind.default}
    every, mine = sum(kinds.values()), sum(active.values())
    return {
        "n": every,
        "active": mine,
        "default": every - mine,
        "levels": _levels(kinds),
        "active_rate": ratio(mine, finished),
        "satisfied": _satisfied(active),
        "satisfied_with_defaults": _satisfied(kinds),
        "stars": _stars(active),
        "stars_with_defaults": _stars(kinds),
        "bad": sum(n for kind, n in kinds.items() if kind.level <= BAD),
    }


def _levels(kinds: Kinds) -> dict[str, int]:
    return {str(level): sum(n for kind, n in kinds.items() if kind.level == level) for level in (5, 4, 3, 2, 1)}


def _satisfied(kinds: Kinds) -> Row:
    return ratio(sum(n for kind, n in kinds.items() if kind.level >= SATISFIED), sum(kinds.values()))


def _stars(kinds: Kinds) -> float | None:
    n = sum(kinds.values())
    return round(sum(kind.level * times for kind, times in kinds.items()) / n, 2) if n else None


def notices(hall: Hall, told: Sequence[Row]) -> Row:
    """{"n", "repeated", "service", "missing"}: a case is a service of a visit; told twice or more is a repeat (target
    0).
    """
    cases: dict[tuple[int, str], int] = {}
    for row in told:
        case = (row["ticket"], row["service"])
        cases[case] = max(cases.get(case, 0), row["told"])
    missing = Counter(material for row in told for material in row["missing"])

    def repeated(of: str | None) -> Row:
        mine = [n for (_, service), n in cases.items() if of in (None, service)]
        return ratio(sum(n >= 2 for n in mine), len(mine))

    return {
        "n": len(told),
        "repeated": repeated(None),
        "service": [
            {
                "key": code,
                "name": hall.service_name(code)[0],
                "name_en": hall.service_name(code)[1],
                "n": sum(row["service"] == code for row in told),
                "repeated": repeated(code),
            }
            for code in sorted({row["service"] for row in told})
        ],
        "missing": [
            {"material": name, "n": n}
            for name, n in sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]
        ],
    }


def notifications(told: Sequence[Row]) -> Row:
    """提醒: {"n", "sent", "arrived", "lost", "parts", "reached", "not_sent", "channel", "occasion"}.

    `n`: every one that was due, sent or not. `reached`: what it was about (a number, a case) with one that was sent and
    not lost / all that one was due about. `arrived` and `lost` are the network's word; of the rest nothing is known.
    """
    sent = [row for row in told if row["outcome"] == "sent"]
    reached = {row["about"] for row in sent if row["arrived"] != 0}
    return {
        **_told(told),
        "parts": sum(row["parts"] for row in sent),
        "reached": ratio(len(reached), len({row["about"] for row in told})),
        "not_sent": {why: sum(row["outcome"] == why for row in told) for why in ("failed", "stale", "limited")},
        "channel": [
            {"key": channel, **_told([row for row in told if row["channel"] == channel])}
            for channel in sorted({row["channel"] for row in told if row["channel"]})
        ],
        "occasion": [
            {
                "key": occasion,
                "name": OCCASIONS[occasion].zh,
                "name_en": OCCASIONS[occasion].en,
                **_told([row for row in told if row["occasion"] == occasion]),
            }
            for occasion in OCCASIONS
            if any(row["occasion"] == occasion for row in told)
        ],
    }


def _told(rows: Sequence[Row]) -> Row:
    sent = [row for row in rows if row["outcome"] == "sent"]
    return {
        "n": len(rows),
        "sent": len(sent),
        "arrived": sum(row["arrived"] == 1 for row in sent),
        "lost": sum(row["arrived"] == 0 for row in sent),
    }
