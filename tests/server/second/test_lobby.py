"""The page of a machine that is no hub: in one language, and its rows in sentences."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from config import Hall
from server.domain import events as ev
from server.domain.timeline import SENTENCES
from server.second.evidence import WORDS, rows_alone
from server.second.following import Machine
from server.second.lobby import app_of
from server.verbs.hub import By, Hub
from server.verbs.tickets import issue
from tests.conftest import MONDAY_9, HandClock, new_store


def alone(tmp_path: Path, hall: Hall) -> Machine:
    """A machine that was the hub, gave out a number that nobody else has, and opened a counter."""
    old, new = new_store(tmp_path / "old"), new_store(tmp_path / "new")
    with closing(old), closing(new):
        hub = Hub(hall, old, HandClock())
        issue(hub, By("K1", "key"), "SB01")
        old.turn(lambda turn: turn.record(ev.CounterPaused(counter="1", reason="lunch"), "8001"), lambda last: MONDAY_9)
        made = Machine(tmp_path / "m", "http://127.0.0.1:9", "http://127.0.0.1:9", "127.0.0.1:9", "token")
        made.hall = hall
        made._rows, made._evidence = rows_alone(old.path, new.path, hall)
    assert made._evidence == old.seq
    return made


def test_every_event_has_its_words() -> None:
    in_life = {kind.__name__ for kind in SENTENCES}
    assert not {*ev.VOCABULARY} - in_life - {*WORDS}, "an event without a sentence"
    assert not {*WORDS} - {*ev.VOCABULARY}


def test_the_page_is_in_the_browsers_language_alone(tmp_path: Path, hall: Hall) -> None:
    client = app_of(alone(tmp_path, hall)).test_client()
    zh = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert zh.headers["Vary"] == "Accept-Language" and '<html lang="zh-CN">' in zh.text
    seen = re.sub(r"<[^>]*>|http://\S+", "", zh.text)
    assert not re.search(r"[A-Za-z]{3,}", seen.replace("http://127.0.0.1:9", "")), seen
    assert "A001" in seen and "暂停服务。" in seen and "取号" in seen
    en = client.get("/", headers={"Accept-Language": "en"}).text
    body = en.replace(hall.hall.name, "")
    assert '<html lang="en">' in en and not re.search(r"[\u4e00-\u9fff]", re.sub(r"<[^>]*>", "", body)), body
    assert "Service paused." in en and "Issued A001" not in en


def test_a_refusal_is_in_the_same_language(tmp_path: Path, hall: Hall) -> None:
    new_store(hall.data).close()
    client = app_of(alone(tmp_path, hall)).test_client()
    form = {"staff": "9001", "password": "no", "sure": "yes"}
    refused = client.post("/take-over", data=form, headers={"Accept-Language": "en"}).text
    assert "Staff number or password is wrong" in refused and "工号" not in refused
