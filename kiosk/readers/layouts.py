"""Where each kind of ID card has what, in the 256 bytes of text that a card reader hands over. A table; reads no card.

Offsets and lengths are those of two makers' published samples, which agree for all four kinds byte for byte; the
resident's are also in GA 490. That a number of 2023 has 18 signs is said by the National Immigration Administration's
rules for makers (新版外国人永久居留身份证机读信息规则). No card was at hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from config import Text

KIND = (248, 2)
"""Where every card says its kind: one letter, or nothing."""

Field = tuple[int, int]  # offset, bytes; UTF-16LE, filled up with spaces


@dataclass(frozen=True)
class Layout:
    """One kind of card. `fields` cover the 256 bytes from 0 on without a gap but for what is reserved."""

    kind: str
    letter: str
    title: Text
    number: str  # a regular expression that the number fits whole
    fields: dict[str, Field]


LAYOUTS = (
    Layout(
        "resident",
        "",
        Text("居民身份证", "resident ID card"),
        r"\d{17}[\dX]",
        {
            "name": (0, 30),
            "sex": (30, 2),
            "nation": (32, 4),
            "birth": (36, 16),
            "address": (52, 70),
            "number": (122, 36),
            "issuer": (158, 30),
            "from": (188, 16),
            "to": (204, 16),
        },
    ),
    Layout(
        "permit",
        "J",
        Text("港澳台居民居住证", "residence permit of Hong Kong, Macao and Taiwan residents"),
        r"\d{17}[\dX]",
        {
            "name": (0, 30),
            "sex": (30, 2),
            "birth": (36, 16),
            "address": (52, 70),
            "number": (122, 36),
            "issuer": (158, 30),
            "from": (188, 16),
            "to": (204, 16),
            "pass_number": (220, 18),
            "issue_count": (238, 4),
        },
    ),
    Layout(
        "foreigner",
        "I",
        Text("外国人永久居留身份证（2017版）", "foreign permanent resident ID card of 2017"),
        r"[A-Z][A-Z<]{2}\d{12}",
        {
            "english_name": (0, 120),
            "sex": (120, 2),
            "number": (122, 30),
            "nation": (152, 6),
            "name": (158, 30),
            "from": (188, 16),
            "to": (204, 16),
            "birth": (220, 16),
            "version": (236, 4),
            "issuer": (240, 8),
        },
    ),
    Layout(
        "foreigner_2023",
        "Y",
        Text("外国人永久居留身份证（2023版）", "foreign permanent resident ID card of 2023"),
        r"\d{17}[\dX]",
        {
            "name": (0, 30),
            "sex": (30, 2),
            "issue_count": (32, 4),
            "birth": (36, 16),
            "english_name": (52, 70),
            "number": (122, 36),
            "from": (188, 16),
            "to": (204, 16),
            "english_name_rest": (220, 22),  # signs 36 to 46 of the name
            "nation": (242, 6),
            "former": (250, 6),  # three signs from which a number of the kind I follows
        },
    ),
)

BY_LETTER = {layout.letter: layout for layout in LAYOUTS}
