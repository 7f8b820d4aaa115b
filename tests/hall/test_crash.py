"""The hub is killed with SIGKILL at random instants under load, a dozen times: no touch is lost, none is two tickets.

JIAOHAO_KILLS=30 for a longer round; JIAOHAO_SEED for another one; JIAOHAO_ROUNDS=30 for as many, each with a seed of
its own (`./run crash`). The seed of a round stands in the name of its test.
"""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import pytest

from server.store import journal
from server.store.database import read_only
from tests.hub_process import HubProcess
from tests.waiting import DEADLINE_S

KILLS = int(os.environ.get("JIAOHAO_KILLS", "12"))
SEED = int(os.environ.get("JIAOHAO_SEED", "20200730"))
ROUNDS = int(os.environ.get("JIAOHAO_ROUNDS", "1"))
KIOSKS = 4


@pytest.mark.parametrize("seed", range(SEED, SEED + ROUNDS))
def test_killed_a_dozen_times_under_load(tmp_path: Path, seed: int) -> None:
    hub, chance = HubProcess(tmp_path), random.Random(seed)
    hub.start()
    headers = {"Authorization": f"Bearer {(tmp_path / 'hall' / 'tokens' / 'K1').read_text().strip()}"}
    answered: dict[str, str] = {}
    touched: list[str] = []
    over = threading.Event()
    came = threading.Condition()

    def kiosk(n: int) -> None:
        """Touches one after the other; a touch without an answer is sent again with its key, as the kiosk does."""
        touch = 0
        while not over.is_set():
            touch += 1
            key = f"kiosk{n}-touch{touch:06d}"
            touched.append(key)
            while key not in answered and not over.is_set():
                try:
                    status, body = hub.ask(
                        "POST", "/api/v1/tickets", {"service": "SB01"}, {**headers, "Idempotency-Key": key}
                    )
                except OSError:
                    over.wait(0.02)
                    continue
                assert status in (201, 503), body
                if status == 201:
                    with came:
                        answered[key] = body["number"]
                        came.notify_all()

    kiosks = [threading.Thread(target=kiosk, args=(n,), daemon=True) for n in range(KIOSKS)]
    for thread in kiosks:
        thread.start()
    try:
        for _ in range(KILLS):
            goal = len(answered) + chance.randrange(1, 40)
            with came:
                assert came.wait_for(lambda goal=goal: len(answered) >= goal, DEADLINE_S)
            hub.kill()
            hub.start()
        goal = len(answered) + 20
        with came:
            assert came.wait_for(lambda: len(answered) >= goal, DEADLINE_S)
    finally:
        over.set()
        for thread in kiosks:
            thread.join()
    hub.process.terminate()
    assert hub.process.wait(DEADLINE_S) == 0

    conn = read_only(tmp_path / "hall" / "hall.db")
    assert journal.verify(conn) == []
    issued = [row[0] for row in conn.execute("SELECT number FROM tickets ORDER BY number")]
    assert issued == list(range(1, len(issued) + 1)), "a gap or a double"
    assert len(set(answered.values())) == len(answered), "two touches got one number"
    keys = {row[0] for row in conn.execute("SELECT key FROM requests")}
    assert set(answered) <= keys, "an answered touch is lost"
    assert len(keys) == len(issued) <= len(set(touched)), "a touch became two tickets"
