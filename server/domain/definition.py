"""What a register (台账) is: its fields, states, moves and clocks, read from one TOML file. Pure: text in, data out.

The limits are hard, and so is what a register must not try to be: no conditions, expressions, scripts, branches or
timers, no way out of a state that is done. Whoever needs a branch opens a second record that names the first; whoever
needs more writes a module. All mistakes of a file are told at once, each with its line (docs/registers.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from config import ConfigError, RegisterTable, Text
from config.line_numbers import Key
from config.phrasing import at_lines, is_no, message, path_of, placed
from config.tables import Table
from config.values import Both, matches
from intake.encoding import Unreadable
from intake.toml_file import toml, toml_text

STATE_KINDS = {
    "open": Text("待我方办理", "We must act"),
    "waiting": Text("等待对方", "Somebody outside must act"),
    "done": Text("已办结", "Done"),
    "void": Text("已作废", "Void"),
}
OVER = ("done", "void")
MOST = {"states": 12, "moves": 20, "fields": 30, "clocks": 4}
CUTS = ("choice", "yes/no", "staff", "service", "counter")
"""Kinds of fields that a figure may be split by."""

Name = Annotated[
    str,
    matches(
        r"[a-z][a-z0-9_]{0,39}",
        Text(
            "只用小写字母、数字和_：请写成 'no_platform' 那样。", "small letters, digits and _, such as 'no_platform'"
        ),
    ),
]
Role = Literal["visitor", "operator", "guide", "manager", "supervisor", "district"]
"""Who may make a move. `visitor`: whoever holds the paper, on the public page; anybody, of what opens a record.
`district`: what came down from the district, and nobody in the hall.
"""
DISTRICT = "district"
ABOUT = "about"
"""The person of the staff that a record is about, by this name in every register (回避): never its owner, makes no move
of it but those that are `concerned`, and sees it only once there is one to make."""

EQUIPMENT = "equipment"
"""The register of the hall's equipment, whose pieces a record of another may name."""


class FieldTable(Table):
    """One field. A text without a `pattern` is free text, which may be about anybody: it is private."""

    name: Both
    kind: Literal[
        "text",
        "long text",
        "choice",
        "number",
        "date",
        "yes/no",
        "staff",
        "service",
        "counter",
        "phone",
        "checklist",
        "link",
        "photos",
    ]
    choices: dict[Name, Both] = Field({})
    of: Literal["", "materials", "services", "equipment"] = ""
    """What a checklist ticks: the materials of the record's service, the services of the hall, or its own `choices`; of
    a link and a checklist: the pieces of the register of equipment.
    """
    pattern: str = ""
    private: bool = False
    keep_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """A private field is erased so many days after the record is over."""
    public: bool = False
    receipt: bool = False
    cut: bool = False
    told: bool = False
    """Whoever holds the record's code reads it, on the public page: the answer."""
    first: list[str] = Field([])
    """Choices whose records stand before all others in a list, whatever is due."""

    @property
    def free(self) -> bool:
        """Whether a person may write anything at all into it."""
        return self.kind in ("long text", "phone", "photos") or (self.kind == "text" and not self.pattern)


class StateTable(Table):
    name: Both
    kind: Literal["open", "waiting", "done", "void"]


class MoveTable(Table):
    """One move. `from` empty: it opens a record. `needs` may hold alternatives: "platform|no_platform"."""

    name: Both
    from_: list[str] = Field([], alias="from")
    to: str
    roles: Annotated[list[Role], Field(min_length=1)]
    needs: list[str] = Field([])
    may: list[str] = Field([])
    not_by: str = ""
    """Another person than who made that move, or any of those moves ("submit|review"): the second signature."""
    once: bool = False
    concerned: bool = False
    """Made by the person whom the record is about (`about`), and by nobody else: an appeal."""
    late_needs: list[str] = Field([])
    """Needed too where a clock that this move ends is past its due date."""
    slip: str = ""

    def admits(self, role: str) -> bool:
        """Whether a role may make it: an administrator may make whatever anybody in the hall may."""
        return role in self.roles or (role == "administrator" and self.roles != [DISTRICT])

    @property
    def others(self) -> list[str]:
        """The moves that whoever makes this one may not have made."""
        return [one for one in self.not_by.split("|") if one]

    @property
    def needed(self) -> list[list[str]]:
        """The fields that it can't do without, each with its alternatives."""
        return [one.split("|") for one in self.needs]

    @property
    def asked(self) -> list[str]:
        """Every field it asks for, once, in order."""
        return list(dict.fromkeys([f for one in self.needed for f in one] + self.late_needs + self.may))


class ClockTable(Table):
    """One clock. Its days come from one place of four: `days`, the service (`days_of`), a choice (`by`, `days_by`), the
    day that a date field names (`until`).
    """

    name: Both
    start: Annotated[list[str], Field(min_length=1)]
    end: list[str] = Field([])
    stops_in: list[str] = Field([])
    unit: Literal["working", "calendar"] = "working"
    days: Annotated[int, Field(ge=0, le=999)] | None = None
    days_of: Literal["promised", "legal"] | None = None
    by: str = ""
    days_by: dict[str, Annotated[int, Field(ge=0, le=999)]] = Field({})
    until: str = ""
    amber: Annotated[int, Field(ge=0, le=99)] | None = None
    extends: str = ""
    """The move that extends it, and the number field that says by how many days."""
    extra: str = ""
    near: str = ""
    """The move that the hub makes by itself when the clock turns amber: a reminder is due."""
    past: str = ""
    """The move that the hub makes by itself on the day after the due date."""
    law_of: str = ""
    """It is the term of the law beside that clock, the promise: past both is black."""


class Definition(Table):
    """One register, checked. `version` counts changes of fields, states, moves and clocks."""

    key: Name
    version: Annotated[int, Field(ge=1)] = 1
    name: Both
    number: Annotated[
        str, matches(r"[A-Z]{2}", Text("要两个大写字母：请写成 'BJ' 那样。", "two capital letters, such as 'BJ'"))
    ]
    confidential: bool = False
    """Of operators only whoever has a record (`owner`) sees it, of guides too where they have nothing to do in it."""
    draft: bool = False
    """Its form is kept in the browser that it is filled in with until it is on record: for a tablet that is carried
    where the network does not reach.
    """
    fields: dict[Name, FieldTable]
    states: dict[Name, StateTable]
    moves: dict[Name, MoveTable]
    clocks: dict[Name, ClockTable] = Field({})

    @cached_property
    def private(self) -> frozenset[str]:
        return frozenset(name for name, field in self.fields.items() if field.private)

    @cached_property
    def of_district(self) -> frozenset[str]:
        """Fields that only the district's moves ask for: nobody in the hall corrects what it wrote."""
        here = {name for move in self.moves.values() if move.roles != [DISTRICT] for name in move.asked}
        return frozenset(self.fields) - here

    def worked_by(self, role: str, states: Iterable[str | None]) -> bool:
        """Whether a role has a move to make in one of these states, other than of whom the record is about."""
        return any(
            role in move.roles and not move.concerned for state in states for move in self.moves_from(state).values()
        )

    def moves_from(self, state: str | None) -> dict[str, MoveTable]:
        """What can be done with a record in a state; None: with none yet."""
        return {
            name: move
            for name, move in self.moves.items()
            if (state in move.from_ if state is not None else not move.from_)
        }


# --- reading ----------------------------------------------------------------------------------------------------------


@lru_cache(64)  # a draft of the hall's file is looked at with each page of it, and never changes these
def parse(text: str | bytes, name: str) -> Definition:
    """The register of a file's text. Raises ConfigError with every mistake at once: `name:line: key: what; do`."""
    try:
        raw = toml(text)
    except Unreadable as error:
        raise ConfigError([placed(f"{name}:{error.line}:{error.column}", Text(error.zh, error.en))]) from None
    problems: list[tuple[Key, Text]] = []
    made = None
    try:
        made = Definition.model_validate(raw)
    except ValidationError as error:
        problems = [(path_of(raw, e["loc"]), message(e, _model_at, "docs/registers.md")) for e in error.errors()]
    problems += _mistakes(raw)
    if problems or made is None:
        raise ConfigError(at_lines(name, toml_text(text), problems))
    return made


_TABLES: dict[str, type[BaseModel]] = {
    "fields": FieldTable,
    "states": StateTable,
    "moves": MoveTable,
    "clocks": ClockTable,
}


def _model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    return Definition if len(path) == 1 else _TABLES.get(str(path[0])) if len(path) == 3 else None


class _Raw:
    """A file as it was written, whatever is wrong with it: what is of the right shape is looked at."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.tables = {
            name: {key: row for key, row in _table(raw.get(name)).items() if isinstance(row, dict)} for name in MOST
        }
        self.fields, self.states, self.moves, self.clocks = (
            self.tables[name] for name in ("fields", "states", "moves", "clocks")
        )

    def kind(self, state: object) -> object:
        row = self.states.get(state) if isinstance(state, str) else None
        return row.get("kind") if row else None


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _asked(move: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, field) of every field that a move asks for."""
    for key in ("needs", "may", "late_needs"):
        for one in _texts(move.get(key)):
            yield from ((key, field) for field in one.split("|"))


def _mistakes(raw: dict[str, Any]) -> Iterator[tuple[Key, Text]]:
    found = _Raw(raw)
    for table, most in MOST.items():
        if len(found.tables[table]) > most:
            many = len(found.tables[table])
            what = Text(
                f"有{many}个，最多{most}个：要得更多就不是台账了，请另写模块。",
                f"{many} of them; at most {most}: what needs more is no register, write a module",
            )
            yield (table,), what
    yield from _references(found)
    yield from _about(found)
    yield from _graph(found)
    yield from _fields(found)
    yield from _clocks(found)


STATE, MOVE, FIELD = Text("状态", "state"), Text("步骤", "move"), Text("字段", "field")
CHOICE = Text("选项", "choice")
OTHER_MOVE, OTHER_CLOCK = Text("另一个步骤", "other move"), Text("另一个时限", "other clock")


def _unknown(value: str, known: Iterable[str], what: Text) -> Text:
    return is_no(value, Text(f"本文件里的{what.zh}", f"{what.en} of this file"), known)


def _not_of_kind(value: str, kind: str) -> Text:
    return Text(
        f"“{value}”不是kind为{kind}的字段：请改成这样的字段。",
        f"'{value}' is no field of kind {kind}; name one that is",
    )


def _references(found: _Raw) -> Iterator[tuple[Key, Text]]:
    for name, move in found.moves.items():
        for state in _texts(move.get("from")):
            if state not in found.states:
                yield ("moves", name, "from"), _unknown(state, found.states, STATE)
            elif found.kind(state) in OVER:
                kind = found.kind(state)
                what = Text(
                    f"“{state}”的kind是{kind}，办完的不再打开：请另开一条记录，链接到它。",
                    f"'{state}' is {kind}: what is over is never reopened; open a record that links to it",
                )
                yield ("moves", name, "from"), what
        to = _text(move.get("to"))
        if to and to not in found.states:
            yield ("moves", name, "to"), _unknown(to, found.states, STATE)
        for key, field in _asked(move):
            if field not in found.fields:
                yield ("moves", name, key), _unknown(field, found.fields, FIELD)
        for other in filter(None, _text(move.get("not_by")).split("|")):
            if other in found.moves and other != name:
                continue
            yield ("moves", name, "not_by"), _unknown(other, [m for m in found.moves if m != name], OTHER_MOVE)
        if _texts(move.get("late_needs")) and not any(name in _texts(c.get("end")) for c in found.clocks.values()):
            what = Text(
                "这一步不结束任何时限，不会超期：请去掉。", "this move ends no clock, so it is never late; leave it out"
            )
            yield ("moves", name, "late_needs"), what
    for name, clock in found.clocks.items():
        for key in ("start", "end"):
            for move_name in _texts(clock.get(key)):
                if move_name not in found.moves:
                    yield ("clocks", name, key), _unknown(move_name, found.moves, MOVE)
        for state in _texts(clock.get("stops_in")):
            if state not in found.states:
                yield ("clocks", name, "stops_in"), _unknown(state, found.states, STATE)
            elif found.kind(state) != "waiting":
                kind = found.kind(state)
                what = Text(
                    f"“{state}”的kind是{kind}，时限只在等待对方（waiting）时停：请换一个状态。",
                    f"'{state}' is {kind}: a clock stops only while somebody outside must act (waiting)",
                )
                yield ("clocks", name, "stops_in"), what


def _about(found: _Raw) -> Iterator[tuple[Key, Text]]:
    """A move of the person whom the record is about, in a register that knows of nobody."""
    if found.fields.get("about", {}).get("kind") == "staff":
        return
    for name, move in found.moves.items():
        if move.get("concerned") is True:
            what = Text(
                "没有写记录是关于谁的：请加上字段“about”，kind为staff。",
                "nothing says whom a record is about; add a field 'about' of kind staff",
            )
            yield ("moves", name, "concerned"), what


def _graph(found: _Raw) -> Iterator[tuple[Key, Text]]:
    steps = [
        (state, to)
        for move in found.moves.values()
        for state in _texts(move.get("from"))
        if (to := _text(move.get("to"))) in found.states and state in found.states
    ]
    first = {_text(move.get("to")) for move in found.moves.values() if not _texts(move.get("from"))}
    if found.moves and not first:
        yield (
            ("moves",),
            Text("没有一步能新开记录：请有一步不写“from”。", "no move opens a record; give one of them no 'from'"),
        )
    if found.states and not any(found.kind(state) == "done" for state in found.states):
        yield (
            ("states",),
            Text('没有办结的状态：请有一个写 kind = "done"。', 'no state is done; give one of them kind = "done"'),
        )
    reached = _closure(first, steps)
    ending = _closure(
        {state for state in found.states if found.kind(state) == "done"}, [(to, from_) for from_, to in steps]
    )
    for state in found.states:
        if first and state not in reached:
            yield (
                ("states", state),
                Text("没有一步到这里：请加上，或去掉这个状态。", "no move leads here; add one, or leave the state out"),
            )
        if found.kind(state) not in OVER and state not in ending:
            yield (
                ("states", state),
                Text("从这里到不了办结：请加上一步。", "no way from here to a state that is done; add a move"),
            )


def _closure(first: Iterable[str], steps: list[tuple[str, str]]) -> set[str]:
    reached = {*first}
    while more := {to for from_, to in steps if from_ in reached} - reached:
        reached |= more
    return reached


def _fields(found: _Raw) -> Iterator[tuple[Key, Text]]:
    asked = {field for move in found.moves.values() for _, field in _asked(move)}
    for name, field in found.fields.items():
        kind, private = field.get("kind"), field.get("private") is True
        if name not in asked:
            yield (
                ("fields", name),
                Text(
                    "没有一步要填它：请写进某一步的“needs”或“may”。",
                    "no move asks for it; name it in 'needs' or 'may' of one",
                ),
            )
        free = kind in ("long text", "phone", "photos") or (kind == "text" and not field.get("pattern"))
        if free and not private:
            zh, en = (
                ("，或写只容编码的“pattern”", ", or a 'pattern' that only a code fits") if kind == "text" else ("", "")
            )
            what = Text(
                f"这里什么都能写，不能进日志：请写 private = true{zh}。",
                f"anything at all can be written into it, so it never enters the journal; write private = true{en}",
            )
            yield ("fields", name, "private"), what
        if private and field.get("keep_days") is None:
            yield (
                ("fields", name, "keep_days"),
                Text("缺少：请写办完多少天后删除。", "missing; say how many days after the end it is erased"),
            )
        if not private and field.get("keep_days") is not None:
            yield (
                ("fields", name, "keep_days"),
                Text(
                    "只有私密的才删除：请去掉，或写 private = true。",
                    "only what is private is erased; leave it out, or write private = true",
                ),
            )
        for word in ("public", "receipt", "cut"):
            if private and field.get(word) is True:
                yield (
                    ("fields", name, word),
                    Text(
                        "私密的字段只给经办人看：请去掉。",
                        "a private field is shown to nobody but who works on it; leave it out",
                    ),
                )
        if field.get("cut") is True and kind not in CUTS:
            yield (
                ("fields", name, "cut"),
                Text(
                    f"只能按{'、'.join(CUTS)}分开统计：请去掉。",
                    f"a figure is split by {', '.join(CUTS)} only; leave it out",
                ),
            )
        if name == ABOUT and kind != "staff":
            yield (
                ("fields", name, "kind"),
                Text(
                    '“about”是所涉工作人员：请写 kind = "staff"，或换个名称。',
                    "'about' is the person of the staff it is about; write kind = \"staff\", or name it otherwise",
                ),
            )
        for one in _texts(field.get("first")):
            if one not in _table(field.get("choices")):
                yield ("fields", name, "first"), _unknown(one, _table(field.get("choices")), CHOICE)
        pattern = field.get("pattern")
        if pattern and kind != "text":
            yield (
                ("fields", name, "pattern"),
                Text("只有kind为text的才有：请去掉。", "only a text has one; leave it out"),
            )
        elif isinstance(pattern, str) and pattern:
            try:
                re.compile(pattern)
            except re.error as error:
                yield (
                    ("fields", name, "pattern"),
                    Text(
                        "不是正则表达式：请写成 '[A-Z0-9-]{4,64}' 那样。",
                        f"no regular expression: {error}; write it like '[A-Z0-9-]{{4,64}}'",
                    ),
                )
        choices = bool(field.get("choices"))
        if choices != (kind == "choice" or (kind == "checklist" and not field.get("of"))):
            what = Text(
                "choice有choices，没有of的checklist也有，别的都没有：请补上或去掉。",
                "a choice has choices, and a checklist without 'of'; nothing else has",
            )
            yield ("fields", name, "choices"), what
        if field.get("of") and kind != "checklist" and (kind, field["of"]) != ("link", EQUIPMENT):
            yield (
                ("fields", name, "of"),
                Text(
                    "只有checklist才有of，link只能写equipment：请去掉。",
                    "only a checklist is of something, and a link of equipment; leave it out",
                ),
            )
        if field.get("of") == "materials" and not any(f.get("kind") == "service" for f in found.fields.values()):
            yield (
                ("fields", name, "of"),
                Text("哪个事项的材料：请加上一个kind为service的字段。", "whose materials? add a field of kind service"),
            )


def _clocks(found: _Raw) -> Iterator[tuple[Key, Text]]:
    for name, clock in found.clocks.items():
        if not _texts(clock.get("end")):
            yield (
                ("clocks", name, "end"),
                Text(
                    "没有一步结束它，就总是超期：请写上一步。",
                    "no move ends it; name one: a clock that never ends is always late",
                ),
            )
        places = (clock.get("days") is not None, *(bool(clock.get(one)) for one in ("days_of", "by", "until")))
        if sum(places) != 1:
            yield (
                ("clocks", name),
                Text(
                    "天数只能有一个来处：请在days、days_of、by（连同days_by）、until里留一个。",
                    "its days come from exactly one place: days, days_of, by (with days_by) or until; write one of"
                    " them",
                ),
            )
        if clock.get("days_of") and not any(f.get("kind") == "service" for f in found.fields.values()):
            yield (
                ("clocks", name, "days_of"),
                Text(
                    "哪个事项的天数：请加上一个kind为service的字段。",
                    "the days of which service? add a field of kind service",
                ),
            )
        if by := _text(clock.get("by")):
            field = found.fields.get(by, {})
            choices, days = _table(field.get("choices")), _table(clock.get("days_by"))
            if field.get("kind") != "choice":
                yield ("clocks", name, "by"), _not_of_kind(by, "choice")
            elif {*choices} != {*days}:
                odd = sorted({*choices} ^ {*days})
                what = Text(
                    f"“{by}”的每个选项各有天数，别的没有：请核对{'、'.join(odd)}。",
                    f"each choice of '{by}' has its days, and nothing else; look at {', '.join(odd)}",
                )
                yield ("clocks", name, "days_by"), what
        if until := _text(clock.get("until")):
            if found.fields.get(until, {}).get("kind") != "date":
                yield ("clocks", name, "until"), _not_of_kind(until, "date")
            if clock.get("unit") != "calendar" or _texts(clock.get("stops_in")):
                what = Text(
                    '到指定日期为止，按自然日计，不停：请写 unit = "calendar"，去掉stops_in。',
                    'a term to a day is of calendar days and never stops; write unit = "calendar" and no stops_in',
                )
                yield ("clocks", name, "until"), what
        if bool(clock.get("extends")) != bool(clock.get("extra")):
            what = Text(
                "extends写步骤，extra写数字字段：请两个都写，或都不写。",
                "extends names the move, extra the number field; write both or neither",
            )
            yield ("clocks", name, "extends"), what
        elif extends := _text(clock.get("extends")):
            extra, move = _text(clock.get("extra")), found.moves.get(extends)
            if move is None:
                yield ("clocks", name, "extends"), _unknown(extends, found.moves, MOVE)
            elif move.get("once") is not True:
                yield (
                    ("moves", extends, "once"),
                    Text("时限只能延长一次：请写 once = true。", "a term is extended once; write once = true"),
                )
            if found.fields.get(extra, {}).get("kind") != "number":
                yield ("clocks", name, "extra"), _not_of_kind(extra, "number")
        for key in ("near", "past"):
            yield from _timed(found, name, key, _text(clock.get(key)))
        law = _text(clock.get("law_of"))
        if law and (law not in found.clocks or law == name):
            yield ("clocks", name, "law_of"), _unknown(law, [c for c in found.clocks if c != name], OTHER_CLOCK)


def _timed(found: _Raw, clock: str, key: str, move: str) -> Iterator[tuple[Key, Text]]:
    """A move that the hub makes by itself: one of a record that is open, and of which nothing is asked."""
    row = found.moves.get(move)
    if move and row is None:
        yield ("clocks", clock, key), _unknown(move, found.moves, MOVE)
    elif row is not None and (_texts(row.get("needs")) or not _texts(row.get("from")) or row.get("not_by")):
        yield (
            ("clocks", clock, key),
            Text(
                f"“{move}”要人填写或会签，主机不能自己做：请换一步不要“needs”和“not_by”、有“from”的。",
                f"'{move}' asks somebody for something, so the hub can't make it by itself; name a move with a 'from'"
                " and without 'needs' and 'not_by'",
            ),
        )


# --- what a hall may change -------------------------------------------------------------------------------------------


def tuned(made: Definition, own: RegisterTable, name: str) -> Definition:
    """The register with a hall's own words, days, ambers, roles and terms of keeping.

    Raises ConfigError with every key that is nothing of it: states and moves are the program's.
    """
    problems: list[Text] = []

    def known(key: str, given: Mapping[str, Any], there: Iterable[str], what: Text) -> None:
        names = list(there)
        problems.extend(placed(f"{name}: {key}.{one}", _unknown(one, names, what)) for one in given if one not in names)

    named = [f"{table}.{one}" for table in MOST for one in getattr(made, table)]
    known("words", own.words, named, Text("名称", "name"))
    graded = [f"{c}.{one}" for c, clock in made.clocks.items() for one in clock.days_by]
    known(
        "days",
        own.days,
        [*(c for c, clock in made.clocks.items() if clock.days is not None), *graded],
        Text("有天数的时限", "clock with days"),
    )
    known("amber", own.amber, made.clocks, Text("时限", "clock"))
    known("roles", own.roles, [one for one, move in made.moves.items() if move.roles != [DISTRICT]], MOVE)
    known("keep_days", own.keep_days, sorted(made.private), Text("私密字段", "private field"))
    if problems:
        raise ConfigError(problems)
    changed: dict[str, dict[str, Any]] = {table: dict(getattr(made, table)) for table in MOST}

    def put(table: str, one: str, **values: Any) -> None:
        changed[table][one] = changed[table][one].model_copy(update=values)

    for path, words in own.words.items():
        table, _, one = path.partition(".")
        put(table, one, name=words)
    for one, days in own.days.items():
        clock, _, grade = one.partition(".")
        put(
            "clocks",
            clock,
            **({"days_by": {**changed["clocks"][clock].days_by, grade: days}} if grade else {"days": days}),
        )
    for one, left in own.amber.items():
        put("clocks", one, amber=left)
    for one, roles in own.roles.items():
        put("moves", one, roles=roles)
    for one, kept in own.keep_days.items():
        put("fields", one, keep_days=kept)
    return made.model_copy(update=changed)
