"""What the pressed keys of a call pad mean, and what its display says. Pure; docs/boards.md explains the key maps.

Pressed keys are words with a space between: bytes of a wired pad in hex ("01 02 0C"), names of a USB pad's keys ("1 2
ENTER").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from server.domain.ticket import Ticket

PRESS_S = 1.0
"""Pressed twice within this time, or within the lock of its verb, a key counts once."""

VERBS = {
    "next": ("顺呼", "Next"),
    "finish-next": ("办结并顺呼", "Finish, next"),
    "call": ("指呼", "Call"),
    "recall": ("重呼", "Recall"),
    "start": ("到窗/开始", "Start"),
    "pass": ("过号", "No show"),
    "leave": ("弃号", "Left"),
    "finish": ("办结", "Finish"),
    "suspend": ("挂起", "Suspend"),
    "pause": ("暂停", "Pause"),
    "resume": ("继续", "Resume"),
    "transfer": ("转移", "Transfer"),
    "rate": ("评价", "Rate"),
    "help": ("求助", "Help"),
    "undo": ("撤销", "Undo"),
    "address": ("显示地址", "Show address"),
}
"""Every verb of a key map: its key on the console, in Chinese and English."""
NO_VERB = ("按键未设置", "Key without meaning")


class Wish(NamedTuple):
    """What a press asks for. `number` is what was typed before (指呼, 转移), None for none."""

    verb: str
    argument: str = ""
    number: int | None = None


def meaning(keys: Mapping[str, str], pressed: str) -> Wish | None:
    """The verb of a press by a key map: an exact combination first, then one with typed digits; None without either."""
    if exact := keys.get(pressed):
        return _wish(exact, None)
    words = pressed.split()
    for pattern, verb in keys.items():
        if "#" in pattern and (number := _typed(pattern.split(), words)) is not None:
            return _wish(verb, number)
    return None


def _wish(verb: str, number: int | None) -> Wish:
    name, _, argument = verb.partition(" ")
    return Wish(name, argument, number)


def _typed(pattern: list[str], words: list[str]) -> int | None:
    """The number typed where the pattern has #, if all else is as the pattern says."""
    at = pattern.index("#")
    before, after = pattern[:at], pattern[at + 1 :]
    digits = words[len(before) : len(words) - len(after)]
    whole = words[: len(before)] == before and words[len(words) - len(after) :] == after
    return (
        int("".join(d[-1] for d in digits))
        if whole and digits and all(re.fullmatch("0?[0-9]", d) for d in digits)
        else None
    )


def display(width: int, shows: str, ticket: Ticket | None, waiting: int) -> str:
    """The digits of a display, a space for a dark one: the number here or how many wait; `both`: waiting, then the
    number, three digits each.
    """
    if width == 0:
        return ""
    number = "" if ticket is None or ticket.number is None else f"{ticket.number:03d}"
    if shows == "both":
        return _fit(str(min(waiting, 999)), 3) + _fit(number, 3)
    return _fit(number if ticket else str(min(waiting, 10**width - 1)), width)


def _fit(digits: str, width: int) -> str:
    """To the right; a number that does not fit loses its leading zeros, and stays dark rather than be cut to another
    number.
    """
    for able in (digits, digits.lstrip("0")):
        if len(able) <= width:
            return able.rjust(width)
    return " " * width
