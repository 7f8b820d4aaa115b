"""The virtual printer in trouble: several faults at once, the end of a roll, power, real-time commands, a full
buffer.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from printer_profiles.profile import load
from printer_profiles.virtual.faults import FAULTS
from printer_profiles.virtual.paper import NEAR_END_MM, Paper
from printer_profiles.virtual.sheet import Line

P80 = replace(load("generic-80"), asb=True)
ASK = bytes.fromhex("100401 100402 100403 100404")
CUT = b"\x1bd\x06\x1dV\x01"
CLEAR = bytes.fromhex("10140801031401060208")

# faults -> DLE EOT 1 to 4, the four bytes of GS a; worked out by hand from Epson's tables
TOGETHER = [
    ([], "16121212", "1400000f"),
    (["near_end", "cover_open"], "1e16121e", "3c00030f"),
    (["paper_out", "cover_open"], "1e36127e", "3c000f0f"),
    (["cutter_jam"], "1e521a12", "1c08000f"),
    (["overheated", "near_end"], "1e52521e", "1c40030f"),
    (["broken", "cutter_jam"], "1e523a12", "1c28000f"),
    (["offline"], "1e121212", "1c00000f"),
    (["offline", "feed_button"], "5e1a1212", "5c00000f"),
]


def troubled(*faults: str, **more: object) -> Paper:
    paper = Paper(P80, **more)  # type: ignore[arg-type]
    for fault in faults:
        paper.order(fault)
    return paper


@pytest.mark.parametrize(("faults", "answer", "asb"), TOGETHER)
def test_several_at_once(faults: list[str], answer: str, asb: str) -> None:
    assert troubled(*faults).feed(ASK).hex() == answer
    paper = Paper(P80)
    assert paper.feed(b"\x1da\xff").hex() == "1400000f"
    said = [paper.order(fault) for fault in faults]
    assert (said[-1] if said else bytes.fromhex("1400000f")).hex() == asb
    for fault in faults:
        paper.order(fault, on=False)
    assert (paper.state, paper.feed(ASK).hex()) == ("ok", "16121212")


@pytest.mark.parametrize("fault", FAULTS)
def test_fixed_bits_are_right_in_every_answer(fault: str) -> None:
    for byte in troubled(fault, "near_end").feed(ASK) if fault != "garbage" else b"":
        assert byte & 0x93 == 0x12


@pytest.mark.parametrize(
    ("watched", "fault", "told"),
    [
        (0x02, "near_end", False),
        (0x02, "cover_open", True),
        (0x08, "near_end", True),
        (0x08, "cover_open", False),
        (0x04, "overheated", True),
        (0x04, "paper_out", False),
        (0x40, "feed_button", True),
        (0x01, "broken", False),
    ],
)
def test_automatic_status_only_of_what_is_watched(watched: int, fault: str, told: bool) -> None:
    paper = Paper(P80)
    paper.feed(bytes((0x1D, 0x61, watched)))
    assert bool(paper.order(fault)) == told


def test_a_model_without_status_is_silent_in_every_way() -> None:
    paper = Paper(replace(P80, status=False, confirm="none"))
    assert paper.feed(ASK + b"\x1da\xff\x1dr\x01\x1dI\x01" + b"A\n" + CUT) == b""
    assert paper.order("cover_open") + paper.order("ok") == b""


# --- the roll ---


def lines(paper: Paper) -> list[str]:
    return [line.text for slip in paper.slips for line in slip.items if isinstance(line, Line)]


def test_a_roll_that_ends_keeps_the_rest_and_prints_it_on_the_next() -> None:
    """Ten lines of 30 dots; 11 mm = 88 dots are left: the third line takes the end, all else waits for the new roll."""
    paper = Paper(P80)
    paper.order("paper_out_mid", 11)
    data = b"".join(b"line %d\n" % n for n in range(10)) + CUT + b"\x1dr\x01"
    assert paper.feed(data) == b""
    assert (paper.state, paper.waiting) == ("paper_out", len(data) - 3 * len(b"line 0\n"))
    assert paper.feed(ASK).hex() == "1e32127e"
    assert paper.order("roll", 60_000) == b"\x00"
    assert [(slip.text().count("line"), slip.end) for slip in paper.slips] == [(3, "broken"), (7, "partial")]
    assert lines(paper) == [f"line {n}" for n in range(10)]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_the_end_of_the_roll_does_not_depend_on_how_the_bytes_came(size: int) -> None:
    paper = Paper(P80)
    paper.order("paper_out_mid", 11)
    data = b"".join(b"line %d\n" % n for n in range(10)) + CUT
    for at in range(0, len(data), size):
        paper.feed(data[at : at + size])
    paper.order("ok")
    assert [slip.text().count("line") for slip in paper.slips] == [3, 7]


def test_an_unprinted_line_comes_on_the_new_roll() -> None:
    paper = Paper(P80)
    paper.feed(b"one\ntwo")
    paper.order("paper_out")
    paper.feed(b"\n" + CUT)
    paper.order("ok")
    assert [slip.text() for slip in paper.slips] == ["one", "two"]


def test_near_end_and_end_come_by_themselves() -> None:
    paper = Paper(P80)
    paper.feed(b"\x1da\x08")
    assert paper.order("roll", NEAR_END_MM + 5) == b""
    assert paper.state == "ok"
    assert paper.feed(b"A\n\nB\n") == bytes.fromhex("1400030f")
    assert paper.feed(b"\x1dr\x01") == b"\x03"
    assert paper.feed(b"\x1bd\xff" * 3) == bytes.fromhex("1c000f0f")
    assert paper.roll_mm == 0
    assert paper.order("ok") == bytes.fromhex("1400000f")
    assert (paper.roll_mm, paper.state) == (None, "ok")


# --- power ---


def test_power_off_loses_what_waits_and_every_setting() -> None:
    paper = Paper(P80)
    paper.feed(b"\x1da\xff\x1bE\x01\x1d!\x11half\n")
    paper.order("cover_open")
    paper.feed(b"lost\n" + CUT)
    assert paper.order("power_off") == b""
    assert paper.feed(b"nobody hears this\n" + ASK) == b""
    assert paper.order("power_on") == b""  # automatic status is off again
    assert paper.feed(ASK).hex() == "1e161212"  # the cover is still open
    paper.order("ok")
    paper.feed(b"next\n" + CUT)
    assert [(slip.text(), slip.end) for slip in paper.slips] == [("half", "broken"), ("next", "partial")]
    line = paper.slips[1].items[0]
    assert isinstance(line, Line)
    assert not line.cells[0].bold
    assert line.cells[0].width == 1


def test_power_mends_what_power_mends() -> None:
    paper = troubled("hang", "cutter_jam", "broken", "power_off")
    paper.order("power_on")
    assert paper.faults == {"broken"}


# --- real-time requests ---


@pytest.mark.parametrize(("request_", "printed"), [("100501", ["kept"]), ("100502", [])])
def test_recovery_from_a_jam(request_: str, printed: list[str]) -> None:
    paper = Paper(P80)
    paper.feed(b"\x1da\xff")
    paper.order("cutter_jam")
    paper.feed(b"kept\n" + CUT)
    assert paper.feed(bytes.fromhex(request_)) == bytes.fromhex("1400000f")
    assert [slip.text() for slip in paper.slips] == printed


@pytest.mark.parametrize("fault", ["broken", "paper_out"])
def test_no_recovery_from_what_a_person_must_mend(fault: str) -> None:
    paper = troubled("cutter_jam", fault)
    paper.feed(bytes.fromhex("100501"))
    assert fault in paper.faults


def test_clearing_the_buffers() -> None:
    paper = Paper(P80)
    paper.order("offline")
    paper.feed(b"never\n" + CUT)
    assert paper.feed(CLEAR) == b"\x37\x25\x00"
    paper.order("ok")
    assert not paper.slips
    paper.feed(b"after\n" + CUT)
    assert [slip.text() for slip in paper.slips] == ["after"]


def test_a_pulse_at_once_but_not_in_an_error() -> None:
    paper = Paper(P80)
    paper.order("cover_open")
    paper.feed(bytes.fromhex("1014010102"))
    paper.order("overheated")
    paper.feed(bytes.fromhex("1014010102"))
    paper.order("ok")
    paper.feed(b"A\n" + CUT)
    assert paper.events == ["drawer 1"]
    assert paper.complaints == []


@pytest.mark.parametrize("noise", ["10 100404", "1004 100404", "10140803 100404", "1010 100404", "100407 100404"])
def test_a_request_after_half_a_request(noise: str) -> None:
    assert Paper(P80).feed(bytes.fromhex(noise)) == b"\x12"


# --- a receive buffer that fills up ---


def test_xoff_before_it_is_full_and_xon_when_there_is_room() -> None:
    paper = Paper(P80, buffer=4096, xonxoff=True)
    paper.order("paper_out")
    assert paper.feed(bytes(4096 - 128)) == b""
    assert paper.feed(b"\x00") == b"\x13"
    assert paper.feed(b"\x00" * 127) == b""
    assert paper.room == 0
    assert paper.feed(ASK).hex() == "1e32127e"  # a real-time request is heard all the same
    assert paper.order("ok") == b"\x11"
    assert "丢了" in paper.complaints[0]


def test_nothing_is_lost_while_it_can_print() -> None:
    paper = Paper(P80, buffer=1024)
    paper.feed(b"A\n" * 3000 + CUT)
    assert len(lines(paper)) == 3000
    assert paper.complaints == []
