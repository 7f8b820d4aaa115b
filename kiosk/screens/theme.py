"""The colours and the type scale of the kiosk: deep teal, a warm amber, off-white ground. Knows no page.

Text on any of these grounds has a contrast of at least 4.5:1, in large print 7:1 (a test measures it on every page).
Sizes are in units: the shorter side of the screen is 108 units, so one unit is 10 pixels at 1080.
"""

from __future__ import annotations

from math import ceil, hypot

Colour = tuple[int, int, int]

GROUND: Colour = (247, 244, 237)
CARD: Colour = (255, 255, 255)
PRESSED: Colour = (226, 240, 238)
INK: Colour = (19, 44, 52)
QUIET: Colour = (84, 103, 109)  # second lines
QUIET_LARGE: Colour = (52, 70, 76)
RULE: Colour = (226, 221, 210)
TEAL: Colour = (9, 88, 96)
TEAL_DEEP: Colour = (5, 56, 66)
TEAL_TINT: Colour = (221, 238, 236)
TEAL_TEXT: Colour = (6, 78, 86)
ON_TEAL: Colour = (255, 255, 255)
ON_TEAL_QUIET: Colour = (203, 228, 226)
AMBER: Colour = (246, 178, 76)
AMBER_PRESSED: Colour = (226, 154, 50)
AMBER_TINT: Colour = (255, 240, 212)
AMBER_EDGE: Colour = (233, 166, 66)
ON_AMBER: Colour = (58, 32, 4)
PAPER: Colour = (255, 254, 250)
SIGN: Colour = (168, 92, 8)  # icons on amber tint
ICE: Colour = (255, 244, 224)  # behind icons on amber
BAND: Colour = (234, 231, 220)  # the quiet row of the first page
RULE_DARK: Colour = (206, 200, 184)
AMBER_FADE: tuple[Colour, Colour] = ((250, 190, 96), (242, 170, 66))
SLATE: tuple[Colour, Colour] = ((234, 237, 240), (46, 62, 72))
BLUE: tuple[Colour, Colour] = ((222, 232, 247), (28, 66, 122))
SHUT: Colour = (240, 237, 230)  # a row that cannot be taken today

# Each group's picture has its own calm hue: (tint behind it, the picture).
HUES: dict[str, tuple[Colour, Colour]] = {
    "shield": ((216, 237, 236), (9, 104, 112)),
    "people": ((222, 232, 247), (44, 92, 158)),
    "work": ((253, 234, 206), (176, 103, 12)),
    "heart": ((251, 226, 222), (184, 66, 58)),
    "hand": ((238, 228, 246), (112, 72, 152)),
    "box": ((228, 238, 218), (74, 116, 46)),
    "chat": ((255, 240, 212), (150, 84, 6)),
    "card": ((216, 237, 236), (9, 104, 112)),
    "pension": ((253, 234, 206), (176, 103, 12)),
    "medical": ((251, 226, 222), (184, 66, 58)),
    "baby": ((251, 226, 238), (170, 62, 118)),
    "house": ((228, 238, 218), (74, 116, 46)),
    "star": ((250, 228, 214), (170, 72, 20)),
    "scales": ((238, 228, 246), (112, 72, 152)),
    "school": ((222, 232, 247), (44, 92, 158)),
    "candle": ((234, 237, 240), (70, 88, 98)),
    "flag": ((251, 226, 222), (184, 66, 58)),
    "wheelchair": ((222, 232, 247), (44, 92, 158)),
    "elder": ((238, 228, 246), (112, 72, 152)),
    "family": ((251, 226, 238), (170, 62, 118)),
    "child": ((255, 240, 212), (150, 84, 6)),
    "bowl": ((250, 228, 214), (170, 72, 20)),
    "key": ((253, 234, 206), (176, 103, 12)),
    "umbrella": ((216, 237, 236), (9, 104, 112)),
    "money": ((228, 238, 218), (74, 116, 46)),
    "form": ((222, 232, 247), (44, 92, 158)),
    "swap": ((238, 228, 246), (112, 72, 152)),
    "pin": ((251, 226, 222), (184, 66, 58)),
    "printer": ((234, 237, 240), (70, 88, 98)),
    "pickup": ((216, 237, 236), (9, 104, 112)),
}


def hue(icon: str) -> tuple[Colour, Colour]:
    """(tint behind a picture, the picture); teal for one without a hue of its own."""
    return HUES.get(icon, (TEAL_TINT, TEAL))


LEAST = 3.0
"""The smallest text there is, in any mode and language: 30 px at 1080."""
TITLE, HEAD, NAME, BODY, SMALL = 5.0, 4.4, 3.6, 3.4, 3.0
LARGE_PRINT = 1.5
ARC_MM = 7.33
"""Height of a capital in large print: 0.7° of arc at 60 cm, as far as a hand reaches."""
CAPITAL = 0.71
"""Height of a capital as part of a font's size: Noto Sans CJK 0.733, WenQuanYi Micro Hei (Droid Sans) 0.714."""


def large_floor(size: tuple[int, int], diagonal: float) -> int:
    """px of the smallest text of large print on a panel of this size in px and diagonal in inches."""
    return ceil(ARC_MM * hypot(*size) / (diagonal * 25.4) / CAPITAL)
