"""What a person typed may stand in the chain, which forgets nothing: never a name of the staff, never a number of a
visitor. Pure; `Turn.record` asks before each row.

Staff stand in the journal by number. Their names are in the table `staff` beside it, where they can be changed and
taken away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from config import Text
from server.domain.events import Event
from server.domain.rules import Refused
from server.domain.slip_facts import impersonal

TYPED: Mapping[str, tuple[str, ...]] = {
    "Issued": ("appointment",),
    "Transferred": ("reason",),
    "Raised": ("reason",),
    "NoticeIssued": ("missing", "reason"),
    "CounterPaused": ("reason",),
    "CounterBound": ("reason",),
    "CounterUnbound": ("reason",),
    "HelpAsked": ("text",),
    "FirstContactNoted": ("matter", "led_to"),
    "FirstContactClosed": ("note",),
    "VisitsImported": ("source",),
    "ImportWithdrawn": ("reason",),
    "BookingsTaken": ("source",),
    "BookingsWithdrawn": ("reason",),
    "SlotCancelled": ("reason",),
    "ReportMade": ("reason",),
    "PostSet": ("name_", "name_en", "reason"),
    "PostEnded": ("reason",),
    "SubstitutionBegan": ("reason",),
    "SubstitutionApproved": ("note",),
    "SubstitutionRefused": ("note",),
    "RosterSet": ("reason",),
    "RegulationIssued": ("zh", "en"),
    "HalfDaysSet": ("reason",),
    "PunchCorrected": ("reason",),
    "HalfDayFound": ("reason",),
    "LeaveBooked": ("reason",),
    "SkillsSet": ("reason",),
    "CounterTakenOver": ("reason",),
    "RecordOpened": ("values",),
    "RecordMoved": ("values",),
    "RecordCorrected": ("old", "new", "reason"),
    "ConfigChanged": ("why",),
}
"""Event -> its fields that somebody typed, or that a file of another system brought. Not `Imported`: a file has a
hundred thousand of them, and `server/verbs/visits.py` looks once at what they name.
"""

SEALS = ("old", "new")
"""Fields that hold seals where the event is `sealed`: of 64 such signs one in fifty looks like a mobile number."""

PUBLIC: Mapping[str, tuple[str, ...]] = {
    "ServiceClosed": ("message", "message_en"),
    "HallClosed": ("message", "message_en"),
    "ConfigChanged": ("changes",),
    "CircularAnswered": ("reasons",),
}
"""Event -> what is told to everybody: a telephone number to ask may stand there, a name of the staff may not."""

TYPED_FACTS = ("matter", "target", "reason", "reasons", "note", "case")
"""Facts of a slip (`PrintQueued.facts`) that somebody typed; the rest comes from the catalogue. Their numbers of
visitors are looked for in `slip_facts.checked`.
"""

NO_PERSON = re.compile("窗口|岗|导办|导服|导引|咨询|管理|监督|值班|系统|测试|人员|员工|助理|服务|大厅")
"""A name with one of these is that of a post or a program, and stands in every second reason."""


def check(event: Event, names: Callable[[], Iterable[str]]) -> None:
    """Refused for an event whose typed texts name a member of staff, or hold an identity or mobile number.

    `names` gives the names of all accounts; asked only where there is a text.
    """
    seals = SEALS if getattr(event, "sealed", False) is True else ()
    typed = list(_texts(event, tuple(one for one in TYPED.get(event.name, ()) if one not in seals)))
    public = list(_texts(event, PUBLIC.get(event.name, ())))
    facts = getattr(event, "facts", {})
    slip = [part for name in TYPED_FACTS if name in facts for part in _parts(facts[name])] if facts else []
    for text in typed:
        impersonal(text)
    if named := named_in([*typed, *public, *slip], names) if typed or public or slip else None:
        raise Refused(*_sentence(named))


def check_text(text: str, names: Callable[[], Iterable[str]]) -> None:
    """The same for a text that is kept beside the chain."""
    impersonal(text)
    if named := named_in([text], names):
        raise Refused(
            f"内容里有工作人员姓名“{named}”：请改写工号或窗口。",
            f"It names a member of staff, “{named}”: write the staff number or the counter.",
        )


def named_in(texts: Iterable[str], names: Callable[[], Iterable[str]]) -> str | None:
    """The first of some names that stands in one of some texts: a Chinese one with or without spaces inside, any other
    one as a word of its own.
    """
    plain = [unicodedata.normalize("NFKC", text).casefold() for text in texts]
    closed_up = ["".join(text.split()) for text in plain]
    for name in names():
        if not (wanted := _wanted(name)):
            continue
        if wanted.isascii():
            found = any(re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", text) for text in plain)
        else:
            found = any("".join(wanted.split()) in text for text in closed_up)
        if found:
            return name
    return None


@lru_cache(512)
def _wanted(name: str) -> str:
    """How a name is looked for; empty for what is no person's."""
    wanted = unicodedata.normalize("NFKC", name).casefold().strip()
    return "" if len(wanted) < 2 or wanted.isdigit() or NO_PERSON.search(wanted) else wanted


def _texts(event: Event, fields: tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        yield from _parts(getattr(event, field))


def _parts(value: object) -> Iterator[str]:
    """The texts of a field: itself, or each of its parts, however deep; an empty one is none."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _parts(part)
    elif isinstance(value, str) and value:
        yield value


def _sentence(name: str) -> Text:
    return Text(
        f"内容里有工作人员姓名“{name}”：请改写工号，记录里只留工号。",
        f"It names a member of staff, “{name}”: write the staff number, the record keeps numbers alone.",
    )
