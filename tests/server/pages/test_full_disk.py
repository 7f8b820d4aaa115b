"""On a full disk people log in all the same, to see what is wrong and what to do; what is nearly full is an alert."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pyotp
import pytest
from apiflask import APIFlask

from config import Told
from server.domain.rules import Refused
from server.pages.access import give_tokens
from server.store import database
from server.verbs import accounts, second_factor, tickets
from server.verbs.hub import By, Hub
from server.verbs.unwritten import Tries, Unwritten
from server.views.condition import condition
from tests.conftest import HandClock
from tests.full_disk import full_disk
from tests.server.pages.conftest import Browser
from tests.server.pages.test_people import enter
from tests.waiting import DEADLINE_S


@pytest.fixture
def full(app: APIFlask, hub: Hub) -> Iterator[None]:
    """The disk takes nothing more: the room that was kept back is used up, too, and the log of writes."""
    with closing(sqlite3.connect(hub.store.path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full_disk():
        with pytest.raises(sqlite3.OperationalError, match="full"):
            tickets.issue(hub, By("kiosk"), "SB01")
        yield


@pytest.mark.usefixtures("full")
def test_a_right_password_logs_in_a_wrong_one_is_refused_and_nobody_is_locked_out(app: APIFlask, hub: Hub) -> None:
    rows = hub.seq
    elsewhere = app.test_client()
    for _ in range(hub.hall.people.lock_after):
        answer = enter(elsewhere, "50", "", password="wrong")
        said = answer.get_data(as_text=True)
    assert answer.status_code == 403 and "密码连续输错5次" in said and "Traceback" not in said
    first = enter(app.test_client(), "50", "", password="wrong-again")
    assert first.status_code == 403 and "密码连续输错5次" in first.get_data(as_text=True), "that address waits"
    here = app.test_client()
    here.environ_base["REMOTE_ADDR"] = "127.0.0.7"
    wrong = enter(here, "50", "", password="wrong")
    assert wrong.status_code == 403 and "工号或密码不对" in wrong.get_data(as_text=True)
    assert enter(here, "50", "").status_code == 302, "and keeps nobody out at another"
    page = here.get("/hall/health")
    assert page.status_code == 200 and hub.seq == rows
    browser = Browser(here)
    assert browser.log_in("50").status_code == 302, "whoever is in may log in again"
    answer = browser.post("/api/v1/tickets", {"service": "SB01"})
    assert (answer.status_code, answer.get_json()["detail"][:4]) == (507, "磁盘已满")


@pytest.mark.usefixtures("full")
def test_who_is_logged_in_may_go_and_come_back_to_the_counter(hub: Hub) -> None:
    token = accounts.digest(accounts.log_in(hub, "08", "pass-08", "1"))
    row = accounts.session(hub, token)
    assert row and row["counter"] is None and accounts.sessions(hub) == {token}, "no counter opens"
    accounts.log_out(hub, token, "08", None)
    assert accounts.session(hub, token) is None and accounts.sessions(hub) == set()


def test_what_could_not_be_written_is_written_down_when_there_is_room(
    app: APIFlask, hub: Hub, clock: HandClock
) -> None:
    before = accounts.digest(accounts.log_in(hub, "08", "pass-08", "1"))
    with closing(sqlite3.connect(hub.store.path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full_disk():
        again = accounts.digest(accounts.log_in(hub, "08", "pass-08", "1"))
        other = accounts.digest(accounts.log_in(hub, "09", "pass-09", None))
        row = accounts.session(hub, again)
        assert row and row["counter"] == "1", "whoever sits there comes back"
        accounts.end(hub, before)
        assert accounts.session(hub, before) is None and accounts.sessions(hub) == {again, other}
        clock.forward(30)
        accounts.sign_of(hub, again, row["seen"])
        accounts.tick(hub)
    accounts.reset_password(hub, By("50"), "09")
    assert accounts.session(hub, other) is None, "a new password ends it"
    accounts.tick(hub)
    assert not hub.unwritten.any and hub.read().session(again) and accounts.sessions(hub) == {again}
    assert hub.read().counter("1").state == "open"


@pytest.mark.usefixtures("app")
def test_a_login_that_is_over_does_not_come_alive_by_being_written_down(hub: Hub, clock: HandClock) -> None:
    with closing(sqlite3.connect(hub.store.path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full_disk():
        idle = accounts.digest(accounts.log_in(hub, "08", "pass-08", None))
        clock.forward(hub.hall.people.idle_min * 60 - 100)
        here = accounts.digest(accounts.log_in(hub, "09", "pass-09", None))
        seen = hub.now()
        clock.forward(200)
        assert accounts.sessions(hub) == {here}
    accounts.settle(hub)
    assert not hub.unwritten.any and accounts.sessions(hub) == {here}
    row = hub.read().session(here)
    assert row and row["seen"] == seen, "nobody has given a sign since"
    assert hub.read().session(idle) is None


def at_once(n: int, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[str]:
    """What each of `n` threads was answered that find together that nothing can be written, and look at tries and used
    codes at the same time if they are let; "" for one that got in.
    """
    gate, decide, used = threading.Barrier(n), accounts._log_in_unwritten, Unwritten.used

    def together(*args: Any) -> None:
        gate.wait(DEADLINE_S)
        decide(*args)

    def tries(kept: Unwritten, who: str, address: str) -> Tries:
        found = kept._tries.get((who, address), Tries())
        os.sched_yield()
        return found

    def look(kept: Unwritten, *args: Any) -> int:
        found = used(kept, *args)
        os.sched_yield()
        return found

    monkeypatch.setattr(accounts, "_log_in_unwritten", together)
    monkeypatch.setattr(Unwritten, "tries", tries)
    monkeypatch.setattr(Unwritten, "used", look)

    def run(_: int) -> str:
        try:
            act()
        except Refused as said:
            return str(said)
        return ""

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))


@pytest.mark.usefixtures("app", "full")
def test_who_types_many_at_once_has_no_more_tries(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    said = at_once(12, monkeypatch, lambda: accounts.log_in(hub, "50", "wrong", None))
    assert sum("工号或密码不对" in one for one in said) == hub.hall.people.lock_after - 1
    assert sum("连续输错" in one for one in said) == 12 - hub.hall.people.lock_after + 1


@pytest.mark.usefixtures("app")
def test_a_code_opens_once_whoever_comes_together_and_after_the_disk_is_back(
    hub: Hub, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = second_factor.fresh()
    second_factor.set_up(hub, "50", own, pyotp.TOTP(own).at(int(clock.at)))
    clock.forward(90)
    now = pyotp.TOTP(own).at(int(clock.at))
    with closing(sqlite3.connect(hub.store.path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full_disk():
        assert at_once(4, monkeypatch, lambda: accounts.log_in(hub, "50", "pass-50", None, code=now)).count("") == 1
    accounts.settle(hub)
    assert not hub.unwritten.any
    hub.unwritten = Unwritten()
    with pytest.raises(Refused, match="验证码不对"):
        accounts.log_in(hub, "50", "pass-50", None, code=now)


@pytest.mark.parametrize("first", ["out", "settle"])
@pytest.mark.usefixtures("app")
def test_who_logs_out_while_logins_are_written_down_is_out(
    hub: Hub, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(hub.store.path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full_disk():
        token = accounts.digest(accounts.log_in(hub, "08", "pass-08", None))
    one, other = (lambda: accounts.log_out(hub, token, "08", None)), (lambda: accounts.settle(hub))
    outer, inner = (one, other) if first == "settle" else (other, one)
    real = hub.turn

    def turn(*args: Any) -> Any:
        """The other's turn comes between this one's start and its turn."""
        monkeypatch.setattr(hub, "turn", real)
        inner()
        return real(*args)

    monkeypatch.setattr(hub, "turn", turn)
    outer()
    accounts.settle(hub)
    assert accounts.session(hub, token) is None and hub.read().session(token) is None and not hub.unwritten.any


@pytest.fixture
def unwritten(app: APIFlask, hub: Hub) -> str:
    """A session's hash that is in memory, of a time when there was no room; now there is."""
    with closing(sqlite3.connect(hub.store.path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full_disk():
        return accounts.digest(accounts.log_in(hub, "08", "pass-08", None))


@pytest.mark.parametrize(("role", "active"), [("supervisor", True), ("operator", False)])
def test_who_is_dismissed_or_gets_another_role_is_out(hub: Hub, unwritten: str, role: str, active: bool) -> None:
    accounts.change(hub, By("50"), "08", name="王敏", role=role, active=active)
    assert accounts.sessions(hub) == set() and accounts.session(hub, unwritten) is None
    accounts.change(hub, By("50"), "08", name="王敏", role="operator", active=True)
    assert accounts.session(hub, unwritten) is None


def test_who_asks_while_logins_are_written_down_is_in(
    hub: Hub, unwritten: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = hub.unwritten.taken().logins[unwritten]
    for name, ask in (
        ("session", lambda: accounts.session(hub, unwritten)),
        ("sessions", lambda: accounts.sessions(hub)),
    ):
        hub.unwritten.keep(unwritten, login)
        hub.turn(lambda turn: turn.drop_session(unwritten))
        real = getattr(hub.unwritten, name)

        def look(*args: Any, real: Callable[..., Any] = real) -> Any:
            accounts.settle(hub)
            return real(*args)

        monkeypatch.setattr(hub.unwritten, name, look)
        assert ask(), name
        assert not hub.unwritten.any


@pytest.mark.usefixtures("app", "full")
def test_an_own_password_is_not_guessed_by_changing_it(hub: Hub) -> None:
    for _ in range(hub.hall.people.lock_after - 1):
        with pytest.raises(Refused, match="原密码不对"):
            accounts.change_password(hub, "08", "wrong", "new-pass-word-1", None)
    with pytest.raises(Refused, match="连续输错"):
        accounts.change_password(hub, "08", "wrong", "new-pass-word-1", None)
    with pytest.raises(Refused, match="连续输错"):
        accounts.change_password(hub, "08", "pass-08", "new-pass-word-1", None)

    def act() -> None:
        raise Refused("验证码不对", "wrong")

    with pytest.raises(Refused, match="连续输错"):
        accounts.with_brake(hub, "08", "", act)
    for _ in range(hub.hall.people.lock_after - 1):
        with pytest.raises(Refused, match="验证码不对"):
            accounts.with_brake(hub, "09", "", act)
    with pytest.raises(Refused, match="连续输错"):
        accounts.with_brake(hub, "09", "", act)


def test_who_has_the_key_for_a_hub_that_is_cut_off_gets_in(app: APIFlask, hub: Hub) -> None:
    """Both the second machine and the witness are gone: nothing is committed until a manager says so, on a page."""

    def gone(batch: object) -> None:
        raise database.CutOff("已断开", "cut off")

    hub.store.ship(lambda batch: None)
    hub.store.ship(gone)
    with pytest.raises(database.CutOff):
        tickets.issue(hub, By("kiosk"), "SB01")
    client = app.test_client()
    assert enter(client, "50", "", password="wrong").status_code == 403
    assert enter(client, "50", "").status_code == 302 and client.get("/hall/health").status_code == 200


def test_a_code_opens_once_and_a_recovery_code_waits_for_room(app: APIFlask, hub: Hub, clock: HandClock) -> None:
    own = second_factor.fresh()
    codes = second_factor.set_up(hub, "50", own, pyotp.TOTP(own).at(int(clock.at)))
    clock.forward(90)
    now = pyotp.TOTP(own).at(int(clock.at))
    with closing(sqlite3.connect(hub.store.path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full_disk():
        with pytest.raises(accounts.CodeNeeded):
            accounts.log_in(hub, "50", "pass-50", None)
        with pytest.raises(Refused, match="验证码不对"):
            accounts.log_in(hub, "50", "pass-50", None, code=codes[0])
        assert accounts.log_in(hub, "50", "pass-50", None, code=now)
        with pytest.raises(Refused, match="验证码不对"):
            accounts.log_in(hub, "50", "pass-50", None, code=now)
    with pytest.raises(Refused, match="验证码不对"):
        accounts.log_in(hub, "50", "pass-50", None, code=now)
    assert accounts.log_in(hub, "50", "pass-50", None, code=codes[0])


def test_what_is_no_trouble_of_the_disk_is_none(hub: Hub) -> None:
    assert not database.unwritable(sqlite3.IntegrityError("x")) and not database.unwritable(Told("是", "is"))
    assert database.unwritable(database.CutOff("是", "is")) and database.unwritable(OSError(28, "no room"))


@pytest.mark.parametrize(("free", "level", "ready"), [(400 << 20, "warn", 200), (10 << 20, "bad", 503)])
def test_a_disk_that_is_nearly_full_is_said_wherever_alerts_are(
    app: APIFlask, hub: Hub, monkeypatch: pytest.MonkeyPatch, free: int, level: str, ready: int
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: shutil._ntuple_diskusage(1 << 40, 0, free))
    browser = Browser(app.test_client())
    browser.log_in("50")
    sentence = f"主机磁盘只剩{free >> 20} MB"
    assert sentence in browser.client.get("/hall/health").get_data(as_text=True)
    told = browser.client.get("/api/v1/hall").get_json()["alerts"]
    assert [one["level"] for one in told if sentence in one["zh"]] == [level]
    found = condition(hub, app.extensions["health"], app.extensions["contacts"])["problems"]
    assert [one["level"] for one in found if sentence in one["text"].zh] == [level]
    assert app.test_client().get("/readyz").status_code == ready
    give_tokens(hub)
    token = (hub.hall.data / "tokens" / "metrics").read_text().strip()
    figures = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"}).get_data(as_text=True)
    assert f"jiaohao_disk_free_bytes {free}" in figures
    counted = next(line for line in figures.splitlines() if line.startswith(f'jiaohao_alerts{{level="{level}"}}'))
    assert float(counted.split()[1]) >= 1
