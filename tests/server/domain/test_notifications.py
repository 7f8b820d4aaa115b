"""Who is told when: by how a number stands, once, and never what is too late; addresses, texts, limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import config
from config import Text
from server.domain import notifications as told
from server.domain.notifications import Notification
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from tests.conftest import MONDAY_9

LAPSE_S = 1800.0
WAITING = Ticket(
    id=1, day="2026-11-23", prefix="A", number=12, service="SB01", klass="ordinary", channel="kiosk",
    issued_at=MONDAY_9, rank=MONDAY_9,
)  # fmt: skip
CALLED = replace(WAITING, state="called", calls=1, counter="3", last_called_at=MONDAY_9 + 600)
PASSED = replace(CALLED, state="passed", ended_at=MONDAY_9 + 700)


@pytest.mark.parametrize("typed", ["13812345678", " 138 1234 5678 ", "138-1234-5678", "１３８１２３４５６７８",
                                   "+8613812345678", "008613812345678", "8613812345678"])  # fmt: skip
def test_a_mobile_number_however_it_is_typed(typed: str) -> None:
    assert told.address(typed) == "13812345678"


@pytest.mark.parametrize("typed", ["", "12345678901", "1381234567", "138123456789", "059522276888", "22276888", "12a",
                                   "z@", "@x.cn", "a b@x", "z@x", "+12025550123"])  # fmt: skip
def test_what_reaches_nobody_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        told.address(typed)
    assert not typed or typed not in f"{refused.value.text.zh}{refused.value.text.en}"


def test_masks_hide_all_but_what_its_owner_knows_it_by() -> None:
    assert told.masked("13812345678") == "138****5678"
    assert told.masked("zhang@example.cn") == "z***@example.cn"
    assert told.address("Zhang@Example.cn") == "Zhang@Example.cn"


@pytest.mark.parametrize(("ahead", "due"), [(None, None), (5, None), (3, None), (2, "near"), (0, "near")])
def test_two_ahead_is_near(ahead: int | None, due: str | None) -> None:
    assert told.due(WAITING, ahead, (), MONDAY_9, LAPSE_S) == due


def test_each_occasion_once_and_never_near_after_a_call() -> None:
    assert told.due(WAITING, 1, {"near"}, MONDAY_9, LAPSE_S) is None
    back = replace(WAITING, calls=1)
    assert told.due(back, 1, (), MONDAY_9, LAPSE_S) is None and not told.may_be_near(back, ())
    assert told.due(CALLED, None, {"near"}, MONDAY_9 + 601, LAPSE_S) == "called"
    assert told.due(CALLED, None, {"near", "called"}, MONDAY_9 + 601, LAPSE_S) is None
    assert told.due(PASSED, None, {"called"}, MONDAY_9 + 701, LAPSE_S) == "missed"
    assert told.due(PASSED, None, {"missed"}, MONDAY_9 + 701, LAPSE_S) is None


def test_what_comes_too_late_is_not_said() -> None:
    late = MONDAY_9 + 600 + told.CALLED_S
    assert told.due(CALLED, None, (), late, LAPSE_S) == "called"
    assert told.due(CALLED, None, (), late + 1, LAPSE_S) is None
    assert told.due(PASSED, None, (), MONDAY_9 + 700 + LAPSE_S, LAPSE_S) is None
    for state in ("serving", "suspended", "finished", "left", "expired"):
        assert told.due(replace(CALLED, state=state), 0, (), MONDAY_9 + 601, LAPSE_S) is None


def test_when_a_number_is_over() -> None:
    over = {state: told.over(replace(CALLED, state=state), MONDAY_9, LAPSE_S) for state in (
        "waiting", "called", "serving", "suspended", "finished", "left", "expired")}  # fmt: skip
    assert [state for state, yes in over.items() if yes] == ["finished", "left", "expired"]
    assert not told.over(PASSED, MONDAY_9 + 700, LAPSE_S), "it may come back, and is told so"
    assert told.over(PASSED, MONDAY_9 + 700 + LAPSE_S, LAPSE_S)


def test_a_case_that_was_ready_long_ago_is_not_announced() -> None:
    assert told.ready_due(MONDAY_9, MONDAY_9 + 60)
    assert not told.ready_due(MONDAY_9, MONDAY_9 + told.READY_S) and not told.ready_due(MONDAY_9 + 60, MONDAY_9)


def table(**said: Any) -> config.MessagesTable:
    return config.MessagesTable.model_validate(said)


def test_hours_and_limits() -> None:
    day = table(hours=["07:30-12:00", "14:00-19:00"])
    assert [told.sends_now(day, at * 60) for at in (7, 8, 12, 13, 14, 19)] == [False, True, False, False, True, False]
    assert told.sends_now(table(), 3 * 60)
    few = table(per_number=2, per_day=10)
    assert [told.limited(few, *sent) for sent in ((0, 0), (1, 9), (2, 5), (0, 10))] == [False, False, True, True]


def test_texts_in_the_language_of_the_number_and_the_halls_own(hall: config.Hall) -> None:
    facts = {"number": Text.same("A012"), "soon": told.soon(2), "ahead": Text.same("2")}
    name = hall.hall.name
    assert told.words(hall, "near", "zh", facts) == f"【{name}】A012号：前面还有2人，请回到等候区。"
    assert told.words(hall, "near", "en", facts).endswith("A012: 2 ahead of you. Come back to the waiting area.")
    assert told.soon(0) == Text("下一位就是您", "you are next")
    own = hall.model_copy(update={"messages": table(near="{number}快到了", missed="-")})
    assert told.words(own, "near", "zh", facts) == "A012快到了"
    assert told.wanted(own.messages, "near") and not told.wanted(own.messages, "missed")


def test_every_text_of_ours_fits_its_messages(hall: config.Hall) -> None:
    """One message in Chinese for what is urgent; nothing needs more than two."""
    for one in told.previews(hall):
        assert one.parts <= (1 if one.language == "zh" and one.occasion in ("near", "called", "missed") else 2), one


def test_a_text_names_neither_person_nor_service() -> None:
    for zh, en in config.NOTIFICATIONS.values():
        assert not {"service", "name", "staff"} & (told.places_of(zh) | told.places_of(en))


@pytest.mark.parametrize(
    ("code", "kind"), [(1, "refused"), (28, "refused"), (38, "later"), (42, "later"), (500, "later"), (310, "down"),
                       (311, "down"), (316, "down"), (304, "refused"), (0, "later"), (331, "later")],
)  # fmt: skip
def test_what_an_error_of_the_modem_means(code: int, kind: str) -> None:
    carried = told.of_modem(code)
    assert carried.kind == kind and carried.problem.zh and carried.problem.en


def test_sent_is_never_shown_as_arrived() -> None:
    sent = Notification(
        about="ticket 1", occasion="near", field="own", ticket=1, channel="modem", outcome="sent", parts=1, at=0.0
    )
    assert [replace(sent, arrived=arrived).said for arrived in (None, 1, 0)] == ["sent", "arrived", "lost"]
    assert replace(sent, outcome="stale").said == "stale"


def test_a_hall_without_channels_says_so(hall: config.Hall) -> None:
    assert told.offered(hall) == {"telephone": False, "mail": False}
    with pytest.raises(Refused, match="没有短信提醒"):
        told.reachable(hall, "13812345678")
    modem = config.ChannelTable(kind="gsm", port="serial:modem")
    mail = config.ChannelTable(kind="mail")
    both = hall.model_copy(update={"channels": {"modem": modem, "post": mail, "off": config.ChannelTable(kind="http")}})
    assert told.carriers(both, False) == ["modem"] and told.carriers(both, True) == ["post"]
    told.reachable(both, "13812345678")
