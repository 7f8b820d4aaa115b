"""巡查: who answers for a line that is not met, of which line a piece of equipment is, what a sample of numbers may be
asked of. Pure.
"""

from __future__ import annotations

from datetime import date

from config import Hall
from server.domain.rules import Refused

DEVICES = ("devices", "facilities", "safety")
HALL = ("signs", "order", "phones", "privacy")
"""Lines of `server/registers/inspection.toml` that the named person of the devices, of the hall, answers for; of all
others the one of the service does.
"""
MACHINES = ("computer", "printer", "scanner", "kiosk", "screen", "camera")
"""Kinds of `server/registers/equipment.toml` that the line of the devices is about."""
DAYS_MOST, NUMBERS_MOST = 92, 50
"""A sample is of a quarter at most, and of as many numbers as somebody can read through in a morning."""


def answers(line: str, hall: Hall) -> str:
    """The staff number of who answers for a line; empty where the hall's file names nobody."""
    place = hall.place
    return place.for_devices if line in DEVICES else place.for_hall if line in HALL else place.for_service


def line_of(kind: str) -> str:
    """The line that is not met where a piece of equipment of that kind is not in order."""
    return "devices" if kind in MACHINES else "safety" if kind == "fire" else "facilities"


def sampled(first: date, last: date, most: int, today: date) -> None:
    """Raises Refused for a sample that can't be drawn."""
    if not first <= last <= today or (last - first).days >= DAYS_MOST:
        raise Refused(
            f"请核对日期：从早到晚，不晚于今天，最多{DAYS_MOST}天。",
            f"Check the days: the first one first, none after today, {DAYS_MOST} at most.",
        )
    if not 1 <= most <= NUMBERS_MOST:
        raise Refused(f"一次抽1到{NUMBERS_MOST}个号。", f"Draw 1 to {NUMBERS_MOST} numbers.")
