"""Records of registers (台账): opened, moved, corrected, erased, and their due dates when the calendar changes.

Each verb is one durable turn. What may be done is `server/domain/register.py`'s to say; what is private is sealed
before it is told of in the journal, and is never part of an answer that a list gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import orjson

from config import ConfigError, Hall, Text
from config.phrasing import placed
from server.domain import events as ev
from server.domain import register
from server.domain.chain import Row
from server.domain.deadline import WorkingDays
from server.domain.definition import ABOUT, EQUIPMENT, Definition
from server.domain.reach import Reach
from server.domain.register import Ground, Record, Step, Wish
from server.domain.rules import Refused
from server.store import private, secret
from server.store.queries.records import NO_DUE
from server.store.reader import Reader
from server.store.register_files import Registers, read
from server.store.transaction import Turn
from server.verbs.hub import By, Hub, Unknown, apart, known_ticket

BY_TERM, BY_REQUEST = "term", "request"
"""Why something was erased: its time was over, or the person wished it."""


@dataclass(frozen=True)
class Who:
    """Who asks: By, and the role that moves are allowed to."""

    by: By
    role: str
    department: str = ""
    """Of the account; empty: the whole hall."""

    @property
    def reach(self) -> Reach:
        return Reach(self.by.actor, self.role, self.department)


class Elsewhere(Refused):
    """A record of another department than the account's."""


class Confidential(Refused):
    """A record that is not for this person's eyes."""


class Erasable(NamedTuple):
    """A record over for so long that some of its private fields are to go."""

    record: Record
    fields: tuple[str, ...]
    since: date
    """The day from which the first of them may go."""


def registers(hub: Hub) -> Registers:
    found: Registers = hub.kept("registers", lambda: read(hub.hall))
    return found


def ground(hub: Hub) -> Ground:
    """What decisions stand on: catalogue, counters, calendar."""
    found: Ground = hub.kept("ground", lambda: ground_of(hub.hall))
    return found


def ground_of(hall: Hall) -> Ground:
    return Ground(hall.services, hall.counters, WorkingDays.of(hall), hall.zone)


def definition(hub: Hub, key: str) -> Definition:
    """A register as it is now. Raises Unknown."""
    made = registers(hub).current.get(key)
    if made is None:
        raise Unknown(f"没有台账“{key}”。", f"There is no register '{key}'.")
    return made


def definition_of(hub: Hub, record: Record) -> Definition:
    """The version that a record was opened under: it lives by that one to its end."""
    return registers(hub)[record.register, record.version]


def known_record(reader: Reader, record: int) -> Record:
    """Raises Unknown."""
    found = reader.record_by_id(record)
    if found is None:
        raise Unknown(f"没有第{record}号台账记录。", f"There is no record with id {record}.")
    return found


def in_reach(hub: Hub, reach: Reach, record: Record) -> Record:
    """The record, where it is one of those that somebody sees and moves. Raises Confidential, Elsewhere."""
    if not reach.sees(record, definition_of(hub, record)):  # first: even whose matter it is tells that it is there
        raise Confidential("这一件只给经办的人看。", "This one is shown only to those who work on it.")
    if not reach.holds(record, hub.hall.services):
        known = hub.hall.services.get(record.service)
        theirs = known.department if known else record.service
        raise Elsewhere(
            f"{record.number}是“{theirs}”的件，您的账号只办“{reach.department}”的。",
            f"{record.number} is a matter of '{theirs}'; your account has those of '{reach.department}' alone.",
        )
    return record


# --- verbs ------------------------------------------------------------------------------------------------------------


def open_record(
    hub: Hub,
    who: Who,
    key: str,
    moves: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    ticket: int | None = None,
    then: Callable[[Turn, Record], object] = lambda turn, record: None,
) -> Record:
    """Open a record by one move, or by several in one press (即办件): all of them, or none. `then` is of that turn."""
    made = definition(hub, key)
    wishes = [(move, split(made, values)) for move, values in moves]

    def decide(turn: Turn) -> int:
        record = open_in(hub, turn, who, made, wishes, ticket=ticket)
        then(turn, record)
        return record.id

    return hub.once(who.by, decide, known_record, "open record", key, _veiled(hub, wishes), ticket)


def open_in(
    hub: Hub,
    turn: Turn,
    who: Who,
    made: Definition,
    moves: Sequence[tuple[str, tuple[dict[str, Any], dict[str, str]]]],
    *,
    ticket: int | None = None,
    counter: str | None = None,
) -> Record:
    """`open_record` within a turn; the moves' values as `split` gives them. What a press opens it may also carry on,
    whoever's department the matter is: whoever sits at a counter serves who is called there.
    """
    (move, (values, hidden)), *others = moves
    accused = (
        _who_sat_there(turn, made, move, values) if counter is None else {}
    )  # a counter's own press accuses nobody
    values = {**accused, **values}
    if before := BEFORE.get((made.key, move)):
        values = {**before(hub, turn, values), **values}
    record = turn.next_id("records")
    day = ground(hub).day(turn.now)
    nth = turn.last_numbered(f"{made.number}{day:%Y%m%d}-") + 1
    given = _keep(hub, turn, record, {}, hidden)
    event = register.opened(
        made,
        Wish(move, values, given),
        who.by.actor,
        who.role,
        turn.now,
        ground(hub),
        record=record,
        number=register.number_of(made, day, nth),
        ticket=ticket,
        counter=counter,
    )
    _linked(turn, made, event.values, known=event.values if who.by.actor == BY_ITSELF.by.actor else {})
    turn.record(event, who.by.actor)
    one = known_record(turn, record)
    steps = [(move, one)]
    for move, wish in others:
        one = _moved_in(hub, turn, replace(who, department=""), one, move, *wish)
        steps.append((move, one))
    _due(hub, turn, one)  # once, of what the press left
    for move, then in steps:
        _follow(hub, turn, who, then, move)
    return one


def _who_sat_there(turn: Turn, made: Definition, move: str, values: Mapping[str, Any]) -> dict[str, str]:
    """A complaint about a counter is about whoever has that counter now, until a manager says otherwise: so
    that this person neither sees nor moves it before somebody has looked.
    """
    opening = made.moves.get(move)
    counter = values.get("counter")
    if opening is None or not made.confidential or register.VISITOR not in opening.roles:
        return {}
    if not {ABOUT, "counter"} <= {*opening.asked}:
        return {}
    there = turn.counter(counter).staff if isinstance(counter, str) and counter and not values.get(ABOUT) else None
    account = turn.staff(there) if there else None
    return {ABOUT: str(there)} if account and account["active"] else {}


def told_of(hub: Hub, reach: Reach | None, rows: Sequence[Row]) -> list[Row]:
    """A life as somebody is told it: without the records that are not for this person's eyes; where it is nobody in
    particular who reads it (None), without any of a register that keeps something close.
    """
    return [row for row in rows if row.event != "RecordOpened" or _tells(hub, reach, row)]


def _tells(hub: Hub, reach: Reach | None, row: Row) -> bool:
    event = row.happened()
    if not isinstance(event, ev.RecordOpened):
        return True  # of another version: told by its name alone
    record = known_record(hub.read(), event.record)
    made = definition_of(hub, record)
    return not (made.confidential or ABOUT in made.fields) if reach is None else reach.sees(record, made)


def move(hub: Hub, who: Who, record: int, name: str, values: Mapping[str, Any], *, visit: int | None = None) -> Record:
    """Make a move. `visit`: the number at whose counter it is made. Raises Refused with what can be done now."""
    move_several(hub, who, [record], name, values, visit=visit)
    return known_record(hub.read(), record)


def move_several(
    hub: Hub,
    who: Who,
    records: Sequence[int],
    name: str,
    values: Mapping[str, Any],
    *,
    visit: int | None = None,
) -> int:
    """The same move with several records, all of them or none; how many."""
    if not records or len(records) > 200:
        raise Refused("请选择1到200件。", "Choose 1 to 200 records.")
    reader = hub.read()
    if visit is not None:
        known_ticket(reader, visit)
    wishes = [
        (record, split(definition_of(hub, known_record(reader, record)), values)) for record in dict.fromkeys(records)
    ]

    def decide(turn: Turn) -> int:
        for record, wish in wishes:
            move_in(hub, turn, who, known_record(turn, record), name, *wish, visit=visit)
        return len(wishes)

    asked = [name, _veiled(hub, wishes), *([] if visit is None else [visit])]
    return hub.once(who.by, decide, lambda turn, n: n, "move records", *asked)


def move_in(
    hub: Hub,
    turn: Turn,
    who: Who,
    record: Record,
    name: str,
    values: dict[str, Any],
    hidden: dict[str, str],
    *,
    visit: int | None = None,
) -> None:
    """A move within a turn, with its due dates and what follows of it."""
    then = _moved_in(hub, turn, who, record, name, values, hidden, visit=visit)
    _due(hub, turn, then)
    _follow(hub, turn, who, then, name)


def _follow(hub: Hub, turn: Turn, who: Who, then: Record, move: str) -> None:
    """What follows of a move; `then`: the record as that move left it."""
    if after := AFTER.get((then.register, move)):
        after(hub, turn, who, then)


def _moved_in(
    hub: Hub,
    turn: Turn,
    who: Who,
    record: Record,
    name: str,
    values: dict[str, Any],
    hidden: dict[str, str],
    *,
    visit: int | None = None,
) -> Record:
    made = definition_of(hub, in_reach(hub, who.reach, record))
    wish = Wish(name, values, {field: "" for field in hidden}, visit)
    event = register.moved(made, record, wish, who.by.actor, who.role, turn.now, ground(hub))
    _linked(turn, made, event.values, known=record.values)
    if hidden:
        event = replace(event, given=_keep(hub, turn, record.id, record.given, hidden))
    turn.record(event, who.by.actor)
    return known_record(turn, record.id)


After = Callable[[Hub, Turn, Who, Record], None]
AFTER: dict[tuple[str, str], After] = {}
"""(register, move) -> what follows of it in the same turn, in another record; filled by the register's own verbs."""

BEFORE: dict[tuple[str, str], Callable[[Hub, Turn, Mapping[str, Any]], dict[str, Any]]] = {}
"""(register, opening move) -> what the hub knows of a record before it is there, of the values that somebody gave; what
was given goes first. Likewise filled.
"""

CORRECTED: dict[str, Callable[[Hub, Turn, Who, Record, Record], None]] = {}
"""Register -> what follows of a correction in the same turn, from the record as it was, and is; likewise filled."""


def correct(hub: Hub, who: Who, record: int, field: str, value: Any, reason: str) -> Record:
    """A value was wrong: old and new stay on record, with the reason."""
    made = definition_of(hub, known_record(hub.read(), record))
    hidden = private_of(made, {field: value})

    def decide(turn: Turn) -> int:
        found = in_reach(hub, who.reach, known_record(turn, record))
        register.correctable(found, who.by.actor, who.role)
        event = register.corrected(made, found, field, value, reason, ground(hub), seal="-")
        _linked(turn, made, {field: event.new}, known=found.values)
        if hidden:
            seal = _keep(hub, turn, record, found.given, hidden)[field]
            event = replace(event, new=seal)
        turn.record(event, who.by.actor)
        then = known_record(turn, record)
        _due(hub, turn, then)
        if after := CORRECTED.get(then.register):
            after(hub, turn, who, found, then)
        return record

    wish = (field, private.veiled(_key(hub), str(value)) if hidden else value)
    return hub.once(who.by, decide, known_record, "correct record", record, wish, reason)


def told_in(hub: Hub, turn: Turn, who: Who, number: str, missing: Sequence[str], reason: str) -> int:
    """一次性告知 for a case: how often its matter was told before; it moves to 补正 where it was received.

    Raises Refused where it was told before and nobody says why again: it is flagged before it is printed.
    """
    case = turn.record_numbered(number.strip().upper())
    if case is None or case.register != "case":
        raise Refused(f"没有办件{number}，请核对编号。", f"There is no case {number}: check its number.")
    in_reach(hub, who.reach, case)
    before = [step for step in case.moves if step.move == "tell"]
    if before and not reason.strip():
        day, what = ground(hub).day(before[-1].at), "、".join(case.values.get("missing", []))
        raise Refused(
            f"{case.number}已于{day}告知过：缺{what}。一次性告知应当一次说完；确要再告知，请写明原因，并记为重复告知。",
            f"{case.number} was told on {day} what is missing. All is told at once: to tell again, say why; it counts"
            " as a repeat.",
        )
    known = hub.hall.services.get(case.service)
    listed = [one for one in missing if known and one in known.materials]
    if case.state == "received" and listed:
        move_in(hub, turn, who, case, "tell", {"missing": listed}, {})
    return len(before)


def undone(hub: Hub, turn: Turn, by: By, ticket: int, finished_at: float) -> None:
    """办结 of a visit was a mistake: what it opened in that turn is taken back with it, 即办件 too."""
    for record in turn.records_of_ticket(ticket):
        if record.opened_at == finished_at and record.kind != "void":
            void_in(hub, turn, by, record)


def void_in(hub: Hub, turn: Turn, by: By, record: Record) -> None:
    """Take a record back by the first of its moves that makes it void; one that has none stays.

    What was done in one press and is undone within its minute was never over: that press is what is taken back, and
    no record is opened again.
    """
    made = definition_of(hub, record)
    for name, move in made.moves.items():
        if made.states[move.to].kind != "void" or move.needs:
            continue
        if record.state in move.from_:
            move_in(hub, turn, Who(by, "administrator"), record, name, {}, {})
            return
        if record.over:
            turn.record(ev.RecordMoved(record=record.id, move=name, state=move.to, kind="void"), by.actor)
            return


def _timed_moves(made: Definition) -> set[str]:
    return {move for clock in made.clocks.values() for move in (clock.near, clock.past) if move}


def _linked(turn: Turn, made: Definition, values: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """What a value names has to be there: a record by its number, a member of staff. Raises Refused.

    `known`: what a record has already, or the hub carries over from another: whom that names may have left since.
    """
    for name, value in values.items():
        kind, of = made.fields[name].kind, made.fields[name].of
        for number in value if of == EQUIPMENT and kind == "checklist" else [value] if kind == "link" else []:
            found = turn.record_numbered(number)
            if found is None or (of and found.register != of):
                raise Refused(f"没有{number}这件记录，请核对编号。", f"There is no record {number}: check its number.")
        if kind == "staff" and (
            (account := turn.staff(value)) is None or not (account["active"] or known.get(name) == value)
        ):
            raise Refused(f"没有工号{value}，或已停用。", f"There is no active account {value}.")


# --- what is private --------------------------------------------------------------------------------------------------


def _key(hub: Hub) -> str:
    found: str = hub.kept("private key", lambda: secret.key(hub.hall, private.KEY))
    return found


def private_of(made: Definition, values: Mapping[str, Any]) -> dict[str, str]:
    """The private ones of some values, each of its field's kind. Raises Refused."""
    return {
        name: register.private_value(made.fields[name], value)
        for name, value in values.items()
        if name in made.private and value not in (None, "", [])
    }


def split(made: Definition, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """(the values that the journal may hold, those that it may not)."""
    return {name: value for name, value in values.items() if name not in made.private}, private_of(made, values)


def _veiled(hub: Hub, wishes: Sequence[tuple[Any, tuple[dict[str, Any], dict[str, str]]]]) -> list[Any]:
    """A wish as an idempotency key remembers it: by its hash, which no private value is in."""
    key = _key(hub)
    return [
        [what, values, {name: private.veiled(key, value) for name, value in hidden.items()}]
        for what, (values, hidden) in wishes
    ]


def veiled_values(hub: Hub, made: Definition, values: Mapping[str, Any]) -> Any:
    """Some values as an idempotency key remembers them."""
    return _veiled(hub, [("", split(made, values))])


def _keep(hub: Hub, turn: Turn, record: int, given: Mapping[str, str], hidden: Mapping[str, str]) -> dict[str, str]:
    """Seal some private values, beside those that the record has already; the seals of the new ones."""
    if not hidden:
        return {}
    kept = turn.private(record)
    key = private.unwrapped(_key(hub), record, kept[0]) if kept else private.fresh()
    boxes = private.boxes(key, record, hidden)
    turn.put_private(
        record, kept[0] if kept else private.wrapped(_key(hub), record, key), {**(kept[1] if kept else {}), **boxes}
    )
    return private.seals(key, boxes)


def private_values(hub: Hub, record: Record) -> dict[str, str]:
    """What is private of a record, in the open: for those who work on it, and nobody else."""
    kept = hub.read().private(record.id)
    if kept is None:
        return {}
    return private.values(private.unwrapped(_key(hub), record.id, kept[0]), record.id, kept[1])


def sealed_problems(reader: Reader, key: str) -> list[str]:
    """Where what is private is not what the journal has the seals of: changed, missing, or still there after it went.

    `key`: the hall's own.
    """
    found = []
    for record in reader.records_with_private():
        kept = reader.private(record.id)
        try:
            opened = private.unwrapped(key, record.id, kept[0]) if kept else b""
        except private.Sealed as error:
            found.append(f"records:{record.number}: its key: {error}")
            continue
        if (private.seals(opened, kept[1]) if kept else {}) != record.given or (kept and not kept[1]):
            found.append(f"records:{record.number}: its private fields are not those that the journal has the seals of")
    return found


def erasable(reader: Reader, known: Registers, on: Ground, now: float) -> list[Erasable]:
    """What is private and has been kept long enough, by the terms of its register as they are today."""
    today, found = on.day(now), []
    for record in reader.records_to_erase(now):
        made = known.current.get(record.register) or known[record.register, record.version]
        assert record.closed_at is not None
        closed = on.day(record.closed_at)
        ends = {name: closed + timedelta(days=_kept_days(made, name)) for name in record.given}
        over = tuple(sorted(name for name, end in ends.items() if today > end))
        if over:
            found.append(Erasable(record, over, min(ends[name] for name in over) + timedelta(days=1)))
    return found


def _kept_days(made: Definition, field: str) -> int:
    """Days after its end; a field that a register has no more goes at once."""
    known = made.fields.get(field)
    return (known.keep_days or 0) if known else 0


def erase_due(hub: Hub) -> int:
    """Erase what has been kept long enough, and see that the file does not hold it any more; how many records."""
    found = erasable(hub.read(), registers(hub), ground(hub), hub.now())
    for one in found:
        with apart(f"the erasing of {one.record.number}"):
            hub.turn(partial(_erase_in, hub, actor="hub", record=one.record.id, fields=one.fields, reason=BY_TERM))
    if found or not hub.store.swept:
        hub.store.sweep()
    return len(found)


def erase(hub: Hub, who: Who, record: int) -> None:
    """What is private of a record goes now: the person wished it."""

    def decide(turn: Turn) -> None:
        found = in_reach(hub, who.reach, known_record(turn, record))
        register.untouched(found, who.by.actor)
        fields = tuple(sorted(found.given))
        if not fields:
            raise Refused("没有可删除的个人信息。", "There is nothing personal to erase.")
        _erase_in(hub, turn, actor=who.by.actor, record=record, fields=fields, reason=BY_REQUEST)

    hub.act(who.by, decide, "erase record", record)
    hub.store.sweep()


def _erase_in(hub: Hub, turn: Turn, *, actor: str, record: int, fields: tuple[str, ...], reason: str) -> None:
    """Destroy the record's key and what it sealed; what may stay is sealed anew by another key."""
    kept = turn.private(record)
    left: dict[str, str] = {}
    if kept:
        key = private.unwrapped(_key(hub), record, kept[0])
        left = private.values(key, record, {name: box for name, box in kept[1].items() if name not in fields})
    turn.drop_private(record)
    given = _keep(hub, turn, record, {}, left)
    turn.record(ev.RecordErased(record=record, fields=fields, reason=reason, given=given), actor)


# --- what is due ------------------------------------------------------------------------------------------------------


def dues_of(made: Definition, moves: Sequence[Step], on: Ground, today: date) -> tuple[str, str]:
    """(the due date of the clock that is due first, those of all its clocks), as the store keeps them."""
    first, every = register.dues(made, moves, on, today)
    return first.isoformat() if first else NO_DUE, orjson.dumps(every, option=orjson.OPT_SORT_KEYS).decode()


BY_ITSELF = Who(By("hub"), "administrator")


def timed(hub: Hub) -> int:
    """Make the moves that clocks make by themselves (`near`, `past` of a register's file), each in a turn of its own;
    how many. What was made once is not due again, so it may be asked at any time.
    """
    found, on = 0, ground(hub)
    today = on.day(hub.now())
    for key, made in registers(hub).current.items():
        if not _timed_moves(made):
            continue
        for record in hub.read().records_open(key):
            name = register.timed(definition_of(hub, record), record, on, today)
            if name:
                with apart(f"the move {name} of {record.number}"):
                    hub.turn(partial(_by_itself, hub, record=record.id, name=name))
                    found += 1
    return found


def _by_itself(hub: Hub, turn: Turn, *, record: int, name: str) -> None:
    """The move, unless somebody was faster."""
    now = known_record(turn, record)
    if register.timed(definition_of(hub, now), now, ground(hub), ground(hub).day(turn.now)) == name:
        move_in(hub, turn, BY_ITSELF, now, name, {}, {})


def _due(hub: Hub, turn: Turn, record: Record) -> None:
    if record.over:
        turn.drop_due(record.id)
    else:
        made, on = definition_of(hub, record), ground(hub)
        turn.put_due(record.id, record.register, *dues_of(made, record.moves, on, on.day(turn.now)))


def check(hub: Hub) -> None:
    """At the start: the registers are right, and none is missing that records live under. Raises ConfigError."""
    known = registers(hub)
    if lost := sorted(one for one in hub.read().versions_open() if one not in known):
        raise ConfigError(
            [
                placed(
                    "server/registers",
                    Text(
                        f"还有记录按“{key}”的第{version}版在办，却没有这一版：请把它放进那里的文件夹“past”，"
                        f"名为“{key}-{version}.toml”。",
                        f"records live under version {version} of '{key}', which is missing; put its file into the"
                        f" folder past there, as {key}-{version}.toml",
                    ),
                )
                for key, version in lost
            ]
        )


def recompute(hub: Hub) -> int | None:
    """After a change of the calendar: the due dates of every open record anew, in one turn; how many moved.

    None where the calendar is the one that they were worked out by.
    """
    calendar = ground(hub).calendar.version
    last = hub.read().last_event("DuesMoved")
    before = last.field("after") if last else ""
    if before == calendar:
        return None

    def work(turn: Turn) -> int | None:
        on, today, moved, records = ground(hub), ground(hub).day(turn.now), 0, 0
        dues, known = turn.dues(), registers(hub)
        for record, key, version, moves in turn.moves_open():
            records += 1
            due, every = dues_of(known[key, version], moves, on, today)
            was = dues.get(record)
            if was is None or was["every"] != every:
                moved += was is not None
                turn.put_due(record, key, due, every, was["every"] if was else "")
            elif was["was"]:
                turn.put_due(record, key, due, every)
        if records or last:
            turn.record(ev.DuesMoved(before=before, after=calendar, records=records, moved=moved), "hub")
            return moved
        return None

    return hub.turn(work)


def moved_from(was: str) -> dict[str, str | None]:
    """The due dates of a record's clocks before the calendar changed."""
    found: dict[str, str | None] = json.loads(was) if was else {}
    return found


def month(hub: Hub, text: str) -> tuple[float, float]:
    """[start, end) of a month such as 2026-11, epoch seconds. Raises Unknown."""
    try:
        first = date.fromisoformat(f"{text}-01")
        after = (first + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):  # the calendar ends with 9999
        raise Unknown(f"“{text}”不是月份：请写成 2026-11。", f"'{text}' is no month: write it like 2026-11.") from None
    start, end = (datetime(d.year, d.month, d.day, tzinfo=hub.hall.zone).timestamp() for d in (first, after))
    return start, end
