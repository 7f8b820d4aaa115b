"""堵点清单: each Monday the hub puts last week's pain points on the list, and carries on those that are there already.

A finding is a record of the register `pain_point`; who owns it, until when, and how it ends is for people to say. A
word that was looked for is a private field of it: the journal, which forgets nothing, has its seal alone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from server.domain import pain_points, privacy
from server.domain.pain_points import Pain
from server.domain.register import Record
from server.domain.rules import Refused
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import records
from server.verbs.hub import Hub, apart

REGISTER = "pain_point"
AGAIN = {"found": "again", "owned": "again_owned"}
"""State -> the move by which one that is on the list is seen once more."""


def of_week(hub: Hub, reader: Reader, monday: date) -> list[Pain]:
    """The pain points of the week that begins on a Monday: of services that the catalogue has now, and of words that
    name nobody of the staff as it is now.
    """
    first, last = monday.isoformat(), (monday + timedelta(days=6)).isoformat()
    start, end = _start(hub, monday), _start(hub, monday + timedelta(days=7))
    counts = {
        "materials": reader.missing_by_service(start, end),
        "refusals": reader.refused_by_service(first, last),
        "ratings": reader.bad_by_service(first, last),
        "waits": reader.long_waits_by_service(first, last, pain_points.LONG_WAIT_S),
        "complaints": reader.opened_by_service("complaint", start, end),
        "unsolved": reader.opened_by_service("unsolved", start, end),
    }
    known = {*hub.hall.services, ""}
    offered = {
        category: {service: n for service, n in found.items() if service in known} for category, found in counts.items()
    }
    return pain_points.found(
        offered, [one for one in reader.unfound_between(first, last) if names_nobody(reader, one[0])]
    )


def names_nobody(reader: Reader, word: str) -> bool:
    """Whether a word may be written down: no name of the staff, no number of a person."""
    try:
        privacy.check_text(word, lambda: reader.names().values())
    except Refused:
        return False
    return True


def _start(hub: Hub, day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=hub.hall.zone).timestamp()


def find(hub: Hub) -> int:
    """Last week's pain points that are not on the list yet, each in a turn of its own; how many. The same once more
    changes nothing, and what an interruption kept from the list comes onto it the next time.
    """
    monday, _ = pain_points.last_week(date.fromisoformat(hub.day(hub.now())))
    if REGISTER not in records.registers(hub).current:
        return 0
    reader, week, done = hub.read(), monday.isoformat(), 0
    standing = {subject(hub, one): one for one in reader.records_open(REGISTER)}
    closed = reader.records_closed_since(REGISTER, _start(hub, monday + timedelta(days=7)))
    told = {subject(hub, one) for one in [*standing.values(), *closed] if str(one.values.get("week", "")) >= week}
    for pain in of_week(hub, reader, monday):
        # where a word of this week was erased nobody can say which it was, so no other is put in its place
        if told & {pain.subject, (pain.category, pain.service, "")}:
            continue
        with apart(f"a pain point ({pain.category} {pain.service})"):
            known = standing.get(pain.subject)
            hub.turn(partial(_list, hub, pain, week, known.id if known else None))
            done += 1
    return done


def subject(hub: Hub, record: Record) -> tuple[str, str, str]:
    """What a record of the list is about, as `Pain.subject` says it."""
    values = record.values
    return str(values.get("category", "")), str(values.get("service", "")), word(hub, record)


def word(hub: Hub, record: Record) -> str:
    """The word that was looked for; empty for a record of none, and once it is erased."""
    return records.private_values(hub, record).get("word", "") if "word" in record.given else ""


def _list(hub: Hub, pain: Pain, week: str, standing: int | None, turn: Turn) -> None:
    seen: dict[str, Any] = {"week": week, "count": pain.count}
    known = turn.record_by_id(standing) if standing is not None else None
    if known and known.state in AGAIN:
        seen["weeks"] = int(known.values.get("weeks", 1)) + 1
        records.move_in(hub, turn, records.BY_ITSELF, known, AGAIN[known.state], seen, {})
        return
    told = {"category": pain.category, "weeks": 1, **({"service": pain.service} if pain.service else {}), **seen}
    made = records.definition(hub, REGISTER)
    wish = records.split(made, {**told, **({"word": pain.word} if pain.word else {})})
    records.open_in(hub, turn, records.BY_ITSELF, made, [("find", wish)])
