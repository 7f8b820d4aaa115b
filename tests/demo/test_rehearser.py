"""What 演练's button starts, as a whole: the real program with a day of the hall's own, until nothing of it is left."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import config
from server.rehearser import Rehearser, Wish
from server.verbs import tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock, new_store, write_hall
from tests.waiting import until


def small(hall: Any) -> None:
    for name in ("wires", "boards", "pads", "raters", "slots"):  # as a hall has none that ./run init has just made
        hall.pop(name, None)
    for name in [one for one in hall["counters"] if hall["counters"][one].get("kind", "general") == "general"][1:]:
        del hall["counters"][name]  # a hall so small has no invented past


def processes(folder: Path) -> list[int]:
    """Those whose command line names the folder: the rehearsal and all its programs that have a file there."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in one.read_bytes():
                found.append(int(one.parent.name))
        except OSError:  # it has just ended
            continue
    return found


def test_what_the_button_starts_runs_and_leaves_nothing(tmp_path: Path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, small))
    within = tmp_path / "within"
    within.mkdir()
    (within / "jiaohao-rehearsal-999999999-left").mkdir()
    hub = Hub(hall, new_store(hall.data), clock)
    tickets.issue(hub, By("K1"), "SB01")
    rehearser = Rehearser(hub, needed=0, within=within)
    try:
        rehearser.start(Wish(date.fromisoformat(hub.day(clock())), "", 1, 60.0), "50", "127.0.0.1")
        until(lambda: rehearser.state.state != "starting", "a rehearsal that runs")
        assert (rehearser.state.state, rehearser.state.said) == ("running", None)
        assert len(list(within.iterdir())) == 1 and len(processes(within)) > 3
        assert "starting it again" not in next(within.iterdir()).joinpath("log").read_text(encoding="utf-8")
        rehearser.end()
        rehearser.join()
    finally:
        hub.stop()
        rehearser.stop()
        hub.store.close()
    assert rehearser.state.state == "ended"
    assert (processes(within), list(within.iterdir())) == ([], [])
