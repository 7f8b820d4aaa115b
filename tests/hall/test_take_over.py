"""Two hub processes and a witness: the first is killed under load, the second answers the next request."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from hub_client import HubAway, HubClient, memory_beside
from server.store import journal
from server.store.database import read_only
from tests.hub_process import HubProcess
from tests.second_process import PASSWORD, SecondProcess, give_manager, give_token, page, post, standing
from tests.waiting import DEADLINE_S, until
from witness import Witness, file_beside


def test_the_first_is_killed_and_the_second_goes_on(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path)
    second = SecondProcess(tmp_path / "second", hub, give_token(hub))
    hub.start()
    second.start()
    stop = threading.Event()
    token_file = tmp_path / "hall" / "tokens" / "K1"
    beside = tmp_path / "K1"
    kiosk = HubClient(second.of, token_file.read_text(), memory=memory_beside(beside))
    try:
        second.wait_in_step()
        Witness(kiosk, "K1", file_beside(beside)).start(stop)
        numbers: dict[str, str] = {}

        def touch(key: str) -> None:
            until(lambda: _taken(kiosk, key, numbers))

        for n in range(20):
            touch(f"before-kill-{n:04d}")
        until(lambda: '"allow": true' in _voter(second.folder) and '"allow": true' in _voter(beside))
        for n in range(20):
            touch(f"armed-{n:08d}")
        hub.kill()
        for n in range(20):  # how soon is measured by bench/takeover.py
            touch(f"after-kill-{n:04d}")
        assert sorted(numbers.values()) == [f"A{n:03d}" for n in range(1, 61)], "lost, doubled or left out"
        assert kiosk.url == second.url

        hub.start_only()
        until(lambda: standing(second.of).get("in_step"))
        assert standing(second.url)["role"] == "hub"
        touch("with-the-old-one-behind")
        old = HubClient(second.of, token_file.read_text())
        with pytest.raises(HubAway):
            old.post("/tickets", {"service": "SB01"}, key="the-old-hub-is-asked")
    finally:
        stop.set()
        second.stop()
        hub.process.terminate()
        hub.process.wait(DEADLINE_S)
    database = next((tmp_path / "second" / "hall").rglob("hall.db"))
    conn = read_only(database)
    assert journal.verify(conn) == []
    assert conn.execute("SELECT count(*) FROM journal WHERE event = 'EpochBegan'").fetchone()[0] == 1
    assert conn.execute("SELECT count(*) FROM tickets").fetchone()[0] == len(numbers)


def _taken(kiosk: HubClient, key: str, numbers: dict[str, str]) -> bool:
    try:
        numbers[key] = kiosk.post("/tickets", {"service": "SB01"}, key=key)["number"]
    except HubAway:
        return False
    return True


def _voter(place: Path) -> str:
    file = place / "voter" if place.is_dir() else file_beside(place)
    return file.read_text() if file.exists() else ""


def test_a_manager_takes_over_and_the_old_hub_shows_what_only_it_has(tmp_path: Path) -> None:
    """The second machine was off for a while: what the hub wrote meanwhile is evidence, and no number comes twice."""
    hub = HubProcess(tmp_path)
    token = give_token(hub)
    give_manager(tmp_path)
    second = SecondProcess(tmp_path / "second", hub, token)
    hub.start()
    second.start()
    kiosk = HubClient(
        second.of, (tmp_path / "hall" / "tokens" / "K1").read_text(), memory=memory_beside(tmp_path / "K1")
    )
    both: dict[str, str] = {}
    alone: dict[str, str] = {}
    try:
        second.wait_in_step()
        until(lambda: _taken(kiosk, "with-the-second", both))
        refused = post(f"{second.url}/take-over", {"staff": "9001", "password": PASSWORD, "sure": "yes"})
        assert "主机还在工作" in refused and second.standing()["role"] == "second"
        second.kill()
        for n in range(3):
            until(lambda n=n: _taken(kiosk, f"hub-alone-{n:04d}", alone))
        hub.kill()
        second.start()
        until(lambda: second.standing().get("in_step"))
        assert "不对" in post(f"{second.url}/take-over", {"staff": "9001", "password": "wrong", "sure": "yes"})
        until(lambda: "跳过50个号" in page(second.url))
        post(f"{second.url}/take-over", {"staff": "9001", "password": PASSWORD, "sure": "yes"})
        until(lambda: second.standing().get("role") == "hub")
        after: dict[str, str] = {}
        until(lambda: _taken(kiosk, "the-new-hub-goes-on", after))
        given = [*both.values(), *alone.values(), *after.values()]
        assert len(set(given)) == len(given), "a number came twice"
        hub.start_only()
        until(lambda: standing(second.of).get("in_step"))
        shown = until(lambda: next((text for text in [page(second.of)] if "<td>A002</td>" in text), ""))
        assert "只有本机有的记录" in shown and "<td>A004</td>" in shown and "<td>A001</td>" not in shown
    finally:
        second.stop()
        hub.process.terminate()
        hub.process.wait(DEADLINE_S)
