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


class PostThen(Named):
    counter: CounterName
    a: Person | None
    b: Person | None


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
