"""The cards that lie on the virtual reader: people who do not exist, laid out as the chip of each kind has it.

By a hand of its own: runs of bytes one behind the other, as makers of readers publish them (docs/readers.md), not the
offsets that the kiosk reads by. It imports nothing of the kiosk.
"""

from __future__ import annotations

from dataclasses import dataclass

RESIDENT = "name 30 sex 2 nation 4 birth 16 address 70 number 36 issuer 30 from 16 to 16 - 28 letter 2 - 6"
PERMIT = "name 30 sex 2 - 4 birth 16 address 70 number 36 issuer 30 from 16 to 16 pass 18 issues 4 - 6 letter 2 - 6"
FOREIGNER = "english 120 sex 2 number 30 nation 6 name 30 from 16 to 16 birth 16 version 4 issuer 8 letter 2 - 6"
FOREIGNER_2023 = (
    "name 30 sex 2 issues 4 birth 16 english 70 number 36 - 30 from 16 to 16 english_rest 22 nation 6 letter 2 former 6"
)

PERSON = {"name": "演示", "sex": "1", "birth": "19000101", "from": "20200101", "to": "长期"}
LIVES_HERE = PERSON | {"nation": "01", "address": "演示数据路1号", "issuer": "演示公安局"}
ABROAD = PERSON | {"english": "DEMONSTRATION, PERSON", "nation": "CHE", "to": "20300101"}

KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "resident": (RESIDENT, LIVES_HERE),
    "permit": (PERMIT, LIVES_HERE | {"letter": "J", "pass": "H00000000", "issues": "01", "to": "20250101"}),
    "foreigner": (FOREIGNER, ABROAD | {"letter": "I", "version": "01", "issuer": "3500"}),
    "foreigner_2023": (FOREIGNER_2023, ABROAD | {"letter": "Y", "issues": "00", "former": "001"}),
    "unknown": (RESIDENT, LIVES_HERE | {"letter": "Z"}),  # a kind that nobody has made yet
}


@dataclass(frozen=True)
class Card:
    """What lies on the reader. `unreadable`: it is found, its chip fails; `other`: a card that is no ID card."""

    kind: str
    number: str = ""


CARDS = {
    "resident": Card("resident", "350502190001011234"),
    "neighbour": Card("resident", "35050219000202567X"),
    "permit": Card("permit", "810000190001010019"),
    "foreigner": Card("foreigner", "CHE350019000101"),
    "foreigner_2023": Card("foreigner_2023", "935756190001010017"),
    "unknown": Card("unknown", "350502190001011234"),
    "unreadable": Card("unreadable"),
    "other": Card("other"),
}
"""Cards of people who do not exist, by the name that the page knows."""


def text(kind: str, number: str, **instead: str) -> bytes:
    """The 256 bytes that a card of this kind carries; `instead`: other values of its fields, by name."""
    runs, values = KINDS[kind]
    values = values | {"number": number} | instead
    words = runs.split()
    places = zip(words[::2], words[1::2], strict=True)
    return b"".join(_filled(values.get(name, ""), int(length)) for name, length in places)


def _filled(value: str, length: int) -> bytes:
    """UTF-16LE, filled up with spaces to so many bytes."""
    return value.ljust(length // 2)[: length // 2].encode("utf-16-le")
