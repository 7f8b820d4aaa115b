"""What a slip says, held as paper: encoded for each width and read back by the decoder that knows nothing of the encoder."""

from __future__ import annotations

import pytest

import config
from printer_profiles import profile as profiles
from printer_profiles.encode import encode
from printer_profiles.paper import Paper
from server.place import Place
from server.printing.slips import ticket_slip
from server.ticket import Ticket
from tests.conftest import MONDAY_9

PLACE = Place(5, (10, 15), "1-4号窗口", "Counters 1-4", "社保医保", "Social & medical insurance")


def ticket(**changes: object) -> Ticket:
    facts = {"id": 123, "day": "2026-11-23", "prefix": "A", "number": 12, "service": "MZ01", "klass": "ordinary", "channel": "kiosk",
             "issued_at": MONDAY_9, "rank": MONDAY_9}  # fmt: skip
    return Ticket(**{**facts, **changes})  # type: ignore[arg-type]


def paper(profile_name: str, of: Ticket, copy: int = 1, place: Place = PLACE) -> tuple[str, int]:
    """The slip's text and the number of bytes that made it."""
    profile = profiles.load(profile_name)
    data = encode(ticket_slip(config.load(), of, place, device="K1", copy=copy, columns=profile.columns, code="TZ8-9XK3MZ"), profile)
    printer = Paper(profile)
    printer.feed(data)
    printer.idle()
    assert printer.complaints == []
    return printer.slips[0].text(), len(data)


@pytest.mark.parametrize("profile", ["generic-80", "generic-58"])
@pytest.mark.parametrize("large", [False, True])
def test_everything_a_holder_needs(profile: str, large: bool) -> None:
    text, size = paper(profile, ticket(large_print=large))
    for words in ("鲤城区开元街道便民服务中心", "演示数据", "A012", "社保医保", "2026-11-23(周一) 09:00", "前方等候 5 人", "预计等候 10-15 分钟",
                  "办理窗口 1-4号窗口", "0595-00000001", "0595-00000002", "设备K1", "20261123-000123"):  # fmt: skip
        assert words.replace(" ", "") in "".join(text.split()), words
    assert "TZ8-9XK3MZ" in text
    assert size < 520
    assert "补打" not in text
    assert "最低生活保障" not in text, "the item tells why somebody is here"


def test_english_is_a_second_language() -> None:
    text, _ = paper("generic-58", ticket(language="en"))
    flat = " ".join(text.split())
    assert "Social & medical insurance" in flat
    assert "5 ahead of you, 10-15 min. Counters 1-4." in flat


def test_a_reprint_and_a_class_and_no_estimate() -> None:
    text, _ = paper("generic-80", ticket(klass="green"), copy=3, place=Place(0, None, "5号窗口", "Counter 5", "领件", "Pick-up"))
    assert "【补打】第3次" in text
    assert "【绿色通道】" in text
    assert "预计等候" not in text


@pytest.mark.parametrize("profile", ["generic-80", "generic-58"])
def test_a_number_above_999_keeps_its_line(profile: str) -> None:
    text, _ = paper(profile, ticket(number=1012, large_print=True))
    assert "A1012" in text
