"""考核: the open formula, its versions, and what a card may say. Pure. Nothing here gives or takes a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.domain.rules import Refused

PARTS = ("attendance", "discipline", "order", "work")
GROUNDS = ("ground1", "ground2", "ground3")
NAMES = {"attendance": "出勤", "discipline": "纪律", "order": "环境", "work": "业务"}

NAMES_EN = {"attendance": "Attendance", "discipline": "Discipline", "order": "Order", "work": "Work"}

Formula = Mapping[str, int]
"""Part -> the most it gives."""


def total(values: Mapping[str, Any]) -> int:
    """The points of a card: the sum of its parts."""
    return sum(int(values[part]) for part in PARTS)


def ranked(totals: Mapping[int, int]) -> dict[int, int]:
    """Card -> its rank, 1 for the most points; equals share one, and the next is after all of them."""
    return {card: 1 + sum(other > total for other in totals.values()) for card, total in totals.items()}


def mean(totals: Sequence[int]) -> str:
    """The mean of some cards, to one place, a half upwards."""
    tenths = (20 * sum(totals) + len(totals)) // (2 * len(totals))
    return f"{tenths // 10}.{tenths % 10}"


def in_force(formulas: Sequence[Formula], values: Mapping[str, Any]) -> None:
    """A new card is made by the formula in force. Raises Refused."""
    if values["formula"] != len(formulas):
        raise Refused(
            f"现行公式是第{len(formulas)}版：请按它评分。", f"The formula in force is version {len(formulas)}: use it."
        )


def allowed(formulas: Sequence[Formula], values: Mapping[str, Any]) -> None:
    """A card is within the weights of its own version, whichever is in force by now, and names a record where points
    are off. Raises Refused.
    """
    version = values["formula"]
    if not 1 <= version <= len(formulas):
        raise Refused(f"公式没有第{version}版。", f"There is no version {version} of the formula.")
    formula = formulas[version - 1]
    for part in PARTS:
        if not 0 <= values[part] <= formula[part]:
            raise Refused(
                f"“{NAMES[part]}”是0到{formula[part]}分。", f"Points for {part} are from 0 to {formula[part]}."
            )
    if total(values) < sum(formula.values()) and not any(values.get(one) for one in GROUNDS):
        raise Refused(
            "扣了分要写依据的编号：考勤补卡、巡查问题、投诉等都有编号。",
            "Points are off: name the record that they are for, such as a finding or a complaint.",
        )
