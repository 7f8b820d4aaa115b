"""The files of the registers (台账): the program's own, those of earlier versions, a hall's own. Decides nothing.

`server/registers/` has one file a register, its folder `past` each version that records still live under; a folder
`registers` beside the hall's file may hold more. All mistakes of all files are told at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from config import ROOT, ConfigError, Hall, Text
from config.phrasing import is_no, placed
from config.reasons import in_full
from server.domain.definition import Definition, parse, tuned

FOLDER = ROOT / "server" / "registers"


class Registers:
    """Every register of a hall: `current` by key, and each version by (key, version)."""

    def __init__(self, current: dict[str, Definition], past: dict[tuple[str, int], Definition]) -> None:
        self.current = current
        self._versions = {**past, **{(key, made.version): made for key, made in current.items()}}

    def __getitem__(self, key: tuple[str, int]) -> Definition:
        return self._versions[key]

    def __contains__(self, key: tuple[str, int]) -> bool:
        return key in self._versions


def _files(hall: Hall) -> Iterator[tuple[Path, bool]]:
    """(file, whether it is of an earlier version)."""
    for folder in (FOLDER, hall.folder / "registers"):
        yield from ((file, False) for file in sorted(folder.glob("*.toml")))
        yield from ((file, True) for file in sorted(folder.glob("past/*.toml")))


def read(hall: Hall) -> Registers:
    """The registers with the hall's own words and terms. Raises ConfigError with every mistake of every file."""
    problems: list[Text] = []
    current: dict[str, Definition] = {}
    past: dict[tuple[str, int], Definition] = {}
    for file, old in _files(hall):
        try:
            made = parse(file.read_bytes(), file.name)
        except OSError as error:
            why = in_full(error)
            what = Text(f"读不了，{why.zh}：请检查它的权限。", f"cannot be read: {why.en}; look at its rights")
            problems.append(placed(f"{file.name}:1", what))
        except ConfigError as error:
            problems += error.problems
        else:
            twice = next((one for one in current.values() if made.key == one.key or made.number == one.number), None)
            if old:
                past[made.key, made.version] = made
            elif twice:
                what = Text(
                    f"“{made.key}”或“{made.number}”已被台账“{twice.key}”使用：请另写“key”和“number”。",
                    f"key '{made.key}', number '{made.number}': taken by register '{twice.key}'; give it its own",
                )
                problems.append(placed(f"{file.name}:1", what))
            else:
                current[made.key] = made
    for key, own in hall.registers.items():
        if key in current:
            try:
                current[key] = tuned(current[key], own, f"registers.{key}")
            except ConfigError as error:
                problems += error.problems
    problems += [
        placed(f"registers.{key}", is_no(key, Text("台账", "register"), current))
        for key in hall.registers
        if key not in current and not problems
    ]
    if problems:
        raise ConfigError(problems)
    return Registers(current, past)
