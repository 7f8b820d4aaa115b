"""Status answers: a row for every bit, worked out from the manual's tables, and rows of garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer_profiles.escpos.status import SENTENCES, STATUS_REQUESTS, UNKNOWN, Inbox, automatic, confirmed, status

IDLE = {1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}

# which answer differs from idle, its byte, the field it tells, the state
DLE_EOT = [
    (1, 0x12, None, "ready"),  # drawer pin low
    (1, 0x1E, "offline", "offline"),
    (1, 0x1A, "offline", "offline"),
    (2, 0x16, "cover_open", "cover_open"),
    (2, 0x1A, "feeding", "ready"),
    (2, 0x32, "paper_out", "paper_out"),
    (2, 0x52, "failed", "error"),
    (3, 0x1A, "cutter", "error"),
    (3, 0x32, "broken", "error"),
    (3, 0x52, "hot", "error"),
    (4, 0x1E, "near_end", "near_end"),
    (4, 0x72, "paper_out", "paper_out"),
    (4, 0x7E, "paper_out", "paper_out"),
]


@pytest.mark.parametrize(("n", "byte", "told", "state"), DLE_EOT)
def test_each_bit(n: int, byte: int, told: str | None, state: str) -> None:
    found = status(IDLE | {n: byte})
    assert found.known
    assert told is None or getattr(found, told)
    assert found.state == state


def test_idle_is_ready_and_says_nothing() -> None:
    found = status(IDLE)
    assert (found.state, found.zh, found.en) == ("ready", "", "")


def test_what_a_person_can_mend_comes_first() -> None:
    assert status({1: 0x1E, 2: 0x36, 3: 0x12, 4: 0x7E}).state == "cover_open"
    assert status({1: 0x1E, 2: 0x72, 3: 0x1A, 4: 0x7E}).state == "paper_out"
    assert status({1: 0x1E, 2: 0x52, 3: 0x52, 4: 0x1E}).state == "error"
    assert status({1: 0x1E, 2: 0x12, 3: 0x12, 4: 0x1E}).state == "offline"


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {1: None, 2: None, 3: None, 4: None},
        {1: 0x16, 2: 0x12, 3: 0x12, 4: None},  # silence on one
        {1: None, 2: None, 3: None, 4: 0x1E},  # near end is no excuse for silence
        {1: 0x00, 2: 0x00, 3: 0x00, 4: 0x00},
        {1: 0xFF, 2: 0xFF, 3: 0xFF, 4: 0xFF},
        {1: 0x13, 2: 0x12, 3: 0x12, 4: 0x12},  # a stale XOFF
        {1: 0x14, 2: 0x12, 3: 0x12, 4: 0x12},  # a stale ASB byte
        {1: 0x96, 2: 0x12, 3: 0x12, 4: 0x12},  # bit 7
    ],
)
def test_silence_and_garbage_are_unknown(answers: dict[int, int | None]) -> None:
    found = status(answers)
    assert found.state == "unknown"
    assert found.zh == "打印机没有正常应答，请检查电源和连线。"
    assert found.en == "The printer gives no proper answer: check its power and its cable."


def test_a_fault_counts_even_where_the_rest_is_silent() -> None:
    assert status({1: None, 2: None, 3: None, 4: 0x72}).state == "paper_out"


def test_a_head_that_is_asked_only_what_it_knows_can_be_ready() -> None:
    assert status({4: 0x12}).state == "ready"


@given(st.dictionaries(st.integers(1, 4), st.none() | st.integers(0, 255)))
def test_ready_needs_every_answer_with_its_fixed_bits(answers: dict[int, int | None]) -> None:
    if status(answers).state in ("ready", "near_end"):
        assert answers
        assert all(byte is not None and byte & 0b10010011 == 0b00010010 for byte in answers.values())


@pytest.mark.parametrize(
    ("byte", "state"),
    [(0x00, "ready"), (0x03, "near_end"), (0x0C, "paper_out"), (0x0F, "paper_out")]
    + [(byte, "unknown") for byte in (None, 0x01, 0x02, 0x10, 0x11, 0x12, 0x13, 0x60, 0x80, 0xFF)],
)
def test_the_answer_to_gs_r(byte: int | None, state: str) -> None:
    assert confirmed(byte).state == state


@pytest.mark.parametrize(
    ("four", "state"),
    [
        ("14 00 00 0f", "ready"),
        ("10 00 00 00", "ready"),
        ("1c 00 00 0f", "offline"),
        ("3c 00 00 0f", "cover_open"),
        ("1c 08 00 0f", "error"),
        ("1c 20 00 0f", "error"),
        ("1c 40 00 0f", "error"),
        ("14 00 03 0f", "near_end"),
        ("1c 00 0f 0f", "paper_out"),
        ("14 00 00", "unknown"),
        ("12 00 00 0f", "unknown"),
        ("14 00 00 1f", "unknown"),
        ("", "unknown"),
    ],
)
def test_automatic_status_back(four: str, state: str) -> None:
    assert automatic(bytes.fromhex(four)).state == state


# what came in, and where it belongs: answers to DLE EOT, to GS r, ASB, garbage
MIXED = [
    ("16 12 12 12", [0x16, 0x12, 0x12, 0x12], [], None, ""),
    ("11 16 13 12", [0x16, 0x12], [], None, ""),  # XON and XOFF between
    ("14 00 00 0f 12", [0x12], [], "14 00 00 0f", ""),  # ASB before the answer
    ("14 00 11 00 0f 00", [], [0x00], "14 00 00 0f", ""),  # XON inside ASB, then GS r
    ("00 03", [], [0x00, 0x03], None, ""),
    ("14 00 12 00 0f", [0x12], [], "14 00 00 0f", ""),  # a real-time answer inside ASB
    ("ff 55 aa", [], [], None, "ff 55 aa"),
    ("14 00 ff 00", [], [0x00], None, "14 00 ff"),
    ("14 14 00 00 0f", [], [], "14 00 00 0f", "14"),
]


@pytest.mark.parametrize(("data", "real_time", "paper", "asb", "garbage"), MIXED)
def test_what_comes_in_is_sorted(
    data: str, real_time: list[int], paper: list[int], asb: str | None, garbage: str
) -> None:
    for pieces in ([bytes.fromhex(data)], [bytes((byte,)) for byte in bytes.fromhex(data)]):
        inbox = Inbox()
        for piece in pieces:
            inbox.feed(piece)
        assert (inbox.real_time, inbox.paper) == (real_time, paper)
        assert inbox.automatic == (bytes.fromhex(asb) if asb else None)
        assert inbox.garbage == bytes.fromhex(garbage)


def test_the_rest_of_a_half_asb_is_no_answer_to_the_next_question() -> None:
    inbox = Inbox()
    inbox.feed(b"\x14\x00")
    inbox.forget()
    inbox.feed(b"\x00\x0f")
    assert inbox.paper == []
    assert inbox.automatic == b"\x14\x00\x00\x0f"


def test_flow_control_is_remembered() -> None:
    inbox = Inbox()
    inbox.feed(b"\x13")
    assert inbox.paused
    inbox.feed(b"\x11")
    assert not inbox.paused


def test_the_requests_are_dle_eot() -> None:
    assert {n: request.hex() for n, request in STATUS_REQUESTS.items()} == {
        1: "100401",
        2: "100402",
        3: "100403",
        4: "100404",
    }


@pytest.mark.parametrize("fault", sorted(set(SENTENCES) - {"ready"}))
def test_every_fault_says_in_both_languages_what_to_do(fault: str) -> None:
    zh, en = SENTENCES[fault]
    assert zh.endswith("。")
    assert "请" in zh
    assert en.endswith(".")


def test_each_error_has_its_own_sentence() -> None:
    assert status(IDLE | {3: 0x1A}).en == "The cutter is stuck: open it, take out the paper, close it."
    assert status(IDLE | {1: 0x1E, 3: 0x52}).zh == "打印头过热，请等几分钟，会自动恢复。"
    assert status(IDLE | {1: 0x1E, 2: 0x1A}).en == "The feed button is held down: let it go."
    assert UNKNOWN.state == "unknown"
