"""To how many halls a circular goes, and when it stops by itself; which circulars stand for a hall. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

WAVES = (1, 8)
"""First one hall, then eight, then all."""

State = Literal["draft", "published", "stopped", "withdrawn"]


class Published(NamedTuple):
    """A circular as far as it has come. `order`: the halls that it was for when it was approved, the first to have it
    first; `stage`: how many waves were widened.
    """

    number: int
    place: str
    part: str
    effective_at: float
    state: State
    stage: int
    order: tuple[str, ...]
    sha256: str


Answers = Mapping[tuple[int, str], str]
"""(number, hall) -> the hall's newest answer."""


def last_stage(halls: int) -> int:
    """The stage at which all have it."""
    return sum(wave < halls for wave in WAVES)


def wave(one: Published) -> tuple[str, ...]:
    """The halls that have it at its stage."""
    return one.order if one.stage >= last_stage(len(one.order)) else one.order[: WAVES[one.stage]]


def everywhere(one: Published) -> bool:
    return one.stage >= last_stage(len(one.order))


class Step(NamedTuple):
    """`stage`: from now on; `refused_by`: the hall for whose refusal it stops, "" for none."""

    stage: int
    refused_by: str = ""


def step(one: Published, answers: Answers, now: float) -> Step:
    """One refusal stops it, at any stage. It goes on when each hall that has it has checked it, and, where its day has
    come, has it in force: a hall that is silent or holds it is waited for until a person goes on without.
    """
    have = wave(one)
    refused = next((hall for hall in have if answers.get((one.number, hall)) == "refused"), "")
    if refused or everywhere(one):
        return Step(one.stage, refused)
    wanted = ("applied",) if one.effective_at <= now else ("fits", "applied")
    ready = all(answers.get((one.number, hall)) in wanted for hall in have)
    return Step(one.stage + ready)


def reaches(one: Published, hall: str, path: Sequence[str], answers: Answers) -> bool:
    """Whether a hall, by its path from the root of the tree, has a circular. One that was stopped stays with those who
    have it in force; one that is everywhere reaches halls that came later, too.
    """
    if one.place not in path:
        return False
    if one.state == "stopped":
        return answers.get((one.number, hall)) == "applied"
    return one.state == "published" and (everywhere(one) or hall in wave(one))


def standing(
    found: Sequence[Published], hall: str, path: Sequence[str], answers: Answers, now: float
) -> list[tuple[Published, int]]:
    """(circular, depth of its place) that a hall is told: of each part and place the newest in force and those to come.

    One that the hall refused is told no more: the one before it counts.
    """
    mine = [one for one in found if reaches(one, hall, path, answers) and answers.get((one.number, hall)) != "refused"]
    newest: dict[tuple[str, str], tuple[float, int]] = {}
    for one in mine:
        key, order = (one.part, one.place), (one.effective_at, one.number)
        if one.effective_at <= now and order > newest.get(key, (float("-inf"), 0)):
            newest[key] = order
    kept = [
        one for one in mine if (one.effective_at, one.number) >= newest.get((one.part, one.place), (float("-inf"), 0))
    ]
    return [(one, path.index(one.place)) for one in sorted(kept, key=lambda one: one.number)]


def said_of(one: Published, hall: str, path: Sequence[str], answers: Answers, stands: Sequence[int]) -> str:
    """How far a circular is in a hall, for the page: its own answer, else waiting its turn, sent, passed over by a
    newer one, stopped before it came there, or not for it. `stands`: numbers that the hall is told.
    """
    if one.place not in path:
        return "not for it"
    if answer := answers.get((one.number, hall)):
        return answer if one.state != "stopped" or answer in ("applied", "refused") else "stopped"
    if one.state != "published":
        return "stopped"
    if not reaches(one, hall, path, answers):
        return "waits"
    return "sent" if one.number in stands else "passed over"
