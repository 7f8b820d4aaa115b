"""What the hub tells a kiosk, as frozen models. Reads the JSON of `GET /kiosks/<id>` and `GET /tickets/<id>`, no more.

Keys that are not named here are ignored, so that the hub may grow first.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from config import Hall

FINAL = frozenset({"printed", "sent", "failed", "unknown", "none"})


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Sentence(_Model):
    """One sentence in the two languages of the hall."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        """In English only for English, and in Chinese when there is no English."""
        return (self.en or self.zh) if language == "en" else self.zh


class Plate(_Model):
    """The sign over the door, and whom to call."""

    name: str
    name_en: str
    banner: str = ""
    banner_en: str = ""
    tel_consult: str
    tel_complaint: str


def plate_of(hall: Hall) -> Plate:
    """The sign over the door before the hub has said anything."""
    table = hall.hall
    return Plate(
        name=table.name,
        name_en=table.name_en,
        banner=table.banner,
        banner_en=table.banner_en,
        tel_consult=table.tel_consult,
        tel_complaint=table.tel_complaint,
    )


class Service(_Model):
    code: str
    name: str
    name_en: str = ""
    materials: tuple[str, ...] = ()
    promise: str = ""
    online: str = ""
    visits: str = ""


class Group(_Model):
    """One tile of the home page. `estimate_min`: shortest and longest expected wait in minutes, None if unknown."""

    id: str
    name: str
    name_en: str
    icon: str
    waiting: int
    estimate_min: tuple[int, int] | None = None
    services: tuple[Service, ...]


class KioskName(_Model):
    id: str
    name: str
    name_en: str


class Printer(_Model):
    """`state`: ready | near_end | paper_out | cover_open | error | offline | unknown."""

    state: str
    zh: str = ""
    en: str = ""

    @property
    def prints(self) -> bool:
        """Whether paper can be expected: an unknown printer is given the benefit of the doubt."""
        return self.state in {"ready", "near_end", "unknown"}


class View(_Model):
    """Everything a kiosk shows, complete at every moment: no view depends on the one before."""

    seq: int
    now: datetime
    hall: Plate
    kiosk: KioskName
    issuing: bool
    notice: Sentence | None = None
    waiting: int
    groups: tuple[Group, ...]
    help_service: str
    printer: Printer

    def group(self, group_id: str) -> Group | None:
        return next((group for group in self.groups if group.id == group_id), None)


class Called(_Model):
    """A name in two languages: of a ticket's service or group."""

    code: str = ""
    name: str
    name_en: str = ""


class Print(_Model):
    """What became of the paper. `state`: queued | sending | printed | sent | failed | unknown | none."""

    state: str
    zh: str = ""
    en: str = ""


class Ticket(_Model):
    """A number that was taken: the 201 of `POST /tickets`."""

    id: int
    number: str
    service: Called
    group: Called | None = None
    ahead: int
    estimate_min: tuple[int, int] | None = None
    counters: str = ""
    counters_en: str = ""
    print: Print

    @property
    def paper_is_final(self) -> bool:
        return self.print.state in FINAL
