"""What the tests' own short cuts give is what the program makes of the same file."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from tests.conftest import plain_hall, write_hall


def test_the_hall_that_is_read_once_is_the_one_that_is_read(tmp_path: Path, hall: config.Hall) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    assert vars(plain_hall(folder)) == vars(config.load(write_hall(folder)))
    assert vars(hall) == vars(config.load(tmp_path / "config.toml"))
    assert (tmp_path / "config.toml").read_text() == write_hall(tmp_path).read_text()


@pytest.mark.xdist_group("one worker")
def test_tests_of_one_group_run_in_one_worker(request: pytest.FixtureRequest) -> None:
    """pytest-xdist writes the group behind the test's name, by which it deals them out; pytest 9.2 lost it in silence:
    three workers each had a district, a demo and all the kiosk's pages of their own.
    """
    assert request.node.nodeid.endswith("@one worker") == bool(request.config.getoption("loadgroup", False))
