"""One's own matter as it is told outside the hall, by number and code of its receipt: how it stands, and nothing that
was written by hand.
"""

from __future__ import annotations

from typing import Any

from config import Text
from server.domain.guesses import Guesses
from server.domain.register import Record
from server.verbs import cases, records, voices
from server.verbs.hub import Hub, TooOften, Unknown
from server.views.tickets import iso
from server.views.voices import voice_view

TOLD = ("number", "name", "name_en", "state", "state_en", "lodged", "due", "late", "provisional", "answered")
"""All that is said of it; whatever else a record has stays in the hall."""
TOO_MANY = Text(
    "这个编号试错的次数太多：请一分钟后再试，码在回执上。",
    "Too many wrong codes for this number: try again in a minute; the code is on the receipt.",
)


def matter_view(hub: Hub, wrong: Guesses, minute: int, number: str, code: str) -> dict[str, Any]:
    """How the matter of a receipt stands; `answered`: its answer is to be read in the hall.

    Raises Unknown for a number and code that open nothing, TooOften once too many wrong ones were tried at one record
    in this `minute`, from wherever; the right one never is, or strangers could shut its holder out.
    """
    reader = hub.read()
    try:
        record = voices.by_number(hub, reader, number, code)
    except Unknown:
        meant = voices.meant_by_number(reader, number)
        if meant is not None:
            if wrong.too_many(str(meant), minute):
                raise TooOften(*TOO_MANY) from None
            wrong.wrong(str(meant), minute)
        raise
    told = _case(hub, record) if record.register == cases.CASE else _voice(hub, record)
    return {name: told[name] for name in TOLD}


def _case(hub: Hub, record: Record) -> dict[str, Any]:
    far = cases.progress_of(hub, record)
    return {
        "number": record.number,
        **records.definition_of(hub, record).name.json("name"),
        **far.step.json("state"),
        "lodged": iso(hub.hall, record.opened_at),
        "due": far.due.isoformat() if far.due else None,
        "late": far.late,
        "provisional": far.provisional,
        "answered": False,
    }


def _voice(hub: Hub, record: Record) -> dict[str, Any]:
    view = voice_view(hub, record)
    today = hub.day(hub.now())
    return {
        **view,
        "late": view["due"] is not None and view["due"] < today,
        "provisional": False,
        "answered": bool(view["answers"]),
    }
