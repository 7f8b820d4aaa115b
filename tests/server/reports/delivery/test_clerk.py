"""The clerk's rounds: what was missed is made up once, put into the folder and mailed; what fails is said and tried
again.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit

import config
from server.health import Health
from server.reports import period
from server.reports.delivery.clerk import Clerk
from server.reports.delivery.folder import NotDelivered, put
from server.reports.delivery.workshop import NotMade, Workshop
from server.store import journal
from server.store.database import Store
from server.verbs import tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.views.hall import hall_view
from tests.conftest import HandClock, write_hall
from tests.server.reports.delivery.fake_smtp import Mailbox
from tests.server.verbs.test_snapshots import WEEK, a_week
from tests.waiting import DEADLINE_S, until


class Desk:
    """A hub with its clerk, whose rounds a test makes by hand."""

    def __init__(self, hall: config.Hall, clock: HandClock) -> None:
        self.clock = clock
        self.hub = Hub(hall, Store(hall.data, durable=False), clock)
        tick(self.hub)
        self.workshop = Workshop(self.hub)
        self.clerk = Clerk(self.hub, self.workshop)

    def close(self) -> None:
        if self.hub.stopping:
            return
        self.hub.stop()
        self.clerk.stop()
        self.hub.store.close()

    @property
    def kept(self) -> list[tuple[str, int]]:
        return [(s.period, s.version) for s in self.hub.read().snapshots()]

    @property
    def problems(self) -> list[tuple[str, str, int]]:
        return [(d.period, d.way, d.tries) for d in self.hub.read().open_deliveries()]


@pytest.fixture
def desk(tmp_path: Path, clock: HandClock) -> Iterator[Callable[..., Desk]]:
    opened: list[Desk] = []

    def open_one(**tables: dict[str, Any]) -> Desk:
        def change(hall: tomlkit.TOMLDocument) -> None:
            for table, settings in tables.items():
                hall[table].update(settings)

        opened.append(Desk(config.load(write_hall(tmp_path, change)), clock))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def test_missed_mondays_are_made_up_once(desk: Any, clock: HandClock, tmp_path: Path) -> None:
    here = desk(report={"folder": "reports", "files": ["csv", "json"]})
    a_week(here.hub, clock)
    clock.forward(14 * 86400)
    tick(here.hub)
    here.clerk.round()
    assert here.kept == [("2026-W48", 1), ("2026-W49", 1), ("2026-W50", 1)]
    assert here.problems == []
    files = {f"licheng-kaiyuan-2026-W{week}.{end}" for week in (48, 49, 50) for end in ("csv", "json")}
    assert {file.name for file in (tmp_path / "reports").iterdir()} == files
    here.clerk.round()
    assert len(here.kept) == 3
    assert journal.verify(here.hub.read().conn) == []


def test_a_restart_goes_on_where_it_was(desk: Any, clock: HandClock) -> None:
    first = desk()
    a_week(first.hub, clock)
    first.clerk.round()
    first.close()
    again = desk()
    again.clerk.round()
    assert again.kept == [("2026-W48", 1)]


def test_by_mail(desk: Any, clock: HandClock) -> None:
    box = Mailbox()
    here = desk(
        mail={
            "host": "127.0.0.1",
            "port": box.port,
            "security": "none",
            "from": "h@example.cn",
            "to": ["d@example.cn"],
            "files": ["pdf", "xlsx"],
        }
    )
    a_week(here.hub, clock)
    here.clerk.round()
    box.close()
    (got,) = box.mails
    contents = {part.get_filename(): part.get_content() for part in got.iter_attachments()}
    assert contents["licheng-kaiyuan-2026-W48.pdf"].startswith(b"%PDF") and contents[
        "licheng-kaiyuan-2026-W48.xlsx"
    ].startswith(b"PK")
    assert here.problems == []


def test_what_fails_is_tried_later_and_hurts_nothing_else(desk: Any, clock: HandClock, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be")
    here = desk(report={"folder": "reports", "files": ["csv"]})
    a_week(here.hub, clock)
    here.clerk.round()
    assert (here.kept, here.problems) == ([("2026-W48", 1)], [("2026-W48", "folder", 1)])
    trouble = here.hub.read().open_deliveries()[0]
    assert "写不进去（同名的已经在那里）" in trouble.problem and "check the folder" in trouble.problem_en
    here.clerk.round()
    assert here.problems == [("2026-W48", "folder", 1)]  # not before its time
    (tmp_path / "reports").unlink()
    clock.forward(61)
    here.clerk.round()
    assert here.problems == []
    assert (tmp_path / "reports" / "licheng-kaiyuan-2026-W48.csv").exists()


def test_a_form_that_fails_takes_no_other_along(
    desk: Any, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Mailbox()
    mailed = {"host": "127.0.0.1", "port": box.port, "security": "none", "from": "h@example.cn", "to": ["d@example.cn"]}
    here = desk(report={"folder": "reports", "files": ["csv", "pdf", "json"]}, mail={**mailed, "files": ["pdf", "csv"]})
    a_week(here.hub, clock)
    made = here.workshop.file

    def no_pdf(report: dict[str, Any], form: str) -> bytes:
        if form == "pdf":
            raise NotMade("PDF 没有做成。", "PDF was not made.")
        found: bytes = made(report, form)
        return found

    monkeypatch.setattr(here.workshop, "file", no_pdf)
    here.clerk.round()
    assert sorted(file.suffix for file in (tmp_path / "reports").iterdir()) == [".csv", ".json"]
    assert here.problems == [("2026-W48", "folder:pdf", 1), ("2026-W48", "mail:pdf", 1)]
    assert [part.get_filename() for part in box.mails[0].iter_attachments()] == ["licheng-kaiyuan-2026-W48.csv"]
    assert "PDF 没有做成。" in box.mails[0].get_body().get_content()
    told = [a["zh"] for a in hall_view(here.hub, Health(lambda *said: None, clock))["alerts"] if a["kind"] == "report"]
    assert len(told) == 2 and all("PDF 没有做成" in zh for zh in told)
    monkeypatch.undo()
    clock.forward(61)
    here.clerk.round()
    box.close()
    assert here.problems == [] and (tmp_path / "reports" / "licheng-kaiyuan-2026-W48.pdf").exists()
    assert [part.get_filename() for part in box.mails[1].iter_attachments()] == ["licheng-kaiyuan-2026-W48.pdf"]
    assert "补发 PDF" in box.mails[1]["Subject"] and box.mails[0]["Message-ID"] != box.mails[1]["Message-ID"]


def test_a_folder_that_is_full_keeps_nothing_half(tmp_path: Path) -> None:
    with pytest.raises(NotDelivered, match="写不进去（不存在）"):
        put(tmp_path / "no" / "such", {"a": b"1"})
    (tmp_path / "b").mkdir()
    with pytest.raises(NotDelivered):
        put(tmp_path, {"a": b"1", "b": b"2"})  # b is a folder
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() == b"1"


def test_whoever_may_read_the_folder_may_read_the_files(tmp_path: Path) -> None:
    for mode in (0o750, 0o700):
        tmp_path.chmod(mode)
        put(tmp_path, {"a": b"1"})
        assert (tmp_path / "a").stat().st_mode & 0o777 == mode & 0o666


def killed_at_once(workshop: Workshop) -> threading.Thread:
    """Kills the first process that the workshop starts."""

    def kill() -> None:
        until(lambda: bool(workshop.processes))
        os.kill(workshop.processes[0], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_process_that_is_killed_is_said_and_tried_again(desk: Any, clock: HandClock) -> None:
    here = desk()
    a_week(here.hub, clock)
    killer = killed_at_once(here.workshop)
    here.clerk.round()
    killer.join()
    assert (here.kept, here.problems) == ([], [("2026-W48", "make", 1)])
    assert "制作程序中断" in here.hub.read().open_deliveries()[0].problem
    here.clerk.round()
    assert here.kept == []
    clock.forward(61)
    here.clerk.round()
    assert (here.kept, here.problems) == ([("2026-W48", 1)], [])


def test_one_at_a_time_for_all_who_ask_and_kept_while_fresh(desk: Any, clock: HandClock) -> None:
    here = desk()
    a_week(here.hub, clock)
    here.workshop.at_once_legs = 0
    assert here.workshop.ready(WEEK) is None
    job = here.workshop.begin(WEEK)
    assert here.workshop.begin(WEEK) is job
    assert job.ended.wait(DEADLINE_S) and job.made is not None
    assert (job.state, job.days, job.of) == ("done", 63, 63)
    assert here.workshop.ready(WEEK) is job.made
    tickets.issue(here.hub, By("kiosk"), "SB01")
    assert here.workshop.ready(WEEK) is job.made  # the hall has gone on; it is still fresh
    clock.forward(601)
    assert here.workshop.ready(WEEK) is None
    assert here.workshop.begin(WEEK) is not job


def test_short_is_decided_by_what_there_is_to_read(desk: Any, clock: HandClock) -> None:
    here = desk()
    a_week(here.hub, clock)
    year = period.parse("2026")
    assert here.workshop.short(year)
    here.workshop.at_once_legs = 3
    assert here.workshop.short(year)
    here.workshop.at_once_legs = 2
    assert not here.workshop.short(year) and here.workshop.short(period.parse("2025-01-06"))
    here.workshop.at_once_legs = 3
    assert here.workshop.at_once(WEEK) is here.workshop.at_once(WEEK)


def test_stopping_ends_the_process(desk: Any, clock: HandClock) -> None:
    here = desk()
    a_week(here.hub, clock)
    caught: list[Exception] = []

    def make() -> None:
        try:
            here.workshop.make(WEEK)
        except NotMade as error:
            caught.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    until(lambda: bool(here.workshop.processes))
    here.workshop.stop()
    thread.join(DEADLINE_S)
    assert "系统正在停止" in str(caught[0])
    until(lambda: not here.workshop.processes)
    with pytest.raises(NotMade):
        here.workshop.make(WEEK)
