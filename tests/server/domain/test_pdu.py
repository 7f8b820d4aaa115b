"""PDUs: octets worked out by hand from 3GPP TS 23.040, and everything read again by the virtual modem's own decoder."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from counter_display.virtual.devices.gsm import Deliverable, Unreadable, deliver_pdu, read_submit, report_pdu
from server.domain import pdu

SIGNS = st.characters(codec="utf-8", exclude_categories=("Cs",))


def read(number: str, text: str, *, valid_min: int = 15, ref: int = 7) -> list[Deliverable]:
    return [read_submit(part.hex, part.octets) for part in pdu.submit(number, text, ref=ref, valid_min=valid_min)]


def test_a_short_message_octet_by_octet() -> None:
    (part,) = pdu.submit("+8613800138000", "你好", ref=1, valid_min=15)
    by_hand = (
        "00"  # the SIM's own service centre
        "31 00"  # SUBMIT, relative validity, a report wanted; the modem gives the reference
        "0D 91 68 31 08 10 83 00 F0"  # 13 digits, international, in swapped pairs
        "00 08 02"  # protocol, UCS2, (2 + 1) x 5 minutes
        "04 4F60 597D"
    )
    assert part == pdu.Part(by_hand.replace(" ", ""), 19)


def test_a_number_of_the_country_and_no_report() -> None:
    (part,) = pdu.submit("13800138000", "好", ref=1, valid_min=5, report=False)
    assert part == pdu.Part("0011000B813108108300F00008000259 7D".replace(" ", ""), 16)


def test_the_first_part_of_a_long_message_octet_by_octet() -> None:
    first, second = pdu.submit("13800138000", "号" * 70 + "x", ref=0xA5, valid_min=15)
    assert first.hex.startswith("0071000B813108108300F0000802" + "8C" + "050003A50201" + "53F7")
    assert second.hex.endswith("0E" + "050003A50202" + "53F7" * 3 + "0078")


@pytest.mark.parametrize(
    ("length", "sizes"), [(0, [0]), (1, [1]), (70, [70]), (71, [67, 4]), (134, [67, 67]), (135, [67, 67, 1])]
)
def test_where_a_long_text_is_cut(length: int, sizes: list[int]) -> None:
    assert [pdu.units(piece) for piece in pdu.parts("号" * length)] == sizes


def test_a_rare_character_is_two_units_and_is_never_cut() -> None:
    assert pdu.units("𠮷") == 2 and len(pdu.parts("𠮷" * 35)) == 1
    pieces = pdu.parts("x" * 66 + "𠮷" * 5)
    assert pieces == ["x" * 66, "𠮷" * 5]


@given(
    st.text(SIGNS, max_size=300),
    st.from_regex(r"\+?[1-9][0-9]{2,14}", fullmatch=True),
    st.integers(0, 255),
    st.integers(1, 1440),
)
@example("【大厅】A012号：前面还有2人，请回到等候区。", "13800138000", 0, 15)
@example("𠮷" * 100, "+8613800138000", 255, 1440)
def test_what_is_written_is_what_a_telephone_shows(text: str, number: str, ref: int, minutes: int) -> None:
    found = read(number, text, valid_min=minutes, ref=ref)
    assert "".join(one.text for one in found) == text
    assert all(one.to == number and one.report for one in found)
    assert all(one.valid_min is not None and minutes <= one.valid_min <= minutes + 30 for one in found)
    many = len(found)
    assert [one.joined for one in found] == ([None] if many == 1 else [(ref, many, n) for n in range(1, many + 1)])


@pytest.mark.parametrize("number", ["", "12", "+", "138-0013", "１３８００１３８０００", "z@example.com", "1" * 21])
def test_what_is_no_number_gets_no_message(number: str) -> None:
    with pytest.raises(ValueError, match="not a telephone number") as error:
        pdu.submit(number, "x", ref=1, valid_min=5)
    assert not number or number not in str(error.value), "a number is never repeated"


@pytest.mark.parametrize(
    ("status", "state"), [(0x00, "arrived"), (0x02, "arrived"), (0x30, "waiting"), (0x46, "failed"), (0x62, "failed")]
)
@pytest.mark.parametrize("to", ["13800138000", "+8613800138000", "10086"])
def test_a_report_says_what_became_of_which_message(status: int, state: str, to: str) -> None:
    made = report_pdu(0xC3, to, status, datetime(2026, 11, 23, 9, 0, 5))
    assert pdu.status_report(made) == pdu.Report(0xC3, state)


def test_a_report_octet_by_octet() -> None:
    by_hand = (
        "08 91 68 31 08 20 00 05 F0"  # the service centre
        "06 2A 0B 81 31 08 10 83 00 F0"  # STATUS-REPORT, reference 42, 11 digits
        "62 11 32 90 00 00 23  62 11 32 90 00 50 23"  # sent, settled
        "00"
    ).replace(" ", "")
    assert pdu.status_report(by_hand) == pdu.Report(42, "arrived")


@pytest.mark.parametrize(
    "other",
    [
        "",
        "00",
        "zz",
        "0006",
        "07916831080100F0",
        "0891683108200005F0040B813108108300F0000862113290000023044F60597D",  # somebody's message to the SIM
    ],
)
def test_what_is_no_report_says_nothing(other: str) -> None:
    assert pdu.status_report(other) is None


def test_the_decoder_refuses_what_no_network_would_take() -> None:
    (part,) = pdu.submit("13800138000", "你好", ref=1, valid_min=15)
    for spoilt, announced in (
        (part.hex[:-2], part.octets),
        (part.hex, part.octets + 1),
        (part.hex + "00", part.octets + 1),
        (part.hex.replace("0008", "0000", 1), part.octets),
        ("00" + "02" + part.hex[4:], part.octets),
        (part.hex[:-1], part.octets),
    ):
        with pytest.raises(Unreadable):
            read_submit(spoilt, announced)


# --- what somebody sent -----------------------------------------------------------------------------------------------


def test_what_somebody_sent_octet_by_octet() -> None:
    """By hand from 23.040 9.2.2.1: 7 bits, UCS2, a long text's second part, a sender by name."""
    head, stamp = "00 04 0D 91 68 31 08 10 83 00 F0 00", "62 11 03 90 00 00 23"
    seven = pdu.deliver((head + "00" + stamp + "01 35").replace(" ", ""))
    assert seven == pdu.Delivered("+8613800138000", "5", "62110390000023")
    wide = pdu.deliver((head + "08" + stamp + "04 6EE1 610F").replace(" ", ""))
    assert wide and wide.text == "满意"
    half = "00 44 0B A1 31 08 10 83 00 F0 00 08" + stamp + "0A 06 08 04 01 02 02 02 597D 00"
    assert pdu.deliver(half.replace(" ", "")) is None, "half a character"
    second = "00 44 0B A1 31 08 10 83 00 F0 00 08" + stamp + "09 06 08 04 01 02 02 02 597D"
    assert pdu.deliver(second.replace(" ", "")) == pdu.Delivered("13800138000", "好", "62110390000023", (0x0102, 2, 2))
    named = "00 04 0A D0 C2 30 3B 2C 07 00 00" + stamp + "01 35"
    assert (found := pdu.deliver(named.replace(" ", ""))) and found.sender == ""


@given(
    st.text("".join(sorted({*"@ABCabc 0123456789.,!?"})), max_size=60),
    st.from_regex(r"\+?[1-9][0-9]{2,14}", fullmatch=True),
    st.none() | st.tuples(st.integers(0, 255), st.just(3), st.integers(1, 3)),
    st.booleans(),
)
def test_what_the_network_hands_on_is_what_was_written(
    text: str, number: str, joined: tuple[int, int, int] | None, plain: bool
) -> None:
    found = pdu.deliver(deliver_pdu(number, text, datetime(2026, 11, 30, 9), joined=joined, plain=plain))
    assert found and (found.sender, found.text, found.joined) == (number, text, joined)


@given(st.binary(max_size=60))
@example(bytes.fromhex("0044"))
@example(b"\xff\x00")
def test_garbage_is_no_message_and_stops_nothing(octets: bytes) -> None:
    assert pdu.deliver(octets.hex()) is None or isinstance(pdu.deliver(octets.hex()), pdu.Delivered)


def test_a_picture_or_something_compressed_is_no_text() -> None:
    head, rest = "0004" + "0BA13108108300F0" + "00", "62110390000023" + "0135"
    for coding, text in (("04", None), ("20", None), ("F5", None), ("F1", "5"), ("C0", "5"), ("10", "5")):
        found = pdu.deliver(head + coding + rest)
        assert (found.text if found else None) == text, coding
