"""The vocabulary: what can happen in a hall, in the past tense. The only place where an event gets its name and fields.

An event says what happened and to whom; when (the hub's clock) and by whom stand in the journal's row around it.
Pure data: no clock, no SQL, no Flask. A new field needs a default, because old journal rows do not have it.

Outcomes and sources of ratings are codes of `vocabulary.py`, also where an old row has the Chinese word.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, TypeVar, dataclass_transform

from server.domain import vocabulary

E = TypeVar("E")


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def recorded(kind: type[E]) -> type[E]:
    """A frozen dataclass of keywords that is compared, hashed and shown by `Event`: a dataclass makes three functions
    for that alone, and a hundred kinds of them would hold up each start.
    """
    return dataclass(frozen=True, kw_only=True, eq=False, repr=False)(kind)


@recorded
class Event:
    """Base of all: `ticket` (row id) and `counter` (id in config.toml) where the event has one."""

    ticket: int | None = None
    counter: str | None = None

    @property
    def name(self) -> str:
        return type(self).__name__

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in vars(self).items())})"


# --- tickets ----------------------------------------------------------------------------------------------------------


@recorded
class Issued(Event):
    """A number was given out. `rank` is the moment at which it counts as having come (order.py), epoch seconds."""

    day: str
    prefix: str
    number: int
    service: str
    klass: str
    channel: str
    rank: float
    language: str = "zh"
    large_print: bool = False
    slot: float | None = None
    """Begin of the appointment's slot, epoch seconds; None for a walk-in."""
    appointment: str = ""
    """The appointment's own number, as the booking system gave it."""
    ground: str = ""
    """Why a kiosk gave it a class of its own: a key of `config.GROUNDS`, or `age` by the card; '' for most."""
    party: str = ""
    """For whom it is, where that was asked: a key of `vocabulary.PARTIES`; '' for most."""
    taken: float | None = None
    """When it was taken without the hub (server/domain/offline.py), epoch seconds; None: when it was recorded."""
    placed: str = ""
    """What held it back behind the head start of its class (`overtaking.Place`); '' for most."""
    on_paper: str = ""
    """The number on the visitor's paper where it is another, since somebody else had that one; '' for most."""

    @property
    def drawn(self) -> bool:
        """Whether the hub took it from its own row of numbers; a device's or a hand's is of a block."""
        return self.taken is None or bool(self.on_paper)


@recorded
class AgendaSet(Event):
    """一号联办: the number is for several items, in this order; of a package of the hall's file, or chosen one by one
    (`package` empty). `after`: item -> those that come before it, as it was then; `saved`: papers that are brought
    once instead of once for each.
    """

    day: str
    package: str
    items: tuple[str, ...]
    after: dict[str, list[str]] = field(default_factory=dict)
    saved: int = 0


@recorded
class ItemSettled(Event):
    """One item of the number has its outcome; the number goes on, or ends in the row behind it."""

    service: str
    outcome: str
    staff: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcome", vocabulary.code(vocabulary.OUTCOMES, self.outcome))


@recorded
class Called(Event):
    """Called to a counter; `why` is the sentence a manager can show to whoever asks why this one was next."""

    staff: str | None = None
    why: str = ""
    why_en: str = ""


@recorded
class Recalled(Event):
    """Called again, by the same counter."""


@recorded
class Started(Event):
    """到窗: the person is at the counter."""


@recorded
class Finished(Event):
    """办结, with the outcome chosen by the operator and the items done (一号多办)."""

    outcome: str
    items: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcome", vocabulary.code(vocabulary.OUTCOMES, self.outcome))


@recorded
class Passed(Event):
    """过号: called and absent."""


@recorded
class Returned(Event):
    """过号受理: taken back into the queue at `rank`; `target` as of Transferred."""

    rank: float
    target: str = ""


@recorded
class Suspended(Event):
    """挂起: `kind` is one of vocabulary.SUSPENSIONS."""

    kind: str


@recorded
class Resumed(Event):
    """恢复: back at a counter, service goes on."""

    staff: str | None = None


@recorded
class Transferred(Event):
    """转移: into the queue of `service` at `rank`; `target` is empty, `counter:ID` or `staff:NUMBER` (ticket.py)."""

    service: str
    target: str
    rank: float
    reason: str


@recorded
class Raised(Event):
    """优先: put to the head of the queue by somebody who may."""

    rank: float
    reason: str


@recorded
class GaveWay(Event):
    """让号: who holds the number lets the next `behind` go first."""

    rank: float
    behind: int


@recorded
class OnTheWay(Event):
    """正在赶来: whoever holds the number says so; no step of it."""


@recorded
class Undone(Event):
    """撤销: the row `of` was a mistake; `back` is what the ticket's fields were before it, `agenda` what the items of
    a number for several were, where one of them was settled by it.
    """

    step: str
    of: int
    back: dict[str, Any]
    agenda: tuple[dict[str, Any], ...] = ()


@recorded
class Left(Event):
    """弃号: withdrew."""


@recorded
class Expired(Event):
    """Still waiting or suspended when the service day turned, or when the hall was closed early."""


@recorded
class ServedOffline(Event):
    """A number was served while no machine ran, and is entered afterwards: by whom (`counter`, `staff`), when it was
    called and done (epoch seconds), and how it ended: finished, passed or left. `outcome` of one that was finished.
    """

    staff: str
    called: float | None
    ended: float
    state: str
    outcome: str | None = None


@recorded
class Imported(Event):
    """A finished visit of another system, whole: the instants are its own, epoch seconds UTC."""

    day: str
    service: str
    klass: str
    staff: str | None
    state: str
    arrived: float
    called: float | None
    last_called: float | None
    started: float | None
    ended: float | None
    calls: int
    outcome: str | None

    def __post_init__(self) -> None:
        if self.outcome:
            object.__setattr__(self, "outcome", vocabulary.code(vocabulary.OUTCOMES, self.outcome))


@recorded
class RatingInvited(Event):
    """评价: the visitor of this round (leg) is asked; the rater waits for [ratings].timeout_s."""

    leg: int


@recorded
class Rated(Event):
    """好差评 of one round: `level` 5 非常满意 to 1 非常不满意, from `source` (`vocabulary.RATING_SOURCES`);
    `default`: nobody rated in time.
    """

    leg: int
    level: int
    source: str
    default: bool = False
    options: tuple[str, ...] = ()
    """Codes of the national list, three digits (`rating_options.OPTIONS`), asked where there is a screen."""
    staff: str | None = None
    """Who had served the round."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", vocabulary.code(vocabulary.RATING_SOURCES, self.source))


@recorded
class RatingAppended(Event):
    """追评: whoever rated a round has thought again, once. The first rating stays; `options` as in `Rated`."""

    leg: int
    level: int
    source: str
    options: tuple[str, ...] = ()
    staff: str | None = None


@recorded
class RatingsDrawn(Event):
    """好评抽查: `rounds` (ticket, leg) drawn of `of` good ratings of the week that began on `week`, a Monday.

    `seed`: the hash of the row before this one, so that anybody can draw the same again (`lot.drawn`).
    """

    week: str
    seed: str
    of: int
    rounds: tuple[tuple[int, int], ...]


@recorded
class NumbersDrawn(Event):
    """抽查办件: `tickets` drawn of the `of` numbers of the service days `first` to `last`, to look at their lives.

    `seed` as in `RatingsDrawn`; one lot is a ticket alone.
    """

    first: str
    last: str
    seed: str
    of: int
    tickets: tuple[int, ...]


@recorded
class FileExported(Event):
    """A file left the hub by somebody's hand: its name, its bytes and their SHA-256."""

    file: str
    size: int
    sha256: str


@recorded
class NoticeIssued(Event):
    """一次性告知: what is `missing` for a service was told in writing; `told` above 1 is a repeat for the same case.

    `job` prints it.
    """

    service: str
    missing: tuple[str, ...]
    staff: str
    job: int
    told: int = 1
    reason: str = ""
    services: tuple[str, ...] = ()
    """The items that one notice is about, where it is about several."""


# --- notifications ----------------------------------------------------------------------------------------------------


@recorded
class TelephoneGiven(Event):
    """An address for notifications was left with the number: `given` holds the seal of each (own, relative). The
    address itself is nowhere in the journal. `rate`: its holder agreed to be asked for a rating by text afterwards.
    """

    given: dict[str, str]
    rate: bool = False


@recorded
class TelephoneErased(Event):
    """The addresses of a number and their key were destroyed: it has ended, or the person wished it."""

    fields: tuple[str, ...]
    reason: str


@recorded
class BySightSet(Event):
    """听障: the number is called by sight, shown longer and blinking; or no more."""

    by_sight: bool


@recorded
class Notified(Event):
    """提醒: on an occasion (`notifications.OCCASIONS`) a message went to an address (own, relative) through
    a channel: sent, failed, stale or limited. `about`: what it is about where that is no number, as `record 12`.
    """

    occasion: str
    field: str
    channel: str
    outcome: str
    parts: int = 1
    about: str = ""


@recorded
class NotificationArrived(Event):
    """The network says of a notification that was sent whether it arrived."""

    occasion: str
    field: str
    arrived: bool
    about: str = ""


@recorded
class WaitTold(Event):
    """What was told of a number's wait when it was given out: a range in `low` to `high` minutes, about `middle_s`
    seconds, by `source` (a key of `server/foresight/guard.py` SOURCES). `seen` is what was known then, in the order of
    `server/foresight/correct.py` Seen: a night learns from it.
    """

    low: int
    high: int
    middle_s: float
    source: str
    seen: tuple[Any, ...] = ()


@recorded
class ManningSet(Event):
    """最少窗口: a manager saved how many counters there are to be at least in a week, which begins on `monday`.

    `rows`: [day, counters joined by commas, minute of the day at which a half hour begins, who was foreseen to come in
    it: low, mean, high, counters advised, counters at least] each (`server/foresight/staffing.py`).
    """

    monday: str
    rows: tuple[Any, ...]


@recorded
class ForesightLearnt(Event):
    """A night's learning: from `waits` that ended on the days `first` to `last` to the coefficients of tomorrow
    (`server/foresight/correct.py` NAMES, a row each of QUANTILES). The back-test: learnt from all but the newest fifth
    and asked about that, the mean error in seconds of the model, the plain play and the line (None: too few).
    """

    first: str
    last: str
    waits: int
    names: tuple[str, ...]
    coefficients: tuple[Any, ...]
    error_s: float | None = None
    play_error_s: float | None = None
    line_error_s: float | None = None


# --- paper ------------------------------------------------------------------------------------------------------------


@recorded
class PrintQueued(Event):
    """A slip is to be printed by the first of `printers` that is ready; `copy` above 1 is a reprint.

    `counter`: where its asker sits.
    """

    job: int
    printers: tuple[str, ...]
    copy: int
    kind: str = "ticket"
    """One of slip_facts.py: ticket, materials, notice …; the ticket it belongs to, if any, is the row's."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the slip is made of besides its ticket, plain JSON; never personal data."""


@recorded
class PrintBegan(Event):
    """Its bytes are about to go out: after this, no second paper without a person's decision."""

    job: int
    printer: str


@recorded
class PrintEnded(Event):
    """What became of it: printed (confirmed), sent (the model can't confirm), failed or unknown, with the reason."""

    job: int
    printer: str | None
    state: str
    reason: str = ""


# --- counters, hall, devices ------------------------------------------------------------------------------------------


@recorded
class CounterOpened(Event):
    """A member of staff logged in at it."""

    staff: str


@recorded
class CounterTakenOver(Event):
    """接管: `staff` takes a counter at which `from_staff` is still logged in, and why. What it makes of the counter and
    of the number there are rows of their own behind it: closed, opened, suspended, passed, resumed.
    """

    staff: str
    from_staff: str
    reason: str


@recorded
class CounterPaused(Event):
    """暂停服务."""

    reason: str


@recorded
class CounterResumed(Event):
    """继续服务."""


@recorded
class CounterClosed(Event):
    """The member of staff logged out, or the session ended by itself (`reason`)."""

    reason: str = ""


@recorded
class CounterBound(Event):
    """窗口业务切换: it serves other services than config.toml says, until it is bound anew.

    None: all; helps: None for all.
    """

    services: tuple[str, ...] | None
    helps: tuple[str, ...] | None
    help_after_min: int
    reason: str


@recorded
class CounterUnbound(Event):
    """It serves what config.toml says again."""

    reason: str = ""


@recorded
class HelpAsked(Event):
    """求助: the counter calls the manager."""

    text: str = ""


@recorded
class HelpAnswered(Event):
    """Somebody went there, or the counter took it back."""


@recorded
class PanicRaised(Event):
    """静默报警: the counter is in danger; the manager and the desk are told, the hall sees and hears nothing."""


@recorded
class PanicAnswered(Event):
    """The manager has dealt with it."""


@recorded
class SkillsSet(Event):
    """What a member of staff can do from now on: service codes (None: every one), languages besides Chinese."""

    staff: str
    services: tuple[str, ...] | None
    languages: tuple[str, ...]
    reason: str


@recorded
class PadPressed(Event):
    """叫号器: keys of a call pad, what they mean (`verb`), and whether it was done; `zh` and `en` say what, or why
    not.
    """

    pad: str
    keys: str
    verb: str
    done: bool
    zh: str
    en: str


@recorded
class ServiceClosed(Event):
    """No numbers for a service on `day`, and what people are told."""

    service: str
    day: str
    message: str
    message_en: str


@recorded
class ServiceReopened(Event):
    """Numbers for the service again."""

    service: str
    day: str


@recorded
class HallClosed(Event):
    """临时闭厅: no more numbers on `day`; those waiting are still served, or dismissed (`waiting`: serve, dismiss)."""

    day: str
    message: str
    message_en: str
    waiting: str


@recorded
class HallReopened(Event):
    """Numbers again on `day`."""

    day: str


@recorded
class EmergencyBegan(Event):
    """安全疏散: text `number` of [voice] emergencies, from 1, as it was then, takes the place of everything on
    screens, boards and voices.
    """

    number: int
    zh: str
    en: str


@recorded
class EmergencyEnded(Event):
    """All is as before."""


@recorded
class BookingsTaken(Event):
    """Appointments and results to be collected came in from another system; they stand in a table of their own.
    `bookings` of them are new or changed, `double` more were here already.
    """

    source: str
    bookings: int
    double: int = 0


@recorded
class BookingsWithdrawn(Event):
    """What row `of` (BookingsTaken) brought is taken out again, `bookings` of it: who has checked in keeps the number,
    a booking that a later file named again stays.
    """

    of: int
    bookings: int
    reason: str


@recorded
class SlotBooked(Event):
    """预约: somebody has a slot of the hall's own, a new booking or one that took what the waiting list offered.

    `start` is epoch seconds; `channel` page, kiosk, desk, console, api or district. Nothing of the person.
    """

    appointment: int
    plan: str
    service: str
    day: str
    start: float
    minutes: int
    channel: str
    language: str = "zh"


@recorded
class SlotChanged(Event):
    """改期: another slot for a booking; the one before is free by this very row."""

    appointment: int
    plan: str
    day: str
    start: float
    minutes: int


@recorded
class SlotCancelled(Event):
    """取消: a booking is no more, or its place on the list; `by_hall`: the hall withdrew it, and says why."""

    appointment: int
    by_hall: bool = False
    reason: str = ""


@recorded
class SlotTelephoneGiven(Event):
    """提醒: an address was left with a booking, to be told of it on its eve: `given` holds its seal."""

    appointment: int
    given: dict[str, str]


@recorded
class SlotTelephoneErased(Event):
    """The address of a booking and its key were destroyed: it is over, or the person wished it."""

    appointment: int
    fields: tuple[str, ...]
    reason: str


@recorded
class SlotListed(Event):
    """候补: all slots of the day are taken, and somebody waits for one."""

    appointment: int
    plan: str
    service: str
    day: str
    minutes: int
    channel: str
    language: str = "zh"


@recorded
class SlotOffered(Event):
    """A freed slot is kept for the next on the list until `until`, epoch seconds."""

    appointment: int
    plan: str
    start: float
    minutes: int
    until: float


@recorded
class FirstContactNoted(Event):
    """首问登记: who was asked first, about what, and where the person was led. `result` is one of
    `vocabulary.CONTACT_RESULTS`.
    """

    contact: int
    matter: str
    result: str
    led_to: str = ""


@recorded
class FirstContactClosed(Event):
    """The matter of a first contact is done or handed over. `record`: the number of the record that it became."""

    contact: int
    note: str = ""
    record: str = ""


@recorded
class DayTurned(Event):
    """A new service day began; `waiting` numbers of the old one expired."""

    day: str
    waiting: int


@recorded
class IssuingChanged(Event):
    """The kiosks began or stopped issuing by the clock."""

    issuing: bool


@recorded
class OnlineTold(Event):
    """A kiosk said, before a number was given out, that `service` can be done online; `taken`: somebody chose that."""

    service: str
    taken: bool = False


@recorded
class ClockSet(Event):
    """The hall's time was moved: somebody confirmed a clock that had jumped; epoch seconds."""

    before: float
    after: float


@recorded
class DeviceChanged(Event):
    """A printer, board or kiosk is in another state than before."""

    device: str
    state: str
    detail: str = ""


@recorded
class VisitsImported(Event):
    """A file of another system's visits was taken in; its rows, those that were new, precede this one. `double` more
    were here already.
    """

    source: str
    sha256: str
    visits: int
    double: int = 0


@recorded
class ImportWithdrawn(Event):
    """The visits that row `of` (VisitsImported) took in never were: the numbers `first` to `last`, `visits` of them,
    and no figure counts them any more. Their rows stay in the journal.
    """

    of: int
    first: int
    last: int
    visits: int
    reason: str


@recorded
class ReportMade(Event):
    """A report was kept as a snapshot, a correction as its next `version`; `sha256` is over its canonical JSON,
    `reason` says why.
    """

    period: str
    version: int
    sha256: str
    definition_version: str
    journal_seq: int
    journal_hash: str
    reason: str = ""


@recorded
class StaffChanged(Event):
    """An account was made or changed; never with a password, nor with the name, which stands beside (the table
    `staff`). Rows of versions before 2026-11-30 have it as `name_`; it is not read.
    """

    staff: str
    role: str
    active: bool = True
    renamed: bool = False
    """It got another name than before."""
    department: str = ""
    """Whose records it sees and moves; empty: the whole hall's."""


# --- people -----------------------------------------------------------------------------------------------------------


@recorded
class LoginRefused(Event):
    """A wrong password, or a locked account; `locked` from the try that locked it on.

    `staff` is empty for an unknown number.
    """

    staff: str
    locked: bool


@recorded
class PasswordSet(Event):
    """A password was changed by its owner, or reset by an administrator (the actor says which); never the password."""

    staff: str


@recorded
class StaffUnlocked(Event):
    """A locked account was opened before its time."""

    staff: str


@recorded
class SecondFactorSet(Event):
    """An account's logins need a code of its owner's telephone from now on; never the secret."""

    staff: str


@recorded
class SecondFactorEnded(Event):
    """The password alone opens the account again; the actor says who ended it."""

    staff: str


@recorded
class RecoveryCodeUsed(Event):
    """One of an account's recovery codes was used up in place of a code."""

    staff: str


@recorded
class ApiTokenMade(Event):
    """A token for another program: its number, what it may do (a column of docs/roles.md), whether it reads alone,
    and its last day; never the token, and never the name it was given.
    """

    token: int
    scope: str
    reads: bool
    last: str


@recorded
class ApiTokenEnded(Event):
    """A token of another program was ended before its day."""

    token: int


# --- devices ----------------------------------------------------------------------------------------------------------


@recorded
class DeviceEnrolled(Event):
    """A device showed its code, an administrator typed it, and it has a token of its own; an older one of `device` is
    void. `kind` is one of enrolment.KINDS, `place` what it stands for in the hall's file, empty for the whole hall.
    """

    device: str
    kind: str
    place: str = ""


@recorded
class DeviceRenamed(Event):
    """A device is called otherwise on the page of devices; the words stand beside (the table `devices`)."""

    device: str


@recorded
class DeviceLocked(Event):
    """A device's token opens nothing until it is unlocked."""

    device: str


@recorded
class DeviceUnlocked(Event):
    """A locked device's token is good again."""

    device: str


@recorded
class TokenEnded(Event):
    """A device's token is void for good; it shows a code again."""

    device: str


@recorded
class PostSet(Event):
    """设岗、调岗、轮岗: from now on a post is this: its counter, its A and its B.

    `rotation`: one of several of one act.
    """

    post: str
    name_: str
    name_en: str
    counter_: str
    a: str
    b: str | None
    reason: str
    rotation: bool = False


@recorded
class PostEnded(Event):
    """撤岗: the post is no more."""

    post: str
    reason: str


@recorded
class SubstitutionBegan(Event):
    """代岗: somebody else than A opened the post's counter; at work from now on, waiting for approval."""

    substitution: int
    post: str
    counter_: str
    from_staff: str
    to_staff: str
    reason: str
    is_b: bool


@recorded
class SubstitutionApproved(Event):
    """A manager approved it."""

    substitution: int
    note: str = ""


@recorded
class SubstitutionRefused(Event):
    """A manager did not approve it; whoever sits there is not thrown out in the middle of a case."""

    substitution: int
    note: str = ""


@recorded
class SubstitutionEnded(Event):
    """The substitute left the counter."""

    substitution: int


@recorded
class RosterSet(Event):
    """排班: from minute `start` to minute `end` of `day` the post is `staff`'s; None: nobody is needed."""

    day: str
    post: str
    staff: str | None
    start: int
    end: int
    reason: str


@recorded
class HalfDaysSet(Event):
    """排班 of a person: half day (2026-11-23am) -> work, rest, or "" for what the calendar says."""

    staff: str
    halves: dict[str, str]
    reason: str


@recorded
class Punched(Event):
    """打卡: somebody came or went, at the desk, the kiosk or her or his own page; `how`: card, pin or login."""

    staff: str
    place: str
    how: str


@recorded
class PunchCorrected(Event):
    """补卡 or 销卡, by somebody else: at `moment` (epoch seconds) there was a punch, or (`struck`) there was none."""

    staff: str
    moment: float
    struck: bool
    reason: str


@recorded
class HalfDayFound(Event):
    """A manager's own finding about a half day with no sign of the person: `truant` (旷工), or "" to take it back."""

    staff: str
    day: str
    half: str
    verdict: str
    reason: str


@recorded
class LeaveBooked(Event):
    """An entry of the leave ledger: so many half days more (or fewer) of a kind. A balance is their sum."""

    staff: str
    kind: str
    halves: int
    reason: str
    source: str = ""
    """The record that it came of; empty: put down by hand."""


@recorded
class MonthSigned(Event):
    """考勤月表 signed: of `month` (2026-11), the sheet (`sequel` 0) or its supplements (1, 2, …). `cells`: staff -> the
    marks of its half days, two a day; of a supplement half day -> the new mark. `sha256` is of `cells` and `sums`
    as canonical JSON.
    """

    month: str
    sequel: int
    cells: dict[str, Any]
    sums: dict[str, dict[str, int]]
    sha256: str


@recorded
class PunchKeySet(Event):
    """Somebody has another card or PIN to punch with, or none; neither is ever in the journal. `kind`: card or pin."""

    staff: str
    kind: str
    given: bool


@recorded
class RegulationIssued(Event):
    """A rule of the hall has another text, as this version; 0 is the program's sample and never issued."""

    rule: str
    version: int
    zh: str
    en: str


@recorded
class RegulationRead(Event):
    """Who is the row's actor has read that version of a rule (已阅)."""

    rule: str
    version: int


@recorded
class TrainingHeld(Event):
    """培训: a course was held on `day`; `passed` are those who passed, where it was `tested`."""

    day: str
    course: str
    hours: int
    staff: tuple[str, ...]
    tested: bool = False
    passed: tuple[str, ...] = ()


@recorded
class RemoteTaken(Event):
    """远程取号: a place is kept until `until`, epoch seconds, for whoever is on the way. No number yet."""

    remote: int
    day: str
    service: str
    until: float
    language: str = "zh"


@recorded
class RemoteRenewed(Event):
    """A place that had expired is kept once more."""

    remote: int
    until: float


@recorded
class RemoteLeft(Event):
    """Whoever a place was kept for does not come."""

    remote: int


@recorded
class Unread(Event):
    """A row of another version, whose name this one does not know: kept, checked by its hash, and it changes nothing.

    Never recorded, so it is no word of the vocabulary.
    """

    called: str
    """Its name in the journal."""

    @property
    def name(self) -> str:
        return self.called


# --- the hall's own description ------------------------------------------------------------------------------------


@recorded
class EpochBegan(Event):
    """Another machine is the hub from this row on: every row up to the next such one is of this epoch.

    `how`: a witness agreed, a person pressed the key, or the hub went above a vote that came to nothing. `last`: the
    newest row that it has of the epoch before.
    """

    epoch: int
    how: str
    last: int


@recorded
class EndMissed(Event):
    """A device keeps the head of this journal as it was, and that row is not here: its end was lost, or an older copy
    was brought back.

    `seq`, `written` (epoch seconds) and `hash` of the row that the device knows; `rows`: how many are missing up to it,
    0 where another row stands in its place; `numbers`: so many numbers at least, `since` the newest known here.
    """

    device: str
    seq: int
    written: float
    hash: str
    rows: int
    numbers: int
    since: str = ""


@recorded
class NumbersLeased(Event):
    """A book may give out numbers without the hub (server/domain/offline.py): all of its `blocks` (letter, first, last)
    up to the service day `until`. `over`: blocks (letter, first) whose lease had ended.

    `device`: the kiosk whose book it is; '' for paper. `epoch`: of the hub that granted it.
    """

    device: str
    book: str
    epoch: int
    until: str
    blocks: tuple[Any, ...]
    over: tuple[Any, ...] = ()


@recorded
class OfflineEntered(Event):
    """What a device gave out without the hub is entered, up to line `last` of its book, which was taken at `until`
    (epoch seconds): `entered` numbers in this go.

    `doubled`: the hub had given out a number for the same touch already, and was serving it; `twins`: (on paper, the
    hub's) of these. `clashes`: (on paper, entered as) where a number was somebody else's or of no block of the book,
    which no lease allows. `skew`: seconds by which the device's clock was behind. `unread`: so many lines of its book
    before this one can't be read by anybody; told once, with a book's first.
    """

    device: str
    book: str
    last: int
    until: float
    entered: int
    doubled: int = 0
    clashes: tuple[Any, ...] = ()
    skew: float = 0.0
    unread: int = 0
    twins: tuple[Any, ...] = ()


@recorded
class ConfigChanged(Event):
    """The hall's file is another one from now on. `before`, `after`: SHA-256 over it and the tables it names.

    `how`: applied, scheduled, rolled back, sent down by the district, the file edited by hand and taken, or found
    changed at a start. `changes`:
    (table, row, key, before, after) each; of a key that may tell of a person or a secret the key alone.
    """

    before: str
    after: str
    why: str
    how: str = "applied"
    changes: tuple[Any, ...] = ()


@recorded
class CircularAnswered(Event):
    """What the hall says to a circular of its district: fits (its day is to come), applied, held (not now; tried
    again), or refused, with the reasons as [Chinese, English] each. `sha256` is over the circular.
    """

    number: int
    sha256: str
    answer: str
    reasons: tuple[Any, ...] = ()


# --- registers (台账) ------------------------------------------------------------------------------------------------


@recorded
class RecordOpened(Event):
    """A record of a register was opened by a move, under a version of the register's file.

    `values` are those that are not private; of a private field `given` has the seal alone: an HMAC of its ciphertext.
    `terms`: the days of each clock that begins, as they were promised then.
    """

    record: int
    register: str
    version: int
    number: str
    move: str
    state: str
    kind: str
    values: dict[str, Any]
    given: dict[str, str] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)


@recorded
class RecordMoved(Event):
    """A move was made; `verdicts` are of the clocks that it ended: days used, due date, late, by which calendar.

    `visit`: the number at whose counter it was made; none where nobody stood there.
    """

    record: int
    move: str
    state: str
    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    verdicts: dict[str, Any] = field(default_factory=dict)
    visit: int | None = None


@recorded
class RecordCorrected(Event):
    """A value was wrong: the old one, the new one, and why; of a private field the seals of both."""

    record: int
    field: str
    old: Any
    new: Any
    reason: str
    sealed: bool = False


@recorded
class RecordErased(Event):
    """The private `fields` of a record are gone, with the key they were sealed by; `reason`: term, or request.

    `given`: the seals of those that stay, made anew by another key.
    """

    record: int
    fields: tuple[str, ...]
    reason: str
    given: dict[str, str] = field(default_factory=dict)


@recorded
class DuesMoved(Event):
    """The calendar changed, and the due dates of all open records were worked out anew: so many of them moved."""

    before: str
    after: str
    records: int
    moved: int


@recorded
class GuidesChanged(Event):
    """The guides in force are others than those that were: each service that changed with its whole guide.

    `guides`: code -> what a person may read of it; `gone`: services that the catalogue has no more.
    """

    guides: dict[str, dict[str, Any]]
    gone: tuple[str, ...] = ()


VOCABULARY: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Issued,
        AgendaSet,
        ItemSettled,
        Called,
        Recalled,
        Started,
        Suspended,
        Resumed,
        Transferred,
        Raised,
        GaveWay,
        OnTheWay,
        Finished,
        Passed,
        Returned,
        Left,
        Expired,
        Undone,
        ServedOffline,
        Imported,
        NoticeIssued,
        RatingInvited,
        Rated,
        RatingAppended,
        RatingsDrawn,
        NumbersDrawn,
        FileExported,
        TelephoneGiven,
        TelephoneErased,
        BySightSet,
        Notified,
        NotificationArrived,
        WaitTold,
        ForesightLearnt,
        ManningSet,
        PrintQueued,
        PrintBegan,
        PrintEnded,
        CounterOpened,
        CounterTakenOver,
        CounterPaused,
        CounterResumed,
        CounterClosed,
        CounterBound,
        CounterUnbound,
        HelpAsked,
        HelpAnswered,
        PanicRaised,
        PanicAnswered,
        PadPressed,
        OnlineTold,
        ServiceClosed,
        ServiceReopened,
        HallClosed,
        HallReopened,
        EmergencyBegan,
        EmergencyEnded,
        BookingsTaken,
        BookingsWithdrawn,
        SlotBooked,
        SlotChanged,
        SlotCancelled,
        SlotListed,
        SlotOffered,
        SlotTelephoneGiven,
        SlotTelephoneErased,
        FirstContactNoted,
        FirstContactClosed,
        DayTurned,
        IssuingChanged,
        ClockSet,
        DeviceChanged,
        VisitsImported,
        ImportWithdrawn,
        ReportMade,
        StaffChanged,
        LoginRefused,
        PasswordSet,
        StaffUnlocked,
        SecondFactorSet,
        SecondFactorEnded,
        RecoveryCodeUsed,
        ApiTokenMade,
        ApiTokenEnded,
        DeviceEnrolled,
        DeviceRenamed,
        DeviceLocked,
        DeviceUnlocked,
        TokenEnded,
        PostSet,
        PostEnded,
        SubstitutionBegan,
        SubstitutionApproved,
        SubstitutionRefused,
        SubstitutionEnded,
        RosterSet,
        HalfDaysSet,
        Punched,
        PunchCorrected,
        HalfDayFound,
        LeaveBooked,
        MonthSigned,
        PunchKeySet,
        RegulationIssued,
        RegulationRead,
        TrainingHeld,
        RemoteTaken,
        RemoteRenewed,
        RemoteLeft,
        SkillsSet,
        RecordOpened,
        RecordMoved,
        RecordCorrected,
        RecordErased,
        DuesMoved,
        GuidesChanged,
        EpochBegan,
        EndMissed,
        NumbersLeased,
        OfflineEntered,
        ConfigChanged,
        CircularAnswered,
    )
}


def to_row(event: Event) -> dict[str, Any]:
    """The event's own fields, JSON-able; `ticket` and `counter` have columns of their own."""
    row = dict(vars(event))
    del row["ticket"], row["counter"]
    return row


@cache
def _fields(name: str) -> frozenset[str]:
    return frozenset(f.name for f in fields(VOCABULARY[name]))


def from_row(name: str, ticket: int | None, counter: str | None, data: dict[str, Any]) -> Event:
    """The event of a journal row: `Unread` where this version does not know its name. Raises TypeError or ValueError
    for a known name whose fields are not its own.
    """
    kind = VOCABULARY.get(name)
    if kind is None:
        return Unread(ticket=ticket, counter=counter, called=name)
    known = _fields(name)
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
    return kind(ticket=ticket, counter=counter, **values)
