"""Posts, attendance, the register of changes, accounts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.pages.answers.console_told import StandingIn
from server.pages.answers.parts import CounterState, Day, Instant, Named, Part, Words


class Person(Part):
    id: str
    name: str


class CounterName(Named):
    id: str


class PostName(Named):
    id: str


class Post(Named):
    id: str
    counter: CounterName
    a: Person | None
    b: Person | None
    since: Instant
    state: CounterState
    there: Person | None
    standing_in: StandingIn | None


class Substitution(Part):
    """代岗."""

    id: int
    post: str
    counter: CounterName
    from_: Person | None = Field(alias="from")
    to: Person | None
    reason: str
    reason_en: str
    is_b: bool
    state: Literal["waiting", "approved", "refused"]
    began: Instant
    ended: Instant | None
    decided_by: Person | None
    note: str


class Language(Words):
    id: str


class SkillsOf(Part):
    """What a member of staff can do."""

    staff: Person
    services: list[str] | None = Field(description="Codes; null: every one")
    said: Words
    languages: list[Language]


class Posts(Part):
    posts: list[Post]
    substitutions: list[Substitution]
    skills: list[SkillsOf]


class Duty(Part):
    """How one duty was kept."""

    post: PostName
    counter: CounterName
    staff: Person | None
    start: Instant
    end: Instant
    login: Instant | None
    late_min: int
    early_min: int
    absent: bool
    duty_min: int
    present_min: int
    b_min: int
    paused_min: int
    unmanned_min: int
    share: float | None


class DutyTotal(Part):
    duty_min: int
    present_min: int
    unmanned_min: int
    share: float | None


class Shift(Part):
    """The roster's word on a post; no `staff`: nobody is needed."""

    post: PostName
    staff: Person | None
    start: str = Field(description="Such as 09:00")
    end: str
    reason: str


class Attendance(Part):
    day: Day
    open: list[list[Instant]] = Field(description="From … to")
    duties: list[Duty]
    total: DutyTotal
    roster: list[Shift]


class ForeseenHalf(Part):
    at: str
    minute: int
    people: list[int] = Field(description="Foreseen to come: low, mean, high")
    advised: int = Field(description="The fewest counters that keep the pledge")
    p90_min: int = Field(description="Nine in ten wait at most so many minutes then")
    least: int = Field(description="最少窗口: as saved, else as advised")


class ForeseenDay(Part):
    day: Day
    people: list[int]
    kept: bool = Field(description="Whether the pledge is kept with the counters that there are")
    halves: list[ForeseenHalf]


class Busiest(Part):
    day: Day
    at: str
    counters: int


class ForeseenGroup(Named):
    """Counters that share their people."""

    counters: list[str]
    learnt_days: int
    people: list[int]
    busiest: Busiest
    counter_hours: float
    saved: bool
    days: list[ForeseenDay]


class JudgedDay(Part):
    day: Day
    people: list[int]
    came: int


class JudgedWeek(Part):
    monday: Day
    days: list[JudgedDay]
    halves: int
    inside: float = Field(description="Share of half hours whose people came within the range")
    wrong: float = Field(description="What was wrong in the half hours, as a share of who came")
    advised_h: float
    had_h: float
    fewer: int = Field(description="Half hours with fewer counters than advised")


class Week(Part):
    monday: Day
    sunday: Day
    before: Day
    after: Day
    pledge_min: int
    groups: list[ForeseenGroup]
    judged: JudgedWeek | None


class RuleAsked(Part):
    head_start_min: dict[str, int]
    in_a_row: int
    overtaken_at_most: int
    help_after_min: int | None


class FeltThen(Part):
    people: int
    mean_min: float
    p90_min: float
    longest_min: float
    over: float = Field(description="Share that waited longer than pledged")


class ClassTried(Named):
    id: str = Field(description="Class; empty: everybody")
    was: FeltThen = Field(description="As it was")
    own: FeltThen = Field(description="Played again by the hall's own rule")
    tried: FeltThen = Field(description="Played by the rule that is asked about")


class RuleTried(Part):
    asked: RuleAsked
    own: RuleAsked
    helps_after_min: list[int]
    pledge_min: int
    days: int
    classes: list[ClassTried]


class Rehearsal(Part):
    """演练."""

    state: Literal["none", "starting", "running", "ended"]
    day: str = Field(description="Service day, or kind and seed of an invented one")
    speed: float = Field(description="Recorded seconds a second")
    by: str
    since: Instant | None
    at: str = Field(description="The recorded time that it has come to, HH:MM")
    share: float = Field(description="Of its steps, so many are done")
    address: str = Field(description="Where it is looked at, key included; empty while it can't be")
    said: str = Field(description="What went wrong")
    said_en: str


class PostThen(Named):
    counter: CounterName
    a: Person | None
    b: Person | None


class Filing(Part):
    """备案 of a change."""

    id: int
    number: str
    done: bool
    state: str
    state_en: str
    approver: str
    approver_en: str
    reason: str = Field(
        description="Why, as the record says; of a change that it made, `reason` of the line is its number"
    )
    reason_en: str
    file_no: str


class PostChange(Part):
    seq: int
    at: Instant
    by: Person | None
    post: str
    kind: str
    kind_en: str
    before: PostThen | None
    after: PostThen | None
    reason: str
    filed: Filing | None = Field(description="Null: not filed, and nobody has begun to")


class Register(Part):
    register_: list[PostChange] = Field(alias="register")


class AccountState(Part):
    staff: str
    name: str
    role: str
    role_name: str
    department: str = Field(description="Whose records it sees and moves; empty: the whole hall's")
    two_steps: bool = Field(description="Its logins need a code besides the password")
    directory: bool = Field(description="The district's directory keeps it: it has no password here")
    active: bool
    failed: int
    locked_until: Instant | None


class Accounts(Part):
    accounts: list[AccountState]


class AccountMade(Part):
    made: bool = Field(description="False where the first administrator was asked for, and there is one already")


class DoneSo(Words):
    """What was done, in a sentence."""

    password: str = Field("", description="Of a new account, or a new one of an old: told this once")


class Alive(Part):
    idle_min: int = Field(description="After so long without a sign the login ends")


class OtherToken(Part):
    """A token of another program."""

    token: int
    name: str
    scope: str = Field(description="A column of docs/roles.md")
    scope_name: str
    scope_name_en: str
    reads: bool
    last: Day
    state: Literal["good", "soon", "over", "ended"]
    state_name: str
    state_name_en: str
    made_at: Instant
    made_by: str


class ApiTokens(Part):
    tokens: list[OtherToken]


# --- attendance by half days ---


class HalfDayCell(Part):
    half: str = Field(description="Such as 2026-11-23am")
    kind: str
    mark: str
    why: str
    why_en: str


class MonthLine(Part):
    staff: Person
    cells: list[HalfDayCell]
    sums: dict[str, int]
    share: float | None = Field(description="出勤率, 0 to 1")


class MonthSignature(Part):
    sequel: int = Field(description="0: the sheet; 1, 2, …: its supplements")
    at: Instant
    by: Person
    sha256: str


class ChangedCell(Part):
    staff: Person
    half: str
    kind: str
    when: str
    when_en: str
    now: str
    now_en: str


class FrozenLine(Part):
    staff: Person
    marks: list[str]
    sums: dict[str, int]


class MonthSheet(Part):
    """考勤月表."""

    month: str
    days: list[Day]
    over: bool
    lines: list[MonthLine]
    signed: list[MonthSignature]
    changed: list[ChangedCell] = Field(description="What a supplement would say")
    frozen: list[FrozenLine]


class StaffedPerson(Part):
    staff: Person
    minutes: int


class StaffedCounter(Named):
    id: str
    minutes: int = Field(description="In opening hours with somebody logged in, pauses included")
    share: float | None = Field(description="Of the opening hours so far, 0 to 1")
    people: list[StaffedPerson]


class ShortSpan(Part):
    day: Day
    start: str = Field(description="Local time, such as 12:00")
    end: str
    minutes: int
    there: int
    wanted: int
    counters: list[Named] = Field(description="Of the least manning of the week; none: the whole hall, by its file")


class StaffingMonth(Part):
    """窗口在岗与缺员 of a month."""

    month: str
    watched: bool = Field(description="Whether the hall says how many counters it wants at least")
    open_minutes: int
    counters: list[StaffedCounter]
    short: list[ShortSpan]
    short_minutes: int
    lacking_minutes: int = Field(description="Minutes times the counters that were missing")


class MyHalf(Named):
    half: str
    kind: str
    said: str
    said_en: str
    why: str
    why_en: str


class LeaveLeft(Named):
    kind: str
    halves: int


class MyDay(Part):
    """One's own attendance today."""

    day: Day
    halves: list[MyHalf]
    punches: list[Instant]
    left: list[LeaveLeft]
    keys: list[str] = Field(description="What one punches with: card, pin")


class LeaveBalance(Part):
    staff: Person
    annual: int
    lieu: int


class LeaveBooking(Part):
    at: Instant
    staff: Person
    kind: str
    kind_en: str
    halves: int
    reason: str
    source: str
    by: Person


class LeaveLedger(Part):
    """假期账; half days."""

    left: list[LeaveBalance]
    entries: list[LeaveBooking]


class PunchDone(Part):
    name: str
    at: str


# --- rules and training ---


class ShareOf(Part):
    numerator: int
    denominator: int
    share: float | None


class HallRule(Named):
    rule: str
    text: str
    text_en: str
    version: int = Field(description="0: the program's sample, not issued by the hall")
    since: Instant | None
    mine: bool = Field(description="Whether who asks has read this version")
    read: int
    unread: list[Person]


class HallRules(Part):
    """The seven rules."""

    rules: list[HallRule]
    people: int
    acknowledged: ShareOf


class CourseKind(Named):
    course: str
    months: int


class CourseStanding(Part):
    course: str
    last: Day | None
    due: Day | None
    on_schedule: bool


class TrainingLine(Part):
    staff: Person
    hours: int = Field(description="Of this year")
    courses: list[CourseStanding]


class CourseHeld(Named):
    day: Day
    course: str
    hours: int
    staff: list[Person]
    tested: bool
    passed: list[str]


class Training(Part):
    """培训."""

    courses: list[CourseKind]
    lines: list[TrainingLine]
    on_schedule: ShareOf
    held: list[CourseHeld]


# --- the hall's file ---


class Responsible(Part):
    for_: str = Field(alias="for")
    for_en: str
    staff: Person | None


class FiledCounter(Named):
    id: str
    kind: str
    kind_en: str
    owner: str
    approval: str
    valid_from: str
    valid_to: str
    approved: bool
    why: str
    why_en: str


class SelfCheckLine(Part):
    duty: str = Field(description="As in docs/duties.md")
    quote: str = Field(description="The notice's words")
    state: Literal["met", "missing", "unknown"]
    said: str
    said_en: str
    found: str
    found_en: str


class HallFile(Named):
    """大厅档案."""

    address: str
    area_m2: int
    residents: int
    seats: int
    sign: str
    plaque: str
    persons: list[Responsible]
    counters: list[FiledCounter]
    lines: list[SelfCheckLine]
    findings: int = Field(description="Findings of inspections that are not written off")
    met: int


# --- indicators ---


class HallNamed(Named):
    id: str


class IndicatorValue(Named):
    """A count, or a ratio with its parts."""

    id: str
    kind: Literal["count", "ratio"]
    now: bool = Field(description="As it stands when it is made, not of the month")
    means: str
    means_en: str
    count: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    share: float | None = None


class Indicators(Part):
    """绩效指标 of a month."""

    month: str
    hall: HallNamed
    definition_version: str
    made: Instant
    indicators: list[IndicatorValue]
