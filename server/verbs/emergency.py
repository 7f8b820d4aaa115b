"""安全疏散: one text over everything on hall screens, boards, kiosks and voices until somebody ends it.

The texts are [voice] emergencies.

Queues and counters go on untouched: who stops working, and when, is for people to say.
"""

from __future__ import annotations

from typing import NamedTuple

from config import Text
from server.domain import events as ev
from server.domain.rules import Refused
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import By, Hub


class Emergency(NamedTuple):
    """What takes the place of everything: the text's number in config.toml and its words then, since when, by whom,
    and its journal row.
    """

    seq: int
    at: float
    actor: str
    number: int
    text: Text


def now(reader: Reader) -> Emergency | None:
    """What is on now; None as a rule."""
    row = reader.emergency()
    event = row.happened() if row else None
    return (
        Emergency(row.seq, row.at, row.actor, event.number, Text(event.zh, event.en))
        if row and isinstance(event, ev.EmergencyBegan)
        else None
    )


def begin(hub: Hub, by: By, number: int) -> None:
    """Text `number` of [voice] emergencies, from 1, takes the place of everything, of another one too; the same again
    changes nothing.
    """
    texts = hub.hall.voice.emergencies
    if not 1 <= number <= len(texts):
        raise Refused("请选择要播出的话。", "Choose the text that is shown and said.")
    zh, en = texts[number - 1]

    def decide(turn: Turn) -> None:
        on = now(turn)
        if on is None or on.text != (zh, en):
            turn.record(ev.EmergencyBegan(number=number, zh=zh, en=en), by.actor)

    hub.act(by, decide, "emergency", number)


def end(hub: Hub, by: By) -> None:
    """All is as before; again changes nothing. Calls made meanwhile that are stale by now are not said."""

    def decide(turn: Turn) -> None:
        if now(turn):
            turn.record(ev.EmergencyEnded(), by.actor)

    hub.act(by, decide, "end emergency")
