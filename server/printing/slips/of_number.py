"""The slip of a number, from plain data alone: printed by the hub, and by a kiosk that is alone. Knows no store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import words
from config import Hall
from printer_profiles.escpos import logo
from printer_profiles.slip import QR, Element, Logo, Slip, Text, width
from server.domain.agenda import Agenda
from server.domain.position import Place
from server.domain.ticket import Ticket
from server.printing.slips import blanks
from server.printing.slips.form import Sheet, filled

log = logging.getLogger(__name__)

QR_DOTS = 5
"""Dots of a module: 0.6 mm, what a telephone reads at arm's length."""


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

    `code` is what a scanner reads (server/domain/codes.py); '' where no hub has made one.
    """
    blocks = {
        **logo_block(hall),
        "number": number(ticket.label, ticket.large_print, columns),
        "code": [QR(address(hall, code), QR_DOTS)] if code else [],
        "guide": guide(hall, "" if agenda or ticket.service in hall.slips.hide_item else ticket.service),
    }
    sheet = Sheet(columns, ticket.large_print, english(hall, ticket.language), spoken(ticket.language), blocks)
    return filled(hall.form("ticket"), blanks.of_ticket(hall, ticket, place, device, copy, agenda, code), sheet)


def address(hall: Hall, code: str) -> str:
    """What the code of a number says: where a telephone finds its place, or what kiosks alone read."""
    return f"{hall.public.url}/p/{code}" if hall.public.url else code


def english(hall: Hall, language: str) -> bool:
    return hall.slips.english == "always" or (hall.slips.english == "asked" and language != words.SOURCE)


def spoken(language: str) -> str:
    """The language of the lines below the Chinese: English, unless somebody asked for a further one."""
    return language if language in words.further() else words.SECOND


def number(label: str, large: bool, columns: int) -> Sequence[Element]:
    scale = 6 if large and width(label) * 6 <= columns else 4
    return [Text(label, "centre", bold=True, scale=scale)] if label else []


def guide(hall: Hall, service: str) -> Sequence[Element]:
    url = hall.guide_url(service) if service else ""
    return [QR(url, QR_DOTS)] if url else []


def logo_of(hall: Hall) -> Logo | None:
    """The hall's logo, read once. Raises LogoError for a file that is none."""
    return _read(hall.folder / hall.slips.logo) if hall.slips.logo else None


@cache
def _read(path: Path) -> Logo:
    return logo.load(path)


def logo_block(hall: Hall) -> dict[str, Sequence[Element]]:
    """Without the logo where its file is none any more: a number is worth more than its picture."""
    try:
        picture = logo_of(hall)
    except logo.LogoError as error:
        log.warning("slips.logo: %s; printed without", error.en)
        picture = None
    return {"logo": [picture] if picture else []}
