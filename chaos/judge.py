"""What was lost, doubled or false: what the people of the hall were told, against what its journal and its papers say.
Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from server.domain.offline import beyond

Verdict = Literal["lost", "doubled", "false"]


class Wrong(NamedTuple):
    verdict: Verdict
    what: str


class Calling(NamedTuple):
    """A row of the journal that moves a number to a counter or away from it, in the journal's order."""

    event: str
    number: str
    counter: str


class Job(NamedTuple):
    """A slip of a number: `copy` is above 0 for one that somebody asked for again."""

    number: str
    state: str
    copy: int


@dataclass
class Told:
    """What those in the hall were answered, while it happened to it."""

    touched: set[str] = field(default_factory=set)
    """The key of each touch that was begun."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Touch -> the number that it was answered with."""
    calls: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Press -> the counter and the number that it was answered with."""
    wrong: list[Wrong] = field(default_factory=list)
    """What could be seen at once."""
    offline: dict[str, str] = field(default_factory=dict)
    """Touch -> the number that a kiosk gave out without the hub, in the order of the touches."""
    printed: set[str] = field(default_factory=set)
    """Those of them whose paper the kiosk says to have printed."""


class Entered(NamedTuple):
    """A number that was given out without the hub, as it stands in the journal: what it is called there and on its
    paper, when it was taken and when entered (epoch seconds).
    """

    number: str
    paper: str
    taken: float
    at: float


@dataclass(frozen=True)
class Kept:
    """What the hub has in the end. `keys` are those of touches; `tickets` number -> state; `order` is every number that
    the hub itself gave out, as (letter, n), in any order; `entered` in the journal's order; `twins`: number of a paper
    -> the number here that the same touch has, and was served under.
    """

    keys: Mapping[str, str]
    tickets: Mapping[str, str]
    order: Iterable[tuple[str, int]]
    callings: Sequence[Calling]
    jobs: Sequence[Job]
    chain: Sequence[str]
    entered: Sequence[Entered] = ()
    twins: Mapping[str, str] = field(default_factory=dict)


AWAY = ("Passed", "Finished", "Returned", "Undone", "Transferred", "Suspended", "Expired", "Left")


def judged(told: Told, kept: Kept, papers: Mapping[str, int]) -> list[Wrong]:
    """Everything that is wrong, each a sentence; `papers` number -> how many whole slips of it came out anywhere."""
    return [
        *told.wrong,
        *_touches(told, kept),
        *_alone(told, kept),
        *_calls(told, kept),
        *_slips(told, kept, papers),
        *_chain(kept),
    ]


def _touches(told: Told, kept: Kept) -> Iterable[Wrong]:
    for key, number in told.numbers.items():
        if key not in kept.keys:
            yield Wrong("lost", f"touch {key} was answered {number}, and the hub knows nothing of it")
        elif kept.keys[key] != number:
            yield Wrong("false", f"touch {key} was answered {number}, and the hub has {kept.keys[key]}")
    for number, times in Counter([*told.numbers.values(), *told.offline.values()]).items():
        if times > 1:
            yield Wrong("doubled", f"{number} was given to {times} touches")
    if strangers := len(kept.keys.keys() - told.touched):
        yield Wrong("doubled", f"{strangers} touches that nobody made")
    entered = {one.number for one in kept.entered}
    tickets, keys = kept.tickets.keys() - entered, [one for one in kept.keys.values() if one not in entered]
    if len(tickets) != len(keys):
        yield Wrong("doubled", f"{len(tickets)} numbers of {len(keys)} touches")
    letters: dict[str, list[int]] = {}
    for letter, n in kept.order:
        letters.setdefault(letter, []).append(n)
    for letter, given in letters.items():
        own = {n for n in range(1, max(given) + 1) if beyond(n, ()) == n}
        if missing := sorted(own - {*given}):
            yield Wrong("lost", f"left out: {', '.join(f'{letter}{n:03d}' for n in missing[:5])} ({len(missing)})")


def _alone(told: Told, kept: Kept) -> Iterable[Wrong]:
    """Each number that was given out without the hub stands in the journal once, in the order of the touches."""
    times = Counter(one.paper for one in kept.entered)
    for key, number in told.offline.items():
        here = kept.keys.get(key, number)
        if times[number] == 0 and number not in kept.twins:
            yield Wrong("lost", f"{number} was given out without the hub (touch {key}), and never entered")
        elif times[number] and here != number and kept.tickets.get(here) != "left":
            yield Wrong("doubled", f"touch {key} has {number} and {here}")
    for number, n in times.items():
        if n > 1:
            yield Wrong("doubled", f"{number} was entered {n} times")
    strangers = times.keys() - {*told.offline.values()}
    unseen = [kept.keys[key] for key in told.touched - told.numbers.keys() - told.offline.keys() if key in kept.keys]
    died = sum(number in strangers or kept.tickets.get(number) == "left" for number in unseen)
    if len(strangers) > died:
        yield Wrong("doubled", f"{', '.join(sorted(strangers))}: entered, and given out to nobody")
    for one in kept.entered:
        if one.number != one.paper:
            yield Wrong("false", f"{one.paper} stands on a paper, and was entered as {one.number}")
        if one.taken > one.at:
            yield Wrong("false", f"{one.number} was taken after it was entered")
    there = [one.paper for one in kept.entered if one.paper not in strangers]
    if there != (touched := [one for one in told.offline.values() if times[one]]):
        yield Wrong("false", f"entered in another order than given out: {there} and not {touched}")
    if [one.taken for one in kept.entered] != sorted(one.taken for one in kept.entered):
        yield Wrong("false", "the times of numbers that were given out without the hub are not in their order")


def _calls(told: Told, kept: Kept) -> Iterable[Wrong]:
    recorded = Counter((one.counter, one.number) for one in kept.callings if one.event == "Called")
    for (counter, number), times in Counter(told.calls.values()).items():
        if recorded[counter, number] < times:
            yield Wrong("lost", f"counter {counter} was told that it calls {number}, and the hub does not know of it")
    at: dict[str, str] = {}
    for one in kept.callings:
        if one.event == "Called":
            if at.get(one.number, one.counter) != one.counter:
                yield Wrong("doubled", f"{one.number} was called by {at[one.number]} and by {one.counter}")
            at[one.number] = one.counter
        elif one.event in AWAY:
            at.pop(one.number, None)


def _unseen(told: Told, kept: Kept) -> Iterable[str]:
    """Numbers of a kiosk that died before anybody saw them; their papers may be there."""
    return (one.paper for one in kept.entered if one.paper not in told.offline.values())


def _slips(told: Told, kept: Kept, papers: Mapping[str, int]) -> Iterable[Wrong]:
    asked = Counter([*(job.number for job in kept.jobs), *told.offline.values(), *_unseen(told, kept)])
    for number, times in papers.items():
        if times > asked[number]:
            yield Wrong("doubled", f"{times} slips of {number}, {asked[number]} were wanted")
    printed = Counter([*(job.number for job in kept.jobs if job.state == "printed"), *told.printed])
    for number, times in printed.items():
        if papers.get(number, 0) < times:
            yield Wrong("false", f"{number}: {times} slips said to be printed, {papers.get(number, 0)} came out")


def _chain(kept: Kept) -> Iterable[Wrong]:
    yield from (Wrong("false", f"verify: {what}") for what in kept.chain)
    for number, state in kept.tickets.items():
        if state == "expired":
            yield Wrong("lost", f"{number} was expired, and its day goes on")
