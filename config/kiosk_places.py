"""Whose the numbers are that kiosks give out without the hub: each kiosk's place among them, by its name alone. Pure.

What numbers a place has, `server/domain/offline.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.text import Text

PLACES = 20
"""Paper has the first of them, each kiosk one of the others."""


def _number(name: str) -> int:
    """At the end of a name; 0 for none."""
    return int(name[len(name.rstrip("0123456789")) :] or "0")


def places(kiosks: Sequence[str]) -> dict[str, int]:
    """Whose the blocks are: device -> its place in each round, of the kiosks of a file in its order; '' is paper.

    A kiosk has the place that the number at the end of its name says, so that one more, or one less, moves nobody.
    Where there is no such number, or another has it, it has the first that is left; behind the last place it has none.
    """
    found = {"": 0}
    for name in kiosks:
        number = _number(name)
        if 0 < number < PLACES and number not in found.values():
            found[name] = number
    left = (place for place in range(1, PLACES) if place not in set(found.values()))
    return found | dict(zip((name for name in kiosks if name not in found), left, strict=False))


def without_place(kiosks: Sequence[str]) -> list[str]:
    """Those that have no numbers for a time without the hub."""
    found = places(kiosks)
    return [name for name in kiosks if name not in found]


def contending(kiosks: Sequence[str]) -> Iterator[tuple[str, Text]]:
    """Names that differ in zeros alone, as K1 and K01: their numbers would hang on the order of the file. The name that
    stands later, and what is wrong with it.
    """
    known: dict[tuple[str, int], str] = {}
    for name in kiosks:
        stem = name.rstrip("0123456789")
        if stem == name:
            continue
        first = known.setdefault((stem, _number(name)), name)
        if first != name:
            what = Text(
                f"“{name}”和“{first}”是同一个号码，脱机号段会争：请改用别的号码。",
                f"'{name}' and '{first}' are one number, and would contend for one block of offline numbers; give it"
                " another number",
            )
            yield name, what
