"""Random sequences of moves through every register that ships: nothing passes that the file's own table forbids,
nothing is refused that it allows, and a record made anew from its stored events is the row that was kept. No figure.

`python -m bench.moves` runs a million, `--sequences` fewer; tests/server/domain/test_moves.py runs some thousands.
What may be done is read from the TOML once more, without the definition that decides.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from datetime import datetime
from typing import Any

import click

import config
from consoles import any_console
from server.domain import events as ev
from server.domain import register
from server.domain.deadline import WorkingDays
from server.domain.definition import parse
from server.domain.register import Ground, Record, Wish
from server.domain.rules import Refused
from server.store.tables import TABLES

FOLDER = config.ROOT / "server" / "registers"
ROLES = ("operator", "guide", "manager", "supervisor", "administrator", "district")
TEXTS = ("QZ-1234", "EA123456789CN", "BJ20261123-001", "材料", "09:30", "12,345", "2026-11", "0123456789ab")
SHOWN = 50_000


class Wrong(AssertionError):
    """A sequence that shows a fault, with the number that makes it again."""


class Walks:
    """Random lives of the records of one register. `table`: its file, as it was written."""

    def __init__(self, text: str, name: str, ground: Ground, seed: int) -> None:
        self.made, self.table, self.ground = parse(text, name), tomllib.loads(text), ground
        self.chance = random.Random(f"{name} {seed}")
        self.passed = self.refused = 0

    def walk(self, number: int) -> None:
        told: list[tuple[Any, ...]] = []
        chance = self.chance
        record: Record | None = None
        now = datetime(2026, 9, 22, 10, tzinfo=self.ground.zone).timestamp()
        for _ in range(chance.randrange(1, 12)):
            now += 86400.0 * chance.choice((0, 0, 1, 3))
            state = record.state if record else None
            offered = [*self.made.moves_from(state)] or [*self.made.moves]
            move = chance.choice(offered) if chance.random() < 0.8 else chance.choice([*self.made.moves])
            actor, role = chance.choice(("08", "09")), chance.choices(ROLES, (6, 1, 3, 1, 1, 2))[0]
            values = self._values(move, record)
            may = self._may(record, move, actor, role, values, now)
            given = {name: "seal" for name in values if self.table["fields"][name].get("private")}
            wish = Wish(move, {name: value for name, value in values.items() if name not in given}, given)
            try:
                event = self._event(record, wish, actor, role, now)
            except Refused as why:
                self.refused += 1
                if may:
                    raise Wrong(
                        f"{self.made.key} {number}: {role} may make {move} in {state}, and was refused: {why}"
                    ) from None
                continue
            if not may:
                raise Wrong(f"{self.made.key} {number}: {move} passed in {state} for {role} {actor} with {values}")
            self.passed += 1
            data = json.loads(json.dumps(ev.to_row(event), ensure_ascii=False))
            told.append((event.name, event.ticket, data, now, actor))
            kept = register.evolve(record, ev.from_row(event.name, event.ticket, None, data), now, actor)
            record = TABLES["records"].load(TABLES["records"].dump(kept))  # type: ignore[arg-type]
        self._folded(number, record, told)

    def _folded(self, number: int, record: Record | None, told: list[tuple[Any, ...]]) -> None:
        again: Record | None = None
        for name, ticket, data, at, actor in told:
            again = register.evolve(again, ev.from_row(name, ticket, None, data), at, actor)
        if again != record:
            raise Wrong(f"{self.made.key} {number}: the fold of its events is {again}, the row {record}")

    def _event(self, record: Record | None, wish: Wish, actor: str, role: str, now: float) -> ev.Event:
        if record is None:
            return register.opened(self.made, wish, actor, role, now, self.ground, record=1, number="XX20260922-001")
        return register.moved(self.made, record, wish, actor, role, now, self.ground)

    def _may(self, record: Record | None, move: str, actor: str, role: str, values: dict[str, Any], now: float) -> bool:
        """By the file's own table. Which clock runs, and whether it is late, is asked of the clocks."""
        row = self.table["moves"][move]
        if (record.state if record else None) not in (row.get("from") or [None]):
            return False
        if role not in row["roles"] and (role != "administrator" or row["roles"] == ["district"]):
            return False
        if any(not {*one.split("|")} & {*values} for one in row.get("needs", ())) or values.get("owed") == []:
            return False
        stood = record.values if record else {}
        about, concerned = {**stood, **values}.get("about"), row.get("concerned", False)
        for one in (stood.get("about"), about) if record else (about,):
            if (one == actor) is not concerned:
                return False
        if about and about == values.get("owner", record.owner if record else ""):
            return False
        if record is None:
            return True
        for other in row.get("not_by", "").split("|"):
            before = [step for step in record.moves if step.move == other]
            if before and before[-1].actor == actor:
                return False
        if row.get("once") and any(step.move == move for step in record.moves):
            return False
        readings = register.clocks(self.made, record, self.ground, self.ground.day(now))
        ends = [name for name, clock in self.table["clocks"].items() if move in clock.get("end", ())]
        if any(name in readings and readings[name].late and not readings[name].ended for name in ends) and not (
            {*row.get("late_needs", ())} <= {*values}
        ):
            return False
        extended = [readings.get(n) for n, clock in self.table["clocks"].items() if clock.get("extends") == move]
        return all(one is not None and one.running and not one.ended and not one.late for one in extended)

    def _values(self, move: str, record: Record | None) -> dict[str, Any]:
        """What is needed, seldom with something left out; what may be said too, at times."""
        chance, row = self.chance, self.table["moves"][move]
        names = [chance.choice(one.split("|")) for one in row.get("needs", ())]
        names += [name for name in (*row.get("may", ()), *row.get("late_needs", ())) if chance.random() < 0.4]
        if names and chance.random() < 0.1:
            names.remove(chance.choice(names))
        service = str(record.values.get("service", "SB01")) if record else "SB01"
        found = {name: self._value(self.table["fields"][name], service) for name in dict.fromkeys(names)}
        if "owed" in found:  # only what the guide lets follow may
            found["owed"] = [*self.ground.services[service].may_follow[:1]]
        return found

    def _value(self, field: dict[str, Any], service: str) -> Any:
        kind = field["kind"]
        if kind == "choice":
            return self.chance.choice([*field["choices"]])
        if kind == "date":
            return "2026-12-31"
        if kind == "checklist" and field.get("of") == "services":
            return self.chance.sample([*self.ground.services], 2)
        if kind == "checklist" and field.get("of") == "materials":
            return self.chance.sample([*self.ground.services[service].materials], 1)
        if kind == "checklist" and field.get("of") == "equipment":
            return ["SB20261123-001"]
        if kind == "checklist":
            return self.chance.sample([*field["choices"]], 1)
        if kind == "text":
            return next(text for text in TEXTS if re.fullmatch(field["pattern"], text))
        if kind == "yes/no":
            return self.chance.choice((True, False))
        if kind == "staff":
            return self.chance.choice(("31", "31", "08"))
        plain = {
            "photos": "/9j/4AAQ",
            "counter": "1",
            "service": service,
            "number": 2,
            "link": "BJ20261123-001",
            "phone": "13800000000",
        }
        return plain.get(kind, "text")


def soak(sequences: int, seed: int = 0) -> dict[str, tuple[int, int]]:
    """Register -> (moves that passed, that were refused) of so many sequences, shared among the registers that ship.

    Raises Wrong.
    """
    hall = config.load()
    ground = Ground(hall.services, hall.counters, WorkingDays.of(hall), hall.zone)
    files = sorted(FOLDER.glob("*.toml"))
    walks = [Walks(file.read_text(encoding="utf-8"), file.name, ground, seed) for file in files]
    for number in range(sequences):
        walks[number % len(walks)].walk(number)
        if number and number % SHOWN == 0:
            print(f"{number} of {sequences} sequences", flush=True)
    return {one.made.key: (one.passed, one.refused) for one in walks}


@click.command()
@click.option("--sequences", default=1_000_000, show_default=True, help="How many.")
@click.option("--seed", default=0, show_default=True, help="Other sequences.")
def main(sequences: int, seed: int) -> None:
    """Press moves at random, and hold what became of them against the registers' own files."""
    found = soak(sequences, seed)
    said = ", ".join(f"{key}: {passed} passed, {refused} refused" for key, (passed, refused) in found.items())
    print(f"moves: {sequences} sequences, nothing illegal passed, every fold is its row ({said})")


if __name__ == "__main__":
    any_console()
    main()
