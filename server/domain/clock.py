"""Whether the machine's clock may be believed, and by which time the hall goes on until somebody has said so. Pure.

A hub counts its own seconds beside the clock. A clock that parts from the count was set by somebody or something: the
hall then keeps to its count, and nothing that can't be taken back follows from the jump until a person confirms it, or
the clock is right again. At a start there is no count yet; the journal's newest row stands in for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from config import Hall, Text
from server.domain.worktime import OfficeHours

TOLERANCE_S = 300.0
"""A clock may be put right by so much without anybody being asked; time services do."""
DAY_S = 86400.0
MONTH_S = 31 * DAY_S
MISSED_S = 3600.0
"""A hub that was switched off over a weekend has missed no opening time; one that missed more asks."""
EARLIEST = 1577836800.0
"""2020-01-01: before this program was written. A board without a battery begins in 1970, or when it was made."""


class Known(NamedTuple):
    """A time that was right: `at` epoch seconds, when the count stood at `since` (seconds).

    `sure`: of this run. Otherwise it is the journal's newest row, 0 if there is none. `counted`: the count goes on by
    itself; a replay's does not, its clock is moved by what happens, and only a leap of a month is a jump.
    """

    at: float
    since: float = 0.0
    sure: bool = False
    counted: bool = True


class Verdict(NamedTuple):
    """`now` is the time the hall goes by, `clock` what the machine's clock says, epoch seconds.

    fine: they are one. step: the clock has jumped while the hub ran; the hall goes on by its count. asks: at a start
    the clock can't be right, or may not be; nothing is given out and nothing ends until it is, or is confirmed.
    """

    kind: Literal["fine", "step", "asks"]
    now: float
    clock: float

    @property
    def fine(self) -> bool:
        return self.kind == "fine"


def judge(hall: Hall, known: Known, clock: float, count: float) -> Verdict:
    """What to make of a reading of the clock, when the count of seconds stands at `count`."""
    counted = known.at + (count - known.since)
    off = clock - counted
    if known.sure:
        right = abs(off) <= (TOLERANCE_S if known.counted else MONTH_S)
        return Verdict("fine", clock, clock) if right else Verdict("step", counted, clock)
    if not known.at:
        return Verdict("asks" if known.counted and clock < EARLIEST else "fine", clock, clock)
    ahead = off > MONTH_S or (known.counted and off > DAY_S and _missed(hall, counted, clock) > MISSED_S)
    return Verdict("asks", counted, clock) if ahead or off < -TOLERANCE_S else Verdict("fine", clock, clock)


def _missed(hall: Hall, start: float, end: float) -> float:
    """Opening time between two moments that are at most a month apart, seconds."""
    first, last = (datetime.fromtimestamp(at, hall.zone).date() for at in (start, end))
    return OfficeHours(hall, first, last).open_seconds(start, end)


def sentence(hall: Hall, verdict: Verdict) -> Text:
    """What is wrong with the clock and what to do; empty where nothing is."""
    if verdict.fine:
        return Text("", "")
    shows, goes = (f"{datetime.fromtimestamp(at, hall.zone):%Y-%m-%d %H:%M}" for at in (verdict.clock, verdict.now))
    if verdict.kind == "step":
        return Text(
            f"主机时钟跳到了{shows}，大厅暂按{goes}继续：时钟正确请确认，不正确请校准主机时间。",
            f"The hub's clock jumped to {shows}; the hall goes on by {goes}: confirm the clock if it is right, else set"
            " it.",
        )
    if verdict.now == verdict.clock:
        return Text(
            f"主机时钟显示{shows}，不可能正确，暂停取号：请校准主机时间，或确认时钟正确。",
            f"The hub's clock says {shows}, which can't be right, and no numbers are given out: set it, or confirm it.",
        )
    return Text(
        f"主机时钟显示{shows}，最后一条记录是{goes}，暂停取号：时钟正确请确认，不正确请校准主机时间。",
        f"The hub's clock says {shows}, the last record is of {goes}, and no numbers are given out: confirm the clock"
        " if it is right, else set it.",
    )


ASKS = Text(
    "主机时钟有误，暂停取号：请到咨询台，由管理人员在“实时大厅”页确认时钟或校准主机时间。",
    "The hub's clock is wrong and no numbers are given out: ask at the desk; a manager sets the clock, or confirms it"
    " on the live page.",
)
"""What whoever wants a number is told meanwhile."""
