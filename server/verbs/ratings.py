"""评价 as verbs of the hall: invite a visitor, take a rating, fill the gaps after some days. Each is one durable turn.

What may be rated is server/domain/rating.py's word. A rater's prompt is the newest invitation at its counter while it
is fresh and unanswered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from server.domain import enrolment, rating
from server.domain import events as ev
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import By, Hub, Unknown, known_counter, known_ticket

INVITE_S = 600.0
"""So long after 办结 the visitor may still be asked."""
BACK_DAYS = 31
"""A hub that was off for longer leaves the older rounds unrated: nobody could have rated them."""
BATCH = 200
"""Default ratings in one turn: a call waits for no more than these."""


class Question(NamedTuple):
    """What a counter's visitor is asked now: `ticket.leg.row`, and until when (epoch seconds)."""

    prompt: str
    until: float


def counters_with_rater(hub: Hub) -> set[str]:
    """Where a visitor can be asked: by a rater of the hall's file, or a tablet that has enrolled itself."""
    tablets = {
        row["place"]
        for row in hub.read().devices()
        if enrolment.numbered(row["name"]) == "tablet" and not row["ended_at"] and not row["locked_at"]
    }
    return {table.counter for table in hub.hall.raters.values()} | tablets


def round_here(hub: Hub, reader: Reader, counter_id: str, within_s: float) -> Ticket | None:
    """Whose round a visitor or the staff at a counter can mean now."""
    return rating.round_at(reader.at_counter(counter_id), _last_finished(hub, reader, counter_id), hub.now(), within_s)


def _last_finished(hub: Hub, reader: Reader, counter_id: str) -> Ticket | None:
    row = reader.newest_at(counter_id, "Finished", hub.now() - INVITE_S)
    return reader.ticket(row.ticket) if row and row.ticket else None


def invite(hub: Hub, by: By, counter_id: str) -> Ticket:
    """评价: let the rater at this counter ask whoever is served there, or was finished a moment ago."""
    known_counter(hub, counter_id)

    def decide(turn: Turn) -> Ticket:
        event = may_invite(hub, turn, counter_id, newest_round(hub, turn, counter_id))
        turn.record(event, by.actor)
        return known_ticket(turn, event.ticket)

    return hub.about(by, decide, "invite", counter_id)


def newest_round(hub: Hub, reader: Reader, counter_id: str) -> Ticket | None:
    """The number finished at a counter a moment ago; of one without a rater nobody asks."""
    return _last_finished(hub, reader, counter_id) if counter_id in counters_with_rater(hub) else None


def may_invite(hub: Hub, reader: Reader, counter_id: str, newest: Ticket | None) -> ev.RatingInvited:
    """The invitation that 评价 would be now; `newest` as `newest_round` has it. Raises Refused."""
    ticket = rating.round_at(reader.at_counter(counter_id), newest, hub.now(), INVITE_S)
    rated = reader.rating(ticket.id, ticket.legs) if ticket else None
    return rating.invite(ticket, counter_id, rated, counters_with_rater(hub), hub.hall.counter_name)


def unrated(reader: Reader, newest: Ticket | None) -> str:
    """上个号未评价: the number finished a moment ago (`newest_round`) that was not rated; a word and no obstacle.

    Empty for none.
    """
    there = newest is not None and newest.state == "finished" and reader.rating(newest.id, newest.legs) is None
    return newest.label if newest and there else ""


def invite_after_finish(hub: Hub, by: By, counter_id: str) -> None:
    """By [ratings].invite = "finish" a visitor is asked after every 办结; that nobody can be asked is no mistake of
    anybody's.
    """
    if hub.hall.ratings.invite == "finish" and counter_id in counters_with_rater(hub):
        try:
            invite(hub, by._replace(key=f"{by.key} invite"), counter_id)
        except Refused:
            return


def asking(hub: Hub, reader: Reader, counter_id: str) -> str:
    """What the rater of a counter asks about now, `ticket.leg.row`; empty for nothing. A new word is a new prompt."""
    found = question(hub, reader, counter_id)
    return found.prompt if found else ""


def question(hub: Hub, reader: Reader, counter_id: str) -> Question | None:
    """The newest invitation of a counter while it is fresh and unanswered."""
    row = reader.newest_at(counter_id, "RatingInvited", hub.now() - hub.hall.ratings.timeout_s)
    if row is None or row.ticket is None:
        return None
    leg = int(getattr(row.happened(), "leg", 0))
    given = reader.rating(row.ticket, leg)
    if given and not given.is_default:
        return None
    return Question(f"{row.ticket}.{leg}.{row.seq}", row.at + hub.hall.ratings.timeout_s)


def answer(hub: Hub, by: By, counter_id: str, prompt: str, level: int, options: Sequence[str] = ()) -> rating.Rating:
    """A visitor's word on the tablet at a counter, to the question that it showed. Raises Refused: one that is over, or
    was answered, and an option of another level.
    """
    known_counter(hub, counter_id)

    def decide(turn: Turn) -> int:
        ticket = _asked(hub, turn, counter_id) if asking(hub, turn, counter_id) == prompt else None
        rated = turn.rating(ticket.id, ticket.legs) if ticket else None
        event = rating.rate(ticket, rated, level, counter_id, options=options)
        turn.record(event, by.actor)
        return event.ticket or 0

    def given(turn: Turn, ticket: int) -> rating.Rating:
        found = turn.rating(ticket, known_ticket(turn, ticket).legs)
        assert found is not None
        return found

    return hub.once(by, decide, given, "rate", counter_id, prompt, level, list(options))


def rate(hub: Hub, rater_id: str, score: str, *, key: str | None = None) -> rating.Rating:
    """A key of a rater, as its byte in hex.

    Raises Refused when nobody at its counter can be meant, or the key means nothing.
    """
    table = hub.hall.raters.get(rater_id)
    if table is None:
        raise Unknown(f"没有评价器“{rater_id}”。", f"There is no rater '{rater_id}' in config.toml.")
    level = table.levels.get(score)
    if level is None:
        raise Refused(
            f"评价器{rater_id}的按键{score}没有设置等级。",
            f"Key {score} of rater {rater_id} has no level: add it to its levels in config.toml.",
        )

    def decide(turn: Turn) -> int:
        ticket = _asked(hub, turn, table.counter) or round_here(hub, turn, table.counter, hub.hall.ratings.timeout_s)
        rated = turn.rating(ticket.id, ticket.legs) if ticket else None
        event = rating.rate(ticket, rated, level, table.counter)
        turn.record(event, f"rater {rater_id}")
        return event.ticket or 0

    def answer(turn: Turn, ticket: int) -> rating.Rating:
        given = turn.rating(ticket, known_ticket(turn, ticket).legs)
        assert given is not None
        return given

    return hub.once(By(f"rater {rater_id}", key), decide, answer, "rate", score)


def _asked(hub: Hub, reader: Reader, counter_id: str) -> Ticket | None:
    """Whom the rater asks now, if that round is still the ticket's newest."""
    ticket_id, _, leg = asking(hub, reader, counter_id).rpartition(".")[0].partition(".")
    ticket = reader.ticket(int(ticket_id)) if ticket_id else None
    return ticket if ticket and str(ticket.legs) == leg else None


def give_defaults(hub: Hub) -> int:
    """满意 by default for rounds that nobody has rated in [ratings].default_after_days; how many.

    Called often: it does a batch at a time.
    """
    days = hub.hall.ratings.default_after_days
    if not days or not hub.certain:
        return 0
    last = date.fromisoformat(hub.day(hub.now())) - timedelta(days=days)
    span = ((last - timedelta(days=BACK_DAYS)).isoformat(), last.isoformat())
    if not hub.read().unrated(*span, 1):
        return 0

    def decide(turn: Turn) -> int:
        tickets = turn.unrated(*span, BATCH)
        for ticket in tickets:
            turn.record(rating.by_default(ticket), "hub")
        return len(tickets)

    return hub.turn(decide)
