"""一件事一次办: numbers for several items in a period, by `PACKAGE_FIGURES` of `definitions`. Pure.

A row is one number: its package (empty for items chosen one by one), the outcome of each of its items (empty while it
is open), the papers that its one list spared, its state and when it was taken and ended, epoch seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from config import Hall, Text
from server.domain.agenda import GOOD
from server.reports.figures.groups import ratio, spread

Row = dict[str, Any]
ALONE = Text("自选多项", "Items chosen one by one")


def several(hall: Hall, told: Sequence[Row]) -> Row:
    """{"total", "package"}: the figures of all such numbers, and of each package that was taken, in the file's order;
    packages that it has no more stand behind, items without a package last.
    """
    known = [*hall.packages]
    taken = {row["package"] for row in told}
    keys = [*(one for one in known if one in taken), *sorted(taken - {*known, ""}), *([""] if "" in taken else [])]
    return {
        "total": _row(told),
        "package": [
            {"key": key, **_name(hall, key).json("name"), **_row([row for row in told if row["package"] == key])}
            for key in keys
        ],
    }


def _name(hall: Hall, key: str) -> Text:
    known = hall.packages.get(key)
    return known.text if known else Text.same(key) if key else ALONE


def _row(rows: Sequence[Row]) -> Row:
    done = [row for row in rows if row["state"] == "finished"]
    spans = sorted(max(0, round((row["ended"] - row["issued"]) * 1000)) for row in done if row["ended"] is not None)
    return {
        "package_taken": len(rows),
        "package_finished": len(done),
        "package_one_visit": ratio(sum(all(one in GOOD for one in row["outcomes"]) for row in done), len(done)),
        "package_items": ratio(sum(bool(one) for row in done for one in row["outcomes"]), len(done)),
        "package_time": spread(np.array(spans, np.int64)),
        "package_saved": sum(row["saved"] for row in done),
    }
