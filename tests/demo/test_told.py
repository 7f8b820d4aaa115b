"""What a rehearsal tells the hub that started it, and when it ends; who may open its page."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC
from pathlib import Path

import pytest
import urllib3

from config import ROOT, load
from demo import told
from demo.hall import choose_ports
from demo.page import DemoPage
from demo.stream import Step
from tests.waiting import DEADLINE_S

STEPS = [Step(0.0, "take"), Step(60.0, "take"), Step(120.0, "call-next", "1"), Step(180.0, "finish", "1")]


def test_how_far_a_day_is() -> None:
    progress = told.Progress(STEPS)
    taken = iter(progress)
    for _ in range(3):
        next(taken)
    assert (progress.share, progress.at) == (0.5, 60.0)
    assert [*taken] == STEPS[3:] and progress.share == 1.0


def test_it_says_so_and_ends_when_its_day_has_been_over_for_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    progress, over = told.Progress(STEPS), threading.Event()
    for _ in progress:
        pass
    over.set()
    told.go_on(threading.Event(), over, progress, 3600.0 * 9, UTC, last_s=0.0)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"at": "09:03", "share": 1.0}


def test_it_ends_with_whoever_started_it() -> None:
    near, far = os.pipe()
    stop = threading.Event()
    gone = told.end_with(os.fdopen(near), stop)
    assert not gone.is_set()
    os.close(far)
    assert stop.wait(DEADLINE_S) and gone.is_set()


def test_whom_the_hub_left_removes_what_the_hub_made_and_nothing_else(tmp_path: Path) -> None:
    for name in ("jiaohao-rehearsal-1-x", "var"):
        (tmp_path / name / "hall").mkdir(parents=True)
        told.cleared(tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == ["var"]


def test_its_page_opens_by_its_key_alone() -> None:
    hall = load(ROOT / "config.toml")
    page = DemoPage(hall, choose_ports(0, list(hall.printers)), {}, key="the-key")
    page.start()
    try:
        pool = urllib3.PoolManager(retries=False)
        url = f"http://127.0.0.1:{page.port}"
        assert [pool.request("GET", f"{url}{path}").status for path in ("/", "/facts.json", "/?key=other")] == [403] * 3
        opened = pool.request("GET", f"{url}/?key=the-key", redirect=False)
        assert (opened.status, opened.headers["Location"]) == (302, "/")
        cookie = opened.headers["Set-Cookie"].partition(";")[0]
        assert pool.request("GET", f"{url}/facts.json", headers={"Cookie": cookie}).status == 200
        assert pool.request("GET", f"{url}/facts.json", headers={"Cookie": f"{cookie}x"}).status == 403
    finally:
        page.stop()
