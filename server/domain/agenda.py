"""The agenda of a number that was taken for several items (一号联办, 一件事一次办): what is to be done in which order,
what has been done, and what comes next where. Pure.

It is written down when the number is taken, with the order that counted then: another package in the hall's file
changes no number that is out. Refuses to know counters; who serves what is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from config import Service, Text
from server.domain import events as ev

HINDERS = frozenset({"incomplete", "refused", "wrong item"})
"""Outcomes of an item after which nothing that waits for it can be done on this visit."""
GOOD = frozenset({"done", "accepted", "collected"})
"""Outcomes of an item that need no further visit."""
FIRST_OF = ("accepted", "incomplete", "refused", "done", "collected", "enquiry", "other", "wrong item")
"""Of several outcomes the one that the whole visit has: the first of these that any item has."""


@dataclass(frozen=True)
class Step:
    """One item. `outcome` is a code of `vocabulary.OUTCOMES`, empty while it is open."""

    service: str
    outcome: str = ""
    counter: str = ""
    at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """Of one number. `package` is its id in the hall's file, empty for items that were chosen one by one."""

    ticket: int
    day: str
    package: str
    items: tuple[Step, ...]
    after: Mapping[str, Sequence[str]]
    """Item -> those that are settled before it."""
    saved: int
    """Papers that are brought once instead of once for each item."""

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(one.service for one in self.items)

    @property
    def settled(self) -> tuple[Step, ...]:
        return tuple(one for one in self.items if one.outcome)


def evolve(agenda: Agenda | None, event: ev.Event, at: float) -> Agenda | None:
    """The agenda after an event of its number."""
    if isinstance(event, ev.AgendaSet):
        assert event.ticket is not None
        return Agenda(
            ticket=event.ticket,
            day=event.day,
            package=event.package,
            items=tuple(Step(code) for code in event.items),
            after={code: tuple(before) for code, before in event.after.items()},
            saved=event.saved,
        )
    if agenda is None:
        return None
    if isinstance(event, ev.ItemSettled):
        return _with(agenda, Step(event.service, event.outcome, event.counter or "", at))
    if isinstance(event, ev.Undone) and event.step == "ItemSettled":
        return replace(agenda, items=tuple(Step(**one) for one in event.agenda))
    return agenda


def _with(agenda: Agenda, done: Step) -> Agenda:
    """An item that nobody had thought of comes to the end."""
    known = any(one.service == done.service for one in agenda.items)
    items = tuple(done if one.service == done.service else one for one in agenda.items)
    return replace(agenda, items=items if known else (*items, done))


def plain(agenda: Agenda) -> list[dict[str, Any]]:
    """Its items as plain JSON."""
    return [asdict(one) for one in agenda.items]


def of_life(happened: Iterable[tuple[float, ev.Event]]) -> Agenda | None:
    """The agenda after these events of one number, in order."""
    found = None
    for at, event in happened:
        found = evolve(found, event, at)
    return found


# --- what comes next --------------------------------------------------------------------------------------------------


def state(agenda: Agenda, service: str) -> str:
    """Of an item: settled, ready, waits (for another that is still open), hindered (by one that was not granted)."""
    outcomes = {one.service: one.outcome for one in agenda.items}
    if outcomes.get(service):
        return "settled"
    before = [one for one in agenda.after.get(service, ()) if one in outcomes]
    if any(outcomes[one] in HINDERS or state(agenda, one) == "hindered" for one in before):
        return "hindered"
    return "ready" if all(outcomes[one] for one in before) else "waits"


def ready(agenda: Agenda) -> list[str]:
    """The items that can be done now, in order."""
    return [one for one in agenda.services if state(agenda, one) == "ready"]


def here(agenda: Agenda, serves: Callable[[str], bool]) -> list[str]:
    """The items that a counter does in this stay, in order: those ready, and those that only wait for these."""
    found: list[str] = []
    trial = agenda
    while more := [one for one in ready(trial) if serves(one)]:
        found += more
        for one in more:
            trial = _with(trial, Step(one, "done"))
    order = agenda.services
    return sorted(found, key=order.index)


def next_item(agenda: Agenda) -> str:
    """The item that the number goes on for; empty when nothing more can be done on this visit."""
    return next(iter(ready(agenda)), "")


def overall(agenda: Agenda) -> str:
    """The outcome of the whole visit."""
    outcomes = {one.outcome for one in agenda.settled}
    return next((code for code in FIRST_OF if code in outcomes), next(iter(sorted(outcomes)), "other"))


def in_one_visit(agenda: Agenda) -> bool:
    """Whether everything was granted or accepted: nobody has to come again."""
    return bool(agenda.items) and all(one.outcome in GOOD for one in agenda.items)


# --- what to bring ----------------------------------------------------------------------------------------------------


class Paper(NamedTuple):
    """A material of several items, once. `services`: who needs it, in their order; `originals` and `copies`: of all
    together; `shown`: the original is looked at and given back; `later`: every item lets it follow.
    """

    name: str
    services: tuple[str, ...]
    originals: int
    copies: int
    shown: bool
    later: bool


def papers(services: Sequence[Service]) -> list[Paper]:
    """One list of materials without doubles, in the order of the items that need them.

    What is handed in is handed in to each item: its originals and copies add up. What is only shown is shown once. A
    material is the same by its name (`same`), and one of which another will do (身份证/社保卡) is the one that is
    brought anyhow.
    """
    wanted = [(one, name) for one in services for name in one.materials]
    whole = {same(name) for _, name in wanted}
    found: dict[str, Paper] = {}
    for one, name in wanted:
        table = one.guide.materials.get(name)
        now = Paper(
            name,
            (one.code,),
            table.originals if table else 0,
            table.copies if table else 0,
            bool(table and table.checked),
            bool(table and table.later),
        )
        key = next((other for other in map(same, name.split("/")) if other in whole), same(name))
        found[key] = _together(found[key], now, key) if key in found else now
    return list(found.values())


def _together(known: Paper, more: Paper, key: str) -> Paper:
    exact = [one.name for one in (known, more) if same(one.name) == key]
    return Paper(
        min(exact, key=len) if exact else known.name,
        tuple(dict.fromkeys((*known.services, *more.services))),
        known.originals + more.originals,
        known.copies + more.copies,
        known.shown or more.shown,
        known.later and more.later,
    )


def same(name: str) -> str:
    """What a material is recognised by: its name without spaces and without brackets around the whole of it (which
    say that not everybody needs it), signs of one kind.
    """
    bare = name.translate(_SIGNS).casefold()
    inner = bare[1:-1]
    return inner if bare[:1] == "(" and bare[-1:] == ")" and "(" not in inner else bare


_SIGNS = str.maketrans({"（": "(", "）": ")", "，": ",", "／": "/", "：": ":", " ": None, "　": None})


def saved(services: Sequence[Service]) -> int:
    """How many papers are brought once instead of once more."""
    return sum(len(one.materials) for one in services) - len(papers(services))


def paper_note(paper: Paper, names: Callable[[str], Text]) -> Text:
    """How a paper is brought and for what, in a few words."""
    parts: list[Text] = []
    if paper.originals:
        parts.append(Text(f"原件{paper.originals}份", f"{paper.originals} original{'s' * (paper.originals != 1)}"))
    if paper.copies:
        parts.append(Text(f"复印件{paper.copies}份", f"{paper.copies} cop{'ies' if paper.copies != 1 else 'y'}"))
    if paper.shown:
        parts.append(Text("验原件", "original shown"))
    if paper.later:
        parts.append(Text("可以后补", "may follow"))
    if len(paper.services) > 1:
        parts.append(Text(f"{len(paper.services)}项共用", f"once for {len(paper.services)} items"))
    else:
        name = names(paper.services[0])
        parts.append(Text(f"用于{name.zh}", f"for {name.en}"))
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))
