"""What a hall screen shows: who is called where, how many wait, what the voice says."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from config import Hall, ScreenTable, Text
from server.domain import announcer, publication
from server.domain.position import GUIDE_DESK
from server.domain.ticket import Counter, Ticket
from server.verbs import item_lists
from server.verbs.hub import Hub
from server.views import pictures
from server.views.build import BUILD
from server.views.kiosk import hall_words, notice
from server.views.moment import moment
from server.views.tickets import iso
from server.voice import language
from server.voice.outputs import Stage

MISSED_S = 300.0
"""So long is a missed number shown with its word, …"""
MISSED_SHOWN = 2
"""… and so many of them; one that is called by sight is shown for MISSED_BY_SIGHT_S, beside them."""
MISSED_BY_SIGHT_S = 900.0

LANGUAGES = {"zh": "cmn", "en": "en"}

ANNOUNCE_S = 20.0
"""A call older than this is not spoken any more (docs/wording.md 3.3)."""


def announcement(hub: Hub, ticket: Ticket | None) -> dict[str, Any] | None:
    """What the voice says for the newest call, while it is fresh."""
    if ticket is None or ticket.state != "called" or ticket.counter not in hub.hall.counters:
        return None
    if hub.now() - (ticket.last_called_at or 0) > ANNOUNCE_S:
        return None
    call = announcer.call(hub.hall, ticket)
    return (
        {"id": f"{ticket.id}-{ticket.calls}", **{key: _said(hub, call.saying, code) for key, code in LANGUAGES.items()}}
        if call
        else None
    )


def _said(hub: Hub, saying: announcer.Saying, code: str) -> str:
    spoken = language.load(code, hub.hall.folder / hub.hall.voice.folder)
    return language.sentence(spoken, language.pieces(spoken, saying, hub.hall.voice.one))


def _row(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """A number and where it is to go; a missed one goes to the guide desk."""
    counter = hub.hall.counters.get(ticket.counter or "")
    where = counter.text if counter and ticket.state != "passed" else GUIDE_DESK
    return {
        "number": ticket.label,
        "counter": ticket.counter,
        "state": ticket.state,
        "calls": ticket.calls,
        "by_sight": ticket.by_sight,
        **where.json("counter_name"),
        "at": iso(hub.hall, ticket.last_called_at),
    }


def _rows(hub: Hub, mine: Sequence[str]) -> list[Ticket]:
    """Whom the counters hold, newest call first, then who missed theirs a moment ago: each counter once, each number
    with what it has to do. Who is done, suspended or elsewhere is gone from the list.
    """
    held = [ticket for c, ticket in moment(hub).holding.items() if c in mine]
    since = hub.now() - MISSED_BY_SIGHT_S
    missed = [t for t in hub.read().passed(moment(hub).day, since) if t.counter in mine]
    newest = [t for t in missed if (t.ended_at or 0) >= hub.now() - MISSED_S][:MISSED_SHOWN]
    shown = [t for t in missed if t.by_sight or t in newest]
    return sorted(held, key=lambda t: (t.last_called_at or 0, t.id), reverse=True) + shown


def _waits(hub: Hub, area: ScreenTable | None) -> list[dict[str, Any]]:
    """How long somebody waits who comes now: once where all stand in one line, else each line by its groups' names."""
    hall, at = hub.hall, moment(hub)
    groups = [hall.groups[g] for g in (area.groups if area else []) or hall.groups]
    lines: dict[Any, list[Text]] = {}
    told: dict[Any, dict[str, Any]] = {}
    for group in groups:
        services = [s for s in group.services if s not in hall.reserved] or list(group.services)
        key = frozenset(frozenset(mine.counter for mine in line.able.profiles) for line in at.lines_of(services))
        lines.setdefault(key, []).append(group.text)
        told[key] = at.newcomer(services)
    if len(lines) == 1:
        return [{**next(iter(told.values())), **Text("", "").json("name")}]
    named = {key: Text("、".join(t.zh for t in names), ", ".join(t.en for t in names)) for key, names in lines.items()}
    return [{**told[key], **named[key].json("name")} for key in lines]


def counter_tile(hub: Hub, counter: Counter, ticket: Ticket | None) -> dict[str, Any]:
    """A counter in the desk's and the console's lists: serving, calling, free, paused or closed."""
    table = hub.hall.counters[counter.id]
    state = (
        counter.state
        if counter.state != "open"
        else ("free" if ticket is None else "calling" if ticket.state == "called" else "serving")
    )
    return {
        "id": counter.id,
        **table.text.json("name"),
        "sign": table.sign,
        "state": state,
        "number": ticket.label if ticket else "",
    }


def screen_view(hub: Hub, stage: Stage, area: ScreenTable | None = None) -> dict[str, Any]:
    """Everything on the hall screen, or on that of one area; `groups` and `counters` for other programs' screens."""
    hall, at = hub.hall, moment(hub)
    mine = (area.counters if area else []) or list(hall.counters)
    rows, waits, on = _rows(hub, mine), _waits(hub, area), at.emergency
    lines = [hall.groups[g] for g in (area.groups if area else []) or hall.groups]
    groups = [
        {**g.text.json("name"), "waiting": sum(at.waiting.get(s, 0) for s in g.services), **at.newcomer(g.services)}
        for g in lines
    ]
    longest = max((wait["estimate_min"][1] for wait in waits if wait["estimate_min"]), default=0)
    return {
        "now": iso(hall, hub.now()),
        "hall": hall_words(hub),
        "notice": at.once("notice", lambda: notice(hub)),
        "emergency": on.text.json() if on else None,
        "calls": [_row(hub, t) for t in rows],
        "announcement": announcement(hub, rows[0] if rows else None),
        "waiting": sum(g["waiting"] for g in groups) if area and area.groups else sum(at.waiting.values()),
        "groups": groups,
        "counters": [counter_tile(hub, at.counters[c], at.holding.get(c)) for c in mine],
        "waits": waits,
        "ticker": publication.ticker(hall, item_lists.today(hub), longest),
        "pictures": pictures.names(hall, area or hall.screen),
        "speech": _speech(stage, (area.zone if area else "") or next(iter(hall.zones), "")),
        "build": f"{BUILD}-{hub.kept('plate', lambda: _plate(hub.hall))}",
    }


def _plate(hall: Hall) -> str:
    """What stands in a screen's page itself and not in its feed: another one loads the page anew."""
    made = repr(
        (
            hall.plate,
            hall.place.sign,
            hall.slips.logo,
            hall.hall.banner,
            hall.hall.banner_en,
            hall.screen,
            hall.screens,
        )
    )
    return hashlib.sha256(made.encode()).hexdigest()[:8]


def _speech(stage: Stage, zone: str) -> dict[str, Any] | None:
    spoken = stage.now().get(zone)
    return {"url": f"/api/v1/voice/{spoken.id}.wav", "seconds": spoken.seconds} if spoken else None
