"""How a new device gets its token: a code that it shows, and whoever types that code (RFC 8628). Pure.

A device asks, shows its code and asks again and again with a secret that only it knows; an administrator types the code
and says what the device is; the next time it asks it is given its token, once. Times are seconds of one clock that
nobody sets; secrets and letters are made outside and come in as arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from config import Hall, Text
from intake.signs import identifier

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Of RFC 8628 6.1: no vowel, so no word, and no letter that is taken for a digit."""
LENGTH = 6
"""64 million codes, of which at most MOST are good, for LASTS_S, and only an administrator may try them."""
LASTS_S = 600.0
MOST = 64
"""Devices that wait at once; a hall puts up a few at a time."""
MOST_OF_ADDRESS = 8
"""Codes for one address within LASTS_S: a machine that asks again and again gets no more."""
INTERVAL_S = 2.0
"""Between two questions of a device."""
TRIES, TRIES_S = 10, 60.0
"""Wrong codes of one administrator within so many seconds."""

KINDS = {
    "kiosk": Text("取号机", "Kiosk"),
    "boards": Text("窗口屏程序", "Boards' program"),
    "screen": Text("大厅屏", "Hall screen"),
    "tablet": Text("窗口平板", "Counter tablet"),
    "second": Text("备用主机", "Second machine"),
}
"""What a device can be made."""
NUMBERED = ("screen", "tablet")
"""Kinds of which a hall has as many as it likes: `screen-1`, `screen-2`. The others' names are the hall's file's."""
BROWSER = "browser"
ASKING = {
    "kiosk": ("kiosk",),
    "boards": ("boards",),
    BROWSER: NUMBERED,
    "second": ("second",),
}
"""What asks for a code -> what it can be made: a page in a browser may become a television's or a tablet's."""
ASKING_NAMES = {
    "kiosk": Text("取号机程序", "a kiosk's program"),
    "boards": Text("窗口屏程序", "the boards' program"),
    "second": Text("备用主机程序", "the second machine's program"),
    BROWSER: Text("浏览器（电视或平板）", "a browser (television or tablet)"),
}

OVER = Text(
    "代码已过期，或不是本厅的：请看设备上现在的代码。", "The code is over, or none of ours: look at the device."
)
FULL = Text("等待登记的设备太多：请先登记，或过几分钟再试。", "Too many devices wait: enrol some, or try later.")
OFTEN = Text(
    "这台机器要的代码太多：请过几分钟再试。", "This machine has asked for too many codes: try again in some minutes."
)
GUESSED = Text("输错的代码太多：请过一分钟再试。", "Too many wrong codes: try again in a minute.")


@dataclass(frozen=True)
class Grant:
    """What a device became; `token` waits here for its one delivery."""

    device: str
    kind: str
    place: str
    token: str


@dataclass(frozen=True)
class Waiting:
    """A device that shows its code. Nothing here is of a person, and nothing outlives LASTS_S."""

    code: str
    secret: str
    """The sha256 of what only the device knows."""
    kind: str
    version: str
    address: str
    asked_at: float
    polled_at: float = -1e9
    claimed: bool = False
    """Somebody is making it a device just now."""
    granted: Grant | None = None

    def over(self, now: float) -> bool:
        return now - self.asked_at >= LASTS_S


@dataclass(frozen=True)
class Desk:
    """Everything that waits, the tries of wrong codes, and when which address asked."""

    waiting: tuple[Waiting, ...] = ()
    asked: tuple[tuple[str, float], ...] = ()
    wrong: tuple[tuple[str, float], ...] = ()

    def at(self, now: float) -> Desk:
        """Without what is over."""
        return Desk(
            tuple(one for one in self.waiting if not one.over(now)),
            tuple((who, at) for who, at in self.asked if now - at < LASTS_S),
            tuple((who, at) for who, at in self.wrong if now - at < TRIES_S),
        )

    def found(self, code: str) -> Waiting | None:
        """The device that shows this code and is nobody's yet."""
        free = (one for one in self.waiting if not one.claimed and one.granted is None)
        return next((one for one in free if one.code == code), None)

    def with_secret(self, secret: str) -> Waiting | None:
        return next((one for one in self.waiting if one.secret == secret), None)


def shown(code: str) -> str:
    """A code as it is read: two groups."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def plain(typed: str) -> str:
    """A code as it was typed or scanned: any width, any case, with or without the hyphen; "" for none."""
    letters = re.sub(r"[\s\-_·]", "", identifier(typed)).upper()
    return letters if len(letters) == LENGTH and set(letters) <= set(LETTERS) else ""


def refusal(desk: Desk, address: str) -> Text | None:
    """Why this address may have no code now. `desk` is without what is over."""
    if sum(who == address for who, _ in desk.asked) >= MOST_OF_ADDRESS:
        return OFTEN
    return FULL if len(desk.waiting) >= MOST else None


def asked(desk: Desk, one: Waiting) -> Desk:
    """A device asks for a code."""
    return Desk((*desk.waiting, one), (*desk.asked, (one.address, one.asked_at)), desk.wrong)


def changed(desk: Desk, one: Waiting) -> Desk:
    """`one` in place of what it was before."""
    return Desk(tuple(one if had.code == one.code else had for had in desk.waiting), desk.asked, desk.wrong)


def gone(desk: Desk, one: Waiting) -> Desk:
    return Desk(tuple(had for had in desk.waiting if had.code != one.code), desk.asked, desk.wrong)


def guessed(desk: Desk, who: str, now: float) -> Desk:
    """A wrong code was typed."""
    return Desk(desk.waiting, desk.asked, (*desk.wrong, (who, now)))


def guesses_too_often(desk: Desk, who: str) -> bool:
    return sum(one == who for one, _ in desk.wrong) >= TRIES


# --- what a device may be ---------------------------------------------------------------------------------------------


def places(hall: Hall, kind: str) -> dict[str, Text]:
    """Where a device of this kind may stand: id -> its name."""
    match kind:
        case "kiosk":
            return {name: table.text for name, table in hall.kiosks.items()}
        case "boards":
            return {"": Text("全厅的窗口屏", "The hall's boards")}
        case "second":
            return {"": Text("本厅的备用主机", "The hall's second machine")}
        case "screen":
            return {"": Text("全厅", "The whole hall"), **{name: table.text for name, table in hall.screens.items()}}
        case "tablet":
            return {name: table.text for name, table in hall.counters.items()}
    return {}


def device_name(kind: str, place: str, taken: Iterable[str]) -> str:
    """The name that a device has from now on: the kiosk's own, the program's, or the next free number."""
    if kind not in NUMBERED:
        return place if kind == "kiosk" else kind
    have = set(taken)
    return next(name for n in range(1, len(have) + 2) if (name := f"{kind}-{n}") not in have)


def numbered(name: str) -> str | None:
    """The kind of a device of NUMBERED by its name; None for any other."""
    kind, _, number = name.partition("-")
    return kind if kind in NUMBERED and number.isascii() and number.isdigit() else None


def home(kind: str, place: str) -> str:
    """The page that a device with a browser shows; "" for one that has none."""
    return {"screen": f"/screen/{place}" if place else "/screen", "tablet": f"/rate/{place}"}.get(kind, "")
