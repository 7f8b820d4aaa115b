"""Whose turn it is on one wire: what to send next, given what is wanted, what was answered, and `now`. Opens no port.

A new text goes before everything, a dead board's second and third try after the new texts of others, flashes and
repeats last and in the order of their time. Times are seconds of any clock that only goes forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

FLASHES = 3
FLASH_S = 0.5
"""Half a flash: 1 Hz, below the 3 Hz that photosensitive people bear (WCAG 2.3.1)."""
STILL = 2 * FLASHES
"""The last step: even steps show the text, odd ones a blank."""
TRIES = 3
BLANK = " "

State = Literal["ok", "unreachable", "unknown"]


class Shown(NamedTuple):
    """What a board should show. `call` is any further word of the hub about it: a new one flashes the text again."""

    text: str
    effect: str = "still"
    color: str = "red"
    call: str = ""


class Health(NamedTuple):
    state: State
    detail: str


UNTRIED = Health("unknown", "not tried yet")


class Job(NamedTuple):
    """One frame to send: to which board, and which of its texts it belongs to."""

    board: str
    address: int
    text: str
    color: str
    number: int


@dataclass
class _Place:
    """One board on the wire."""

    address: int
    wanted: Shown | None = None
    number: int = 0  # how many texts it was given
    step: int = STILL
    due: float = float("inf")
    fresh: bool = False  # its newest text was never answered
    tries: int = 0
    health: Health = UNTRIED

    def rank(self) -> tuple[int, float]:
        return (2 if not self.fresh else 1 if self.tries else 0, self.due)


class Turns:
    """The boards of one wire, by id, each with its address; everything is shown again every `refresh_s`."""

    def __init__(self, addresses: Mapping[str, int], refresh_s: float) -> None:
        self._places = {board: _Place(address) for board, address in addresses.items()}
        self._refresh_s = refresh_s

    def want(self, board: str, shown: Shown, now: float) -> None:
        """The newest text of a board takes the place of any before. The same again changes nothing."""
        place = self._places[board]
        if shown == place.wanted:
            return
        place.wanted, place.number = shown, place.number + 1
        place.step = 0 if shown.effect == "flash" else STILL
        place.due, place.fresh, place.tries = now, True, 0

    def next(self, now: float) -> Job | None:
        """What to send now; None if nothing is due."""
        due = [(place.rank(), board) for board, place in self._places.items() if place.due <= now]
        if not due:
            return None
        board = min(due)[1]
        place = self._places[board]
        assert place.wanted is not None
        text = BLANK if place.step % 2 else place.wanted.text
        return Job(board, place.address, text, place.wanted.color, place.number)

    def due_in(self, now: float) -> float:
        """Seconds until something is due; 0 for now, inf for never."""
        return max(0.0, min((place.due for place in self._places.values()), default=float("inf")) - now)

    def answered(self, job: Job, now: float) -> None:
        place = self._places[job.board]
        place.health = Health("ok", "")
        if job.number != place.number:
            return  # a newer text came meanwhile: its turn is still to come
        place.fresh, place.tries = False, 0
        if place.step < STILL:
            place.step, place.due = place.step + 1, now + FLASH_S
        else:
            place.due = now + self._refresh_s

    def silent(self, job: Job, now: float) -> None:
        """No answer. A board that was reachable gets two more tries; one that was not waits for the next repeat."""
        place = self._places[job.board]
        if job.number != place.number:
            return
        place.tries += 1
        if place.tries < TRIES and place.health.state != "unreachable":
            place.due = now
            return
        if place.health.state != "unreachable":
            detail = f"no answer after {TRIES} tries; check its power, its wire and its address"
            place.health = Health("unreachable", detail)
        place.fresh, place.tries, place.step, place.due = False, 0, STILL, now + self._refresh_s

    def opened(self, now: float) -> None:
        """The wire is there (again): whatever a board shows, it is told anew; a call it never showed still flashes."""
        for place in self._places.values():
            place.health = UNTRIED
            if place.wanted:
                place.step = place.step if place.fresh else STILL
                place.fresh, place.tries, place.due = True, 0, now

    def closed(self, why: str) -> None:
        """The wire is gone: so are its boards."""
        for place in self._places.values():
            place.health = Health("unreachable", why)

    def health(self) -> dict[str, Health]:
        return {board: place.health for board, place in self._places.items()}
