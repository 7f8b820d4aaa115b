"""评价 as verbs of the hall: invite a visitor, take a rating, its second thoughts, fill the gaps after some days.

Each is one durable turn, in which a bad rating opens its record of 差评整改; what somebody wrote is sealed with the
record and stands nowhere else.

What may be rated is server/domain/rating.py's word. A rater's prompt is the newest invitation at its counter while it
is fresh and unanswered.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from server.domain import codes, enrolment, rating
from server.domain import events as ev
from server.domain.register import PHONE, Record
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store import private, secret
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import records, telephones
from server.verbs.hub import By, Hub, Unknown, known_counter, known_ticket
from server.verbs.paper_codes import ticket_of_code, unknown

INVITE_S = 600.0
"""So long after 办结 the visitor may still be asked."""
BACK_DAYS = 31
"""A hub that was off for longer leaves the older rounds unrated: nobody could have rated them."""
BATCH = 200
"""Default ratings in one turn: a call waits for no more than these."""


TEXT_MOST = 500
"""Signs of a text that are kept at most."""
REGISTER, NOTES = "bad_rating", "rating_note"


class Written(NamedTuple):
    """What a visitor adds in free words, and where to be reached; private, both may be empty."""

    text: str = ""
    phone: str = ""


NOTHING_WRITTEN = Written()


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


def round_at(hub: Hub, reader: Reader, counter_id: str) -> Ticket | None:
    """Whoever is served at a counter, or was finished there a moment ago."""
    newest = _last_finished(hub, reader, counter_id)
    return rating.round_at(reader.at_counter(counter_id), newest, hub.now(), INVITE_S)


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
        _taken(hub, turn, by, known_ticket(turn, event.ticket), event)
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
        _taken(hub, turn, By(f"rater {rater_id}"), known_ticket(turn, event.ticket), event)
        return event.ticket or 0

    def answer(turn: Turn, ticket: int) -> rating.Rating:
        given = turn.rating(ticket, known_ticket(turn, ticket).legs)
        assert given is not None
        return given

    return hub.once(By(f"rater {rater_id}", key), decide, answer, "rate", score)


# --- by the number's code: telephone, kiosk, letter box, text message -------------------------------------------------


def by_code(hub: Hub, code: str) -> Ticket:
    """The finished number that a code on paper opens, of the last `rating.LATE_DAYS` days. Raises Unknown, Refused."""
    ticket_id = ticket_of_code(hub, hub.read(), code)
    ticket = None if ticket_id is None else hub.read().ticket(ticket_id)
    if ticket is None:
        raise Unknown(*unknown(code))
    return ticket


def code_of(hub: Hub, ticket: Ticket) -> str:
    return codes.ticket_code(secret.key(hub.hall, "code").encode(), ticket.id)


def today(hub: Hub) -> date:
    return date.fromisoformat(hub.day(hub.now()))


def give(
    hub: Hub,
    by: By,
    ticket_id: int,
    level: int,
    source: str,
    options: Sequence[str] = (),
    written: Written = NOTHING_WRITTEN,
) -> Ticket:
    """A visitor's rating by the number itself: the first one is the rating, another one its second thoughts (追评).

    Raises Refused where nothing can be rated (any more), or for an option of another level.
    """

    def decide(turn: Turn) -> Ticket:
        ticket = known_ticket(turn, ticket_id)
        rated = turn.rating(ticket.id, ticket.legs)
        late = (date.fromisoformat(hub.day(turn.now)) - date.fromisoformat(ticket.day)).days > rating.LATE_DAYS
        if ticket.state != "finished" or late:
            raise Refused(
                f"{ticket.label}现在不能评价：办结后{rating.LATE_DAYS}天内可以。",
                f"{ticket.label} cannot be rated now: only once it is done, and for {rating.LATE_DAYS} days.",
            )
        if rated is None or rated.is_default:
            _taken(hub, turn, by, ticket, rating.rate(ticket, rated, level, ticket.counter, source, options), written)
        else:
            _thought_again(hub, turn, by, ticket, rating.append(ticket, rated, level, source, options), written)
        return ticket

    key = telephones.key_of(hub)
    veiled = [private.veiled(key, one) for one in written]
    return hub.about(by, decide, "rate by number", ticket_id, level, source, list(options), veiled)


def _taken(hub: Hub, turn: Turn, by: By, ticket: Ticket, event: ev.Rated, written: Written = NOTHING_WRITTEN) -> None:
    """Record a rating; what follows of it is on record in the same turn."""
    turn.record(event, by.actor)
    if event.level <= rating.BAD:
        _open_bad(hub, turn, ticket, event, written)
    elif written.text:
        _note(hub, turn, ticket, event, written, "first")


def _thought_again(hub: Hub, turn: Turn, by: By, ticket: Ticket, event: ev.RatingAppended, written: Written) -> None:
    turn.record(event, by.actor)
    bad = bad_record(turn, ticket.id, event.leg)
    if event.level <= rating.BAD and bad is None:
        _open_bad(hub, turn, ticket, event, written)
    elif written.text:
        _note(hub, turn, ticket, event, written, "second", of=bad.number if bad else "")


def bad_record(reader: Reader, ticket: int, leg: int) -> Record | None:
    """The record of 差评整改 that a round has."""
    return next(
        (one for one in reader.records_of_ticket(ticket) if one.register == REGISTER and one.values.get("leg") == leg),
        None,
    )


def _open_bad(hub: Hub, turn: Turn, ticket: Ticket, event: ev.Rated | ev.RatingAppended, written: Written) -> None:
    values: dict[str, Any] = {
        "level": rating.LEVEL_CHOICE[event.level],
        "way": event.source,
        "reasons": rating.reasons_of(event.options),
        "leg": event.leg,
        **_whose(hub, turn, ticket, event),
    }
    hidden = {name: value for name, value in (("text", written.text), ("phone", written.phone)) if value}
    made = records.definition(hub, REGISTER)
    records.open_in(hub, turn, records.BY_ITSELF, made, [("open", (values, hidden))], ticket=ticket.id)


def _note(
    hub: Hub,
    turn: Turn,
    ticket: Ticket,
    event: ev.Rated | ev.RatingAppended,
    written: Written,
    kind: str,
    of: str = "",
) -> None:
    whose = {name: value for name, value in _whose(hub, turn, ticket, event).items() if name != "counter"}
    values = {"kind": kind, **whose, **({"of": of} if of else {})}
    made = records.definition(hub, NOTES)
    wish = ("write", (values, {"text": written.text}))
    records.open_in(hub, turn, records.BY_ITSELF, made, [wish], ticket=ticket.id)


def _whose(hub: Hub, reader: Reader, ticket: Ticket, event: ev.Rated | ev.RatingAppended) -> dict[str, Any]:
    """Service, counter and clerk of a round, as far as the hall still has them: none of them keeps a rating from being
    heard.
    """
    clerk = reader.staff(event.staff) if event.staff else None
    return {
        **({"service": ticket.service} if ticket.service in hub.hall.services else {}),
        **({"counter": event.counter} if event.counter in hub.hall.counters else {}),
        **({"about": event.staff} if clerk and clerk["active"] else {}),
    }


def written(text: str, phone: str = "") -> Written:
    """What was typed, as it is kept. Raises Refused for a telephone that is none, or a text that is too long."""
    plain = text.replace("\r\n", "\n").strip()
    if len(plain) > TEXT_MOST:
        raise Refused(f"最多写{TEXT_MOST}个字：请缩短。", f"{TEXT_MOST} signs at most: please shorten it.")
    digits = unicodedata.normalize("NFKC", phone).replace("-", "").replace(" ", "")
    if digits and not PHONE.fullmatch(digits):
        raise Refused("电话号码不对，请核对；不留也可以。", "That is no telephone number: check it, or leave none.")
    return Written(plain, digits)


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
