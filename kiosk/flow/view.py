"""What the hub tells a kiosk, as frozen models: the JSON of `GET /kiosks/<id>`, of tickets and of looked-up codes.

Keys that are not named here are ignored, so that the hub may grow first.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

import words
from config import Hall, Text

FINAL = frozenset({"printed", "sent", "failed", "unknown", "none"})


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def _heard(told: object) -> object:
    return Text(told["zh"], told.get("en", "")) if isinstance(told, dict) and "zh" in told else told


Sentence = Annotated[Text, BeforeValidator(_heard)]
"""{"zh", "en"} of the API."""


class Named(_Model):
    """What has a name in both languages."""

    name: str = ""
    name_en: str = ""

    @property
    def text(self) -> Text:
        return Text(self.name, self.name_en)


class Logo(_Model):
    """A picture of black dots: rows of `across` bytes each, the highest bit left, in base64."""

    across: int
    rows: str


class Plate(Named):
    """The sign over the door, and whom to call."""

    sign: str = ""
    logo: Logo | None = None
    banner: str = ""
    banner_en: str = ""
    tel_consult: str
    tel_complaint: str


def plate_of(hall: Hall) -> Plate:
    """The sign over the door before the hub has said anything."""
    table = hall.hall
    return Plate(
        name=hall.plate.zh,
        name_en=hall.plate.en,
        sign=hall.place.sign,
        banner=table.banner,
        banner_en=table.banner_en,
        tel_consult=table.tel_consult,
        tel_complaint=table.tel_complaint,
    )


class Step(_Model):
    """One step of the way of an application."""

    name: str
    name_en: str = ""
    does: str
    does_en: str = ""

    def said(self, language: str) -> str:
        name, does = Text(self.name, self.name_en).said(language), Text(self.does, self.does_en).said(language)
        return f"{name}：{does}" if language == words.SOURCE else f"{name}: {does}"


class Question(_Model):
    ask: str
    ask_en: str = ""
    answer: str
    answer_en: str = ""

    def said(self, language: str) -> str:
        """The question with its answer, which no page parts."""
        ask, answer = Text(self.ask, self.ask_en).said(language), Text(self.answer, self.answer_en).said(language)
        return f"{ask}{answer}" if language == words.SOURCE else f"{ask} {answer}"


class Guide(_Model):
    """办事指南 of an item; `notes` say how each of its materials is brought, `samples` name a picture of each
    ("": none), `url` stands behind its code.
    """

    conditions: tuple[Sentence, ...] = ()
    steps: tuple[Step, ...] = ()
    notes: tuple[Sentence, ...] = ()
    samples: tuple[str, ...] = ()
    faq: tuple[Question, ...] = ()
    result: Sentence | None = None
    decides: Sentence | None = None
    url: str = ""


class Offer(_Model):
    """An appointment that may be taken on a telephone: where, and the next one that is free if that is known."""

    url: str
    slot: datetime | None = None


class Ground(Named):
    """For whom a class is, such as 老年人."""

    id: str


class Class(Named):
    """A class of visitors that kiosks give (绿色通道); `closed`: why there is none any more today."""

    id: str
    grounds: tuple[Ground, ...] = ()
    from_age: int = 0
    closed: Sentence | None = None


class Service(Named):
    """One item: its one-time notification, and why there is no number for it today (`closed`)."""

    code: str
    icon: str = ""  # its picture; "" is its group's
    materials: tuple[str, ...] = ()
    basis: str = ""
    promise: str = ""
    legal: str = ""
    fee: str = ""
    department: str = ""
    online: str = ""
    visits: str = ""
    in_person: bool | str | None = None
    closed: Sentence | None = None
    late: Sentence | None = None  # why its turn would come after closing: a number is unlikely
    guide: Guide = Guide()
    per_person: bool | None = None  # whether its numbers are counted per person; None: as the view says for all
    card_needed: bool = False  # no number without a card here
    ask_party: bool = False  # for whom it is, is asked first
    booking: Offer | None = None  # an appointment that may be taken instead of waiting


class Pickup(Named):
    """The item behind 我要领件; the hub names an item by its `code`."""

    service: str = Field(validation_alias=AliasChoices("service", "code"))


class Chapter(_Model):
    """A chapter of 信息公开."""

    id: str
    title: str
    title_en: str = ""
    lines: tuple[Sentence, ...] = ()

    @property
    def text(self) -> Text:
        return Text(self.title, self.title_en)


class Group(Named):
    """One tile of the home page. `ahead` and `estimate_min` are of one line, the one that a new number would stand in:
    how many are before it, and its shortest and longest expected wait in minutes, None if unknown; fewer
    than none before it: nobody knows.
    """

    id: str
    icon: str
    ahead: int
    estimate_min: tuple[int, int] | None = None
    services: tuple[Service, ...]


class PackageQuestion(_Model):
    """A yes keeps some items of a package, a no leaves them out."""

    id: str
    zh: str
    en: str = ""

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class PackageItem(Named):
    code: str


class Package(Named):
    """一件事: items that are done with one number; `occasion` says when somebody needs it."""

    id: str
    occasion: str = ""
    occasion_en: str = ""
    icon: str = ""
    questions: tuple[PackageQuestion, ...] = ()
    items: tuple[PackageItem, ...] = ()

    @property
    def when(self) -> Text:
        return Text(self.occasion, self.occasion_en)


class PlannedPaper(Named):
    """A material of several items, once; `note` says how it is brought and for what."""

    note: str = ""
    note_en: str = ""

    @property
    def how(self) -> Text:
        return Text(self.note, self.note_en)


class Plan(Named):
    """What a number for several items would be: the answer of `POST /packages/plan`. `saved`: papers that are brought
    once instead of once more.
    """

    package: str = ""
    items: tuple[PackageItem, ...]
    papers: tuple[PlannedPaper, ...] = ()
    saved: int = 0
    late: Sentence | None = None


class KioskName(Named):
    id: str


class Printer(_Model):
    """`state`: ready | near_end | paper_out | cover_open | error | offline | unknown."""

    state: str
    zh: str = ""
    en: str = ""

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)

    @property
    def prints(self) -> bool:
        """Whether paper can be expected: an unknown printer is given the benefit of the doubt."""
        return self.state in {"ready", "near_end", "unknown"}


class View(_Model):
    """Everything a kiosk shows, complete at every moment: no view depends on the one before.

    `lists`: whether this kiosk prints what an item needs; `texts`: whether a telephone may be left with a number;
    `rates`: whether a visit can be rated here, as the hub does not say: it can wherever the hub is heard;
    `lodge`: where a telephone lodges a complaint, a question or an idea, empty where none reaches that page.
    """

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
    pickup: Pickup | None = None
    bookings: bool = False
    cases: bool = False
    publication: tuple[Chapter, ...] = ()
    counters_open: int = 0
    id_key: str = Field(default="", repr=False)
    quota_per_person: bool = False
    lists: bool = False
    classes: tuple[Class, ...] = ()
    long_wait_min: int = 0
    packages: tuple[Package, ...] = ()
    texts: bool = False
    rates: bool = True
    lodge: str = ""

    def klass(self, id: str) -> Class | None:
        return next((one for one in self.classes if one.id == id), None)

    def by_age(self, age: int | None) -> Class | None:
        """The class that somebody of this age gets by the card, while there is any of it."""
        return next(
            (one for one in self.classes if age is not None and 0 < one.from_age <= age and one.closed is None), None
        )

    def package(self, id: str) -> Package | None:
        return next((one for one in self.packages if one.id == id), None)

    def wait_of(self, code: str) -> int | None:
        """About how many minutes a new number of an item would wait; None where nobody knows."""
        found = next((g.estimate_min for g in self.groups if any(s.code == code for s in g.services)), None)
        return None if found is None else round(sum(found) / 2)

    def group(self, group_id: str) -> Group | None:
        return next((group for group in self.groups if group.id == group_id), None)

    def service(self, code: str) -> Service | None:
        return next((service for group in self.groups for service in group.services if service.code == code), None)

    def sample(self, code: str, at: int) -> str:
        """The name of the sample picture of an item's material, the `at`-th; "" for none."""
        service = self.service(code)
        named = service.guide.samples if service else ()
        return named[at] if 0 <= at < min(len(named), len(service.materials if service else ())) else ""

    def counts_persons(self, code: str) -> bool:
        """Whether a card is asked for before a number of this item."""
        service = self.service(code)
        own = service.per_person if service else None
        return self.quota_per_person if own is None else own

    def chapter(self, chapter_id: str) -> Chapter | None:
        return next((chapter for chapter in self.publication if chapter.id == chapter_id), None)


class Called(Named):
    """A ticket's service or group."""

    code: str = ""


class Print(_Model):
    """What became of the paper. `state`: queued | sending | printed | sent | failed | unknown | none.

    `where`: the other printer it came from, or empty.
    """

    state: str
    zh: str = ""
    en: str = ""
    where: str = ""
    where_en: str = ""

    @property
    def origin(self) -> Text:
        return Text(self.where, self.where_en)


class Agenda(Named):
    """For what a number of several items is: its package, or how many they are."""

    items: tuple[Named, ...] = ()


class Left(_Model):
    """An address that was left with a number, as anybody may see it: 138****5678."""

    field: str
    masked: str


class Reminders(_Model):
    """What was left with a number: the answer of `POST /tickets/<id>/telephone`."""

    given: tuple[Left, ...] = ()
    by_sight: bool = False


class Ticket(_Model):
    """A number that was taken: the 201 of `POST /tickets`."""

    id: int
    number: str
    state: str = "waiting"
    service: Called
    group: Called | None = None
    ahead: int
    estimate_min: tuple[int, int] | None = None
    estimate_at: datetime | None = None
    """About when its turn comes; None where that is at once, or not known."""
    counters: str = ""
    counters_en: str = ""
    klass: str = Field("ordinary", validation_alias=AliasChoices("klass", "class"))
    place_url: str = Field(default="", repr=False)
    """Where its holder's telephone finds its place; empty where none can."""
    print: Print
    agenda: Agenda | None = None
    offline: bool = False
    """The kiosk gave it out while nobody heard the hub."""

    @property
    def topic(self) -> Text:
        """What it is for, in few words."""
        return (self.agenda or self.group or self.service).text

    @property
    def where_to(self) -> Text:
        return Text(self.counters, self.counters_en)

    @property
    def paper_is_final(self) -> bool:
        return self.print.state in FINAL


class Hit(Named):
    """What a search found: a service (`code`), or what is done elsewhere (`where`). `said`: the word that fits."""

    code: str = ""
    said: str = ""
    where: Sentence | None = None


class Hits(_Model):
    """The answer of `GET /search`: the best first."""

    hits: tuple[Hit, ...] = ()


class Slip(_Model):
    """A paper without a number, such as a 材料清单: the 201 of `POST /kiosks/<id>/lists`."""

    job: int
    print: Print

    @property
    def paper_is_final(self) -> bool:
        return self.print.state in FINAL


class Booking(_Model):
    """An appointment or a finished case to pick up."""

    code: str = ""
    service: Called
    slot: datetime | None = None


class Done(_Model):
    """The answer to a wish that needs none but that it was heard."""


class CaseProgress(_Model):
    """How far a case is (办到哪一步了), and when it was promised while that runs."""

    number: str
    step: Sentence
    due: date | None = None


class Option(_Model):
    """What may be added to a level: a code of the national list, in words."""

    code: str
    zh: str
    en: str = ""

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class Score(_Model):
    """One of the five levels of 好差评, 5 the best."""

    level: int
    zh: str
    en: str = ""
    options: tuple[Option, ...] = ()

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class ToRate(_Model):
    """A finished number that its holder may rate now. `rated`: what was said of it before; then this is 追评."""

    number: str
    rated: Sentence | None = None
    scores: tuple[Score, ...]

    def score(self, level: int) -> Score | None:
        return next((one for one in self.scores if one.level == level), None)


class LookedUp(_Model):
    """What a code is: `kind` ticket | appointment | pickup | pretrial | case | unknown; `zh`/`en` say what to do.

    `state` of a booking: early | ready | late | checked_in | other_day | closed.
    """

    kind: str
    zh: str = ""
    en: str = ""
    ticket: Ticket | None = None
    may_reprint: bool = False
    may_slip: bool = False
    """Whether it is a booking of the hall's own that is still to come: it has a slip (预约凭条)."""
    booking: Booking | None = None
    case: CaseProgress | None = None
    rating: ToRate | None = None
    state: Annotated[str, BeforeValidator(lambda state: state or "")] = ""  # the hub says null for a ticket

    @property
    def may_check_in(self) -> bool:
        """Once; an early one may already sit down, and a late one is still served."""
        return self.booking is not None and self.ticket is None and self.state in {"early", "ready", "late"}

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)
