"""What a slip says: a print job -> the elements of its paper (docs/slips.md). Knows no bytes and no port.

`slip_for` is the only way from a job to a slip. It fetches what the slip needs, lets form.py fill in the hall's form,
and draws the blocks that are no text.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from config import Hall
from printer_profiles.escpos import logo
from printer_profiles.profile import Profile
from printer_profiles.slip import QR, Element, Logo, Slip, Text, width
from server.domain import codes
from server.domain.agenda import Agenda
from server.domain.position import Place, group_of
from server.domain.ticket import Job, Ticket
from server.printing.slips import blanks, test_page
from server.printing.slips.form import Sheet, filled
from server.store import secret
from server.store.reader import Reader
from server.verbs.place import place_of

log = logging.getLogger(__name__)

QR_DOTS = 5
"""Dots of a module: 0.6 mm, what a telephone reads at arm's length."""


def slip_for(hall: Hall, reader: Reader, job: Job, printer: str, profile: Profile, now: float) -> Slip:
    """The slip of a job for one printer's width; a number's place in the queue is that of now."""
    if job.kind == "test":
        return test_slip(
            hall, printer, profile=profile.name, columns=profile.columns, when=datetime.fromtimestamp(now, hall.zone)
        )
    ticket = None if job.ticket is None else reader.ticket(job.ticket)
    if job.kind != "ticket":
        return slip_of(hall, job, ticket, profile.columns, code=_case_code(hall, reader, job))
    assert ticket is not None
    issued = next((row for row in reader.life_line(ticket.id) if row.event == "Issued"), None)
    return ticket_slip(
        hall,
        ticket,
        place_of(hall, reader, ticket, now),
        device=issued.actor if issued else "?",
        copy=job.copy,
        columns=profile.columns,
        code=codes.ticket_code(_seal(hall), ticket.id),
        agenda=reader.agenda(ticket.id),
    )


def test_slip(hall: Hall, printer: str, *, profile: str, columns: int, when: datetime) -> Slip:
    """The technician's page."""
    return test_page.sheet(hall, printer, profile=profile, columns=columns, when=when, logo=_logo_block(hall)["logo"])


def ticket_slip(
    hall: Hall,
    ticket: Ticket,
    place: Place,
    *,
    device: str,
    copy: int,
    columns: int,
    code: str,
    agenda: Agenda | None = None,
) -> Slip:
    """The number to keep in one's hand; a reprint has the same number and says so.

    `code` is what a scanner reads (server/domain/codes.py).
    """
    blocks = {
        **_logo_block(hall),
        "number": _number(ticket.label, ticket.large_print, columns),
        "code": [QR(address(hall, code), QR_DOTS)],
        "guide": _guide(hall, "" if agenda or ticket.service in hall.slips.hide_item else ticket.service),
    }
    sheet = Sheet(columns, ticket.large_print, _english(hall, ticket.language), blocks)
    return filled(hall.form("ticket"), blanks.of_ticket(hall, ticket, place, device, copy, agenda), sheet)


def address(hall: Hall, code: str) -> str:
    """What the code of a number says: where a telephone finds its place, or what kiosks alone read."""
    return f"{hall.public.url}/p/{code}" if hall.public.url else code


def _case_code(hall: Hall, reader: Reader, job: Job) -> str:
    """The code of the case that a slip is about: on paper, and in no journal, since it opens what is told of it."""
    record = reader.record_numbered(str(job.facts["case"])) if "case" in job.facts else None
    return codes.record_code(_seal(hall), record.id) if record else ""


@lru_cache(8)
def _seal(hall: Hall) -> bytes:
    """The key of codes on paper, read once."""
    return secret.key(hall, "code").encode()


def slip_of(hall: Hall, job: Job, ticket: Ticket | None, columns: int, *, code: str = "") -> Slip:
    """Any other slip. It is printed as its facts say, else as its ticket was. `code`: of the case that it is about."""
    facts = job.facts
    language = facts.get("language") or (ticket.language if ticket else "zh")
    large = bool(facts.get("large_print", ticket.large_print if ticket else False))
    group = group_of(hall, ticket.service) if ticket else blanks.NOTHING
    told = {**blanks.of_facts(hall, job, ticket, group), "code": code}
    blocks = {
        **_logo_block(hall),
        "number": _number(str(told.get("number", "")), large, columns),
        "code": [QR(code, QR_DOTS)] if code else [],
        "guide": _guide(hall, facts.get("service", "")),
    }
    return filled(hall.form(job.kind), told, Sheet(columns, large, _english(hall, language), blocks))


def _english(hall: Hall, language: str) -> bool:
    return hall.slips.english == "always" or (hall.slips.english == "asked" and language == "en")


def _number(label: str, large: bool, columns: int) -> Sequence[Element]:
    scale = 6 if large and width(label) * 6 <= columns else 4
    return [Text(label, "centre", bold=True, scale=scale)] if label else []


def _guide(hall: Hall, service: str) -> Sequence[Element]:
    url = hall.guide_url(service) if service else ""
    return [QR(url, QR_DOTS)] if url else []


def logo_of(hall: Hall) -> Logo | None:
    """The hall's logo, read once. Raises LogoError for a file that is none."""
    return _read(hall.folder / hall.slips.logo) if hall.slips.logo else None


@cache
def _read(path: Path) -> Logo:
    return logo.load(path)


def _logo_block(hall: Hall) -> dict[str, Sequence[Element]]:
    """Without the logo where its file is none any more: a number is worth more than its picture."""
    try:
        picture = logo_of(hall)
    except logo.LogoError as error:
        log.warning("slips.logo: %s; printed without", error.en)
        picture = None
    return {"logo": [picture] if picture else []}
