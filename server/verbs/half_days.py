"""考勤: punches, their corrections, the roster of half days, a manager's findings, the month that is signed.

What a half day was is `server/domain/half_days.py`'s to say; this module fetches what it asks for and records.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from argon2.low_level import Type, hash_secret_raw

from server.domain import attendance, closures, half_days, worktime
from server.domain import events as ev
from server.domain.chain import Row
from server.domain.clock import TOLERANCE_S
from server.domain.half_days import Away, Cell, Half, Leave, Line, Verdict
from server.domain.post import AT_COUNTERS
from server.domain.register import Record
from server.domain.rules import Refused
from server.store import secret
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import accounts
from server.verbs.hub import By, Hub, Unknown
from server.verbs.people import SITTING, needs_reason

KINDS = ("card", "pin")
PIN = re.compile(r"\d{6}")
CARD = re.compile(r"[0-9A-Za-z]{6,32}")
HOUR_S = 3600.0
WRONG_CARDS = 60
"""Wrong cards in an hour at one address, from which on no card is taken there until the hour is over. A hall's staff
hold their bus cards to the reader; who tries numbers gets 1440 a day, of a million at the least.
"""
PUNCH_KEY = "punch"
AGAIN_S = 60.0
"""A second punch within a minute of the first is the same one: a card held twice to the reader."""


# --- punching ---------------------------------------------------------------------------------------------------------


def _veiled(hub: Hub, kind: str, staff: str, text: str) -> str:
    """A PIN belongs to its owner, a card to whoever has it. Slow (argon2id, 19 MiB, OWASP's least): there are a million
    PINs, and an opened backup has the key beside the table.
    """
    key = hub.kept("punch key", lambda: secret.key(hub.hall, PUNCH_KEY))
    salt = hmac.new(key.encode(), f"{kind}:{staff if kind == 'pin' else ''}".encode(), hashlib.sha256).digest()
    return hash_secret_raw(text.upper().encode(), salt, 2, 19 * 1024, 1, 32, Type.ID).hex()


def set_key(hub: Hub, by: By, staff: str, kind: str, text: str) -> None:
    """登记打卡卡片或口令: a person's own PIN, or a card given out; empty takes it away, from a deactivated account too.
    A card that such an account still has may be given to another. Raises Refused.
    """
    text = text.strip()
    if kind == "pin" and text and (not PIN.fullmatch(text) or len(set(text)) < 3 or text in staff):
        raise Refused(
            "口令要六位数字，不能是工号，也不能只有一两个数字。",
            "A PIN is six digits, not your staff number, and not of one or two digits only.",
        )
    if kind == "card" and text and not CARD.fullmatch(text):
        raise Refused(
            "卡号是6到32位字母和数字：请把卡放在读卡器上读。",
            "A card's number is 6 to 32 letters and digits: hold the card to the reader.",
        )
    veiled = _veiled(hub, kind, staff, text) if text else ""

    def decide(turn: Turn) -> None:
        row = turn.staff(staff)
        if row is None or (veiled and not row["active"]):
            raise Unknown(f"没有工号{staff}，或已停用。", f"There is no active account {staff}.")
        holder = turn.puncher(veiled) if veiled else None
        if holder not in (None, staff):
            there = turn.staff(holder)
            if there is not None and there["active"]:
                raise Refused(
                    "这张卡已登记给别人：请先注销。", "The card is another person's: take it away there first."
                )
            turn.put_punch_key(holder, kind, "")
            turn.record(ev.PunchKeySet(staff=holder, kind=kind, given=False), by.actor)
        if not veiled and kind not in turn.punch_kinds(staff):
            return
        turn.put_punch_key(staff, kind, veiled)
        turn.record(ev.PunchKeySet(staff=staff, kind=kind, given=bool(veiled)), by.actor)

    hub.turn(decide)
    hub.store.sweep()


def punch_with(
    hub: Hub, place: str, *, card: str = "", staff: str = "", pin: str = "", address: str = ""
) -> tuple[str, str]:
    """打卡 at a desk or kiosk, by a card, or by staff number and PIN; (number, name) of whose it was. Raises
    Refused, in the same words for a wrong card, an unknown number and a wrong PIN. Wrong PINs lock as logins do; wrong
    cards are counted by the hour, whoever's right one comes between them (`WRONG_CARDS`).
    """
    kind = "card" if card else "pin"
    number = "" if card else accounts.number_of(hub.read(), staff)
    veiled = _veiled(hub, kind, number, card.strip() or pin.strip())

    def decide(turn: Turn) -> str | Refused:
        hour = turn.now // HOUR_S
        who = f"punch {accounts.noted_as(turn.staff(number), number)}" if kind == "pin" else f"punch cards {hour:.0f}"
        noted = turn.login_failures(who, address)
        if noted and (noted["locked_until"] or 0.0) > turn.now:
            at = datetime.fromtimestamp(noted["locked_until"], hub.hall.zone)
            return Refused(
                f"打卡连续输错，锁定至 {at:%H:%M}：请到时再试，或请管理人员补卡。",
                f"Too many wrong tries: locked here until {at:%H:%M}. Try again then, or have it put on record.",
            )
        found = turn.puncher(veiled)
        row = turn.staff(found) if found else None
        if row is None or not row["active"] or (kind == "pin" and found != number):
            table = hub.hall.people
            failed = (noted["failed"] if noted else 0) + 1
            if kind == "card":
                end = (hour + 1) * HOUR_S if failed >= WRONG_CARDS else None
                turn.note_failure(who, address, failed, 0, end)
                return _wrong()
            locked = failed >= table.lock_after
            locks = (noted["locks"] if noted else 0) + locked
            until = turn.now + accounts.lock_s(locks - 1, table.lock_min) if locked else None
            turn.note_failure(who, address, 0 if locked else failed, locks, until)
            return _wrong()
        if kind == "pin":
            turn.forget_failures(who, address)
        return _punched(turn, row["id"], place, kind)

    done = hub.turn(decide)
    if isinstance(done, Refused):
        raise done
    return done, hub.read().names()[done]


def _wrong() -> Refused:
    return Refused(
        "卡片没有登记，或工号、口令不对：请重试，或请管理人员补卡。",
        "The card is unknown, or number or PIN is wrong: try again, or have it put on record.",
    )


def punch(hub: Hub, by: By) -> None:
    """打卡 on one's own page, by whoever is logged in."""
    hub.turn(lambda turn: _punched(turn, by.actor, "page", "login"))


def _punched(turn: Turn, staff: str, place: str, how: str) -> str:
    last = turn.events_between("Punched", turn.now - AGAIN_S, turn.now + TOLERANCE_S)
    if all(row.field("staff") != staff for row in last):
        turn.record(ev.Punched(staff=staff, place=place, how=how), staff)
    return staff


def correct_punch(hub: Hub, by: By, staff: str, day: date, minute: int, *, struck: bool, reason: str) -> None:
    """补卡, 销卡: at a local minute of a day there was a punch, or there was none; by another person, with a reason."""
    why = needs_reason(reason)
    if staff == by.actor:
        raise Refused("不能给自己补卡：请其他管理人员办。", "Nobody corrects their own punches: ask another manager.")
    moment = datetime(day.year, day.month, day.day, tzinfo=hub.hall.zone).timestamp() + minute * 60

    def decide(turn: Turn) -> None:
        _known(turn, staff)
        if moment > turn.now:
            raise Refused("还没有到这个时间。", "That time has not come yet.")
        event = ev.PunchCorrected(staff=staff, moment=moment, struck=struck, reason=why)
        last = [row.happened() for row in turn.events_between("PunchCorrected", 0.0, float("inf"))]
        same = [
            one for one in last if isinstance(one, ev.PunchCorrected) and (one.staff, one.moment) == (staff, moment)
        ]
        if not same or same[-1].struck != struck:
            turn.record(event, by.actor)

    hub.turn(decide)


def find(hub: Hub, by: By, staff: str, half: str, *, truant: bool, reason: str) -> None:
    """认定旷工, or take that back: never worked out by the hub, always a manager's word with a reason."""
    why, one = needs_reason(reason), known_half(half)
    if staff == by.actor:
        raise Refused("不能认定自己：请其他管理人员办。", "Nobody finds about themselves: ask another manager.")

    def decide(turn: Turn) -> None:
        _known(turn, staff)
        now = sheet(hub, turn, (one,), turn.now).get(staff)
        if truant and (now is None or now.verdicts[0].kind != "absent"):
            raise Refused(
                f"{one.text.zh}不是缺岗，不能认定旷工。",
                f"There was a sign, a leave or no duty on {one.text.en}: it can't be found truant.",
            )
        verdict = "truant" if truant else ""
        before = _findings(turn.events_between("HalfDayFound", 0.0, float("inf"))).get((staff, one), "")
        if before != verdict:
            event = ev.HalfDayFound(staff=staff, day=one.day.isoformat(), half=one.half, verdict=verdict, reason=why)
            turn.record(event, by.actor)

    hub.turn(decide)


def known_half(text: str) -> Half:
    """Raises Refused."""
    one = half_days.half_of(text)
    if one is None:
        raise Refused(
            f"“{text}”不是半天：请写成“2026-11-23am”或“2026-11-23pm”。",
            f"'{text}' is no half day: write it like 2026-11-23am or 2026-11-23pm.",
        )
    return one


def _known(reader: Reader, staff: str) -> Any:
    row = reader.staff(staff)
    if row is None or row["role"] not in AT_COUNTERS:
        raise Refused(f"没有排班的工号“{staff}”：请换人。", f"Nobody on the roster has number '{staff}'.")
    return row


# --- the roster of half days ------------------------------------------------------------------------------------------


WORDS = ("work", "rest", "")


def set_halves(hub: Hub, by: By, wishes: Mapping[str, Mapping[str, str]], *, reason: str) -> int:
    """排班: staff -> half day -> work, rest or "" (as the calendar says), all of them or none; how many changed."""

    def decide(turn: Turn) -> int:
        return set_in(hub, turn, by.actor, wishes, reason)

    return hub.turn(decide)


def set_in(hub: Hub, turn: Turn, actor: str, wishes: Mapping[str, Mapping[str, str]], reason: str) -> int:
    """`set_halves` within a turn."""
    said, changed = roster(turn), 0
    for staff, halves in wishes.items():
        _known(turn, staff)
        told = {}
        for text, word in halves.items():
            one = known_half(text)
            if word not in WORDS:
                raise Refused(f"没有“{word}”这种班。", f"There is no duty '{word}'.")
            if word == "work" and not half_days.due(one, word, (), _opening(hub, one.day), hub.hall.zone):
                raise Refused(
                    f"{one.text.zh}大厅不开放，不能排班：先在日历或延时服务里开放。",
                    f"The hall is closed on {one.text.en}: open it first, in the calendar or the extended service.",
                )
            if said.get((staff, one), "") != word:
                told[str(one)] = word
        if told:
            turn.record(ev.HalfDaysSet(staff=staff, halves=told, reason=needs_reason(reason)), actor)
            changed += len(told)
    return changed


def _opening(hub: Hub, day: date) -> list[attendance.Span]:
    return worktime.opening(hub.hall, day)


def roster(reader: Reader) -> dict[tuple[str, Half], str]:
    """The roster's word of each person and half day, where it has said one: the last."""
    found: dict[tuple[str, Half], str] = {}
    for row in reader.events_between("HalfDaysSet", 0.0, float("inf")):
        event = row.happened()
        assert isinstance(event, ev.HalfDaysSet)
        for text, word in event.halves.items():
            one = half_days.half_of(text)
            if one:
                found[event.staff, one] = word
    return found


# --- the sheet --------------------------------------------------------------------------------------------------------


LEAVE, OUTING, OVERTIME = "leave", "outing", "overtime"


def whose(record: Record) -> str:
    """Whom a record of these registers is of: whom it names, else who opened it."""
    return str(record.values.get("who") or record.moves[0].actor)


def minutes(text: object) -> int:
    """Local minutes of 08:30."""
    hours, _, rest = str(text).partition(":")
    return int(hours) * 60 + int(rest)


FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 30)
LONGEST = timedelta(days=200)
"""Days of one leave: what is longer is no leave of a hall's roster. A correction that makes it so counts no further."""


def day_of(text: object) -> date:
    """A record's date, within those that a hall can have known: a correction may have written any."""
    return min(max(date.fromisoformat(str(text)), FIRST_DAY), LAST_DAY)


def leave_of(record: Record) -> Leave:
    """A leave as it stands: what was given back early is not in it."""
    told = record.values
    first = Half(day_of(told["first"]), told["first_half"])
    last = min(Half(day_of(told["last"]), told["last_half"]), Half(first.day + LONGEST, "pm"))
    if told.get("back_on") and told.get("back_half") and record.state == "back":
        last = min(last, Half(day_of(told["back_on"]), told["back_half"]))
    hours = (minutes(told["start"]), minutes(told["end"])) if told.get("start") and told.get("end") else None
    b, kind = str(told.get("b", "")), str(told["kind"])
    return Leave(record.number, whose(record), kind, first, last, hours, b, record.state)


def leaves(reader: Reader, *, asked: bool = False) -> list[Leave]:
    """Every approved leave, those that are over among them; with `asked` those that wait for an answer too."""
    states = ("approved", "asked") if asked else ("approved",)
    return [leave_of(one) for one in [*reader.records_in(LEAVE, states), *reader.records_ended(LEAVE, "back")]]


def _at(hub: Hub, day: date, minute: int) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=hub.hall.zone).timestamp() + minute * 60


def _away(hub: Hub, reader: Reader, off: Iterable[Leave]) -> dict[str, list[Away]]:
    found: dict[str, list[Away]] = {}
    for one in off:
        if one.hours:
            start, end = (_at(hub, one.first.day, minute) for minute in one.hours)
            found.setdefault(one.staff, []).append(Away(one.kind, start, end, one.number))
    for record in [*reader.records_in(OUTING, ("out",)), *reader.records_ended(OUTING, "back")]:
        told, day = record.values, day_of(record.values["day"])
        start, end = (_at(hub, day, minutes(told[name])) for name in ("start", "end"))
        if told.get("returned"):
            end = _at(hub, day, minutes(told["returned"]))
        found.setdefault(whose(record), []).append(Away("out", start, end, record.number))
    return found


def _overtime(hub: Hub, reader: Reader, first: date, last: date) -> dict[str, float]:
    found: dict[str, float] = {}
    for record in reader.records_ended(OVERTIME, "confirmed"):
        day, told = day_of(record.values["day"]), record.values
        if first <= day <= last:
            length = max(0, minutes(told["end"]) - minutes(told["start"])) * 60.0
            found[whose(record)] = found.get(whose(record), 0.0) + length
    return found


def _findings(rows: Iterable[Row]) -> dict[tuple[str, Half], str]:
    found = {}
    for row in rows:
        event = row.happened()
        assert isinstance(event, ev.HalfDayFound)
        found[event.staff, Half(date.fromisoformat(event.day), event.half)] = event.verdict
    return found


class _Account(NamedTuple):
    """When an account is one to be rostered, epoch seconds."""

    since: float
    until: float


def _crew(reader: Reader, start: float, end: float) -> dict[str, _Account]:
    """Staff of roles that sit at counters who had an active account at any time of a span."""
    spans: dict[str, tuple[float, float]] = {}
    for row in reader.events_between("StaffChanged", 0.0, float("inf")):
        event = row.happened()
        assert isinstance(event, ev.StaffChanged)
        since = spans.get(event.staff, (row.at, 0.0))[0]
        spans[event.staff] = (since, float("inf") if event.active else row.at)
    found = {}
    for person in reader.everybody():
        if person["role"] not in AT_COUNTERS:
            continue
        since, until = spans.get(person["id"], (0.0, float("inf") if person["active"] else 0.0))
        if since < end and until > start:
            found[person["id"]] = _Account(since, until)
    return found


def sheet(hub: Hub, reader: Reader, halves: tuple[Half, ...], now: float) -> dict[str, Line]:
    """Staff -> what each of some half days was, in order; of one or more whole days."""
    zone, hall = hub.hall.zone, hub.hall
    days = sorted({one.day for one in halves})
    start = half_days.span_of(Half(days[0], "am"), zone)[0]
    end = half_days.span_of(Half(days[-1], "pm"), zone)[1]
    until = min(max(now, start), end)
    rows = sorted(row for name in SITTING for row in reader.events_between(name, start - 86400, until))
    presences, _ = attendance.sittings(((row.at, row.happened()) for row in rows), until)
    sat: dict[str, list[attendance.Span]] = {}
    for presence in presences:
        sat.setdefault(presence.staff, []).append((presence.start, presence.end))
    corrected = [row.happened() for row in reader.events_between("PunchCorrected", 0.0, float("inf"))]
    raw = [(row.at, str(row.field("staff"))) for row in reader.events_between("Punched", start, until)]
    told = [(c.staff, c.moment, c.struck) for c in corrected if isinstance(c, ev.PunchCorrected) and c.moment >= start]
    punches = half_days.punched(raw, told)
    off = leaves(reader)
    whole = {(one.staff, half): (one.kind, one.number) for one in off if not one.hours for half in one.halves}
    away, words = _away(hub, reader, off), roster(reader)
    found = _findings(reader.events_between("HalfDayFound", 0.0, float("inf")))
    shut = sorted(row for name in closures.EVENTS for row in reader.events_between(name, start - 86400, until))
    closed = closures.closures(hall, ((row.at, row.happened()) for row in shut))
    office = {day: closures.without(worktime.office(hall, day), closed) for day in days}
    every = {day: closures.without(worktime.opening(hall, day), closed) for day in days}
    extended = [span for day in days for one in worktime.extended(hall, day) for span in one.spans]
    overtime = _overtime(hub, reader, days[0], days[-1])
    late_s = hall.people.late_min * 60.0
    lines = {}
    for staff, account in _crew(reader, start, end).items():

        def judged(one: Half, staff: str = staff, account: _Account = account) -> Verdict:
            word = words.get((staff, one), "")
            begins, ends = half_days.span_of(one, zone)
            due = half_days.due(one, word, office[one.day], every[one.day], zone)
            rested = "rest" if word == "rest" else "closed"
            if not account.since < ends or not account.until > begins:
                due, rested = (), "before"
            cell = Cell(
                one,
                due,
                half_days.signs(one, zone, punches.get(staff, ()), sat.get(staff, ())),
                whole.get((staff, one)),
                tuple(away.get(staff, ())),
                found.get((staff, one), ""),
                "" if due else rested,
            )
            return half_days.verdict(cell, now, late_s, zone)

        verdicts = tuple(judged(one) for one in halves)
        more = half_days.inside(extended, sat.get(staff, ()))
        lines[staff] = Line(staff, halves, verdicts, more, overtime.get(staff, 0.0))
    return lines


# --- the month that is signed -----------------------------------------------------------------------------------------


class Signed(NamedTuple):
    """A month's sheet as it was signed, or a supplement of it."""

    sequel: int
    at: float
    by: str
    cells: dict[str, Any]
    sums: dict[str, dict[str, int]]
    sha256: str


class Month(NamedTuple):
    """A month: as it is known now, what was signed of it, and what a supplement would say."""

    name: str
    halves: tuple[Half, ...]
    lines: dict[str, Line]
    signed: list[Signed]
    changed: dict[str, dict[str, str]]
    over: bool


def month_named(text: str) -> tuple[int, int]:
    """Raises Unknown."""
    if not re.fullmatch(r"2[01]\d\d-(0[1-9]|1[0-2])", text):
        raise Unknown(f"“{text}”不是月份：请写成 2026-11。", f"'{text}' is no month: write it like 2026-11.")
    return int(text[:4]), int(text[5:])


def month(hub: Hub, reader: Reader, name: str, now: float) -> Month:
    halves = half_days.month_halves(*month_named(name))
    lines = sheet(hub, reader, halves, now)
    signed = signed_of(reader, name)
    over = hub.day(now) > (halves[-1].day).isoformat()
    changed = half_days.differences(halves, standing(halves, signed), lines.values()) if signed else {}
    return Month(name, halves, lines, signed, changed, over)


def signed_of(reader: Reader, name: str) -> list[Signed]:
    found = []
    for row in reader.events_between("MonthSigned", 0.0, float("inf")):
        event = row.happened()
        assert isinstance(event, ev.MonthSigned)
        if event.month == name:
            found.append(Signed(event.sequel, row.at, row.actor, event.cells, event.sums, event.sha256))
    return found


def standing(halves: tuple[Half, ...], signed: Iterable[Signed]) -> dict[str, list[str]]:
    """The marks that stand signed: the sheet, and each supplement upon it."""
    then: dict[str, list[str]] = {}
    for one in signed:
        if one.sequel == 0:
            then = {staff: list(marks) for staff, marks in one.cells.items()}
        else:
            then = half_days.with_supplement(halves, then, one.cells)
    return then


def sign(hub: Hub, by: By, name: str, expected: int) -> Signed:
    """签署: freeze the month, or, where it is frozen, what has changed since as its next supplement. `expected`: how
    many were signed when the page was drawn, so that pressed twice it is once signed.
    """

    def decide(turn: Turn) -> int:
        known = month(hub, turn, name, turn.now)
        if len(known.signed) != expected:
            if len(known.signed) == expected + 1 and known.signed[-1].by == by.actor:
                return expected
            raise Refused("刚才已有人签署：请刷新后再看。", "Somebody has just signed it: look at it anew.")
        if not known.over:
            raise Refused(f"{name}还没有结束，结束后才能签署。", f"{name} is not over: it is signed when it is.")
        if not known.lines:
            raise Refused(f"{name}没有排班的人员，不用签署。", f"Nobody was due in {name}: there is nothing to sign.")
        if known.signed and not known.changed:
            raise Refused("签署以后没有变动，不用补充表。", "Nothing has changed since it was signed.")
        cells: dict[str, Any] = known.changed or {staff: line.marks for staff, line in known.lines.items()}
        sums = {staff: known.lines[staff].sums for staff in cells if staff in known.lines}
        event = ev.MonthSigned(
            month=name, sequel=expected, cells=cells, sums=sums, sha256=half_days.sealed({"cells": cells, "sums": sums})
        )
        turn.record(event, by.actor)
        return expected

    number = hub.turn(decide)
    return signed_of(hub.read(), name)[number]
