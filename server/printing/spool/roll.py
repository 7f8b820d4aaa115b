"""How much paper is left on a printer's roll, and for how many tickets: counted from what was printed, corrected by
the sensors. Pure.

A roll is learned from: the second one that runs out tells how much is really left when the near-end sensor trips.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace

from config import Text
from printer_profiles.escpos.status import Status
from printer_profiles.profile import Profile
from printer_profiles.slip import Slip

USUAL_SLIP_MM = 110.0
"""A ticket's length until some have been printed."""
EARLY = 50
"""The desk is warned when no more tickets than these are left."""
WAVER_MM = 1_000.0
"""A sensor that trips again within so much paper had only wavered: it is the same roll."""
PLAUSIBLE_MM = (200.0, 20_000.0)
"""What may be left at the near-end sensor; anything else was no roll that ran out in peace."""

KEPT_SHAPES = 256
"""So many lengths of slips are remembered."""


@dataclass(frozen=True)
class Roll:
    """The paper in one printer. Lengths in millimetres; 0 = not known."""

    began: float
    """When it was put in, as far as is known; epoch seconds."""
    used_mm: float = 0.0
    near_mm: float | None = None
    """`used_mm` when the near-end sensor tripped."""
    out: bool = False
    touched: bool = False
    """Somebody has been at it since the sensor tripped: the cover was open, or the power off."""
    doubt_mm: float = 0.0
    """Used since the sensor tripped on the roll before, where nobody was seen changing it: perhaps the sensor only
    wavered.
    """
    whole: bool = False
    """Counted from its very beginning."""
    slip_mm: float = 0.0
    """The usual length of a slip, newer ones counting more."""
    low_mm: float = 0.0
    """Learned: what is left when the near-end sensor trips."""
    full_mm: float = 0.0
    """Learned: a whole roll."""


def printed(roll: Roll, mm: float) -> Roll:
    """The roll after a slip of that length."""
    return replace(roll, used_mm=roll.used_mm + mm, slip_mm=0.9 * roll.slip_mm + 0.1 * mm if roll.slip_mm else mm)


def changed(roll: Roll, now: float) -> Roll:
    """A new roll is in; what was learned stays."""
    return Roll(began=now, whole=True, slip_mm=roll.slip_mm, low_mm=roll.low_mm, full_mm=roll.full_mm)


def told(roll: Roll, status: Status, now: float) -> Roll:
    """The roll after the printer has said how it is: the end is learned from, and a sensor that is well again means a
    new roll.

    An open cover often reports its paper gone too; that is nobody's roll at its end.
    """
    if status.cover_open or status.offline:
        roll = replace(roll, touched=roll.touched or roll.near_mm is not None)
    if status.paper_out and not status.cover_open:
        return roll if roll.out else replace(_learned(roll), out=True)
    if not status.known or status.faulty:
        return roll
    if roll.out or (roll.near_mm is not None and not status.near_end):
        seen = roll.out or roll.touched or roll.near_mm is None
        doubt = 0.0 if seen else roll.used_mm - (roll.near_mm or 0.0)
        roll = replace(changed(roll, now), doubt_mm=doubt, whole=seen)
    if status.near_end and roll.near_mm is None:
        same = roll.doubt_mm and roll.used_mm < WAVER_MM
        roll = replace(roll, near_mm=-roll.doubt_mm if same else roll.used_mm, touched=False)
    return roll


def left_mm(roll: Roll, roll_m: float, low_m: float) -> float | None:
    """Paper left; None where nothing is known of this roll.

    `roll_m`, `low_m`: metres of a whole one and of one near its end, 0 = unknown.
    """
    if roll.out:
        return 0.0
    if roll.near_mm is not None:
        low = roll.low_mm or low_m * 1000
        return max(0.0, low - (roll.used_mm - roll.near_mm)) if low else None
    full = roll.full_mm or roll_m * 1000
    return max(0.0, full - roll.used_mm) if full else None


def tickets_left(roll: Roll, roll_m: float, low_m: float) -> int | None:
    """For how many tickets the paper will do; None where nothing is known."""
    mm = left_mm(roll, roll_m, low_m)
    return None if mm is None else int(mm // (roll.slip_mm or USUAL_SLIP_MM))


def warning(near_end: bool, tickets: int | None) -> Text | None:
    """What the desk is told early, Chinese and English; None while there is enough."""
    if not near_end and (tickets is None or tickets > EARLY):
        return None
    if tickets is None:
        return Text("纸快用完了，请准备新纸卷。", "Paper is running low: have a new roll at hand.")
    if tickets < 1:
        return Text("纸随时会用完，请马上换纸卷。", "Paper may end at any moment: change the roll now.")
    about = tickets if tickets < 10 else tickets // 10 * 10
    return Text(
        f"纸快用完了，约还能打{about}张号票，请准备新纸卷。",
        f"Paper is running low, about {about} tickets left: have a new roll at hand.",
    )


def enough(tickets: int | None) -> Text:
    """The forecast while there is no need to do anything; empty where nothing is known."""
    if tickets is None:
        return Text("", "")
    about = tickets // 10 * 10
    return Text(f"约还能打{about}张号票。", f"About {about} tickets left.")


_ALIKE = re.compile(r"[0-9A-Z]")


def shape(slip: Slip) -> Hashable:
    """A slip with every digit and capital alike: tickets differ in their numbers, hours and codes, which take the same
    room whatever they are.
    """
    return tuple((type(element), *map(_alike, vars(element).values())) for element in slip)


def _alike(value: Hashable) -> Hashable:
    return _ALIKE.sub("0", value) if isinstance(value, str) else value


class Lengths:
    """How far slips of one printer move the paper, by the virtual printer's decoder: each shape is decoded once."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._known: dict[Hashable, float] = {}

    def mm(self, slip: Slip, data: bytes) -> float:
        """Of the bytes that a slip became."""
        key = shape(slip)
        if key not in self._known:
            if len(self._known) >= KEPT_SHAPES:
                self._known.pop(next(iter(self._known)))
            self._known[key] = length_mm(data, self._profile)
        return self._known[key]


def length_mm(data: bytes, profile: Profile) -> float:
    """How far these bytes move the paper."""
    from printer_profiles.virtual.paper import Paper  # 30 ms that no start needs

    paper = Paper(profile)
    paper.roll_mm = endless = 1e9
    paper.feed(data)
    return float(endless - paper.roll_mm)


def _learned(roll: Roll) -> Roll:
    """The roll at its end: what it teaches, half as heavy as all before."""
    low = 0.0 if roll.near_mm is None else roll.used_mm - roll.near_mm
    if not PLAUSIBLE_MM[0] <= low <= PLAUSIBLE_MM[1]:
        return roll
    full = roll.used_mm if roll.whole else 0.0
    return replace(roll, low_mm=_mean(roll.low_mm, low), full_mm=_mean(roll.full_mm, full) if full else roll.full_mm)


def _mean(before: float, now: float) -> float:
    return (before + now) / 2 if before else now
