"""What visitors said and were told: 好差评 and 一次性告知 of a period. Pure.

A default rating (默认) is never mixed in silently: satisfaction is given twice, of active ratings alone and with defaults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from config import Hall
from server.reports.groups import ratio

Row = dict[str, Any]
SATISFIED, BAD = 3, 2
TOP = 20
"""So many options and missing materials are listed."""


def ratings(hall: Hall, rated: Sequence[Row], cuts: dict[str, list[Row]], finished: int, names: dict[str, str]) -> Row:
    """{"total", "service", "counter", "staff", "sources", "options"}. `cuts`: the report's, for the F of each key."""

    def by(key: str, name: Callable[[str], tuple[str, str]]) -> list[Row]:
        done = {row["key"]: row["finished"] for row in cuts[key]}
        keys = sorted({row[key] for row in rated}, key=lambda k: (k is None, k or ""))
        return [
            {"key": k, "name": name(k or "")[0], "name_en": name(k or "")[1], **_row([r for r in rated if r[key] == k], done.get(k, 0))} for k in keys
        ]

    sources = sorted({row["source"] for row in rated})
    options = Counter(code for row in rated for code in row["options"])
    return {
        "total": _row(rated, finished), "service": by("service", hall.service_name),
        "counter": by("counter", lambda k: (hall.counters[k].name, hall.counters[k].name_en) if k in hall.counters else (k, k)),
        "staff": by("staff", lambda k: (names.get(k, k), names.get(k, k))),
        "sources": [{"source": source, "levels": _levels([r for r in rated if r["source"] == source])} for source in sources],
        "options": [{"code": code, "n": n} for code, n in sorted(options.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]],
    }  # fmt: skip


def _row(rated: Sequence[Row], finished: int) -> Row:
    active = [row for row in rated if not row["is_default"]]
    return {
        "n": len(rated), "active": len(active), "default": len(rated) - len(active), "levels": _levels(rated), "active_rate": ratio(len(active), finished),
        "satisfied": _satisfied(active), "satisfied_with_defaults": _satisfied(rated), "stars": _stars(active), "stars_with_defaults": _stars(rated),
        "bad": sum(row["level"] <= BAD for row in rated),
    }  # fmt: skip


def _levels(rated: Sequence[Row]) -> dict[str, int]:
    return {str(level): sum(row["level"] == level for row in rated) for level in (5, 4, 3, 2, 1)}


def _satisfied(rated: Sequence[Row]) -> Row:
    return ratio(sum(row["level"] >= SATISFIED for row in rated), len(rated))


def _stars(rated: Sequence[Row]) -> float | None:
    return round(sum(row["level"] for row in rated) / len(rated), 2) if rated else None


def notices(hall: Hall, told: Sequence[Row]) -> Row:
    """{"n", "repeated", "service", "missing"}: a case is a service of a visit; told twice or more is a repeat (target 0)."""
    cases: dict[tuple[int, str], int] = {}
    for row in told:
        case = (row["ticket"], row["service"])
        cases[case] = max(cases.get(case, 0), row["told"])
    missing = Counter(material for row in told for material in row["missing"])

    def repeated(of: str | None) -> Row:
        mine = [n for (_, service), n in cases.items() if of in (None, service)]
        return ratio(sum(n >= 2 for n in mine), len(mine))

    return {
        "n": len(told), "repeated": repeated(None),
        "service": [
            {"key": code, "name": hall.service_name(code)[0], "name_en": hall.service_name(code)[1], "n": sum(row["service"] == code for row in told),
             "repeated": repeated(code)}
            for code in sorted({row["service"] for row in told})
        ],
        "missing": [{"material": name, "n": n} for name, n in sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]],
    }  # fmt: skip
