"""The demo's invented past: a week with lives and reasons, older ones as visits, and nothing of today."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import config
from demo import past
from server.reports import period, reporter
from server.store.database import Store

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()


def test_the_weeks_before_the_first_start(tmp_path: Path) -> None:
    hall = config.load()
    hall = hall.model_copy(update={"hub": hall.hub.model_copy(update={"data": str(tmp_path)})})
    staff = {counter: f"{n:02d}" for n, counter in enumerate(hall.counters, 1)}
    past.invent(hall, staff, NOW)
    made = reporter.make(hall, period.parse("2026-W47"), hall.data / "hall.db", NOW)
    assert made["identity"]["closes"] and made["identity"]["arrivals"] > 300
    assert {row["key"] for row in made["cuts"]["staff"]} <= {None, *staff.values()}
    store = Store(hall.data)
    assert store.read().first_day() == "2026-10-26"
    lives = [store.read().life_line(visit["ticket"]) for visit in made["long_waits"]["called"]["listed"]]
    called = [row for life in lives for row in life if row.event == "Called"]
    assert len(called) >= len(lives) > 0 and any("按取号先后轮到" in row.happened().why for row in called)  # type: ignore[attr-defined]
    assert store.read().head()[1] < NOW
    before = store.read().head()
    store.close()
    past.invent(hall, staff, NOW)
    store = Store(hall.data)
    assert store.read().head() == before
    store.close()
