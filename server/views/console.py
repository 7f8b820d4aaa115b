"""What the console of a counter shows: the number there, who waits, which keys may be pressed now and why the others
may not.

Reads and arranges. Whether a key may be pressed is server/domain/rules.py's word, asked here so that the page need not
know any rule; the hub asks it again when the key is pressed. Times are instants, so that the page counts by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from config import Hall, Text
from server.domain import agenda as agendas
from server.domain import events as ev
from server.domain import order, position, rules, slots, target, timeline, vocabulary
from server.domain.messages import NOBODY
from server.domain.position import group_of
from server.domain.rules import Refused
from server.domain.ticket import Counter, Ticket
from server.domain.vocabulary import reason_text
from server.store.queries.line import CallableNow
from server.store.reader import Reader
from server.verbs import cases, pads, ratings, records, tickets
from server.verbs.agendas import services
from server.verbs.hub import Hub, known_ticket
from server.verbs.papers import notices_in
from server.verbs.people import standing_in
from server.views import papers
from server.views.agendas import at_counter, choices
from server.views.kiosk import hall_words, notice
from server.views.messages import messages_view
from server.views.moment import moment
from server.views.screen import counter_tile
from server.views.tickets import iso, service_names

NEXT_SHOWN = 8
NEXT_MORE = 20
"""So many more at a time: the list is not sent with every key."""
FINISHED_SHOWN = 10
PAD_SHOWN_S = 300.0
LINES = 500
"""So many numbers are kept as consoles list them: most of those who wait are the same after a key as before it."""

AT_COUNTER = ("recall", "start", "finish", "pass", "transfer", "suspend")
"""Keys about the number at the counter; verbs of server/domain/rules.py."""


def today(hub: Hub) -> str:
    return hub.day(hub.now())


def console_view(hub: Hub, counter_id: str, role: str, *, sits_there: bool = True) -> dict[str, Any]:
    """Everything on a counter's console, for a member of staff of that role. Who does not sit there reads no messages
    but those to all.
    """
    hall, reader, now, at = hub.hall, hub.read(), hub.now(), moment(hub)
    counter, ticket = reader.counter(counter_id), reader.at_counter(counter_id)
    mine, waiting = order.profile(hall, counter), callable_here(hub, reader, counter)
    finished = reader.finished_at(counter_id, at.day, now - 86400, FINISHED_SHOWN)
    undo, newest = undo_view(hub, reader, counter), ratings.newest_round(hub, reader, counter_id)
    refusals = refused_keys(hall, counter, ticket, role, undo) | {
        "rate": _refusal(lambda: ratings.may_invite(hub, reader, counter_id, newest))
    }
    return {
        "now": instant(hall, now),
        "hall": hall_words(hub),
        "notice": at.once("notice", lambda: notice(hub)),
        "counter": {
            **counter_tile(hub, counter, ticket),
            "open": counter.state,
            "staff": counter.staff,
            "staff_name": at.names.get(counter.staff or "", counter.staff or ""),
            "reason": reason_text(counter.reason, hall.console.pause_reasons).json(),
            "since": iso(hall, counter.since),
            "help_at": iso(hall, counter.help_at),
            "standing_in": standing_in(reader, counter_id),
        },
        "ticket": _at_counter(hub, reader, ticket) if ticket else None,
        "allowed": [key for key, why in refusals.items() if why is None],
        "refusals": {key: why for key, why in refusals.items() if why},
        "primary": rules.primary(counter, ticket),
        "picks": role in (*hall.console.call_roles, "administrator"),
        "locks": locks(hub, reader, counter, ticket),
        "undo": undo,
        "pad": _pad(hub, reader, counter_id),
        "unrated": ratings.unrated(reader, newest),
        "waiting": waiting.people,
        "hall_waiting": sum(at.waiting.values()),
        "longest": iso(hall, waiting.since),
        "pledge_min": hall.hall.wait_pledge_min,
        "next": [at.once(("line", t.id), partial(line, hub, t)) for t in waiting.first],
        "passed": [line(hub, t) for t in _passed(hub, reader, mine)],
        "suspended": [line(hub, t) for t in _suspended(hub, reader, counter_id)],
        "finished_today": reader.finished_count(counter_id, at.day),
        "finished": [_finished(hub, reader, *one) for one in finished],
        **hub.kept("console", lambda: _words(hub)),
        "papers": papers.at_counter(hub, reader, counter_id),
        "messages": messages_view(hub, target.counter(counter_id) if sits_there else NOBODY),
        "services": _services(hub, frozenset(at.closures)),
        "counters": [one for one in at.once("at work", lambda: _at_work(hub)) if one["id"] != counter_id],
    }


def _at_work(hub: Hub) -> list[dict[str, Any]]:
    """The counters that are not closed, whom a number may be moved to."""
    at, named = moment(hub), hub.kept("counters' names", lambda: _named(hub.hall))
    return [
        {
            **named[c],
            "state": one.state,
            "staff": one.staff,
            "staff_name": at.names.get(one.staff or "", one.staff or ""),
        }
        for c, one in at.counters.items()
        if one.state != "closed"
    ]


def _named(hall: Hall) -> dict[str, dict[str, str]]:
    return {c: {"id": c, **table.text.json("name")} for c, table in hall.counters.items()}


def _words(hub: Hub) -> dict[str, Any]:
    """What a console may choose from: the hall's file and its registers, and nothing that changes."""
    hall, case = hub.hall, records.definition(hub, cases.CASE)
    return {
        "outcomes": [text.json() for text in vocabulary.OUTCOMES.values()],
        "suspensions": [
            {"kind": kind, **text.json(), "hint": timeline.KEPT_WHERE[kind].zh}
            for kind, text in vocabulary.SUSPENSIONS.items()
        ],
        "pause_reasons": pairs(hall.console.pause_reasons),
        "transfer_reasons": pairs(hall.console.transfer_reasons),
        "raise_reasons": pairs(hall.console.raise_reasons),
        "refusal_reasons": pairs(hall.console.refusal_reasons),
        "pickup_bring": pairs(hall.console.pickup_bring),
        "bookable": sorted({code for plan in hall.slots for code in slots.booked_services(hall, plan)}),
        "classes": [{"id": c, **t.text.json("name")} for c, t in hall.classes.items()],
        "packages": choices(hall),
        "case_choices": {
            name: [{"value": value, **said.json()} for value, said in case.fields[name].choices.items()]
            for name in ("applicant", "no_platform", "delivery")
        },
    }


def instant(hall: Hall, at: float | None) -> str | None:
    """As `iso`, to the millisecond: what a page counts down to."""
    return None if at is None else datetime.fromtimestamp(at, hall.zone).isoformat(timespec="milliseconds")


def pairs(choices: list[Text]) -> list[dict[str, str]]:
    return [text.json() for text in choices]


def _pad(hub: Hub, reader: Reader, counter_id: str) -> dict[str, Any] | None:
    """What a call pad did here last, or why it did not."""
    row = (
        reader.newest_at(counter_id, "PadPressed", hub.now() - PAD_SHOWN_S)
        if pads.at_counter(hub.hall, counter_id)
        else None
    )
    event = row.happened() if row else None
    if row is None or not isinstance(event, ev.PadPressed):
        return None
    return {"pad": event.pad, "at": iso(hub.hall, row.at), "done": event.done, **Text(event.zh, event.en).json()}


# --- tickets --------------------------------------------------------------------------------------


def line(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """A number as the console lists it; the class and the item, never a person. Whoever gets it does not change it."""
    return _line(hub.hall, ticket)


@lru_cache(LINES)
def _line(hall: Hall, ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "number": ticket.label,
        "state": ticket.state,
        "service": service_names(hall, ticket.service),
        "class": ticket.klass,
        **hall.class_name(ticket.klass).json("class_name"),
        **vocabulary.text(vocabulary.PARTIES, ticket.party).json("party"),
        **vocabulary.text(vocabulary.GROUNDS_SAID, ticket.ground).json("ground"),
        "issued_at": iso(hall, ticket.issued_at),
        "waiting_since": iso(hall, ticket.entered_at),
        "ended_at": iso(hall, ticket.ended_at),
        "slot": iso(hall, ticket.slot),
        "counter": ticket.counter,
        "target": ticket.target,
        "raised": bool(ticket.raised),
        "suspended": ticket.suspended,
        "suspended_at": iso(hall, ticket.suspended_at),
        "allowed": rules.allowed(ticket),
        "language": ticket.language,
        "large_print": ticket.large_print,
    }


def _at_counter(hub: Hub, reader: Reader, ticket: Ticket) -> dict[str, Any]:
    """The number at the counter, with its item's standard and materials, why it was next, and its life so far."""
    at = moment(hub)
    hall, service, rows = hub.hall, hub.hall.services.get(ticket.service), at.life(ticket.id)
    agenda = reader.agenda(ticket.id)
    papers = agendas.papers(services(hall, agenda.services)) if agenda else []
    called = next((row.happened() for row in reversed(rows) if row.event == "Called"), None)
    names = at.names
    return line(hub, ticket) | {
        "standard_min": service.standard_min if service else None,
        "materials": [one.name for one in papers] or (list(service.materials) if service else []),
        "may_follow": [one.name for one in papers if one.later]
        if agenda
        else list(service.may_follow)
        if service
        else [],
        "called_at": iso(hall, ticket.last_called_at),
        "started_at": iso(hall, ticket.started_at),
        "calls": ticket.calls,
        "waited_s": round(max(0.0, (ticket.called_at or ticket.entered_at) - ticket.issued_at)),
        "work_since": None if ticket.started_at is None else instant(hall, ticket.started_at + ticket.away_s),
        "served_s": ticket.served_s,
        "coming": rules.coming(ticket, rows),
        "by_sight": ticket.by_sight,
        "asked_after": rules.asked_after(ticket, hub.now(), hall.console.ask_after_min),
        "why": getattr(called, "why", ""),
        "why_en": getattr(called, "why_en", ""),
        "notices": [
            {"service": one.service, "missing": list(one.missing), "told": one.told} for one in notices_in(rows)
        ],
        "promise": service.promise if service else "",
        "case": ticket.appointment if ticket.appointment and cases.numbered(reader, ticket.appointment) else "",
        "pretrial": _pretrial(reader, ticket.appointment),
        "agenda": at_counter(hub, reader.counter(ticket.counter or ""), ticket, agenda),
        "life": [
            {**told, "at": iso(hall, told["at"])}
            for told in timeline.lines(hall, records.told_of(hub, None, rows), names)
        ],
    }


def _pretrial(reader: Reader, code: str) -> dict[str, Any] | None:
    """The 预审号 that a number was checked in with, how the pre-check ended, and its case on the platform."""
    known = reader.pretrial(code) if code else None
    if known is None:
        return None
    return {"code": known.code, "status": known.status, **known.text.json(), "platform": known.platform}


def _finished(hub: Hub, reader: Reader, ticket_id: int, ended_at: float) -> dict[str, Any]:
    """A number that was finished; it stays as it is until the finish is undone."""
    found: dict[str, Any] = hub.latest(
        ("finished", ticket_id, ended_at), lambda: _finished_line(hub, known_ticket(reader, ticket_id))
    )
    return found


def _finished_line(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    service = hub.hall.services.get(ticket.service)
    return line(hub, ticket) | {
        "materials": list(service.materials) if service else [],
        "may_follow": list(service.may_follow) if service else [],
        "promise": service.promise if service else "",
        "outcome": vocabulary.text(vocabulary.OUTCOMES, ticket.outcome or "").json(),
        "items": [service_names(hub.hall, code) for code in ticket.items],
    }


def callable_here(hub: Hub, reader: Reader, counter: Counter) -> CallableNow:
    """Whom this counter may call now, in the order in which it would: its own rank, with what it prefers, and whom it
    helps.

    A forecast: every call is decided anew, by then others may have come or been called elsewhere. Appointments before
    their slot are not in it, nor who was transferred to somebody else.
    """
    at, mine = moment(hub), order.profile(hub.hall, counter)
    kind = order.kind(mine, at.targets)
    rule = order.head_starts(hub.hall), hub.now(), position.early_s(hub.hall)
    found: CallableNow = at.once(("callable", kind), lambda: reader.callable_by(kind, *rule, NEXT_SHOWN))
    return found


def waiting_page(hub: Hub, counter_id: str, after: int) -> dict[str, Any]:
    """Those who wait for a counter, the next after the first `after` of them in its own order: what 更多 shows."""
    reader = hub.read()
    mine = order.kind(order.profile(hub.hall, reader.counter(counter_id)), moment(hub).targets)
    rule = order.head_starts(hub.hall), hub.now(), position.early_s(hub.hall)
    found = reader.callable_by(mine, *rule, after + NEXT_MORE)
    return {"waiting": found.people, "after": after, "next": [line(hub, t) for t in found.first[after:]]}


def _passed(hub: Hub, reader: Reader, mine: order.Profile) -> list[Ticket]:
    """The three newest that may still come back here: one tap away."""
    settings = hub.hall.tickets
    at = moment(hub)
    recent = at.once("passed", lambda: reader.passed(at.day, at.now - settings.lapse_min * 60))
    return [t for t in recent if t.passes < settings.max_passes and (mine.own(t.service) or t.counter == mine.counter)][
        :3
    ]


def _suspended(hub: Hub, reader: Reader, counter_id: str) -> list[Ticket]:
    """This counter's own, then those that any counter may go on with."""
    able = [
        t for t in moment(hub).once("suspended", reader.suspended) if t.counter == counter_id or t.suspended == "away"
    ]
    return sorted(able, key=lambda t: t.counter != counter_id)


def _services(hub: Hub, closed: frozenset[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.kept(("services", closed), lambda: _made_services(hub, closed))
    return found


def _made_services(hub: Hub, closed: frozenset[str]) -> list[dict[str, Any]]:
    found = []
    for code in hub.hall.services:
        found.append(
            {
                **service_names(hub.hall, code),
                **group_of(hub.hall, code).json("group"),
                "closed": code in closed or "" in closed,
            }
        )
    return found


# --- keys -----------------------------------------------------------------------------------------


def refused_keys(
    hall: Hall, counter: Counter, ticket: Ticket | None, role: str, undo: dict[str, Any] | None
) -> dict[str, dict[str, str] | None]:
    """Each key by its verb of the API, and the sentence it would be refused with; None when it may be pressed."""
    calls = _refusal(lambda: rules.may_call(counter, ticket, hall.counter_name))
    nobody = _refusal(lambda: rules.at_counter(counter, ticket, hall.counter_name))
    about = partial(_about, ticket, nobody)
    return {
        "call-next": calls,
        "call": calls,
        "resume-ticket": calls,
        "pause": _refusal(lambda: rules.may_call(counter, None, hall.counter_name)),
        "resume": _unless(counter.state == "paused", "窗口没有暂停。", "The counter is not paused."),
        "help": _unless(counter.help_at is None, "已经求助，请稍候。", "Help was called already: wait a moment."),
        "panic": None,
        "help-answered": _unless(counter.help_at is not None, "没有待答复的求助。", "No call for help is open."),
        "undo": _unless(
            undo is not None,
            f"{hall.console.undo_s}秒内没有可以撤销的操作。",
            f"Nothing to undo in the last {hall.console.undo_s} s.",
        ),
        "raise": _refusal(lambda: rules.may_raise(role, hall.console.raise_roles)),
        "notice": about(lambda held: rules.held(held, counter.id, hall.counter_name)),
        "take-back": None,
        "leave": None,
        "reprint": None,
        "tickets": None,
        "slips": None,
        **{key: about(partial(_may, key)) for key in AT_COUNTER},
    }


def _about(
    ticket: Ticket | None, nobody: dict[str, str] | None, check: Callable[[Ticket], object]
) -> dict[str, str] | None:
    """Why something about the number at the counter is refused; `nobody`: why all of it is."""
    return nobody if ticket is None else _refusal(lambda: check(ticket))


def _may(verb: str, ticket: Ticket) -> None:
    rules.check(ticket, verb)


def _unless(fact: bool, zh: str, en: str) -> dict[str, str] | None:
    return None if fact else Text(zh, en).json()


def _refusal(check: Callable[[], object]) -> dict[str, str] | None:
    try:
        check()
    except Refused as refused:
        return refused.text.json()
    return None


def locks(hub: Hub, reader: Reader, counter: Counter, ticket: Ticket | None) -> dict[str, str | None]:
    """Until when a key waits after a call, by its verb; only those that still do."""
    settings, now = hub.hall.console, hub.now()
    ends: dict[str, float] = {}
    if ticket and ticket.state == "called" and ticket.last_called_at is not None:
        ends = {
            "finish": ticket.last_called_at + settings.call_lock_s,
            "pass": ticket.last_called_at + settings.call_lock_s,
            "recall": ticket.last_called_at + settings.recall_interval_s,
        }
    if called := reader.called_at(counter.id, now - settings.next_interval_s):
        ends["call-next"] = called + settings.next_interval_s
    return {key: instant(hub.hall, end) for key, end in ends.items() if end > now}


def undo_view(hub: Hub, reader: Reader, counter: Counter) -> dict[str, Any] | None:
    """What 撤销 would take back and until when: the newest step of whoever sits at the counter."""
    found = tickets.last_step(hub, reader, counter.staff or "", hub.now(), moment(hub).life)
    if found is None:
        return None
    step, ticket = found
    zh, en = next((zh, en) for zh, en, event in rules.VERBS.values() if event == step.event)
    return {
        "id": ticket.id,
        "number": ticket.label,
        "step": step.event,
        **Text(
            f"{zh} {ticket.label}", en.replace("it", ticket.label, 1) if " it" in en else f"{en} {ticket.label}"
        ).json(),
        "until": instant(hub.hall, step.at + hub.hall.console.undo_s),
    }
