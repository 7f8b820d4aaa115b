"""What kiosks, boards, pads, raters and hall screens show and are answered, and how the devices are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.pages.answers.numbers_told import TicketPaper, TicketView
from server.pages.answers.packages_told import PackageTold
from server.pages.answers.parts import (
    Closed,
    Day,
    HallWords,
    Instant,
    Line,
    Minutes,
    Named,
    Part,
    Seq,
    Service,
    TicketState,
    Tile,
    Words,
)

# --- kiosks -----------------------------------------------------------------------------------------------------------


class GuideStep(Part):
    name: str
    name_en: str
    does: str
    does_en: str


class GuideQuestion(Part):
    ask: str
    ask_en: str
    answer: str
    answer_en: str


class KioskGuide(Part):
    """办事指南: what its row of the catalogue has no room for."""

    conditions: list[Words]
    steps: list[GuideStep]
    notes: list[Words] = Field(description="How each of `materials` is brought; empty texts where nobody says")
    samples: list[str] = Field(description="Its sample picture, at /guides/CODE/samples/NAME; empty for none")
    faq: list[GuideQuestion]
    result: Words | None
    decides: Words = Field(description="Who decides, and whether the counter is empowered; empty texts if unknown")
    url: str = Field(description="Behind the code: the item's page, or the hall's for all; empty for no code")


class BookingOffer(Part):
    """An appointment that may be taken instead of waiting."""

    url: str = Field(description="Where a telephone takes it")
    slot: Instant | None = Field(None, description="The next that is free; null where that is not known")


class OfferedGround(Named):
    id: str


class OfferedClass(Named):
    """A class that kiosks give (绿色通道)."""

    id: str
    grounds: list[OfferedGround] = Field(description="For whom it is; one of them is the `ground` of a number")
    from_age: int = Field(description="From this age an ID card gives it by itself (`ground` age); 0: never")
    closed: Words | None = Field(description="Why there is none any more today")


class KioskService(Service):
    """An item as a kiosk shows it: what it needs, what it promises, and whether there are numbers."""

    icon: str = Field(description="Its picture, one of those of `[groups.*]`; empty: its group's")
    materials: list[str]
    promise: str
    online: str
    visits: str
    basis: str
    legal: str
    fee: str
    department: str
    in_person: str
    closed: Closed | None
    late: Words | None = Field(description="Why its turn would come after closing: a number is unlikely to be given")
    per_person: bool = Field(description="A card is asked for: the quota counts persons")
    card_needed: bool = Field(description="No number without a card here: the guide desk gives it")
    ask_party: bool = Field(description="For whom it is, is asked before its number")
    booking: BookingOffer | None = Field(description="An appointment that is offered before a long wait")
    guide: KioskGuide


class KioskGroup(Named):
    id: str
    icon: str
    waiting: int
    ahead: int = Field(description="Of a new number")
    estimate_min: Minutes | None
    estimate_at: Instant | None = Field(None, description="About when that is")
    services: list[KioskService]


class Kiosk(Named):
    id: str


class DeviceState(Words):
    """How a device is: its state in words, empty while all is well."""

    state: str


class PublicPage(Part):
    """政务公开: a page of what the hall publishes."""

    id: str
    title: str
    title_en: str
    lines: list[Words]


class LogoDots(Part):
    """The hall's logo in black dots."""

    across: int = Field(description="Bytes of a row")
    rows: str = Field(description="The rows in base64, the highest bit left")


class KioskHall(HallWords):
    logo: LogoDots | None = Field(description="Null where the hall has none")


class KioskView(Part):
    seq: Seq
    now: Instant
    hall: KioskHall
    kiosk: Kiosk
    issuing: bool
    notice: Words | None
    waiting: int
    groups: list[KioskGroup]
    packages: list[PackageTold] = Field(description="一件事: numbers for several items of one occasion")
    help_service: str
    printer: DeviceState
    bookings: bool
    pickup: Service | None
    cases: bool = Field(description="Whether there are receipts whose case can be asked for")
    publication: list[PublicPage]
    counters_open: int
    quota_per_person: bool
    classes: list[OfferedClass]
    texts: bool = Field(description="Whether a telephone may be left with a number, to be told by")
    lodge: str = Field(description="Where a telephone lodges a complaint or an idea; empty where none reaches it")
    long_wait_min: int = Field(description="From so many minutes of waiting on a kiosk asks first; 0: never")
    lists: bool
    id_key: str = Field("", description="Hex; for the kiosk itself alone: what a card's number is hashed with")


class MaterialsList(Part):
    """材料清单: its print job."""

    job: int
    print: TicketPaper


class BookedItem(Part):
    code: str
    service: Service
    slot: Instant | None


class CaseProgress(Part):
    """办到哪一步了: how far a case is, and nothing of what it is about or whose it is."""

    number: str
    step: Words
    due: Day | None = Field(description="When it was promised, while that runs")


class RatingOption(Words):
    code: str


class RatingLevel(Words):
    """One of the five, with what may be added to it."""

    level: int
    options: list[RatingOption]


class ToRate(Part):
    """A number that is done, and may be rated now by whoever holds its code."""

    number: str
    rated: Words | None = Field(description="What was said of it before; then this is 追评")
    scores: list[RatingLevel]


class LookedUp(Words):
    """What a code is: a ticket, an appointment, a result to collect, pre-checked papers (预审), a case in hand."""

    kind: Literal["ticket", "appointment", "pickup", "pretrial", "case", "unknown"]
    case: CaseProgress | None
    booking: BookedItem | None
    state: Literal["early", "ready", "late", "checked_in", "other_day", "closed"] | None = Field(
        description="Whether a booking may check in now"
    )
    ticket: TicketView | None
    rating: ToRate | None = Field(description="Of a number that may be rated now")
    may_reprint: bool
    may_slip: bool = Field(description="Whether it is a booking that is to come and has a slip 预约凭条")


# --- boards, pads, raters ---------------------------------------------------------------------------------------------


class Board(Part):
    text: str
    more: list[str] = Field(description="Texts that take turns with `text` every `seconds`")
    seconds: float
    effect: str = Field(description="still, flash, scroll; blink for who is called by sight")
    color: str
    number_color: str = Field(description="Of the number in the text; empty for `color`")
    call: int = Field(description="Differs after a recall: flash again")
    light: int | None = Field(description="Percent")


class Pad(Part):
    digits: str = Field(description="A space for a dark one")


class Rater(Part):
    ask: str = Field(description="A new word is a new prompt, empty for none")


class WireOrder(Part):
    """A wire to be looked at from all sides (docs/enrol.md)."""

    order: int
    every: bool = Field(description="Every address of its languages, not only those of config.toml")


class BoardsView(Part):
    seq: Seq
    examine: dict[str, WireOrder] = Field(description="Wires to be examined, until what was found is told")
    boards: dict[str, Board]
    pads: dict[str, Pad]
    raters: dict[str, Rater]


class PadAnswer(Words):
    """What a press did, or why not."""

    done: bool
    digits: str = Field(description="Asks for something else than the pad's display; empty for nothing")


class RaterAnswer(Words):
    done: bool
    level: int | None = Field(description="5 非常满意 to 1 非常不满意")


class Clerk(Part):
    id: str = Field(description="Staff number")
    name: str
    photo: bool = Field(description="Whether the hall has a photograph: /rate/<counter>/photo/<id>")


class RateView(Part):
    """What the tablet at a counter shows."""

    seq: Seq
    now: Instant
    hall: HallWords
    counter: str
    counter_name: str
    counter_name_en: str
    state: Literal["open", "paused", "closed"]
    staff: Clerk | None = Field(description="Who works there, while it is not closed")
    ask: str = Field(description="The question that is asked now; empty for none")
    until: Instant | None = Field(description="When the question goes by itself")
    pictures: list[str]
    build: str


class Devices(Part):
    devices: dict[str, DeviceState]


# --- hall screens -----------------------------------------------------------------------------------------------------


class Call(Part):
    """Who is called where."""

    number: str
    counter: str | None
    state: TicketState
    calls: int
    by_sight: bool = Field(description="Called by sight: blinks as long as it is called")
    counter_name: str | None
    counter_name_en: str | None
    at: Instant | None


class Wait(Named):
    """How long a new number would wait; the name says of what, and is empty where all stand in one line."""

    ahead: int
    estimate_min: Minutes | None
    estimate_at: Instant | None = Field(None, description="About when that is")


class Announcement(Words):
    id: str


class Speech(Part):
    url: str
    seconds: float


class ScreenView(Part):
    seq: Seq
    now: Instant
    hall: HallWords
    notice: Words | None
    emergency: Words | None
    calls: list[Call]
    announcement: Announcement | None
    waiting: int
    groups: list[Line] = Field(description="For other programs' screens; ours shows `waits`")
    counters: list[Tile] = Field(description="For other programs' screens; ours shows `calls`")
    waits: list[Wait]
    ticker: list[tuple[str, str]] = Field(description="Lines at its foot, each in Chinese and English")
    pictures: list[str] = Field(description="Files of the hall's own for quiet minutes, at /screen/pictures/")
    speech: Speech | None
    build: str = Field(description="A screen loads itself anew when it changes")


class CodeToShow(Part):
    """What a device without a token shows, until somebody types it."""

    secret: str = Field(description="The device's alone; it asks with it what became of the code")
    code: str = Field(description="Six letters, to be shown in two groups")
    shown: str
    url: str = Field(description="The page where the code is typed, with the code in it: for a QR code")
    page: str = Field(description="The same without the code, for reading aloud")
    lasts_s: int
    interval_s: int = Field(description="Seconds between two questions")


class Enrolling(Part):
    """What became of a code. `token` once, and only for a program: a browser gets it as a cookie."""

    state: Literal["waiting", "slower", "over", "granted"]
    device: str = ""
    kind: str = ""
    place: str = ""
    token: str = ""
    home: str = Field("", description="The page that a browser shows from now on")


class OwnName(Named):
    """Who asks, by its token."""

    device: str
    kind: str
    place: str


class KnownDevice(Part):
    device: str
    kind: str
    kind_name: str
    kind_name_en: str
    place: str
    place_name: str
    place_name_en: str
    label: str = Field(description="What the page calls it; empty: by its place")
    state: Literal["here", "away", "never", "locked", "ended"]
    state_name: str
    state_name_en: str
    seen: Instant | None
    version: str = Field(description="Of its program, as it says itself")
    disconnections: int = Field(description="Today")
    enrolled: Instant | None = Field(description="Null: its token was made on the hub's own machine")


class KnownDevices(Part):
    waiting: int = Field(description="Devices that show a code now")
    devices: list[KnownDevice]


class PrinterCheck(Part):
    id: str
    name: str
    name_en: str
    model: str
    state: Literal["never", "busy", "good", "unsure", "bad"]
    state_name: str
    state_name_en: str
    found: list[Words]
    answers: list[Words] = Field(description="Each way to ask that the model claims, with what came back")
    changes: list[Words] = Field(description="What to change in the model's file")
    guessed: list[str] = Field(description="Keys of the model that have no source")


class WireFound(Part):
    id: str
    boards: list[str]
    state: Literal["never", "busy", "done"]
    state_name: str
    state_name_en: str
    found: list[Words]
    lines: str = Field(description="What config.toml lacks, as it would stand there")


class Checks(Part):
    printers: list[PrinterCheck]
    wires: list[WireFound]


class LeasedBlock(Part):
    prefix: str = Field(description="The letter")
    first: int
    last: int


class OfflineAllowance(Part):
    """What a kiosk may give out of a service without the hub."""

    prefix: str
    left: int | None = Field(description="So many today, this kiosk's share; null: any number")
    per_day: int | None = Field(description="So many on another day; null: any number")
    closed: Words | None = Field(description="Why there is none")
    always: bool = Field(description="`closed` holds on other days too")


class OfflineLine(Words):
    """One line of the list of who waits: a tile of the kiosk."""

    numbers: list[str] = Field(description="In the order in which they are called")


class OfflinePaper(Part):
    at: str = Field(description="YYYY-MM-DD HH:MM of the list, on the hall's clock")
    lines: list[OfflineLine]
    called: list[str] = Field(description="Numbers at counters now")
    next: dict[str, str] = Field(description="Letter -> the first number that may be written by hand")


class OfflineLease(Part):
    """What a kiosk may do without the hub, and what of its book is entered."""

    entered: int = Field(description="Up to this line of the book everything is entered")
    now: float = Field(description="The hub's time, epoch seconds")
    epoch: int
    until: str = Field(description="The last service day on which the lease holds, ISO")
    day_starts: int = Field(description="When a service day begins, seconds after midnight")
    blocks: list[LeasedBlock]
    used: dict[str, list[int]] = Field(description="Letter -> numbers of the blocks that somebody has today")
    hours: list[tuple[float, float]] = Field(description="When numbers are given out: [from, to) in epoch seconds")
    services: dict[str, OfflineAllowance]
    per_min: int = Field(description="Numbers of a minute at most; 0: no limit")
    shut: Words | None = Field(description="Why no number at all is given out today beside the hours")
    paper: OfflinePaper = Field(description="Who waits, as it is printed when no machine runs any more")
