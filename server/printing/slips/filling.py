"""What a slip says: a print job -> the elements of its paper (docs/slips.md). Knows no bytes and no port.

`slip_for` is the only way from a job to a slip. It fetches what the slip needs, lets form.py fill in the hall's form,
and draws the blocks that are no text.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import lru_cache

from config import Hall, Text
from printer_profiles.profile import Profile
from printer_profiles.slip import QR, Slip
from server.domain import codes
from server.domain.position import group_of
from server.domain.ticket import Job, Ticket
from server.printing.slips import blanks, test_page
from server.printing.slips.form import Sheet, filled
from server.printing.slips.of_number import QR_DOTS, english, guide, logo_block, number, spoken, ticket_slip
from server.store import secret
from server.store.reader import Reader
from server.verbs.foreseen import Foresight
from server.verbs.place import place_of

log = logging.getLogger(__name__)


def slip_for(
    hall: Hall,
    reader: Reader,
    job: Job,
    printer: str,
    profile: Profile,
    now: float,
    foresight: Foresight | None = None,
) -> Slip:
    """The slip of a job for one printer's width; a number's place in the queue is that of now."""
    if job.kind == "test":
        return test_slip(
            hall, printer, profile=profile.name, columns=profile.columns, when=datetime.fromtimestamp(now, hall.zone)
        )
    ticket = None if job.ticket is None else reader.ticket(job.ticket)
    if job.kind != "ticket":
        return slip_of(hall, job, ticket, profile.columns, code=_code(hall, reader, job))
    assert ticket is not None
    issued = next((row for row in reader.life_line(ticket.id) if row.event == "Issued"), None)
    return ticket_slip(
        hall,
        ticket,
        place_of(hall, reader, ticket, now, foresight),
        device=issued.actor if issued else "?",
        copy=job.copy,
        columns=profile.columns,
        code=codes.ticket_code(_seal(hall), ticket.id),
        agenda=reader.agenda(ticket.id),
    )


def test_slip(hall: Hall, printer: str, *, profile: str, columns: int, when: datetime) -> Slip:
    """The technician's page."""
    return test_page.sheet(hall, printer, profile=profile, columns=columns, when=when, logo=logo_block(hall)["logo"])


PAGES = {"booking": "b", "voice": "v"}
"""Kind of slip -> where its code is a page of the hub's: a telephone that scans it opens that."""
READ = Text("手机扫码看答复", "Scan it, or type it on the page")
READ_HERE = Text("凭编号和码到咨询台查答复", "Ask for it at the guide desk, by number and code")
"""Of a receipt: where its answer is read; in a hall whose pages no telephone reaches its code is letters alone."""


def _reached(hall: Hall) -> bool:
    """Whether telephones reach the hub's own pages: a relay has none of these."""
    url, relay = hall.public.url, hall.relay.url.rstrip("/")
    return bool(url) and not (relay and f"{url}/".startswith(f"{relay}/"))


def page_of(hall: Hall, kind: str, code: str) -> str:
    """What the code of a slip says: its page where it has one and telephones reach it, else what kiosks alone read."""
    return f"{hall.public.url}/{PAGES[kind]}/{code}" if kind in PAGES and _reached(hall) else code


def _code(hall: Hall, reader: Reader, job: Job) -> str:
    """The code of the case or booking that a slip is about: on paper, and in no journal, since it opens what is told of
    it.
    """
    if "booking" in job.facts:
        return codes.booking_code(_seal(hall), int(job.facts["booking"]))
    record = reader.record_numbered(str(job.facts["case"])) if "case" in job.facts else None
    return codes.record_code(_seal(hall), record.id) if record else ""


@lru_cache(8)
def _seal(hall: Hall) -> bytes:
    """The key of codes on paper, read once."""
    return secret.key(hall, "code").encode()


def slip_of(hall: Hall, job: Job, ticket: Ticket | None, columns: int, *, code: str = "") -> Slip:
    """Any other slip. It is printed as its facts say, else as its ticket was. `code`: of the case or booking that it is
    about.
    """
    facts = job.facts
    language = facts.get("language") or (ticket.language if ticket else "zh")
    large = bool(facts.get("large_print", ticket.large_print if ticket else False))
    group = group_of(hall, ticket.service) if ticket else blanks.NOTHING
    read = READ if _reached(hall) else READ_HERE
    told = {**blanks.of_facts(hall, job, ticket, group), "code": code, **read.json("read")}
    blocks = {
        **logo_block(hall),
        "number": number(str(told.get("number", "")), large, columns),
        "code": [QR(page_of(hall, job.kind, code), QR_DOTS)] if code else [],
        "guide": guide(hall, facts.get("service", "")),
    }
    return filled(hall.form(job.kind), told, Sheet(columns, large, english(hall, language), spoken(language), blocks))
