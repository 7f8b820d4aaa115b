"""What follows from an answer: sent, refused for good, later, off; and how long a failure waits."""

from __future__ import annotations

from itertools import pairwise

import pytest

from server.domain import outbound
from server.domain.outbound import Answer, Link

LINK = Link(destination="city", url="http://city", seq=10)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "sent"), (204, "sent"), (400, "refused"), (409, "refused"), (422, "refused"), (410, "off"),
        (301, "later"), (401, "later"), (403, "later"), (404, "later"), (408, "later"), (429, "later"),
        (500, "later"), (503, "later"), (0, "later"), (700, "later"), (101, "later"),
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int, kind: str) -> None:
    assert outbound.outcome(status) == kind


def test_waits_grow_to_hours_and_never_end() -> None:
    waits = [outbound.wait_s(tries) for tries in range(1, 30)]
    assert all(a <= b for a, b in pairwise(waits)) and waits[0] == 5 and waits[-1] == 6 * 3600
    assert sum(waits[:20]) > 3 * 86400 > sum(waits[:19]) - 86400  # twenty tries are about three days
    assert outbound.wait_s(1, 600) == 600 and outbound.wait_s(1, 9e9) == 86400 and outbound.wait_s(9, 1) == 21600


def test_a_failure_holds_the_line_and_a_refusal_does_not() -> None:
    failed = outbound.told(LINK, 11, Answer(503, retry_after=90.0), 1000.0)
    assert (failed.seq, failed.tries, failed.failing_since, failed.next_at) == (10, 1, 1000.0, 1090.0)
    assert failed.state == "down" and failed.zh and failed.en
    again = outbound.told(failed, 11, Answer(0, outbound.said(500)), 1100.0)
    assert (again.tries, again.failing_since) == (2, 1000.0)
    sent = outbound.told(again, 11, Answer(200), 2000.0)
    assert (sent.seq, sent.tries, sent.sent, sent.heard_at, sent.state) == (11, 0, 1, 2000.0, "up")
    refused = outbound.told(sent, 12, Answer(422), 2001.0)
    assert (refused.seq, refused.sent, refused.state) == (12, 1, "up")


def test_a_receiver_that_is_gone_is_off_until_somebody_resumes() -> None:
    off = outbound.told(LINK, 11, Answer(410), 5.0)
    assert off.state == "off" and off.seq == 10
    assert outbound.resumed(off).state == "new" and outbound.resumed(off).seq == 10


def test_an_id_is_of_the_row_and_its_hash() -> None:
    assert outbound.message_id("fengze", 7, "ab" * 32) == "fengze-7-abababababab"
    assert outbound.message_id("fengze", 7, "cd" * 32) != outbound.message_id("fengze", 7, "ab" * 32)
