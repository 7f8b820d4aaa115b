"""What a kiosk is, what may happen to it, and what it may ask for: screens and state, events, effects.

Pure data; flow.py decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from config import Text
from kiosk.flow.view import Hit, Left, LookedUp, Plan, Plate, Reminders, Slip, Ticket, ToRate, View

NOTHING_SAID = Text("", "")

# --- effects ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestTicket:
    """Take a number. `holder`: (hash, mask) of an ID card, only where the hall counts numbers per person.

    Without `paper` no slip is printed. `klass`, `ground`: of whom has a class of the hall's own (绿色通道), and why;
    `party`: for whom it is, where that was asked. For several items `service` is the first; `package` with the
    questions of it that were answered by `yes`, or the `items` alone, say which.
    """

    service: str
    key: str
    language: str
    large_print: bool
    holder: tuple[str, str] | None = None
    paper: bool = True
    klass: str = "ordinary"
    ground: str = ""
    party: str = ""
    package: str = ""
    yes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskPlan:
    """Ask what a number for a package or several items would be. Answered by PlanCame or TicketFailed.

    `items` of a package: those that are done, where some are left out.
    """

    key: str
    package: str = ""
    yes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeaveTelephone:
    """Leave a telephone with a number that was taken here, its own or a relative's, or have it called by sight.

    Answered by TelephoneLeft or TicketFailed. What was typed stands in no `repr`.
    """

    ticket: int
    key: str
    telephone: str = field(default="", repr=False)
    relative: str = field(default="", repr=False)
    by_sight: bool | None = None


@dataclass(frozen=True)
class LookUp:
    """Ask the hub what a scanned or typed code is. Answered by Found or LookUpFailed with the same key."""

    code: str
    key: str


@dataclass(frozen=True)
class CheckIn:
    """Check an appointment or a pick-up in. Answered by TicketCame or TicketFailed."""

    code: str
    key: str
    language: str
    large_print: bool
    paper: bool = True


@dataclass(frozen=True)
class PrintAgain:
    """Print the number that was taken here just now once more. Answered by TicketCame or TicketFailed."""

    ticket: int
    key: str


@dataclass(frozen=True)
class GiveBack:
    """取错了: end the number that was taken here just now. Answered by TicketCame or TicketFailed."""

    ticket: int
    key: str


@dataclass(frozen=True)
class Reprint:
    """Print a ticket once more, the same number. Answered by TicketCame or TicketFailed."""

    ticket: int
    code: str
    key: str


@dataclass(frozen=True)
class PrintList:
    """Print what an item needs (材料清单), or by its code a booking (预约凭条).

    Answered by ListCame or TicketFailed.
    """

    service: str
    key: str
    language: str
    large_print: bool
    booking: str = field(default="", repr=False)


@dataclass(frozen=True)
class GiveRating:
    """评价 of the number whose code this is, with what was added to the level.

    Answered by RatingTaken or TicketFailed.
    """

    code: str = field(repr=False)
    level: int
    options: tuple[str, ...]
    key: str


@dataclass(frozen=True)
class Search:
    """Ask the hub what `text` may mean. Answered by SearchCame; only the newest need be asked."""

    text: str


@dataclass(frozen=True)
class FetchSample:
    """Fetch the sample picture of a material of an item (`name`: its file). Answered by SampleCame."""

    service: str
    name: str


@dataclass(frozen=True)
class TellOnline:
    """Let the hub count that the page of an item said 网上办理 before a number was taken; `taken`: somebody chose it.
    Nobody waits for it.
    """

    service: str
    key: str
    taken: bool = False


@dataclass(frozen=True)
class WatchPrint:
    """Ask for this ticket until its paper is final; None: stop asking for any paper."""

    id: int | None


@dataclass(frozen=True)
class WatchList:
    """Ask for this list until its paper is final."""

    job: int


@dataclass(frozen=True)
class ReadCard:
    """Look for an ID card (`on`), or stop looking. Never on before a person has seen the notice and agreed."""

    on: bool


@dataclass(frozen=True)
class Speak:
    """Say something of the page of `state`, as it stands at `now`; it silences what was said before.

    `what`: the whole `page`; the target that the keypad's `ring` has reached; the code that is `typed`; the seconds
    that are `left`. `first`: the keypad is new here, so how it works is said as well. `kiosk.screens.spoken` knows
    the words.
    """

    state: State
    now: float
    what: Literal["page", "ring", "typed", "found", "left"] = "page"
    first: bool = False


Wish = (
    RequestTicket
    | LookUp
    | CheckIn
    | Reprint
    | PrintAgain
    | GiveBack
    | PrintList
    | AskPlan
    | LeaveTelephone
    | GiveRating
)  # what the hub is asked for, with a key, until it answers
Effect = Wish | Search | FetchSample | TellOnline | WatchPrint | WatchList | ReadCard | Speak


# --- screens ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    page: int = 0


@dataclass(frozen=True)
class Items:
    """The items of one group; in the `guide` a touch opens the item's page, otherwise it takes a number."""

    group: str
    page: int = 0
    guide: bool = False


@dataclass(frozen=True)
class Item:
    """The one-time notification of an item: what to bring, how long, what it costs. `origin` is where 返回 leads."""

    code: str
    origin: Items | Searching
    page: int = 0


@dataclass(frozen=True)
class Pixels:
    """A picture as it is drawn: rows of three bytes each, red, green and blue."""

    width: int
    height: int
    rgb: bytes = field(repr=False)


@dataclass(frozen=True)
class Sample:
    """看样张: the sample picture of the `at`-th material of an item, its file's `name`; until it has come no `picture`.

    `lost`: it could not be had. `page` 0 is the whole picture, the others are its parts, larger. `origin` is where 返回
    leads.
    """

    code: str
    at: int
    name: str
    origin: Item
    picture: Pixels | None = None
    lost: bool = False
    page: int = 0


@dataclass(frozen=True)
class Other:
    """更多服务: the other ways of the first page, where large print leaves no room for them there."""

    page: int = 0


@dataclass(frozen=True)
class Guide:
    """办事指南: the groups, to read about their items; needs no hub."""

    page: int = 0


@dataclass(frozen=True)
class Publication:
    """信息公开: the chapters, or with a `chapter` (its id) that one's lines; needs no hub."""

    chapter: str = ""
    page: int = 0


@dataclass(frozen=True)
class Entering:
    """A code is scanned or typed: of an appointment (`booked`), a pick-up, a case whose `progress` is asked, or a
    number that is done, to `rate` it.
    """

    purpose: Literal["booked", "pickup", "progress", "rate"]
    code: str = ""


@dataclass(frozen=True)
class Searching:
    """找事项: letters are typed, and what they may mean stands above them. `answered`: for which letters `hits` are;
    `lost`: the hub gave no answer.
    """

    text: str = ""
    hits: tuple[Hit, ...] = ()
    answered: str = ""
    lost: bool = False


@dataclass(frozen=True)
class Fair:
    """绿色通道: for whom it is; a touch says who it is, and the number that is taken then is of that class."""

    page: int = 0


@dataclass(frozen=True)
class Lodging:
    """投诉、建议、办不成事: where each is lodged, by telephone or with somebody."""


@dataclass(frozen=True)
class Packages:
    """一件事一次办: the packages of the hall, and the way to choose items oneself."""

    page: int = 0


@dataclass(frozen=True)
class Question:
    """A question of a package, the `at`-th; `yes`: those before it that were answered by yes."""

    package: str
    at: int = 0
    yes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adding:
    """再加一项: the groups, or the items of one `group`, to choose one more besides those that are `chosen`.

    `origin` is where 返回 leads in the end.
    """

    chosen: tuple[str, ...]
    origin: Packages | Item
    group: str = ""
    page: int = 0


@dataclass(frozen=True)
class Planned:
    """What a number for several items would be: the items in order and one list of what to bring, before it is taken.

    `yes`, `kept`: as the plan was asked for. `origin` is where 返回 leads.
    """

    plan: Plan
    origin: Packages | Question | Adding
    yes: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True)
class Texting:
    """快到时短信告诉我: a telephone is typed, masked after its third digit; of a `relative` once the own one is left.

    `wrong`: what is wrong with it, a key of `sentences.telephone_wrong`. `by_sight`: it is to be called by sight.
    `origin` is where 返回 leads. The digits stand in no `repr` and go with the page.
    """

    origin: Ticketed
    digits: str = field(default="", repr=False)
    by_sight: bool = False
    wrong: str = ""

    @property
    def relative(self) -> bool:
        return any(one.field == "own" for one in self.origin.left)


@dataclass(frozen=True)
class LongWait:
    """Before a long wait: a number now, an appointment, or online? `origin` is where 返回 leads."""

    service: str
    origin: Origin


@dataclass(frozen=True)
class ForWhom:
    """个人, 企业 or 代办, where the item asks. `origin` is where 返回 leads."""

    service: str
    origin: Origin


@dataclass(frozen=True)
class CardNotice:
    """Before a card is read: what is read, why, for how long. `origin` is where 返回 leads."""

    service: str
    origin: Origin
    party: str = ""


@dataclass(frozen=True)
class CardReading:
    """The reader looks for a card. `failed`: why the last one could not be read."""

    service: str
    origin: Origin
    failed: Text | None = None
    party: str = ""


@dataclass(frozen=True)
class Result:
    """What a code is, in words, with a key to check in or to print again."""

    code: str
    found: LookedUp


@dataclass(frozen=True)
class Rating:
    """评价: the five levels, or with a `level` what may be added to it; `chosen`: codes of what was.

    `slip` is the code of the number, which stands in no `repr`; `key`: of the touch on the level, by which whoever
    walks away after it has given it.
    """

    slip: str = field(repr=False)
    asked: ToRate
    level: int = 0
    chosen: tuple[str, ...] = ()
    page: int = 0
    key: str = ""


@dataclass(frozen=True)
class Asking:
    """The hub has been asked. `origin` stays on screen, the touched target pressed, until `patient`."""

    wish: Wish
    origin: Origin
    asked_at: float
    repeat_at: float | None = None
    patient: bool = False
    pressed: str = ""


@dataclass(frozen=True)
class Ticketed:
    """A number has been given. `slow`: the printer takes longer than it should. `again`: printed once more.

    `taken_at`: when it was taken here; while it is `fresh` it may be given back and printed again. `paper`: False where
    its holder wants none. `left`, `by_sight`: the addresses that were left with it here, masked, and whether it is
    called by sight.
    """

    ticket: Ticket
    slow: bool = False
    again: bool = False
    taken_at: float | None = None
    fresh: bool = False
    paper: bool = True
    left: tuple[Left, ...] = ()
    by_sight: bool = False


@dataclass(frozen=True)
class Returning:
    """取错了 was touched: whether the number is to end is asked once more. `origin` is where 返回 leads."""

    origin: Ticketed


@dataclass(frozen=True)
class Returned:
    """The number has been given back."""

    ticket: Ticket


@dataclass(frozen=True)
class Listed:
    """The list of what an item needs, or a booking's slip, is on its way to paper. `slow` as of Ticketed; `origin` is
    where 返回 leads.
    """

    slip: Slip
    origin: Origin
    slow: bool = False


@dataclass(frozen=True)
class Trouble:
    """No answer that helps. `away`: the hub gave none; `refused`: it said no, and why (in the hub's words)."""

    kind: Literal["away", "refused"]
    wish: Wish
    origin: Origin
    reason: Text = NOTHING_SAID


@dataclass(frozen=True)
class Maintained:
    """The technician's screen: entered by the event Maintenance(True), left by Maintenance(False). Takes no numbers."""


Origin = (
    Home
    | Other
    | Items
    | Item
    | Guide
    | Publication
    | Entering
    | Searching
    | Result
    | Ticketed
    | Returning
    | Packages
    | Question
    | Adding
    | Planned
    | Texting
    | Rating
)
Screen = (
    Origin
    | Sample
    | Fair
    | Lodging
    | LongWait
    | ForWhom
    | CardNotice
    | CardReading
    | Asking
    | Returned
    | Listed
    | Trouble
    | Maintained
)


@dataclass(frozen=True)
class State:
    """Everything that is on the kiosk. `link`: connecting (never heard the hub yet), up, away,
    offline (away, and numbers are given out all the same).

    `low`: every target in the lower part of a tall screen. `focus`: the target with the keypad's ring; "" is the
    first one, None: no keypad is in use. `paper`: False after 不打印号票. `voice`, `reader`: what this machine has;
    what it lacks is not offered. `klass`, `ground`: who said at 绿色通道 that it is for him or her; "": nobody did.
    `warned`: the `leave_at` whose last seconds were said to whoever uses the keypad.
    """

    plate: Plate
    screen: Screen = Home()
    view: View | None = None
    link: Literal["connecting", "up", "away", "offline"] = "connecting"
    lost_at: float | None = None
    language: str = "zh"
    large: bool = False
    low: bool = False
    focus: str | None = None
    paper: bool = True
    klass: str = ""
    ground: str = ""
    voice: bool = True
    reader: bool = True
    warned: float | None = None
    entered_at: float = 0.0
    leave_at: float | None = None


# --- events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Touch:
    """A finger was lifted from a target. `key`: a new uuid, used if this touch asks the hub for something."""

    target: str
    key: str = ""


@dataclass(frozen=True)
class Scanned:
    """A scanner has read a code. `key`: a new uuid."""

    text: str
    key: str


@dataclass(frozen=True)
class CardLaid:
    """An ID card was read: hash and mask of its number, never the number. `key`: a new uuid.

    `born`: the date of birth, where the card's number says it; it is looked at once and stands in no state.
    """

    hash: str
    mask: str
    key: str
    born: date | None = field(default=None, repr=False)


@dataclass(frozen=True)
class CardFailed:
    """A card could not be read, or the reader does not answer; the reader is still looking."""

    reason: Text


@dataclass(frozen=True)
class Pressed:
    """A key of a keypad: up down left right ok back home voice del, or a digit "0".."9" or letter.

    `targets`: the names of the targets on screen in reading order (`Scene.order`); `key`: a new uuid, for ok.
    """

    name: str
    targets: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Maintenance:
    """The technician has come (PIN given) or goes."""

    open: bool


@dataclass(frozen=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True)
class Shown:
    view: View


@dataclass(frozen=True)
class HubLost:
    """The hub can't be heard (said again and again while that lasts)."""


@dataclass(frozen=True)
class Offline:
    """The hub has been away for a while, and this kiosk goes on alone: what it shows (`kiosk/flow/offline.py`)."""

    view: View


@dataclass(frozen=True)
class TicketCame:
    key: str
    ticket: Ticket


@dataclass(frozen=True)
class TicketFailed:
    """No ticket or list for this key: no answer (`refused` false, it will be asked again) or a refusal with its
    reason.
    """

    key: str
    refused: bool = False
    reason: Text = NOTHING_SAID


@dataclass(frozen=True)
class PlanCame:
    key: str
    plan: Plan


@dataclass(frozen=True)
class TelephoneLeft:
    """The hub has kept what was left with a number; as it is now."""

    key: str
    reminders: Reminders


@dataclass(frozen=True)
class RatingTaken:
    """The hub has the rating."""

    key: str


@dataclass(frozen=True)
class Found:
    key: str
    result: LookedUp


@dataclass(frozen=True)
class LookUpFailed:
    """As TicketFailed, for a code."""

    key: str
    refused: bool = False
    reason: Text = NOTHING_SAID


@dataclass(frozen=True)
class SearchCame:
    """What `text` may mean, the best first; None: the hub gave no answer."""

    text: str
    hits: tuple[Hit, ...] | None


@dataclass(frozen=True)
class SampleCame:
    """The sample picture that was asked for; None: it could not be had."""

    service: str
    name: str
    picture: Pixels | None


@dataclass(frozen=True)
class PrintCame:
    """The ticket as it is now, with what became of its paper."""

    ticket: Ticket


@dataclass(frozen=True)
class ListCame:
    """The hub will print the list that was asked for."""

    key: str
    slip: Slip


@dataclass(frozen=True)
class ListNow:
    """The list as it is now: what became of its paper."""

    slip: Slip


Event = (
    Touch
    | Scanned
    | CardLaid
    | CardFailed
    | Pressed
    | Maintenance
    | Tick
    | Shown
    | HubLost
    | Offline
    | TicketCame
    | TicketFailed
    | PlanCame
    | TelephoneLeft
    | RatingTaken
    | Found
    | LookUpFailed
    | SearchCame
    | SampleCame
    | PrintCame
    | ListCame
    | ListNow
)
Step = tuple[State, tuple[Effect, ...]]
