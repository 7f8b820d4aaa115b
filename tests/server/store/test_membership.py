"""To which district a hall belongs, how its line is, and that a restored one first takes its rows back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import config
from config import Text, Told
from server.store import membership
from server.store.membership import Membership
from tests.conftest import MONDAY_9

ONE = Membership("city", "h1", "tls://district.example:4222", "https://district.example")


def test_what_is_kept_is_read_and_for_the_hall_alone(tmp_path: Path) -> None:
    assert membership.read(tmp_path) is None and membership.state(tmp_path) is None
    membership.keep(tmp_path, ONE)
    assert membership.read(tmp_path) == ONE
    assert (tmp_path / membership.FILE).stat().st_mode & 0o077 == 0
    (tmp_path / membership.FILE).write_text("[]")
    with pytest.raises(Told, match="读不懂"):
        membership.read(tmp_path)


def test_the_key_is_made_once_and_its_public_half_is_another(hall: config.Hall) -> None:
    seed = membership.seed(hall)
    assert seed == membership.seed(hall) and seed.startswith("SU")
    assert membership.public(seed).startswith("U") and len(membership.public(seed)) == 56
    assert (hall.data / "district-key").stat().st_mode & 0o077 == 0


def test_a_hall_of_no_district_starts_from_any_backup_and_another_one_after_its_rows_are_back(tmp_path: Path) -> None:
    membership.mark_restored(tmp_path)
    membership.check(tmp_path)
    membership.keep(tmp_path, ONE)
    membership.mark_restored(tmp_path)
    with pytest.raises(membership.Apart, match="取回") as told:
        membership.check(tmp_path)
    assert told.value.status == 4
    assert membership.restored_upto(tmp_path) == 0
    membership.settled(tmp_path, 7)
    assert membership.restored_upto(tmp_path) == 7
    membership.check(tmp_path)


@pytest.mark.parametrize("step", [400 * 86400.0, -400 * 86400.0, 120.0, -120.0])
def test_no_step_of_the_clock_stops_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    membership.keep(tmp_path, ONE)
    membership.keep_state(tmp_path, "ok", Text("", ""), 0.0)
    monkeypatch.setattr("time.time", lambda: MONDAY_9 + step)
    assert membership.state(tmp_path) == ("ok", membership.WELL)


def test_the_line_is_as_it_said_itself_and_stopped_where_it_says_nothing(tmp_path: Path) -> None:
    membership.keep(tmp_path, ONE)
    assert membership.state(tmp_path) == ("stopped", membership.STOPPED)
    membership.keep_state(tmp_path, "ok", Text("", ""), 0.0)
    assert membership.state(tmp_path) == ("ok", membership.WELL)
    refused = Text("从第7条起不同", "differs from row 7 on")
    membership.keep_state(tmp_path, "fork", refused, 0.0)
    assert membership.state(tmp_path) == ("fork", refused)
    long_ago = membership.seconds_up() - membership.STILL_S - 1
    os.utime(tmp_path / membership.STATE, (long_ago, long_ago))
    assert membership.state(tmp_path) == ("stopped", membership.STOPPED)
    membership.still(tmp_path)
    assert membership.state(tmp_path) == ("fork", refused)
    later = membership.seconds_up() + 3600
    os.utime(tmp_path / membership.STATE, (later, later))
    assert membership.state(tmp_path) == ("stopped", membership.STOPPED), "of before the machine was started anew"
    (tmp_path / membership.STATE).write_text("{")
    assert membership.state(tmp_path) == ("stopped", membership.STOPPED)
