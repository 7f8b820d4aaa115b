"""The keys of call pads and what their displays say: bytes of wired ones, keys of USB number pads as
docs/wording.md 5.3 maps them.
"""

from __future__ import annotations

import pytest

import config
from server.domain.pads import VERBS, Wish, display, meaning
from server.domain.ticket import Ticket

HALL = config.load()
WIRED, USB = HALL.pad_keys["wired"].keys, HALL.pad_keys["usb"].keys

PRESSES = [
    (WIRED, "0C", Wish("next")),
    (WIRED, "0D", Wish("recall")),
    (WIRED, "01 02 0C", Wish("call", "", 12)),
    (WIRED, "00 01 02 0C", Wish("call", "", 12)),
    (WIRED, "05 0F", Wish("pass")),
    (WIRED, "06 0F", Wish("leave")),
    (WIRED, "00 0F", Wish("suspend", "away")),
    (WIRED, "0F", Wish("finish")),
    (WIRED, "07 0F", None),
    (WIRED, "12", Wish("pause")),
    (WIRED, "05 13", Wish("transfer", "", 5)),
    (WIRED, "13", None),
    (WIRED, "0B", Wish("rate")),
    (WIRED, "0A 0C", None),
    (WIRED, "0C 0C", None),
    (WIRED, "", None),
    (WIRED, "08 0F", Wish("address")),
    (USB, "ENTER", Wish("next")),
    (USB, "0", Wish("recall")),
    (USB, "PLUS", Wish("start")),
    (USB, "MINUS", Wish("pass")),
    (USB, "STAR 5", Wish("transfer", "", 5)),
    (USB, "SLASH", Wish("pause")),
    (USB, "DOT", Wish("rate")),
    (USB, "1 0 2 ENTER", Wish("call", "", 102)),
    (USB, "STAR", None),
    (USB, "STAR ENTER", None),
]


@pytest.mark.parametrize(("keys", "pressed", "wish"), PRESSES, ids=[f"{p[1] or 'nothing'}" for p in PRESSES])
def test_what_a_press_means(keys: dict[str, str], pressed: str, wish: Wish | None) -> None:
    assert meaning(keys, pressed) == wish


def test_an_exact_combination_goes_before_typed_digits() -> None:
    keys = {"# 0F": "call", "05 0F": "pass"}
    assert (meaning(keys, "05 0F"), meaning(keys, "06 0F")) == (Wish("pass"), Wish("call", "", 6))


def test_every_verb_that_config_takes_has_a_name() -> None:
    for keys in (WIRED, USB, {"0C": "finish-next", "0D": "help"}):
        for verb in keys.values():
            assert verb.split()[0] in VERBS


def test_a_hall_without_maps_of_its_own_has_ours() -> None:
    bare = HALL.model_copy(update={"pad_keys": {}})
    assert {name: bare.key_map(name).keys for name in ("wired", "usb")} == {"wired": WIRED, "usb": USB}


def held(number: int) -> Ticket:
    return Ticket(
        id=1,
        day="2026-11-23",
        prefix="A",
        number=number,
        service="SB01",
        klass="ordinary",
        channel="kiosk",
        issued_at=0,
        rank=0,
    )


DISPLAYS = [
    (4, "number", 12, 7, " 012"),
    (4, "number", None, 7, "   7"),
    (4, "number", 1001, 7, "1001"),
    (3, "number", 1001, 7, "   "),
    (2, "number", 12, 7, "12"),
    (2, "number", None, 120, "99"),
    (6, "both", 12, 7, "  7012"),
    (6, "both", None, 12, " 12   "),
    (6, "both", 5, 1200, "999005"),
    (0, "number", 12, 7, ""),
]


@pytest.mark.parametrize(("width", "shows", "number", "waiting", "digits"), DISPLAYS)
def test_the_display(width: int, shows: str, number: int | None, waiting: int, digits: str) -> None:
    assert display(width, shows, None if number is None else held(number), waiting) == digits
