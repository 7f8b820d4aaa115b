"""What the tests' own short cuts give is what the program makes of the same file."""

from __future__ import annotations

from pathlib import Path

import config
from tests.conftest import plain_hall, write_hall


def test_the_hall_that_is_read_once_is_the_one_that_is_read(tmp_path: Path, hall: config.Hall) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    assert vars(plain_hall(folder)) == vars(config.load(write_hall(folder)))
    assert vars(hall) == vars(config.load(tmp_path / "config.toml"))
    assert (tmp_path / "config.toml").read_text() == write_hall(tmp_path).read_text()
