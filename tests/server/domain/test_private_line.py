"""What may cross the network in clear, and what is said of a certificate's end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import config
from server.domain.private_line import DAY_S, Validity, concerns, open_to_others, refusal, stays_here
from tests.conftest import MONDAY_9, write_hall

FOREIGN = "192.168.1.7"


def hall_with(folder: Path, **hub: Any) -> config.Hall:
    return config.load(write_hall(folder, lambda hall: hall["hub"].update(hub)))


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False), ("::ffff:10.0.0.1", False), ("fe80::1%eth0", False), ("", True), ("localhost", False),
    ],
)  # fmt: skip
def test_which_requests_never_leave_the_machine(address: str, here: bool) -> None:
    assert stays_here(address) is here


def test_a_password_goes_by_https_or_stays_on_its_machine_or_is_wanted_so(tmp_path: Path) -> None:
    hall = hall_with(tmp_path)
    assert refusal(hall, True, FOREIGN) is None and refusal(hall, False, "127.0.0.1") is None
    said = refusal(hall, False, FOREIGN)
    assert said and "技术员打开主机的网页加密" in said.zh and "./run certificate" in said.en
    assert refusal(hall_with(tmp_path, insecure="yes"), False, FOREIGN) is None
    said = refusal(hall_with(tmp_path, https=True), False, FOREIGN)
    assert said and "https:" in said.zh and "./run" not in said.en


@pytest.mark.parametrize(
    ("listen", "opened"),
    [("0.0.0.0:8000", True), ("[::]:8000", True), ("192.168.1.10:80", True), ("127.0.0.1:8000", False),
     ("localhost:8000", False), ("[::1]:8000", False)],
)  # fmt: skip
def test_for_whom_the_hub_listens(listen: str, opened: bool) -> None:
    assert open_to_others(listen) is opened


def told(hall: config.Hall, certificate: Validity | None = None) -> list[tuple[str, str]]:
    return [(one.what, one.level) for one in concerns(hall, certificate, None, MONDAY_9)]


def test_the_live_page_says_what_crosses_in_clear(tmp_path: Path) -> None:
    assert told(hall_with(tmp_path)) == []
    assert told(hall_with(tmp_path, listen="0.0.0.0:8000")) == [("no https", "warn")]
    assert told(hall_with(tmp_path, listen="0.0.0.0:8000", proxies=["127.0.0.1"])) == []
    assert told(hall_with(tmp_path, insecure="yes")) == [("clear", "warn")]
    assert told(hall_with(tmp_path, listen="0.0.0.0:8000", https=True)) == []


def test_what_is_said_is_of_the_server_that_runs_not_of_the_file_alone(tmp_path: Path) -> None:
    """https that was switched in /admin counts from the next start: until then all goes in clear, and it is said."""

    def said(sealed: bool, **hub: object) -> list[str]:
        hall = hall_with(tmp_path, listen="0.0.0.0:8000", **hub)
        return [one.what for one in concerns(hall, None, None, MONDAY_9, sealed)]

    assert said(False, https=True) == said(False, https=True, insecure="yes") == ["restart"]
    assert said(True, https=False) == said(True, https=False, insecure="yes") == []
    assert (said(False), said(False, insecure="yes"), said(True, https=True)) == (["no https"], ["clear"], [])


@pytest.mark.parametrize(
    ("days", "own", "authority", "expected"),
    [
        (200, True, 3000, []),
        (20, True, 3000, []),
        (-1, True, 3000, [("end", "bad")]),
        (31, False, None, []),
        (29, False, None, [("end", "warn")]),
        (6, False, None, [("end", "bad")]),
        (-1, False, None, [("end", "bad")]),
        (300, True, 364, [("authority", "warn")]),
        (300, True, 29, [("authority", "bad")]),
    ],
)
def test_an_end_is_said_before_it_comes(
    tmp_path: Path, days: float, own: bool, authority: float | None, expected: list[tuple[str, str]]
) -> None:
    until = None if authority is None else MONDAY_9 + authority * DAY_S
    validity = Validity(MONDAY_9 + days * DAY_S, own, until)
    assert told(hall_with(tmp_path, https=True), validity) == expected
