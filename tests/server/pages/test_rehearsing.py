"""演练 from the manager's page: started on a copy, watched, ended; a day handed out without names. What plays the day
is a stand-in program here; `tests/demo/test_told.py` has what the real one says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

import config
from server.rehearser import Rehearser
from server.reports import recorded_day
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from tests.server.pages.conftest import Browser
from tests.waiting import until

BY = By("test")
API = "/api/v1/rehearsal"
GOES_ON = """
import sys
sys.stdin.readline()
print('{"ready": true, "port": 8301}', flush=True)
print('words for people', flush=True)
print('{"at": "09:30", "share": 0.25}', flush=True)
sys.stdin.read()
"""
COMES_TO_ITS_END = 'import sys; sys.stdin.readline(); print(\'{"at": "17:30", "share": 1.0}\', flush=True)'
FAILS = "import sys; sys.stdin.readline(); sys.exit('config.toml:3: hall.nam: unknown key')"
STARTS_ANOTHER = """
import json, os, signal, subprocess, sys
sys.stdin.readline()
other = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], stdout=subprocess.DEVNULL)
print(json.dumps({"at": str(other.pid), "share": 0.5}), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
TELLS_WHAT_IT_GOT = """
import json, pathlib, sys
sys.stdin.readline()
day = pathlib.Path(sys.argv[sys.argv.index("--day") + 1]).read_text(encoding="utf-8")
print(json.dumps({"at": day.splitlines()[1].split(",")[1], "share": 1.0}), flush=True)
"""


def plays(app: APIFlask, hub: Hub, program: str, needed: int = 0) -> Rehearser:
    app.extensions["rehearser"] = made = Rehearser(hub, (sys.executable, "-c", program), needed)
    return made


@pytest.fixture
def manager(app: APIFlask) -> Iterator[Browser]:
    browser = Browser(app.test_client())
    browser.log_in("50")
    yield browser
    app.extensions["rehearser"].stop()


def stands(manager: Browser, state: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        told: dict[str, Any] = manager.client.get(API).get_json()
        return told if told["state"] == state else None

    found: dict[str, Any] = until(look, f"a rehearsal that is {state}")
    return found


def test_it_runs_beside_the_hall_and_ends_when_it_is_told_to(app: APIFlask, hub: Hub, manager: Browser) -> None:
    plays(app, hub, GOES_ON)
    assert manager.client.get(API).get_json()["state"] == "none"
    before = hub.seq
    started = manager.post(f"{API}/start", {"day": "B", "seed": 7, "speed": 20})
    assert started.status_code == 200
    until(lambda: manager.client.get(API).get_json()["at"], "the first word of it")
    told = stands(manager, "running")
    assert (told["day"], told["speed"], told["by"], told["at"], told["share"]) == ("B 7", 20.0, "50", "09:30", 0.25)
    assert told["address"].startswith("http://127.0.0.1:8301/?key=")
    page = manager.client.get("/people/rehearsal").get_data(as_text=True)
    assert told["address"] in page and "09:30" in page and "停止演练" in page
    again = manager.post(f"{API}/start", {"day": "A"})
    assert again.status_code == 409 and "已经有一场演练" in again.get_json()["detail"]
    assert manager.post(f"{API}/stop").status_code == 200
    over = stands(manager, "ended")
    assert (over["address"], over["said"]) == ("", "")
    assert hub.seq == before, "nothing of it is in the hall's journal"


def test_its_end_is_the_end_of_its_day_and_its_folder_goes(
    app: APIFlask, hub: Hub, manager: Browser, tmp_path: Path
) -> None:
    app.extensions["rehearser"] = Rehearser(hub, (sys.executable, "-c", COMES_TO_ITS_END), 0, tmp_path)
    manager.post(f"{API}/start", {"day": "C"})
    over = stands(manager, "ended")
    assert (over["at"], over["share"], over["said"]) == ("17:30", 1.0, "")
    assert list(tmp_path.glob("jiaohao-rehearsal-*")) == []


def test_what_stops_it_is_said(app: APIFlask, hub: Hub, manager: Browser) -> None:
    plays(app, hub, FAILS)
    manager.post(f"{API}/start", {"day": "A"})
    over = stands(manager, "ended")
    assert over["said_en"] == "The rehearsal ended with an error: config.toml:3: hall.nam: unknown key"
    assert over["said_en"] in manager.client.get("/people/rehearsal").get_data(as_text=True)


def test_it_ends_with_the_hub(app: APIFlask, hub: Hub, manager: Browser) -> None:
    rehearser = plays(app, hub, GOES_ON)
    manager.post(f"{API}/start", {"day": "A"})
    stands(manager, "running")
    rehearser.stop()
    assert rehearser.state.state == "ended"
    hub.stop()
    assert manager.post(f"{API}/start", {"day": "A"}).status_code == 409


def test_a_day_of_the_halls_own_is_exported_on_the_spot(app: APIFlask, hub: Hub, manager: Browser) -> None:
    plays(app, hub, TELLS_WHAT_IT_GOT)
    none = manager.post(f"{API}/start", {"day": "2020-01-06"})
    assert (none.status_code, none.get_json()["detail_en"]) == (409, "No number was given out on 2020-01-06.")
    tickets.issue(hub, BY, "SB01")
    day = hub.day(hub.now())
    assert f"{day}：1个号" in manager.client.get("/people/rehearsal").get_data(as_text=True)
    manager.post(f"{API}/start", {"day": day})
    assert stands(manager, "ended")["at"] == "arrive"


def test_short_of_memory_the_hall_comes_first(app: APIFlask, hub: Hub, manager: Browser) -> None:
    plays(app, hub, GOES_ON, needed=2**60)
    answer = manager.post(f"{API}/start", {"day": "A"})
    assert answer.status_code == 409 and "short of memory" in answer.get_json()["detail_en"]


def test_the_form_works_without_javascript(app: APIFlask, hub: Hub, manager: Browser) -> None:
    plays(app, hub, COMES_TO_ITS_END)
    fields = {"csrf_token": manager.csrf, "day": "A", "speed": "60"}
    answer = manager.client.post("/people/rehearsal/start", data=fields, follow_redirects=True)
    assert "演练正在启动" in answer.get_data(as_text=True)
    stands(manager, "ended")


def test_a_day_as_a_file_names_nobody(app: APIFlask, hub: Hub, manager: Browser) -> None:
    counters.open_counter(hub, BY, "1", staff="08")
    ticket = tickets.issue(hub, BY, "SB01")
    calls.call(hub, BY, "1", ticket.id)
    day = hub.day(hub.now())
    for path in (f"/people/rehearsal/day.csv?day={day}", f"{API}/days/{day}"):
        answer = manager.client.get(path)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="day-{day}.csv"'
        text = answer.get_data(as_text=True)
        events, problems = recorded_day.parse(text, "day.csv", config.load().zone)
        assert problems.lines == []
        assert [(e.event, e.visit, e.staff) for e in events] == [("arrive", "1", ""), ("call", "1", "")]
        assert ticket.label not in text
    assert manager.client.get(f"{API}/days/2020-01-06").status_code == 404
    assert manager.client.get(f"{API}/days/yesterday").status_code == 404


def test_a_hall_without_a_kiosk_is_told_so(app: APIFlask, hub: Hub, manager: Browser) -> None:
    plays(app, hub, GOES_ON)
    hub.hall = hub.hall.model_copy(update={"kiosks": {}})
    said = manager.post(f"{API}/start", {"day": "A"})
    assert said.status_code == 409 and "没有取号机" in said.get_json()["detail"]


def test_what_a_killed_rehearsal_leaves_is_ended_and_what_a_hub_left_is_removed(
    app: APIFlask, hub: Hub, manager: Browser, tmp_path: Path
) -> None:
    (tmp_path / "jiaohao-rehearsal-999999999-left").mkdir()
    (tmp_path / "jiaohao-rehearsal-1-of-a-hub-that-runs").mkdir()
    app.extensions["rehearser"] = Rehearser(hub, (sys.executable, "-c", STARTS_ANOTHER), 0, tmp_path)
    manager.post(f"{API}/start", {"day": "A"})
    child = int(until(lambda: manager.client.get(API).get_json()["at"], "the other's number"))
    stands(manager, "ended")
    until(lambda: not running(child), "the end of the other")
    assert [one.name for one in tmp_path.glob("jiaohao-*")] == ["jiaohao-rehearsal-1-of-a-hub-that-runs"]


def running(process: int) -> bool:
    """Whether it is there, and not only its status."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("staff", ["08", "30", "60"])
def test_managers_alone_rehearse(app: APIFlask, client: FlaskClient, staff: str) -> None:
    browser = Browser(client)
    browser.log_in(staff, "1" if staff == "08" else "")
    assert browser.client.get("/people/rehearsal").status_code == 403
    assert browser.post(f"{API}/start", {"day": "A"}).status_code == 403
    assert browser.client.get(f"{API}/days/2026-11-23").status_code == 403
