"""A rehearsal's clock: it goes at its speed, the hub believes it, and what shows the time is told of each minute."""

from __future__ import annotations

import time
from pathlib import Path

from config import Hall
from server.app import create_app
from server.paced import Paced
from server.store.database import Store
from server.verbs.hub import Hub
from tests.conftest import MONDAY_9
from tests.waiting import until


def test_it_goes_at_its_speed_from_where_it_began() -> None:
    clock = Paced(time.time() - 60, MONDAY_9, 10.0)
    assert 600 <= clock() - MONDAY_9 < 600 + 10 * 60
    assert clock.counted(3.0) == 30.0


def test_a_hub_believes_it_and_feeds_say_each_of_its_minutes(hall: Hall, tmp_path: Path) -> None:
    store = Store(tmp_path, durable=False)
    try:
        hub = Hub(hall, store, Paced(time.time() - 1000, MONDAY_9, 3600.0))
        assert (hub.pace, hub.clock().kind) == (3600.0, "fine")
        client = create_app(hub).test_client()

        def tag() -> str:
            hub.wake()
            return client.get("/api/v1/screen").headers["X-Content-Tag"]

        first = tag()
        until(lambda: tag() != first, "the next minute")
        assert hub.clock().kind == "fine", "its count goes as fast"
    finally:
        store.close()
