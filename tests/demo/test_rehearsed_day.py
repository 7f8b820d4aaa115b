"""A rehearsed day: the recorded steps in their order and speed, on a hall that says what it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import tomlkit
from PIL import Image

from config import ROOT, Hall, load
from config.tables import BoardTextTable
from counter_display.protocols import SHIPPED
from demo import rehearsed_day
from demo.hall import choose_ports, virtual
from demo.rehearsed_day import Names
from demo.stream import Step
from replay import invented_halls
from server.domain import board_text
from server.reports.recorded_day import Event
from server.voice import language
from tests.conftest import write_hall
from tests.waiting import DEADLINE_S

ZONE = ZoneInfo("Asia/Shanghai")
DAY = [
    Event(1000.0, "arrive", "a", service="X1"),
    Event(1010.0, "arrive", "b", service="X2"),
    Event(1020.0, "call", "a", counter="9"),
    Event(1030.0, "call", "b", counter="1"),
    Event(1040.0, "leave", "c"),
    Event(1060.0, "finish", "a", outcome="现场办结"),
    Event(1080.0, "pass", "b"),
]
TWO = Names(["SB01", "YB01"], ["SB01", "YB01"])


def counters(*names: str) -> Names:
    return Names(names, names)


def test_a_day_is_played_at_its_speed_at_counters_and_for_services_of_the_hall() -> None:
    assert list(rehearsed_day.steps(rehearsed_day.named(DAY), TWO, counters("1", "2"), 10.0)) == [
        Step(0.0, "take", "", "SB01"),
        Step(1.0, "take", "", "YB01"),
        Step(2.0, "call-next", "2"),
        Step(3.0, "call-next", "1"),
        Step(6.0, "finish", "2"),
        Step(8.0, "pass", "1"),
    ]


def test_keys_of_more_counters_than_there_are_are_left_out() -> None:
    played = list(rehearsed_day.steps(rehearsed_day.named(DAY), Names(["SB01"], ["SB01"]), counters("1"), 1.0))
    assert [(step.verb, step.place or step.what) for step in played] == [
        ("take", "SB01"),
        ("take", "SB01"),
        ("call-next", "1"),
        ("pass", "1"),
    ]


def test_a_day_of_the_halls_own_is_played_at_its_own_counters_and_for_its_own_items() -> None:
    day = [
        Event(0.0, "arrive", "a", service="GONE"),
        Event(1.0, "arrive", "b", service="LQ01"),
        Event(2.0, "arrive", "c", service="SB01"),
        Event(3.0, "call", "b", counter="pickup"),
        Event(4.0, "call", "a", counter="1"),
        Event(5.0, "call", "c", counter="removed"),
        Event(6.0, "finish", "b", counter="pickup"),
        Event(7.0, "call", "c", counter="1"),
    ]
    items, desks = Names(["SB01", "YB01", "LQ01"], ["SB01", "YB01"]), Names(["1", "2", "pickup"], ["1", "2"])
    assert [(step.verb, step.place or step.what) for step in rehearsed_day.steps(day, items, desks, 1.0)] == [
        ("take", "LQ01"),
        ("take", "SB01"),
        ("call-next", "pickup"),
        ("finish", "pickup"),
        ("call-next", "1"),
    ]


def test_an_invented_day_calls_as_often_as_it_was() -> None:
    day = invented_halls.days("A", 1, 1)[0]
    played = list(rehearsed_day.steps(rehearsed_day.named(day), Names(["SB01"], ["SB01"]), counters(*"123456"), 60.0))
    assert sum(s.verb == "take" for s in played) == sum(e.event == "arrive" for e in day)
    assert sum(s.verb == "call-next" for s in played) == sum(e.event == "call" for e in day)


def test_every_board_says_it_whom_it_calls_too_and_nobody_is_told_anything() -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    hall = tomlkit.parse(text)
    assert {"mail", "backup", "relay", "webhooks", "sign_on"} <= {*hall}
    rehearsed_day.marked(hall)
    assert not {*hall} & {"mail", "backup", "relay", "webhooks", "sign_on"}
    words = {"number": "A001", "name": "3号窗口", "short": "3号窗", "id": "3"}
    for state in hall["board_texts"].values():
        assert all(wordings[0].startswith("演练 ") for wordings in state["texts"])
    table = BoardTextTable.model_validate(hall["board_texts"]["calling"].unwrap())
    assert [board_text.fitted(table, words, columns).texts[0] for columns in (24, 9, 4)] == [
        "演练 请A001到3号窗口",
        "演练 A001",
        "A001",
    ]


def copied(text: str, real: Hall) -> Any:
    return tomlkit.parse(virtual(text, real, choose_ports(18000, list(real.printers)), mark=rehearsed_day.marked))


def test_a_small_halls_copy_starts_in_another_folder_with_the_halls_own_files(tmp_path: Path) -> None:
    def small(hall: Any) -> None:
        for name in ("console", "board_texts"):
            hall.pop(name, None)
        speaks = {"name": "大厅", "name_en": "Hall", "languages": ["hakka"], "engine": "syn6288"}
        hall["zones"] = {"hall": {**speaks, "output": "serial:/dev/ttyUSB7?baud=9600"}}
        hall["slips"] = {"logo": "logo.png"}
        hall["screen"] = {"pictures": "pictures"}
        hall["ratings"] = {"photos": "photos"}
        for board in hall["boards"].values():
            board["protocol"] = "own.toml"

    real, copy = tmp_path / "real", tmp_path / "copy"
    copy.mkdir()
    for folder in ("pictures", "photos", "voice/hakka"):
        (real / folder).mkdir(parents=True)
    Image.new("1", (8, 8)).save(real / "logo.png")
    shutil.copy(SHIPPED["a090"], real / "own.toml")
    shutil.copy(language.SHIPPED / "nan.toml", real / "voice" / "hakka" / "voice.toml")
    file = write_hall(real, small)
    (copy / "config.toml").write_text(
        tomlkit.dumps(copied(file.read_text(encoding="utf-8"), load(file))), encoding="utf-8"
    )
    shutil.copy(ROOT / "data" / "calendar.csv", copy)
    hall = load(copy / "config.toml")
    assert language.load("hakka", hall.folder / hall.voice.folder).code == "hakka"
    named = [hall.slips.logo, hall.screen.pictures, hall.ratings.photos, next(iter(hall.boards.values())).protocol]
    assert named == [str(real / name) for name in ("logo.png", "pictures", "photos", "own.toml")]


def test_the_copy_says_everywhere_that_it_is_a_rehearsal() -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    hall = copied(text, load(ROOT / "config.toml"))
    assert (hall["hall"]["banner"], hall["hall"]["banner_en"]) == ("演练", "Rehearsal")
    assert hall["hall"]["name"].startswith("演练·") and hall["console"]["call_lock_s"] == 0


def test_a_day_is_rehearsed_at_its_own_date_and_time() -> None:
    nine = datetime(2026, 11, 23, 9, tzinfo=ZONE).timestamp()
    day = [Event(nine, "arrive", "a", "SB01"), Event(nine + 86400, "arrive", "b", "SB01")]
    assert rehearsed_day.of_today(day, ZONE, nine + 9 * 86400) == day[:1]


def test_a_day_too_old_for_a_clock_is_the_last_of_its_weekday() -> None:
    now = datetime(2026, 11, 25, 15, tzinfo=ZONE).timestamp()
    old = datetime(1999, 2, 1, 9, tzinfo=ZONE)
    (moved,) = rehearsed_day.of_today([Event(old.timestamp(), "arrive", "a", "SB01")], ZONE, now)
    found = datetime.fromtimestamp(moved.at, ZONE)
    assert (found.weekday(), found.hour, found.date()) == (0, 9, date(2026, 11, 23))


def test_an_invented_day_is_in_the_hours_of_the_hall_whatever_its_zone() -> None:
    made = invented_halls.days("C", 3, 1)[0]
    for zone in (ZONE, ZoneInfo("UTC")):
        hours = {datetime.fromtimestamp(one.at, zone).hour for one in rehearsed_day.by_the_wall(made, zone)}
        assert hours <= {*range(8, 19)}


@pytest.mark.parametrize(("locale", "said"), [("zh_CN.UTF-8", "这个大厅没有取号机"), ("C.UTF-8", "has no kiosk")])
def test_a_hall_without_a_kiosk_is_told_so_in_a_line_and_nothing_is_begun(
    tmp_path: Path, locale: str, said: str
) -> None:
    file = write_hall(tmp_path, lambda hall: hall.pop("kiosks"))
    data = tmp_path / "rehearsal"
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--config", str(file), "--data", str(data), "--invented", "A"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=DEADLINE_S,
        env={**os.environ, "LANGUAGE": "", "LC_ALL": locale},
    )
    assert done.returncode == 1
    assert said in done.stderr and "[kiosks.K1]" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not data.exists()
