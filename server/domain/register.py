"""A record of a register (台账): what may be done with it now, what an event makes of it, what its clocks show. Pure.

`decide` gives the event or refuses with one sentence that says what can be done; `evolve` folds the events into the
record; `clocks` reads its deadlines. What is private is never here: a record knows which private fields were given and
the seal of each, no more (`server/store/private.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from config import Service, Text
from server.domain import events as ev
from server.domain.deadline import Change, Reading, Run, Unit, WorkingDays, due_date, read, term_of
from server.domain.definition import ABOUT, DISTRICT, EQUIPMENT, OVER, ClockTable, Definition, FieldTable, MoveTable
from server.domain.rules import Refused
from server.domain.slip_facts import impersonal

TEXT_MOST, LONG_MOST, LIST_MOST, SERVICES_MOST = 64, 500, 40, 1000
OWNER, SERVICE, OWED = "owner", "service", "owed"
"""Names that every register means alike: who has the record now, the service it is about, the materials that follow."""
VISITOR = "visitor"
"""Who moves a record on the public page, as role and in the journal; what it opens is nobody's until it is taken."""
NOBODYS = (VISITOR, "hub", DISTRICT)
"""What these open is nobody's until somebody of the staff takes it."""
CORRECTORS = ("manager", "administrator")
"""Who corrects a record that is another person's."""
PHOTOS_MOST = 3
RECORD_NUMBER = re.compile(r"[A-Z]{2}[0-9]{8}-[0-9]{3,6}")
PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|\d{7,8}")


class Step(NamedTuple):
    """One move of a record's life. `terms`: the days of each clock that it started, [days, unit], or its extension;
    `visit`: the number at whose counter it was made, where somebody stood there.
    """

    at: float
    move: str
    state: str
    actor: str
    terms: dict[str, Any]
    visit: int | None = None


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record now. `values`: what is not private; `given`: the seals of what is; `verdicts`: the clocks that ended."""

    id: int
    register: str
    version: int
    number: str
    state: str
    kind: str
    ticket: int | None
    service: str
    owner: str
    opened_at: float
    changed_at: float
    closed_at: float | None = None
    values: dict[str, Any] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    moves: tuple[Step, ...] = ()
    verdicts: dict[str, Any] = field(default_factory=dict)
    erased_at: float | None = None

    @property
    def over(self) -> bool:
        return self.kind in OVER

    def who_made(self, move: str) -> str | None:
        """Who made a move last."""
        return next((step.actor for step in reversed(self.moves) if step.move == move), None)


@dataclass(frozen=True)
class Ground:
    """What a decision stands on besides the record: the catalogue, the calendar, the hall's zone, its counters."""

    services: Mapping[str, Service]
    counters: Iterable[str]
    calendar: WorkingDays
    zone: ZoneInfo

    def day(self, at: float) -> date:
        return datetime.fromtimestamp(at, self.zone).date()


class Wish(NamedTuple):
    """A move that somebody wants to make: its values, and the seals of the private ones."""

    move: str
    values: Mapping[str, Any] = {}
    given: Mapping[str, str] = {}
    visit: int | None = None


# --- deciding ---------------------------------------------------------------------------------------------------------


def opened(
    definition: Definition,
    wish: Wish,
    actor: str,
    role: str,
    now: float,
    ground: Ground,
    *,
    record: int,
    number: str,
    ticket: int | None = None,
    counter: str | None = None,
) -> ev.RecordOpened:
    """The event that opens a record. Raises Refused."""
    move = _move(definition, None, wish.move, role)
    values = _values(definition, move, {}, wish, ground, late=False)
    _stands_aside(values.get(ABOUT), actor, values.get(OWNER, ""), move)
    return ev.RecordOpened(
        ticket=ticket,
        counter=counter,
        record=record,
        register=definition.key,
        version=definition.version,
        number=number,
        move=wish.move,
        state=move.to,
        kind=definition.states[move.to].kind,
        values=values,
        given=dict(wish.given),
        terms=_terms(definition, wish.move, values, ground, ground.day(now)),
    )


def moved(
    definition: Definition, record: Record, wish: Wish, actor: str, role: str, now: float, ground: Ground
) -> ev.RecordMoved:
    """The event of a move. Raises Refused with what can be done now."""
    move = _move(definition, record, wish.move, role)
    if own := made_by(record, move, actor):
        name = definition.moves[own].name
        raise Refused(
            f"“{move.name.zh}”要由另一个人做：“{name.zh}”是您做的。",
            f"'{move.name.en}' is another person's to make: you made '{name.en}'.",
        )
    if move.once and record.who_made(wish.move):
        raise Refused(f"“{move.name.zh}”只能做一次。", f"'{move.name.en}' can be made once only.")
    today = ground.day(now)
    ran = runs(definition, record.moves, ground)
    told = {name for name, clock in definition.clocks.items() if wish.move == clock.extends or wish.move in clock.end}
    before = _readings(definition, ran, ground, today, told)
    late = ends_late(definition, wish.move, before)
    for key, clock in definition.clocks.items():
        if clock.extends == wish.move:
            _extendable(definition, key, before.get(key))
    values = _values(definition, move, record.values, wish, ground, late=late)
    _stands_aside(record.values.get(ABOUT), actor, "", move)  # who names another in the same press is meant still
    _stands_aside({**record.values, **values}.get(ABOUT), actor, values.get(OWNER, record.owner), move)
    terms = _terms(definition, wish.move, {**record.values, **values}, ground, today)
    for key, clock in definition.clocks.items():
        if clock.extends == wish.move and clock.extra in values:
            terms[key] = values[clock.extra]
    kind = definition.states[move.to].kind
    ends = {
        key
        for key, one in ran.items()
        if one.ended is None
        and wish.move not in definition.clocks[key].start
        and (wish.move in definition.clocks[key].end or kind in OVER)
    }
    over = {}
    if ends:
        step = Step(now, wish.move, move.to, actor, terms, wish.visit)
        shown = _readings(definition, runs(definition, (*record.moves, step), ground), ground, today, ends)
        over = {key: verdict(reading, ground.calendar) for key, reading in shown.items()}
    return ev.RecordMoved(
        record=record.id,
        move=wish.move,
        state=move.to,
        kind=kind,
        values=values,
        given=dict(wish.given),
        visit=wish.visit,
        terms=terms,
        verdicts=over,
    )


def _stands_aside(about: Any, actor: str, owner: str, move: MoveTable | None) -> None:
    """回避: whom a record is about makes no move but that person's own, and never has it. Raises Refused."""
    if move and (why := concerning(about, move, actor)):
        raise Refused(*why)
    if about and about == owner:
        raise Refused(
            f"经办人不能是被反映的人（{about}）：请换一个经办人。",
            f"It is about {about}, who can't be the one to handle it: choose another person.",
        )


def made_by(record: Record, move: MoveTable, actor: str) -> str:
    """The move of this person because of which another one has to make that move (`not_by`); empty for none."""
    return next((one for one in move.others if record.who_made(one) == actor), "")


def concerning(about: Any, move: MoveTable, actor: str) -> Text | None:
    """Why this person may not make a move because of whom the record is about; None where that is no matter."""
    is_about = bool(actor) and about == actor
    if is_about and not move.concerned:
        return Text(
            f"这一件涉及您本人，您要回避：“{move.name.zh}”由别人做。",
            f"This is about yourself: '{move.name.en}' is another person's to make.",
        )
    if move.concerned and not is_about:
        return Text(
            f"“{move.name.zh}”只能由所涉的本人提出。", f"'{move.name.en}' is for the person whom the record is about."
        )
    return None


def told_to(definition: Definition, record: Record) -> bool:
    """Whether whom a record is about may know of it by now: since it stood where that person has a move to make."""
    return any(step.state in told_in(definition) for step in record.moves)


def told_in(definition: Definition) -> tuple[str, ...]:
    """The states in which whom a record is about has a move to make."""
    return tuple(sorted({state for move in definition.moves.values() if move.concerned for state in move.from_}))


def ends_late(definition: Definition, move: str, readings: Mapping[str, Reading]) -> bool:
    """Whether a move would end a clock that is past its due date."""
    ends = (readings[name] for name, clock in definition.clocks.items() if move in clock.end and name in readings)
    return any(reading.late and not reading.ended for reading in ends)


def untouched(record: Record, actor: str) -> None:
    """回避: whom a record is about changes nothing that stands in it and erases nothing. Raises Refused."""
    if actor and record.values.get(ABOUT) == actor:
        raise Refused(
            "这一件涉及您本人，您要回避：更正和删除由别人做。",
            "This is about yourself: to correct or erase anything in it is another person's.",
        )


def may_correct(record: Record, actor: str, role: str) -> bool:
    """Whether a record is this person's to correct: who has it, and managers; never whom it is about."""
    return record.values.get(ABOUT) != actor and (record.owner == actor or role in CORRECTORS)


def correctable(record: Record, actor: str, role: str) -> None:
    """Raises Refused where a record is not this person's to correct."""
    untouched(record, actor)
    if not may_correct(record, actor, role):
        raise Refused(
            f"{record.number}只能由经办人或管理人员更正。",
            f"{record.number} is corrected only by who has it, or by a manager.",
        )


def corrected(
    definition: Definition, record: Record, name: str, value: Any, reason: str, ground: Ground, seal: str = ""
) -> ev.RecordCorrected:
    """The event of a correction: old and new value, with a reason. Raises Refused."""
    known = definition.fields.get(name)
    if known is None:
        raise Refused(f"没有“{name}”这一项。", f"There is no field '{name}'.")
    if record.erased_at is not None and known.private:
        raise Refused("个人信息已按期删除，不能再补。", "What was personal has been erased: it is not written again.")
    if name in definition.of_district:
        raise Refused(
            f"“{known.name.zh}”是区里写的，不能在这里更正：请告诉区里。",
            f"'{known.name.en}' is the district's and is not corrected here: tell the district.",
        )
    if not reason.strip():
        raise Refused("请写明更正的原因。", "Say why it is corrected.")
    impersonal(reason)
    if known.private:
        old: Any = record.given.get(name, "")
        new: Any = seal
    else:
        old, new = record.values.get(name), _value(known, value, record.values, ground)
        then = {OWNER: record.owner, **record.values, name: new}
        _stands_aside(then.get(ABOUT), "", then[OWNER], None)
        if old == new:
            raise Refused(f"“{known.name.zh}”没有改动。", f"'{known.name.en}' is as it was.")
    return ev.RecordCorrected(
        record=record.id, field=name, old=old, new=new, reason=reason.strip()[:200], sealed=known.private
    )


def verdict(reading: Reading, calendar: WorkingDays) -> dict[str, Any]:
    """What a clock showed when it ended, kept for good with the calendar it was read by."""
    due = reading.due.isoformat() if reading.due else None
    return {"used": reading.used, "due": due, "late": reading.late, "calendar": calendar.version}


def _move(definition: Definition, record: Record | None, name: str, role: str) -> MoveTable:
    offered = definition.moves_from(record.state if record else None)
    if name in offered:
        move = offered[name]
        if move.admits(role):
            return move
        raise Refused(f"您的角色不能做“{move.name.zh}”。", f"Your role may not make '{move.name.en}'.")
    wanted = definition.moves[name].name if name in definition.moves else Text.same(name)
    if record is None:
        names = [one.name for one in offered.values()]
        raise Refused(
            f"“{wanted.zh}”不能新建记录：请先{_zh(names)}。",
            f"'{wanted.en}' opens no record: start with {_en(names)}.",
        )
    state, names = definition.states[record.state].name, [one.name for one in offered.values()]
    if not names:
        raise Refused(
            f"{record.number}已{state.zh}，不能再“{wanted.zh}”：需要时请另开一件并关联。",
            f"{record.number} is over ({state.en}), '{wanted.en}' cannot be made: open another one that links to it.",
        )
    raise Refused(
        f"{record.number}现在是“{state.zh}”，不能“{wanted.zh}”：现在可以{_zh(names)}。",
        f"{record.number} is now '{state.en}': '{wanted.en}' cannot be made, but {_en(names)} can.",
    )


def _zh(names: list[Text]) -> str:
    return "、".join(f"“{name.zh}”" for name in names)


def _en(names: list[Text]) -> str:
    return ", ".join(f"'{name.en}'" for name in names)


def _extendable(definition: Definition, name: str, reading: Reading | None) -> None:
    clock = definition.clocks[name].name
    if reading is None or reading.ended or not reading.running:
        raise Refused(f"“{clock.zh}”现在没有计时，不能延期。", f"'{clock.en}' is not running: nothing to extend.")
    if reading.late:
        raise Refused(
            f"“{clock.zh}”已超期，延期要在到期前提出。",
            f"'{clock.en}' is overdue: an extension is asked for before the due date.",
        )


def _values(
    definition: Definition,
    move: MoveTable,
    there: Mapping[str, Any],
    wish: Wish,
    ground: Ground,
    *,
    late: bool,
) -> dict[str, Any]:
    """The values as the journal holds them. Raises Refused for what is missing, odd, or private in the open."""
    for name in (*wish.values, *wish.given):
        if name not in move.asked:
            known = definition.fields.get(name)
            said = known.name if known else Text.same(name)
            raise Refused(f"“{move.name.zh}”不填“{said.zh}”。", f"'{move.name.en}' does not ask for '{said.en}'.")
    if bare := [name for name in wish.values if definition.fields[name].private]:
        raise ValueError(f"register {definition.key}: {bare[0]} is private and came unsealed")
    given = {name for name, value in wish.values.items() if value not in (None, "", [])} | {*wish.given}
    needed = [
        one
        for one in move.needed + ([[name] for name in move.late_needs] if late else [])
        if not _nothing_to_tick(definition, one, {**there, **wish.values}, ground)
    ]
    if missing := [one for one in needed if not given & {*one}]:
        zh = "、".join("或".join(f"“{definition.fields[f].name.zh}”" for f in one) for one in missing)
        en = ", ".join(" or ".join(f"'{definition.fields[f].name.en}'" for f in one) for one in missing)
        why = Text("已超期，", "it is overdue, ") if late and [move.late_needs[-1:]] == missing[-1:] else Text("", "")
        raise Refused(
            f"“{move.name.zh}”还缺：{why.zh}请填写{zh}。", f"'{move.name.en}' is not complete: {why.en}enter {en}."
        )
    told = {**there, **wish.values}
    _following(wish.values.get(OWED), ground.services.get(str(told.get(SERVICE, ""))))
    return {
        name: _value(definition.fields[name], value, told, ground)
        for name, value in wish.values.items()
        if value not in (None, "", [])
    }


def _following(owed: Any, service: Service | None) -> None:
    """What is owed has to be what may follow by the service's guide (容缺). Raises Refused."""
    if service is None or not isinstance(owed, list | tuple):
        return
    if fixed := [one for one in owed if one in service.materials and one not in service.may_follow]:
        may = "、".join(service.may_follow)
        raise Refused(
            f"“{fixed[0]}”不能容缺：{f'可以后补的是{may}' if may else '这个事项没有可以后补的材料'}。",
            f"'{fixed[0]}' may not follow: {f'only {may} may' if may else 'nothing of this service may'}.",
        )


def _nothing_to_tick(definition: Definition, one: list[str], told: Mapping[str, Any], ground: Ground) -> bool:
    """A list of materials of a service that asks for none."""
    service = ground.services.get(str(told.get(SERVICE, "")))
    return len(one) == 1 and definition.fields[one[0]].of == "materials" and bool(service and not service.materials)


def _value(known: FieldTable, value: Any, told: Mapping[str, Any], ground: Ground) -> Any:
    """One value as plain JSON, of its field's kind. Raises Refused."""

    def odd(zh: str, en: str) -> Refused:
        return Refused(f"“{known.name.zh}”：{zh}", f"'{known.name.en}': {en}")

    kind = known.kind
    if kind == "yes/no":
        if not isinstance(value, bool):
            raise odd("请选是或否。", "choose yes or no.")
        return value
    if kind == "number":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
            raise odd("请填整数。", "enter a whole number.")
        return value
    if kind == "checklist":
        return _ticked(known, value, told, ground, odd)
    if not isinstance(value, str):
        raise odd("请填文字。", "enter text.")
    if kind == "photos":
        if not _photographs(value):
            raise odd(f"最多{PHOTOS_MOST}张照片。", f"at most {PHOTOS_MOST} photographs.")
        return value
    text = unicodedata.normalize("NFKC", value).strip() if kind != "long text" else value.strip()
    if len(text) > (LONG_MOST if kind == "long text" else TEXT_MOST):
        raise odd("太长了。", "it is too long.")
    if kind == "choice" and text not in known.choices:
        raise odd("请从列表里选。", "choose from the list.")
    if kind == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise odd("请写成 2026-11-23。", "write it like 2026-11-23.") from None
    if kind == "service" and text not in ground.services:
        raise odd("没有这个事项。", "there is no such service.")
    if kind == "counter" and text not in ground.counters:
        raise odd("没有这个窗口。", "there is no such counter.")
    if kind == "text" and known.pattern and not re.fullmatch(known.pattern, text):
        raise odd("格式不对，请核对。", "it is not written like one: check it.")
    if kind == "phone" and not PHONE.fullmatch(text.replace("-", "").replace(" ", "")):
        raise odd("不是电话号码，请核对。", "it is no telephone number: check it.")
    if kind in ("staff", "link") and not re.fullmatch(r"[A-Za-z0-9-]{1,40}", text):
        raise odd("请填编号。", "enter its number.")
    if kind == "text" and not known.private:
        impersonal(text)
    return text


def private_value(known: FieldTable, value: Any) -> str:
    """A private value as it is kept, of its field's kind. Raises Refused."""
    made = _value(known, value, {}, Ground({}, (), WorkingDays(), ZoneInfo("UTC")))
    return made if isinstance(made, str) else str(made)


def _photographs(value: str) -> bool:
    """Whether it is what `server/pages/photographs.py` makes: some JPEGs in base64, each on a line."""
    lines = value.split("\n")
    return len(lines) <= PHOTOS_MOST and all(re.fullmatch(r"/9j/[A-Za-z0-9+/]+=*", one) for one in lines)


def _ticked(known: FieldTable, value: Any, told: Mapping[str, Any], ground: Ground, odd: Any) -> list[str]:
    if known.of == "materials":
        service = ground.services.get(str(told.get(SERVICE, "")))
        may = set(service.materials) if service else set()
    elif known.of == "services":
        may = {*ground.services}
    elif known.of == EQUIPMENT:  # whether each is on record the verb asks, as of every link
        may = {*filter(RECORD_NUMBER.fullmatch, map(str, value))} if isinstance(value, list | tuple) else set()
    else:
        may = {*known.choices}
    most = SERVICES_MOST if known.of == "services" else LIST_MOST
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value) or len(value) > most:
        raise odd("请从列表里勾选。", "tick from the list.")
    ticked = list(dict.fromkeys(value))
    if strange := [one for one in ticked if one not in may]:
        raise odd(f"没有“{strange[0]}”，请从列表里勾选。", f"there is no '{strange[0]}': tick from the list.")
    return ticked


def _terms(definition: Definition, move: str, values: Mapping[str, Any], ground: Ground, today: date) -> dict[str, Any]:
    """The days of each clock that a move starts, fixed at that moment: what was promised then counts."""
    return {
        name: term
        for name, clock in definition.clocks.items()
        if move in clock.start and (term := _term(clock, values, ground, today))
    }


def _term(clock: ClockTable, values: Mapping[str, Any], ground: Ground, today: date) -> list[Any] | None:
    if clock.until:  # the calendar days to that day; of one that is past already none is left
        return [max(0, (date.fromisoformat(values[clock.until]) - today).days), clock.unit]
    if clock.days is not None:
        return [clock.days, clock.unit]
    if clock.by:
        days = clock.days_by.get(str(values.get(clock.by)))
        return None if days is None else [days, clock.unit]
    service = ground.services.get(str(values.get(SERVICE, "")))
    found = term_of(service.promise if clock.days_of == "promised" else service.legal) if service else None
    return list(found) if found else None


# --- folding ----------------------------------------------------------------------------------------------------------


def evolve(record: Record | None, event: ev.Event, at: float, actor: str) -> Record | None:
    """The record after an event; needs no definition, so the table can be rebuilt from the journal alone."""
    match event:
        case ev.RecordOpened():
            step = Step(at, event.move, event.state, actor, event.terms)
            return Record(
                id=event.record,
                register=event.register,
                version=event.version,
                number=event.number,
                state=event.state,
                kind=event.kind,
                ticket=event.ticket,
                service=str(event.values.get(SERVICE, "")),
                owner=str(event.values.get(OWNER, "" if actor in NOBODYS else actor)),
                opened_at=at,
                changed_at=at,
                closed_at=at if event.kind in OVER else None,
                values=event.values,
                given=event.given,
                moves=(step,),
            )
        case ev.RecordMoved() if record:
            step = Step(at, event.move, event.state, actor, event.terms, event.visit)
            return replace(
                record,
                state=event.state,
                kind=event.kind,
                owner=str(event.values.get(OWNER, record.owner)),
                changed_at=at,
                closed_at=at if event.kind in OVER else None,
                values={**record.values, **event.values},
                given={**record.given, **event.given},
                moves=(*record.moves, step),
                verdicts={**record.verdicts, **event.verdicts},
            )
        case ev.RecordCorrected() if record:
            if event.sealed:
                return replace(record, given={**record.given, event.field: str(event.new)}, changed_at=at)
            new = [*event.new] if isinstance(event.new, tuple) else event.new
            values = {**record.values, event.field: new}
            return replace(
                record,
                values=values,
                service=str(values.get(SERVICE, record.service)),
                owner=str(values.get(OWNER, record.owner)),
                changed_at=at,
            )
        case ev.RecordErased() if record:
            return replace(record, given=event.given, erased_at=at)
    return record


# --- reading the clocks -----------------------------------------------------------------------------------------------


def runs(definition: Definition, moves: Sequence[Step], ground: Ground) -> dict[str, Run]:
    """The last run of each clock that ever started, from a record's moves."""
    found: dict[str, Run] = {}
    days = [ground.day(step.at) for step in moves]
    for name, clock in definition.clocks.items():
        first = max((n for n, step in enumerate(moves) if step.move in clock.start), default=None)
        if first is not None:
            found[name] = _run(definition, name, clock, moves[first:], days[first:])
    return found


def _run(definition: Definition, name: str, clock: ClockTable, steps: Sequence[Step], days: list[date]) -> Run:
    """The run that begins with the first of some steps."""
    term, unit = steps[0].terms.get(name) or (None, clock.unit)
    changes, extra, ended = [], 0, None
    for step, day in zip(steps[1:], days[1:], strict=True):
        if step.move in clock.end or definition.states[step.state].kind in OVER:
            ended = day
            break
        if step.move == clock.extends:
            extra += int(step.terms.get(name, 0))
        changes.append(Change(day, step.state not in clock.stops_in))
    return Run(days[0], term, changes, ended, extra, unit, clock.amber)


def clocks(definition: Definition, record: Record, ground: Ground, today: date) -> dict[str, Reading]:
    """What each clock that ever started shows today; the terms of the law beside their promises."""
    running = runs(definition, record.moves, ground)
    return _readings(definition, running, ground, today, running)


def _readings(
    definition: Definition, running: Mapping[str, Run], ground: Ground, today: date, wanted: Collection[str]
) -> dict[str, Reading]:
    """What those of the runs show that are wanted."""
    found: dict[str, Reading] = {}
    laws = {clock.law_of: name for name, clock in definition.clocks.items() if clock.law_of and name in running}

    def shown(name: str) -> Reading:
        if name not in found:
            law = laws.get(name)
            found[name] = read(running[name], ground.calendar, today, shown(law) if law else None)
        return found[name]

    return {name: shown(name) for name in running if name in wanted}


def dues(
    definition: Definition, moves: Sequence[Step], ground: Ground, today: date
) -> tuple[date | None, dict[str, str | None]]:
    """(when the first clock is due, when each is that is not over); None while it is stopped."""
    first: date | None = None
    every: dict[str, str | None] = {}
    for name, run in runs(definition, moves, ground).items():
        if run.ended is None:
            due = due_date(run, ground.calendar, today)
            every[name] = due.isoformat() if due else None
            if due and not definition.clocks[name].law_of and (first is None or due < first):
                first = due
    return first, every


def timed(definition: Definition, record: Record, ground: Ground, today: date) -> str | None:
    """The move that a clock of the record makes by itself today: of what is overdue its `past`, else its `near`."""
    offered = definition.moves_from(record.state)
    readings = clocks(definition, record, ground, today)
    for name, reading in readings.items():
        clock = definition.clocks[name]
        if reading.ended or not reading.running or reading.left is None:
            continue
        move = clock.past if reading.late else clock.near if reading.colour == "amber" else ""
        if move in offered:
            return move
    return None


SEVERITY = ("green", "amber", "red", "black")


def foremost(definition: Definition, readings: Mapping[str, Reading]) -> str | None:
    """The clock that a list shows of a record: the first to be due that is not over; without one a stopped one."""
    told = {
        name: reading.due or date.max
        for name, reading in readings.items()
        if not reading.ended and not definition.clocks[name].law_of and reading.left is not None
    }
    return min(told, key=lambda name: (told[name], name), default=None)


def unit_of(definition: Definition, record: Record, clock: str) -> Unit:
    """The unit in which a clock counts for a record."""
    for step in reversed(record.moves):
        if step.move in definition.clocks[clock].start and (term := step.terms.get(clock)):
            found: Unit = term[1]
            return found
    return definition.clocks[clock].unit


def number_of(definition: Definition, day: date, nth: int) -> str:
    """BJ20260923-007: may be said aloud, and opens nothing."""
    return f"{definition.number}{day:%Y%m%d}-{nth:03d}"
