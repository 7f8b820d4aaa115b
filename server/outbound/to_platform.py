"""The city's platform as a destination: which rows it is told of, and what its answers bring (docs/platform.md)."""

from __future__ import annotations

import orjson

from server.domain import events as ev
from server.domain import platform
from server.domain.chain import Row
from server.domain.outbound import Answer, Message
from server.domain.ticket import Ticket
from server.outbound.deliverer import Destination
from server.store.reader import Reader
from server.verbs import platform as heard
from server.verbs import records
from server.verbs.cases import CASE
from server.verbs.hub import Hub
from server.verbs.ratings import REGISTER


def destination(hub: Hub) -> Destination | None:
    """The platform of the hall's file; None where there is none."""
    table = hub.hall.platform
    if not table.url:
        return None

    def answered(row: Row, message: Message, answer: Answer) -> None:
        heard.answered(hub, row, message, answer)

    return Destination(
        name=platform.LINK,
        url=table.url,
        secret=hub.hall.folder / table.secret_file,
        what=lambda row: told(hub, row),
        events=platform.TOLD,
        answered=answered,
        beat_s=table.ping_min * 60.0,
        ca_file=hub.hall.folder / table.ca_file if table.ca_file else None,
        understood=_understood,
    )


def _understood(answer: Answer) -> bool:
    """The platform answers with JSON, or with nothing."""
    try:
        return not answer.body or isinstance(orjson.loads(answer.body), dict)
    except ValueError:
        return False


def told(hub: Hub, row: Row) -> Message | None:
    """What the platform is told of a row; nothing of what it did itself."""
    if row.actor == platform.ACTOR:
        return None
    event, reader = row.happened(), hub.read()
    if isinstance(event, ev.Issued):
        known = reader.pretrial(event.appointment) if event.appointment else None
        if known is None:
            return None
        ticket = reader.ticket(event.ticket) if event.ticket is not None else None
        data: dict[str, object] = {
            "pretrial": known.code,
            "service": event.service,
            "number": ticket.label if ticket else "",
        }
        return Message("pretrial.checked_in", data)
    if isinstance(event, ev.Rated | ev.RatingAppended):
        ticket = reader.ticket(event.ticket) if event.ticket is not None else None
        return platform.of_rating(event, ticket, _cases_of(reader, ticket)) if ticket else None
    if not isinstance(event, ev.RecordOpened | ev.RecordMoved | ev.RecordCorrected):
        return None
    record = reader.record_by_id(event.record)
    if record is not None and record.register == REGISTER:
        ticket = reader.ticket(record.ticket) if record.ticket is not None else None
        return platform.of_bad_rating(event, record, records.definition_of(hub, record), ticket)
    if record is None or record.register != CASE:
        return None
    ticket = reader.ticket(record.ticket) if record.ticket is not None else None
    code = ticket.appointment if ticket and reader.pretrial(ticket.appointment) else ""
    return platform.of_record(event, record, records.definition_of(hub, record), code)


def _cases_of(reader: Reader, ticket: Ticket | None) -> list[str]:
    """The numbers of the cases that came of a visit."""
    found = reader.records_of_ticket(ticket.id) if ticket else []
    return [one.number for one in found if one.register == CASE and one.kind != "void"]
