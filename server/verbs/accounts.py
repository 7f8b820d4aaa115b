"""Accounts and logins: passwords (argon2), lock-out, sessions that end, and the last administrator who can't be
locked out.

The store holds a password's argon2 hash and a session's sha256. A session is over after `session_hours`, after
`idle_min` without a sign of the person, or when its account is no more; `tick` then closes its counter. Times are
epoch seconds.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Any, Literal, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config import PROGRAMS
from intake.signs import identifier, line
from server.domain import events as ev
from server.domain import passwords
from server.domain.post import AT_COUNTERS
from server.domain.reach import departments_of
from server.domain.rules import Refused
from server.domain.second_factor import WRONG
from server.domain.sign_on import Known
from server.store.database import unwritable
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import counters, people, second_factor
from server.verbs.hub import By, Hub
from server.verbs.unwritten import Login, Taken, Tries

log = logging.getLogger(__name__)

ROLES = ("operator", "guide", "manager", "supervisor", "administrator")
ROLE_NAMES = {
    "operator": "窗口人员",
    "guide": "咨询台人员",
    "manager": "管理人员",
    "supervisor": "监督人员",
    "administrator": "系统管理员",
}


class CodeNeeded(Refused):
    """The password was right, and the account has a second step: the same again with its code."""


COMMAND_LINE = "administrator"
"""As whom the command line on the hub's own machine acts."""
RESERVED = ("hub", *PROGRAMS, "import", "spool", "directory", "visitor", "platform", COMMAND_LINE)
"""Names under which programs act in the journal."""
DIRECTORY = "directory"
"""As whom the district's directory changes accounts."""
NO_PASSWORD = "*"
"""In place of a hash: no password fits."""
SIGN_EVERY_S = 20.0
"""A sign of the person is written down at most this often."""
LONGEST_LOCK_MIN = 480
"""A lock that grows stays shorter than a shift."""
_hasher = PasswordHasher()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def made_up() -> str:
    """A password nobody chose, without signs that look alike on paper."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(3))


def known(reader: Reader, staff: str) -> Row:
    row = reader.staff(staff)
    if row is None:
        raise Refused(f"没有工号“{staff}”。", f"There is no account '{staff}'.")
    return row


def _named(staff: str, name: str) -> tuple[str, str]:
    """A staff number as it is stored, whatever width it was typed in, and a name."""
    staff, name = identifier(staff), line(name)
    _number(staff)
    if not name:
        raise Refused("姓名不能为空。", "A name is needed.")
    return staff, name


def number_of(reader: Reader, typed: str) -> str:
    """The staff number that somebody typed. One stored in full width before they were made plain is kept."""
    staff = identifier(typed)
    return typed.strip() if reader.staff(staff) is None and reader.staff(typed.strip()) else staff


def _role(role: str) -> None:
    if role not in ROLES:
        raise Refused(f"没有角色“{role}”：{'、'.join(ROLES)}。", f"No role '{role}': one of {', '.join(ROLES)}.")


def _department(hub: Hub, department: str) -> None:
    """One that decides a service of the catalogue, or none."""
    known = departments_of(hub.hall.services)
    if department and department not in known:
        raise Refused(
            f"事项目录里没有部门“{department}”：{'、'.join(known)}。",
            f"No service of the catalogue is of the department '{department}': one of {', '.join(known)}.",
        )


def _number(staff: str) -> None:
    """A staff number stands in the chain for ever: nobody's name, so nothing but ASCII letters and digits."""
    if not re.fullmatch(r"[A-Za-z0-9]{1,20}", staff):
        raise Refused(
            f"工号“{staff}”不能用：工号为1到20位字母或数字，不写姓名。",
            f"'{staff}' is no staff number: 1 to 20 letters and digits, never a name.",
        )


def _nobody_else(hub: Hub, staff: str) -> None:
    """Who acts is one word in the journal: a number may not be the name of a device or program."""
    if identifier(staff) in (*hub.hall.kiosks, *hub.hall.printers, *RESERVED):
        raise Refused(
            f"“{staff}”是设备或系统的名字：请换一个工号。",
            f"'{staff}' is the name of a device or program: choose another number.",
        )


# --- accounts ---------------------------------------------------------------------------------------------------------


def put(hub: Hub, by: By, staff: str, name: str, role: str, password: str, department: str | None = None) -> None:
    """Make an account, or make it new: active, unlocked, with this password; of the department that it had, if none is
    given. What the command line does.
    """
    _role(role)
    if department:
        _department(hub, department)
    staff, name = _named(staff, name)
    hashed = _hasher.hash(password)

    def decide(turn: Turn) -> None:
        before = turn.staff(staff)
        of = (before["department"] if before else "") if department is None else department
        turn.put_staff(staff, name, role, hashed, of)
        turn.forget_failures(staff)
        if turn.second_factor(staff) is not None:
            turn.drop_second_factor(staff)
            turn.record(ev.SecondFactorEnded(staff=staff), by.actor)
        renamed = bool(before and before["name"] != name)
        turn.record(ev.StaffChanged(staff=staff, role=role, renamed=renamed, department=of), by.actor)

    hub.turn(decide)


def hire(
    hub: Hub,
    by: By,
    staff: str,
    name: str,
    role: str,
    password: str,
    department: str | None = None,
    *,
    first: bool = False,
) -> bool:
    """`put` for the command line: its password is held to what a person's own is, its number is nobody else's.
    `first`: only while the hall has no active administrator. Whether it was made.
    """
    if weak := passwords.weakness(password, staff, name):
        raise Refused(*weak)
    _nobody_else(hub, staff)
    if first and any(row["role"] == "administrator" and row["active"] for row in hub.read().everybody()):
        return False
    put(hub, by, staff, name, role, password, department)
    return True


def make(hub: Hub, by: By, staff: str, name: str, role: str, department: str = "") -> str:
    """A new account; the password made up for it. Refused when the number is in use."""
    _role(role)
    _department(hub, department)
    staff, name = _named(staff, name)
    _nobody_else(hub, staff)
    password = made_up()
    hashed = _hasher.hash(password)

    def decide(turn: Turn) -> str:
        if turn.staff(staff):
            raise Refused(
                f"工号{staff}已存在：请换一个工号。", f"Account {staff} exists already: choose another number."
            )
        turn.add_staff(staff, name, role, hashed, department)
        turn.record(ev.StaffChanged(staff=staff, role=role, department=department), by.actor)
        return password

    return hub.turn(decide)


def change(hub: Hub, by: By, staff: str, *, name: str, role: str, active: bool, department: str | None = None) -> None:
    """Name, role, department (None: as it is), whether it may log in; a deactivated account's sessions end at once,
    and its card and PIN to punch with are gone.

    The same again changes nothing.
    """
    _role(role)
    name = line(name)

    def decide(turn: Turn) -> None:
        row = known(turn, staff)
        of = row["department"] if department is None else department
        if (row["name"], row["role"], bool(row["active"]), row["department"]) == (name, role, active, of):
            return
        if of != row["department"]:
            _department(hub, of)
        if not name:
            raise Refused("姓名不能为空。", "A name is needed.")
        others = [r for r in turn.everybody() if r["id"] != staff and r["role"] == "administrator" and r["active"]]
        if row["role"] == "administrator" and row["active"] and not (role == "administrator" and active) and not others:
            raise Refused(
                "这是最后一个系统管理员：请先设另一个系统管理员。",
                "This is the last administrator: make another one first.",
            )
        turn.change_staff(staff, name=name, role=role, active=active, department=of)
        if not active or role not in (*AT_COUNTERS, "administrator"):
            turn.end_sessions(staff)
            hub.unwritten.end_of(staff)
        for kind in sorted(turn.punch_kinds(staff)) if not active else ():
            turn.put_punch_key(staff, kind, "")
            turn.record(ev.PunchKeySet(staff=staff, kind=kind, given=False), by.actor)
        renamed = row["name"] != name
        turn.record(ev.StaffChanged(staff=staff, role=role, active=active, renamed=renamed, department=of), by.actor)

    hub.turn(decide)
    if not active:
        hub.store.sweep()
    tick(hub)


def reset_password(hub: Hub, by: By, staff: str) -> str:
    """A new password, made up here and returned once; the account's sessions end and its lock opens."""
    password = made_up()
    hashed = _hasher.hash(password)

    def decide(turn: Turn) -> None:
        if known(turn, staff)["subject"]:
            raise Refused(
                f"工号{staff}由统一登录管理，没有本机密码。",
                f"{staff} is kept by the directory and has no password here.",
            )
        _set_password(turn, staff, hashed, by.actor, None)

    hub.turn(decide)
    hub.unwritten.forget_tries(staff)
    tick(hub)
    return password


def change_password(hub: Hub, staff: str, old: str, new: str, session: str | None, address: str = "") -> None:
    """A person's own password; all her or his sessions but this one end."""
    row = known(hub.read(), staff)
    if row["subject"]:
        raise Refused(
            "这个账号的密码在统一登录里更改。", "This account's password is changed in the district's directory."
        )
    _not_barred(hub, staff, address)
    right = _fits(row, old)
    _not_barred(hub, staff, address)  # by what others typed meanwhile
    if not right:
        until = _failed(hub, row, staff, address)
        raise _locked(hub, until) if until else Refused("原密码不对。", "The old password is wrong.")
    if weak := passwords.weakness(new, staff, row["name"]):
        raise Refused(*weak)
    if new == old:
        raise Refused("新密码和原密码一样：请另想一个。", "The new password is the old one: think of another.")
    hashed = _hasher.hash(new)
    hub.turn(lambda turn: _set_password(turn, staff, hashed, staff, session))


def with_brake(hub: Hub, staff: str, address: str, act: Callable[[], None]) -> None:
    """Something that a wrong code refuses: it counts as a wrong password does, and locks as that does."""
    row = known(hub.read(), staff)
    _not_barred(hub, staff, address)
    try:
        act()
    except Refused:
        if until := _failed(hub, row, staff, address):
            raise _locked(hub, until) from None
        raise


def _not_barred(hub: Hub, staff: str, address: str) -> None:
    """Raises Refused while the account is locked for this address."""
    if (until := _barred_until(hub, staff, address)) > hub.now():
        raise _locked(hub, until)


def _failed(hub: Hub, row: Row, staff: str, address: str) -> float:
    """Count a wrong password or code: in the store, or in memory while nothing can be written. The time until which the
    account is locked by it for this address, or 0.
    """
    try:
        return hub.turn(lambda turn: _count_failure(hub, turn, row, staff, address))
    except Exception as error:
        if not unwritable(error):
            raise
    with hub.unwritten.deciding:
        until = _barred_until(hub, staff, address)
        return until if until > hub.now() else _count_unwritten(hub, staff, address)


def _set_password(turn: Turn, staff: str, hashed: str, actor: str, but: str | None) -> None:
    turn.change_staff(staff, password_hash=hashed)
    turn.forget_failures(staff)
    turn.end_sessions(staff, but)
    turn.record(ev.PasswordSet(staff=staff), actor)


def unlock(hub: Hub, by: By, staff: str) -> None:
    """Open a locked account before its time; one that isn't locked stays as it is."""

    def decide(turn: Turn) -> None:
        known(turn, staff)
        if turn.has_failures(staff):
            turn.forget_failures(staff)
            turn.record(ev.StaffUnlocked(staff=staff), by.actor)

    hub.turn(decide)
    hub.unwritten.forget_tries(staff)


def vouched(hub: Hub, known_there: Known) -> str:
    """The account of somebody whom the directory vouches for, made or brought up to date; its staff number.

    An own account stays its owner's: the directory takes none over. Raises Refused.
    """
    subject, staff, name, role = known_there
    _nobody_else(hub, staff)

    def decide(turn: Turn) -> str:
        before = turn.staff_of_subject(subject)
        there = turn.staff(staff)
        if there is not None and there["subject"] != subject:
            raise Refused(
                f"工号{staff}是本机账号：请用本机密码登录，或请系统管理员处理。",
                f"{staff} is an own account of this hall: log in with its password, or ask an administrator.",
            )
        if before is not None and before["id"] != staff:
            raise Refused(
                f"统一登录里的工号由{before['id']}改成了{staff}：请系统管理员先停用原账号。",
                f"The directory changed the staff number {before['id']} to {staff}: an administrator deactivates the"
                " old account first.",
            )
        if before is None:
            turn.add_staff(staff, name, role, NO_PASSWORD, "")
            turn.change_staff(staff, subject=subject)
            turn.record(ev.StaffChanged(staff=staff, role=role), DIRECTORY)
        elif not before["active"]:
            raise Refused(f"工号{staff}已停用：请找系统管理员。", f"{staff} is deactivated: ask an administrator.")
        elif (before["name"], before["role"]) != (name, role):
            turn.change_staff(staff, name=name, role=role)
            told = ev.StaffChanged(
                staff=staff, role=role, renamed=before["name"] != name, department=before["department"]
            )
            turn.record(told, DIRECTORY)
        return staff

    return hub.turn(decide)


# --- logging in -------------------------------------------------------------------------------------------------------


def _nobody(hasher: PasswordHasher) -> str:
    """What an unknown staff number is checked against, so that it takes as long as a known one."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${'A' * 22}${'A' * 43}"


def _fits(row: Row | None, password: str) -> bool:
    """Whether the password is the account's; as slow for an account that is not there."""
    try:
        _hasher.verify(row["password_hash"] if row else _nobody(_hasher), password)
    except (VerificationError, InvalidHashError):
        return False
    return row is not None


def log_in(
    hub: Hub,
    staff: str,
    password: str,
    counter: str | None,
    reason: str = "",
    becomes: str = "stay",
    *,
    address: str = "",
    code: str = "",
    proved: Literal["", "password", "directory"] = "",
) -> str:
    """Check the password, take the counter, begin a session; its token.

    Raises Refused, and then nothing but the try is noted. What was typed wrong at one `address` keeps nobody out at
    another. `proved`: the password was right a moment ago, and only `code` is looked at; or the directory vouches.
    Where nothing can be written the login is kept in memory, and opens no counter.
    """
    staff = number_of(hub.read(), staff)
    right = bool(proved) or _fits(hub.read().staff(staff), password)
    token = secrets.token_urlsafe(32)

    def decide(turn: Turn) -> Refused | None:
        row = turn.staff(staff)
        row = row if row and row["active"] else None
        if (until := _locked_until(turn, noted_as(row, staff), address)) > turn.now:
            known_one = staff if row else ""
            turn.record(ev.LoginRefused(staff=known_one, locked=True), known_one or "login")
            return _locked(hub, until)
        if row is None or not right:
            until = _count_failure(hub, turn, row, staff, address)
            return _locked(hub, until) if until else Refused("工号或密码不对。", "Staff number or password is wrong.")
        if proved != "directory" and turn.second_factor(staff):
            if not code:
                return CodeNeeded("请输入验证码。", "Type your code.")
            if not second_factor.fits(hub, turn, staff, code):
                until = _count_failure(hub, turn, row, staff, address)
                return _locked(hub, until) if until else Refused(*WRONG)
        turn.forget_failures(staff, address)
        if counter:
            people.take_counter(hub, turn, counter, staff, row["role"], reason, becomes)
        turn.put_session(digest(token), staff, counter, turn.now)
        return None

    try:
        refusal = hub.turn(decide)
    except Exception as error:
        if not unwritable(error):
            raise
        log.error("a login that can't be written down: %s", error)
        _log_in_unwritten(hub, Entry(staff, right, counter, address, code, proved), token)
        return token
    if refusal:
        raise refusal
    return token


class Entry(NamedTuple):
    """Who wants to log in, as `log_in` was asked; `right`: the password is."""

    staff: str
    right: bool
    counter: str | None
    address: str
    code: str
    proved: str


def _log_in_unwritten(hub: Hub, entry: Entry, token: str) -> None:
    """The same without a word of it in the store. Raises Refused."""
    with hub.unwritten.deciding:
        _decide_unwritten(hub, entry, token)


def _decide_unwritten(hub: Hub, entry: Entry, token: str) -> None:
    staff, reader, now, kept = entry.staff, hub.read(), hub.now(), hub.unwritten
    row = reader.staff(staff)
    row = row if row and row["active"] else None
    who = noted_as(row, staff)
    if (until := _barred_until(hub, who, entry.address)) > now:
        raise _locked(hub, until)

    def wrong(said: Refused) -> Refused:
        until = _count_unwritten(hub, who, entry.address)
        return _locked(hub, until) if until else said

    if row is None or not entry.right:
        raise wrong(Refused("工号或密码不对。", "Staff number or password is wrong."))
    if entry.proved != "directory" and reader.second_factor(staff):
        if not entry.code:
            raise CodeNeeded("请输入验证码。", "Type your code.")
        step = second_factor.step(hub, reader, staff, entry.code, kept.used(staff))
        if step is None:
            raise wrong(Refused(*WRONG))
        kept.used(staff, step)
    kept.tried(who, entry.address, None)
    seat = reader.counter(entry.counter) if entry.counter else None
    there = entry.counter if seat and seat.state != "closed" and seat.staff == staff else None
    kept.keep(digest(token), Login(staff, there, now, now, row["password_hash"]))


def _count_unwritten(hub: Hub, who: str, address: str) -> float:
    """As `_count_failure`, in memory; by who holds `deciding`."""
    tries, table, now = hub.unwritten.tries(who, address), hub.hall.people, hub.now()
    if tries.failed + 1 < table.lock_after:
        hub.unwritten.tried(who, address, tries._replace(failed=tries.failed + 1))
        return 0.0
    until = now + lock_s(tries.locks, table.lock_min)
    hub.unwritten.tried(who, address, Tries(0, tries.locks + 1, until))
    return until


def settle(hub: Hub) -> None:
    """Write down who logged in, or out, and whose codes were used while nothing could be written."""
    if not hub.unwritten.any:
        return

    def decide(turn: Turn) -> Taken:
        taken = hub.unwritten.taken()  # in the turn: whoever logged out in one before this is not among them
        began, seen = _limits(hub, turn.now)
        for token_hash, one in taken.logins.items():
            row = turn.staff(one.staff)
            alive = one.at >= began and one.seen >= seen
            if alive and row and row["active"] and row["password_hash"] == one.hashed:
                turn.put_session(token_hash, one.staff, one.counter, one.at, one.seen)
        for token_hash in taken.ended:
            turn.end_session(token_hash)
        for staff, step in taken.steps.items():
            known_to_be = turn.second_factor(staff)
            if known_to_be and known_to_be["step"] < step:
                turn.used_step(staff, step)
        return taken

    try:
        taken = hub.turn(decide)
    except Exception as error:
        if not unwritable(error):
            raise
        return
    hub.unwritten.settled(taken)


def right_password(reader: Reader, staff: str, password: str, roles: Collection[str]) -> bool:
    """Whether it is the password of somebody who works here in one of these roles; nothing is noted."""
    row = reader.staff(number_of(reader, staff))
    return _fits(row, password) and row is not None and bool(row["active"]) and row["role"] in roles


def noted_as(row: Row | None, staff: str) -> str:
    """Under what failures are noted: an unknown number's hash, since people type passwords into the wrong field."""
    return staff if row else f"? {digest(staff)}"


def _barred_until(hub: Hub, who: str, address: str) -> float:
    """The same by what is counted in memory, too."""
    return max(hub.unwritten.tries(who, address).until, _locked_until(hub.read(), who, address))


def _locked_until(reader: Reader, who: str, address: str) -> float:
    """Until when this account is locked for this address; 0 if it is not."""
    noted = reader.login_failures(who, address)
    return float(noted["locked_until"] or 0.0) if noted else 0.0


def lock_s(locks: int, first_min: int) -> float:
    """How long a lock lasts that comes after so many since the last right password."""
    return float(min(first_min * 2 ** min(locks, 20), max(first_min, LONGEST_LOCK_MIN)) * 60)


def _count_failure(hub: Hub, turn: Turn, row: Row | None, staff: str, address: str) -> float:
    """Note a wrong password; the time until which the account is locked by it for this address, or 0.

    `row` is the account if there is one. An unknown number is noted without itself, and locked all the same: how a
    guess is answered says nothing of who works here.
    """
    who, table = noted_as(row, staff), hub.hall.people
    noted = turn.login_failures(who, address)
    failed, locks = (noted["failed"] + 1, noted["locks"]) if noted else (1, 0)
    until = turn.now + lock_s(locks, table.lock_min) if failed >= table.lock_after else None
    turn.note_failure(who, address, *((0, locks + 1) if until else (failed, locks)), until)
    known_one = staff if row else ""
    turn.record(ev.LoginRefused(staff=known_one, locked=until is not None), known_one or "login")
    return until or 0.0


def _locked(hub: Hub, until: float) -> Refused:
    at = datetime.fromtimestamp(until, hub.hall.zone)
    return Refused(
        f"密码连续输错{hub.hall.people.lock_after}次，账号锁定至 {at:%H:%M}：请到时再试，或请管理人员解锁。",
        f"Too many wrong passwords: locked here until {at:%H:%M}. Try again then, or ask a manager to unlock it.",
    )


# --- sessions ---------------------------------------------------------------------------------------------------------


def session(hub: Hub, token_hash: str) -> Mapping[str, Any] | None:
    """The session behind a cookie, if it is not over."""
    reader = hub.read()
    kept = hub.unwritten.session(reader, token_hash)  # memory first: what is written down meanwhile is in one of them
    row: Any = None if hub.unwritten.over(token_hash) else reader.session(token_hash) or kept
    began, seen = _limits(hub, hub.now())
    return row if row and row["at"] >= began and row["seen"] >= seen else None


def sessions(hub: Hub) -> set[str]:
    """Every session that is not over."""
    reader, limits = hub.read(), _limits(hub, hub.now())
    if not hub.unwritten.any:
        return reader.sessions(*limits)
    kept = hub.unwritten.sessions(reader, *limits)  # memory first, as above
    over = hub.unwritten.taken().ended
    return (reader.sessions(*limits) | kept).difference(over)


def _limits(hub: Hub, now: float) -> tuple[float, float]:
    """Sessions that began or were last seen before these are over."""
    return now - hub.hall.people.session_hours * 3600, now - hub.hall.people.idle_min * 60


def sign_of(hub: Hub, token_hash: str, seen: float) -> None:
    """The person is there."""
    if hub.now() - seen >= SIGN_EVERY_S and not hub.unwritten.sign_of(token_hash, hub.now()):
        hub.turn(lambda turn: turn.sign_of(token_hash))


def log_out(hub: Hub, token_hash: str, staff: str, counter: str | None) -> None:
    """End a session; its counter closes with it. Raises Refused while somebody is being served there."""

    def decide(turn: Turn) -> None:
        turn.drop_session(token_hash)
        if (
            counter
            and turn.counter(counter).staff == staff
            and not turn.others_at(counter, staff, *_limits(hub, turn.now))
        ):
            counters.close_in(hub, By(staff), turn, counter)

    if _ends(hub, token_hash, decide):
        people.tick(hub)


def end(hub: Hub, token_hash: str) -> None:
    """A session is replaced by another in the same browser: its counter closes as soon as nobody is served there."""
    if _ends(hub, token_hash, lambda turn: turn.end_session(token_hash)):
        tick(hub)


def _ends(hub: Hub, token_hash: str, decide: Callable[[Turn], None]) -> bool:
    """Whether the end of a session is written down; else it is over all the same."""

    def work(turn: Turn) -> None:
        decide(turn)
        hub.unwritten.drop(token_hash)  # in the turn: none that puts it comes after it

    try:
        hub.turn(work)
    except Exception as error:
        if not unwritable(error):
            raise
        hub.unwritten.end(token_hash)
        return False
    return True


def tick(hub: Hub) -> None:
    """Close the counters whose session is over and where nobody is being served; forget the session.

    None is over by a clock in doubt.
    """
    settle(hub)  # by the time that they began by: whoever confirms the clock stays in with those in the store
    if not hub.certain:
        return
    limits = _limits(hub, hub.now())
    if hub.read().over_sessions(*limits):
        hub.turn(lambda turn: _close_abandoned(hub, turn, limits))
    people.tick(hub)


def _close_abandoned(hub: Hub, turn: Turn, limits: tuple[float, float]) -> None:
    for row in turn.over_sessions(*limits):
        counter = turn.counter(row["counter"]) if row["counter"] else None
        if (
            counter
            and counter.state != "closed"
            and counter.staff == row["staff"]
            and not turn.others_at(counter.id, row["staff"], *limits)
        ):
            if turn.at_counter(counter.id):
                continue
            counters.close_in(hub, By("hub"), turn, counter.id, "timeout" if row["seen"] else "ended")
        turn.drop_session(row["token_hash"])


@dataclass(frozen=True)
class Staff:
    """A member of staff who is logged in, at a counter or at none."""

    id: str
    name: str
    role: str
    counter: str | None
    session: str = ""
    seen: float = 0.0
    department: str = ""
    """Whose records the account sees and moves; empty: the whole hall's."""
