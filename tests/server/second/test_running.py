"""A machine of the pair from one role to the other."""

from __future__ import annotations

from pathlib import Path

import config
from server.second import pairing
from server.second.following import VOTER
from server.second.running import returned, token_of
from server.store import secret
from succession import First
from tests.conftest import write_hall


def test_a_second_machine_that_was_the_hub_is_let_in_after_a_restart_too(tmp_path: Path) -> None:
    """What it was enrolled with ended when it became the hub (`EpochBegan`): the hall's own key opens the door."""
    home = tmp_path / "home"
    (home / "hall").mkdir(parents=True, mode=0o700)
    (home / "token").write_text("of-its-first-days")
    hall = config.load(write_hall(home / "hall"))
    hall.data.mkdir(mode=0o700)
    key = secret.key(hall, pairing.KEY)
    (home / VOTER).write_text('{"epoch": 1, "number": 0, "allow": false, "witness": "", "voted": false, "hub": true}')
    returned(hall, pairing.Known(First(1), "http://127.0.0.1:9", superseded="http://127.0.0.1:9"))
    assert token_of(home) == key
