"""The conversation with a card reader, one step at a time. Pure: (where we are, what it answered) -> what next.

Find, select, read; then the card must be lifted before another one counts. A card that was read answers no `find` until
it is lifted, on other readers it goes on answering: both are told apart from a new card by two finds without one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from config import Text
from kiosk.readers import sdt

LIFTED = 2
"""So many finds in a row without a card mean that it was lifted."""
SILENT = 3
"""So many commands in a row without an answer mean that nobody is there."""


@dataclass(frozen=True)
class Turn:
    """`doing`: the command that was sent last.

    `lift`: a card must go before the next is looked for; `told`: its person knows.
    """

    doing: Literal["find", "select", "read"] = "find"
    lift: bool = False
    told: bool = True
    empty: int = 0
    silent: int = 0

    @property
    def command(self) -> bytes:
        return {"find": sdt.FIND, "select": sdt.SELECT, "read": sdt.READ}[self.doing]


@dataclass(frozen=True)
class Read:
    """A card was read."""

    card: sdt.Card


@dataclass(frozen=True)
class Failed:
    """A card, or the reader itself, failed: the sentence for the person."""

    text: Text


def heard(turn: Turn, answer: sdt.Answer | None) -> tuple[Turn, Read | Failed | None]:
    """What follows from an answer, or from none (None)."""
    if answer is None:
        said = Failed(sdt.NO_READER) if turn.silent + 1 == SILENT else None
        return replace(turn, doing="find", silent=turn.silent + 1), said
    turn = replace(turn, silent=0)
    if turn.doing == "find":
        return _found(turn, answer)
    if turn.doing == "select" and answer.sw == sdt.OK:
        return replace(turn, doing="read"), None
    if turn.doing == "read" and answer.sw == sdt.OK:
        try:
            return Turn(lift=True), Read(sdt.card(answer.data))
        except sdt.NoNumber as nothing:
            return Turn(lift=True), Failed(nothing.text)
    return Turn(lift=True), Failed(sdt.sentence(answer.sw))


def _found(turn: Turn, answer: sdt.Answer) -> tuple[Turn, Failed | None]:
    if answer.sw == sdt.UNLICENSED:
        return turn, Failed(sdt.NO_READER)
    if answer.sw != sdt.FOUND:
        empty = turn.empty + 1 if answer.sw == sdt.NO_CARD else 0
        return replace(turn, empty=empty, lift=turn.lift and empty < LIFTED), None
    if turn.lift:
        return replace(turn, empty=0, told=True), None if turn.told else Failed(sdt.TRY_AGAIN)
    return replace(turn, doing="select", empty=0), None
