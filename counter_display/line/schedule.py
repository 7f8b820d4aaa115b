"""Whose turn it is on one wire: what to send next, given what is wanted, what was answered, and `now`. Opens no port.

The keys of pads go before everything, then a new text, then a dead board's second and third try, then what flashes,
takes turns or is repeated, in the order of their time. Times are seconds of any clock that only goes forward.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from config import Text
from words import width

FLASHES = 3
FLASH_S = 0.5
"""Half a flash: 1 Hz, below the 3 Hz that photosensitive people bear (WCAG 2.3.1)."""
BLINK_S = 1.5
"""So long a call by sight is lit between two dark halves of a flash; each costs a frame of the wire."""
PAGE_S = 2.0
"""How long a part of a text that is wider than its board stays."""
TRIES = 3
BLANK = " "
NEVER = float("inf")
SIGN_S = 1.0
"""How long a pad shows its sign for done or not done before its digits come back; a sign later than that would be a
lie.
"""

State = Literal["ok", "unreachable", "unknown"]
Kind = Literal["text", "light", "digits", "sign", "beep", "ask"]


class Shown(NamedTuple):
    """What a board should show. `call` is any further word of the hub about it: a new one flashes the text again.

    `more` are texts that take turns with `text` every `seconds`.
    """

    text: str
    effect: str = "still"
    color: str = "red"
    call: str = ""
    more: tuple[str, ...] = ()
    seconds: float = 0.0
    number_color: str = ""


class Station(NamedTuple):
    """A board on the wire: its address, its half columns (0: any text fits), whether it answers, and flashes by
    itself.
    """

    address: int
    columns: int = 0
    answers: bool = True
    flashes: bool = False


class Health(NamedTuple):
    """How a device is. `detail`: Chinese, and English on the line below; empty for nothing to say."""

    state: State
    detail: str


UNTRIED = Health("unknown", "还没有试过\nnot tried yet")
MUTE = Health("ok", "已送出；这种屏从不应答\nshown; this kind of board never answers")


class Job(NamedTuple):
    """One frame to send: to whom, and which of its texts it belongs to.

    `value` is a percentage, 1 or 0 for done or not.
    """

    kind: Kind
    board: str
    address: int
    text: str
    color: str
    number: int
    effect: str = "still"
    value: int = 0
    number_color: str = ""


class Beat(NamedTuple):
    """A text for so many seconds."""

    text: str
    effect: str
    seconds: float


def script(shown: Shown, columns: int, flashes: bool, refresh_s: float) -> tuple[list[Beat], int]:
    """The beats of a text in their order, and the first of those that go round for ever."""
    if shown.effect == "blink":  # who is called by sight: as long as the call stands there
        beats = [Beat(page, "still", BLINK_S) for page in pages(shown.text, columns)]
        return [*beats, Beat(BLANK, "still", FLASH_S)], 0
    opening: list[Beat] = []
    if shown.effect == "flash":
        lasts = 2 * FLASHES * FLASH_S
        opening = (
            [Beat(shown.text, "flash", lasts)]
            if flashes
            else [Beat(shown.text, "still", FLASH_S), Beat(BLANK, "still", FLASH_S)] * FLASHES
        )
    texts = (shown.text, *shown.more) if shown.seconds else (shown.text,)
    parts = [pages(text, columns) for text in texts]
    alone = len(parts) == 1 and len(parts[0]) == 1
    round_ = [
        Beat(page, "still", refresh_s if alone else shown.seconds if len(part) == 1 else PAGE_S)
        for part in parts
        for page in part
    ]
    return [*opening, *round_], len(opening)


def pages(text: str, columns: int) -> list[str]:
    """A text in parts that fit, cut between words and between Hanzi; a number is never cut, and one that is too wide
    stays whole.
    """
    if not columns or width(text) <= columns:
        return [text]
    found = [""]
    for piece in re.findall(r"[\x21-\x7e]+|\s+|.", text):
        if width((found[-1] + piece).rstrip()) > columns and found[-1].strip():
            found.append("")
        found[-1] += piece if found[-1] else piece.lstrip()
    return [page.rstrip() for page in found if page.strip()]


@dataclass
class _Place:
    """One board on the wire."""

    station: Station
    wanted: Shown | None = None
    number: int = 0  # how many texts it was given
    beats: list[Beat] = field(default_factory=list)
    again: int = 0  # the first beat of those that go round
    beat: int = 0
    due: float = NEVER
    fresh: bool = False  # its newest text was never answered
    tries: int = 0
    health: Health = UNTRIED
    light: int | None = None
    light_due: float = NEVER

    def rank(self) -> tuple[int, float]:
        return (3 if not self.fresh else 2 if self.tries else 1, self.due)

    def rest(self) -> None:
        """Go on with what stays, without the flash."""
        self.beat = self.again


class _Errand(NamedTuple):
    """A word for a pad or rater that is of use until a moment."""

    due: float
    until: float
    job: Job


class Schedule:
    """The boards of one wire, by id, and the addresses of its pads and raters; everything is shown again every
    `refresh_s`.
    """

    def __init__(
        self,
        boards: Mapping[str, Station],
        refresh_s: float,
        pads: Mapping[str, int] | None = None,
        raters: Mapping[str, int] | None = None,
    ) -> None:
        self._places = {board: _Place(station) for board, station in boards.items()}
        self._refresh_s = refresh_s
        self._pads, self._raters = dict(pads or {}), dict(raters or {})
        self._errands: list[_Errand] = []
        self._digits: dict[str, str] = {}
        self._digits_due: dict[str, float] = {}
        self._asked: dict[str, str] = {}
        self._open = False

    # --- what is wanted ---

    def want(self, board: str, shown: Shown, now: float) -> None:
        """The newest text of a board takes the place of any before. The same again changes nothing."""
        place = self._places[board]
        if shown == place.wanted:
            return
        again = place.wanted is not None and (shown.text, shown.call, shown.effect) == (
            place.wanted.text,
            place.wanted.call,
            place.wanted.effect,
        )
        place.wanted, place.number = shown, place.number + 1
        place.beats, place.again = script(shown, place.station.columns, place.station.flashes, self._refresh_s)
        place.beat = place.again if again else 0
        place.due, place.fresh, place.tries = now, True, 0

    def shine(self, board: str, percent: int | None, now: float) -> None:
        """The brightness of a board; None leaves it as it is."""
        place = self._places[board]
        if percent != place.light:
            place.light, place.light_due = percent, now if percent is not None else NEVER

    def count(self, pad: str, digits: str, now: float) -> None:
        """The digits of a pad's display; empty for one without."""
        if digits and digits != self._digits.get(pad):
            self._digits[pad], self._digits_due[pad] = digits, max(now, self._signed_until(pad, now))

    def answer(self, pad: str, done: bool, digits: str, now: float) -> None:
        """The sign and the beeps for a press; `digits` are shown instead of its display, until that changes."""
        address = self._pads[pad]
        if digits:
            self._errand(now, NEVER, Job("digits", pad, address, digits, "", 0))
            self._digits_due[pad] = now + 3 * SIGN_S if pad in self._digits else NEVER
        else:
            self._errand(now, now + SIGN_S, Job("sign", pad, address, "", "", 0, value=int(done)))
            self._digits_due[pad] = now + SIGN_S if pad in self._digits else NEVER
        for _ in range(1 if done else 2):
            self._errand(now, now + SIGN_S, Job("beep", pad, address, "", "", 0))

    def ask(self, rater: str, word: str, now: float) -> None:
        """A new word lets a rater ask for a rating, the empty one no more."""
        if word != self._asked.get(rater, ""):
            self._asked[rater] = word
            self._errands = [e for e in self._errands if not (e.job.kind == "ask" and e.job.board == rater)]
            if word:
                self._errand(now, NEVER, Job("ask", rater, self._raters[rater], "", "", 0))

    def _errand(self, due: float, until: float, job: Job) -> None:
        self._errands.append(_Errand(due, until, job))

    def _signed_until(self, pad: str, now: float) -> float:
        due = self._digits_due.get(pad, NEVER)
        return due if now < due <= now + SIGN_S else now

    # --- what is sent ---

    def next(self, now: float) -> Job | None:
        """What to send now; None if nothing is due."""
        self._errands = [e for e in self._errands if e.until >= now]
        for errand in self._errands:
            if errand.due <= now:
                return errand.job
        for pad, due in self._digits_due.items():
            if due <= now:
                return Job("digits", pad, self._pads[pad], self._digits[pad], "", 0)
        due_places = [(place.rank(), board) for board, place in self._places.items() if place.due <= now]
        if due_places:
            return self._text(min(due_places)[1])
        return next(self._lights(now), None)

    def _text(self, board: str) -> Job:
        place = self._places[board]
        assert place.wanted is not None
        beat = place.beats[place.beat]
        wanted, address = place.wanted, place.station.address
        return Job(
            "text", board, address, beat.text, wanted.color, place.number, beat.effect, number_color=wanted.number_color
        )

    def _lights(self, now: float) -> Iterator[Job]:
        for board, place in self._places.items():
            if place.light_due <= now and place.light is not None:
                yield Job("light", board, place.station.address, "", "", 0, value=place.light)

    def due_in(self, now: float) -> float:
        """Seconds until something is due; 0 for now, inf for never."""
        moments = [p.due for p in self._places.values()] + [p.light_due for p in self._places.values()]
        return max(
            0.0, min([*moments, *(e.due for e in self._errands), *self._digits_due.values()], default=NEVER) - now
        )

    # --- what came of it ---

    def sent(self, job: Job, now: float) -> None:
        """A frame that nobody answers went out."""
        if job.kind == "light":
            self._places[job.board].light_due = NEVER
        elif job.kind == "text":
            self._places[job.board].health = MUTE
            self._went(job, now)
        else:
            self._errands = [e for i, e in enumerate(self._errands) if i != self._first(job)]
            if (
                job.kind == "digits"
                and self._digits.get(job.board) == job.text
                and self._digits_due.get(job.board, NEVER) <= now
            ):
                self._digits_due[job.board] = now + self._refresh_s

    def _first(self, job: Job) -> int:
        return next((i for i, e in enumerate(self._errands) if e.job == job), -1)

    def answered(self, job: Job, now: float) -> None:
        """The board has answered: it shows the text."""
        self._places[job.board].health = Health("ok", "")
        self._went(job, now)

    def _went(self, job: Job, now: float) -> None:
        place = self._places[job.board]
        if job.number != place.number:
            return  # a newer text came meanwhile: its turn is still to come
        place.fresh, place.tries = False, 0
        place.due = now + place.beats[place.beat].seconds
        place.beat = place.beat + 1 if place.beat + 1 < len(place.beats) else place.again

    def silent(self, job: Job, now: float, why: Text | None = None) -> None:
        """No answer, or none that counts (`why`).

        One that was reachable gets two more tries; one that was not waits for the next repeat.
        """
        place = self._places[job.board]
        if job.number != place.number:
            return
        place.tries += 1
        if place.tries < TRIES and place.health.state != "unreachable":
            place.due = now
            return
        if place.health.state != "unreachable" or why:
            mute = Text(
                f"试了{TRIES}次都没有应答：请检查电源、线路和地址",
                f"no answer after {TRIES} tries; check its power, its wire and its address",
            )
            zh, en = why or mute
            place.health = Health("unreachable", f"{zh}。\n{en}")
        place.fresh, place.tries, place.due = False, 0, now + self._refresh_s
        place.rest()

    def opened(self, now: float) -> None:
        """The wire is there (again): whatever a board shows, it is told anew; a call it never showed still flashes."""
        self._open = True
        for place in self._places.values():
            place.health = UNTRIED
            if place.wanted:
                if not place.fresh:
                    place.rest()
                place.fresh, place.tries, place.due = True, 0, now
            place.light_due = now if place.light is not None else NEVER
        self._digits_due = dict.fromkeys(self._digits, now)
        for rater, word in self._asked.items():
            self._asked[rater] = ""
            self.ask(rater, word, now)

    def closed(self, why: str) -> None:
        """The wire is gone: so are its boards."""
        self._open = False
        for place in self._places.values():
            place.health = Health("unreachable", why)

    def health(self) -> dict[str, Health]:
        return {board: place.health for board, place in self._places.items()}


class Floor:
    """When the wire is free to speak on: after our own frame's time, and not into what somebody else is saying.

    Pads speak unasked on the same two strands. Whoever never stops is spoken over after a while: a wire that nobody
    may use helps nobody.
    """

    QUIET_S = 0.02
    """So long nobody has spoken: a USB adapter hands over what it hears every 16 ms."""
    ENOUGH_S = 0.3

    def __init__(self) -> None:
        self._ours_until = 0.0  # our frames are on the wire
        self._silence_until = 0.0
        self._heard = -NEVER
        self._since = 0.0

    def spoke(self, now: float, wire_s: float, gap_s: float) -> None:
        """A frame of ours went out and takes so long on the wire; then a silence, unless an answer comes before."""
        self._ours_until = max(self._ours_until, now) + wire_s
        self._silence_until = self._ours_until + gap_s

    def heard(self, now: float) -> None:
        """Somebody is speaking."""
        if now - self._heard > self.QUIET_S:
            self._since = now
        self._heard = now

    def done(self, now: float, gap_s: float) -> None:
        """What was heard was the end of an answer: nobody is in the middle of anything, and a silence begins."""
        self._heard, self._silence_until = -NEVER, max(self._ours_until, now) + gap_s

    def free_in(self, now: float) -> float:
        """Seconds until we may speak; 0 for now."""
        quiet = min(self._heard + self.QUIET_S, self._since + self.ENOUGH_S) if self._heard > -NEVER else 0.0
        return max(0.0, self._silence_until - now, quiet - now)


class Noise:
    """Bytes that nobody asked for, and that are no press.

    A little is a bad contact; a lot is a device that talks all the time.
    """

    MUCH = 100
    LEAK = 10.0
    """So many bytes a second are forgotten."""

    def __init__(self) -> None:
        self._level, self._at = 0.0, 0.0

    def heard(self, count: int, now: float) -> bool:
        """Whether it is a lot."""
        self._level = max(0.0, self._level - (now - self._at) * self.LEAK) + count
        self._at = now
        return self._level > self.MUCH


class Presses:
    """A pad repeats its frame until it hears the echo: the same frame of a device is one press until it was silent
    for half a second.

    Another key may be pressed while the first is still repeated: a busy wire echoes late.
    """

    AGAIN_S = 0.5

    def __init__(self) -> None:
        self._last: dict[tuple[int, bytes], float] = {}

    def new(self, address: int, frame: bytes, now: float) -> bool:
        self._last = {key: at for key, at in self._last.items() if now - at <= self.AGAIN_S}
        fresh = (address, frame) not in self._last
        self._last[address, frame] = now
        return fresh
