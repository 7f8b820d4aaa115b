"""Kept reports: never changed, checked by their hash, corrected as a new version that says what it changes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import config
from config import Text
from server.__main__ import main
from server.domain.rules import Refused
from server.domain.snapshot import canonical
from server.domain.visit import Visit
from server.reports import period, reporter
from server.reports.difference import differences, late_defaults
from server.reports.forms.make import FORMS, make
from server.store import journal
from server.verbs import calls, counters, snapshots, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Conflict, Hub
from server.verbs.visits import import_visits
from tests.conftest import MONDAY_9, HandClock

WEEK = period.parse("2026-W48")
LATER = 8 * 86400.0


def a_week(hub: Hub, clock: HandClock) -> None:
    """Three people, two of them served; then the week is over."""
    counters.open_counter(hub, By("08"), "1", staff="08")
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    for _ in range(2):
        clock.forward(120)
        calls.call_next(hub, By("08"), "1")
        calls.start(hub, By("08"), "1")
        clock.forward(300)
        calls.finish(hub, By("08"), "1", "现场办结")
    clock.at = MONDAY_9 + LATER
    tick(hub)


@pytest.fixture
def over(hub: Hub, clock: HandClock) -> Hub:
    a_week(hub, clock)
    return hub


def counted(hub: Hub) -> reporter.Made:
    return reporter.counted(hub.hall, WEEK, hub.store.path, hub.now())


def late_import(hub: Hub) -> None:
    visit = Visit(
        "2026-11-24",
        "SB01",
        "ordinary",
        "import",
        "1",
        "08",
        "finished",
        MONDAY_9 + 86400,
        MONDAY_9 + 86460,
        MONDAY_9 + 86460,
        MONDAY_9 + 86460,
        MONDAY_9 + 86700,
        1,
        None,
        0.0,
        0.0,
    )
    import_visits(hub, By("import"), [visit], source="late.csv", sha256="1" * 64)


def test_kept_once(over: Hub) -> None:
    first = snapshots.keep(over, WEEK, counted(over))
    assert (first.version, first.actor, first.reason) == (1, "hub", "")
    assert snapshots.keep(over, WEEK, counted(over)) == first
    assert [s.version for s in over.read().snapshots()] == [1]
    row = over.read().conn.execute("SELECT data FROM journal WHERE event = 'ReportMade'").fetchall()
    assert [json.loads(r["data"])["sha256"] for r in row] == [first.sha256]
    assert hashlib.sha256(canonical(first.report())).hexdigest() == first.sha256
    assert (
        first.journal_hash
        == over.read().conn.execute("SELECT hash FROM journal WHERE seq = ?", (first.journal_seq,)).fetchone()[0]
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE snapshots SET reason = 'x'",
        "DELETE FROM snapshots",
        "INSERT INTO snapshots SELECT * FROM snapshots",
        (
            "REPLACE INTO snapshots SELECT period, version, made_at, actor, '9', sha256, journal_seq, journal_hash,"
            " reason, packed FROM snapshots"
        ),
    ],
)
def test_the_table_refuses_changes(over: Hub, sql: str) -> None:
    kept = snapshots.keep(over, WEEK, counted(over))
    with pytest.raises(sqlite3.IntegrityError, match="a snapshot is never"):
        over.turn(lambda turn: turn.conn.execute(sql))
    assert over.read().snapshot(WEEK.id) == kept


def tamper(path: Path, *statements: str) -> None:
    conn = sqlite3.connect(path)
    for kind in ("changed", "removed", "replaced"):
        conn.execute(f"DROP TRIGGER snapshots_are_never_{kind}")
    for sql in statements:
        conn.execute(sql)
    conn.commit()
    conn.close()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE snapshots SET packed = zeroblob(9)", "cannot be unpacked"),
        ("UPDATE snapshots SET packed = substr(packed, 1, length(packed) - 20)", "cannot be unpacked"),
        (f"UPDATE snapshots SET packed = x'{zlib.compress(b'{}').hex()}'", "hash does not fit"),
        ("UPDATE snapshots SET reason = 'another'", "is not what the journal says was made"),
        ("UPDATE snapshots SET journal_seq = 1", "is not the one it was counted from"),
        ("DELETE FROM snapshots", "was made and is missing"),
        ("UPDATE snapshots SET version = 7", "is not in the journal"),
    ],
)
def test_tampering_is_found(over: Hub, sql: str, said: str) -> None:
    snapshots.keep(over, WEEK, counted(over))
    assert journal.snapshot_problems(over.read().conn) == []
    tamper(over.store.path, sql)
    assert any(said in problem for problem in journal.snapshot_problems(over.read().conn))
    assert any(said in problem for problem in journal.verify(over.read().conn))


def test_nothing_differs_at_first_and_no_correction_is_taken(over: Hub) -> None:
    kept = snapshots.keep(over, WEEK, counted(over))
    assert snapshots.changes(kept, counted(over)) == []
    with pytest.raises(Refused, match="没有差别"):
        snapshots.correct(over, By("50", "key-00000001"), WEEK, counted(over), "试试")


def test_a_late_import_is_a_difference_and_a_correction_a_new_version(over: Hub) -> None:
    first = snapshots.keep(over, WEEK, counted(over))
    late_import(over)
    found = snapshots.changes(first, counted(over))
    changes = [str(change) for change in found]
    assert any(change.startswith("总表 Overview · 取号 A Arrivals A: 3 → 4") for change in changes), changes[:5]
    with pytest.raises(Refused, match="请写明更正的原因"):
        snapshots.correct(over, By("50", "key-00000001"), WEEK, counted(over), "  ")
    second = snapshots.correct(over, By("50", "key-00000002"), WEEK, counted(over), "补录一天")
    assert (second.version, second.actor, second.reason) == (2, "50", "补录一天")
    assert second.report()["quality"]["corrections"] == [change.row() for change in found[: snapshots.CORRECTIONS]]
    told = make(snapshots.told(over.hall, second), over.hall, "html").decode()
    assert told.count("上一版以来的更正") == 3 and "原因：补录一天" in told
    assert "按渠道 By channel · 其他系统 Another system: — → ✓" in changes
    assert snapshots.changes(second, counted(over)) == []
    assert over.read().snapshot(WEEK.id, 1) == first
    again = snapshots.correct(over, By("50", "key-00000002"), WEEK, counted(over), "补录一天")
    assert again == second and len(over.read().snapshots()) == 2
    with pytest.raises(Conflict):
        snapshots.correct(over, By("50", "key-00000002"), WEEK, counted(over), "另一个原因")
    assert journal.verify(over.read().conn) == []


def test_changed_settings_and_definitions_are_differences(over: Hub) -> None:
    kept, now = snapshots.keep(over, WEEK, counted(over)), counted(over)
    newer = {**now.report, "definition_version": "99", "settings": {**now.report["settings"], "red_min": 20}}
    said = {str(change) for change in snapshots.changes(kept, now._replace(report=newer))}
    assert f"口径 Definitions · 版本 version: {now.report['definition_version']} → 99" in said
    assert "设置 Settings · red_min: 30 → 20" in said


def test_a_change_too_small_to_print_is_a_difference_still(over: Hub) -> None:
    kept, now = snapshots.keep(over, WEEK, counted(over)), counted(over)
    total = {
        **now.report["total"],
        "office_wait": {
            **now.report["total"]["office_wait"],
            "mean": now.report["total"]["office_wait"]["mean"] + 0.01,
        },
    }
    said = [str(change) for change in snapshots.changes(kept, now._replace(report={**now.report, "total": total}))]
    assert said == ["其他 Other · 小于显示精度 less than what is printed: — → —"]


def test_a_new_name_is_no_difference(over: Hub) -> None:
    kept = snapshots.keep(over, WEEK, counted(over))
    over.turn(lambda turn: turn.put_staff("08", "换了姓名", "operator", "no password"))
    assert snapshots.changes(kept, counted(over)) == []


def test_a_period_that_is_not_over_is_not_kept(hub: Hub) -> None:
    with pytest.raises(Refused, match="尚未结束"):
        snapshots.correct(hub, By("50", "key-00000001"), WEEK, counted(hub), "")


def test_what_a_clock_ahead_has_made_does_not_count(over: Hub, clock: HandClock) -> None:
    snapshots.keep(over, WEEK, counted(over))
    over.turn(lambda turn: None)
    clock.at = MONDAY_9 + LATER - 5 * 86400
    kept = snapshots.keep(over, WEEK, counted(over))
    assert kept.version == 2 and "clock was ahead" in kept.reason


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_kept_report(over: Hub, form: str) -> None:
    kept = snapshots.keep(over, WEEK, counted(over))
    told = snapshots.told(over.hall, kept)
    assert make(told, over.hall, form)
    if form == "html":
        assert "快照第 1 版" in make(told, over.hall, form).decode()


def run(hall_file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(hall_file), *arguments])


def test_the_command_line_lists_shows_and_verifies(over: Hub, hall: config.Hall, hall_file: Path) -> None:
    kept = snapshots.keep(over, WEEK, counted(over))
    assert f"2026-W48 version 1  2026-12-01 09:00  hub  sha256 {kept.sha256}" in run(hall_file, "snapshots").output
    late_import(over)
    told = json.loads(run(hall_file, "report", "--week", "2026-W48", "--snapshot", "1").output)
    beside = told.pop("snapshot")
    assert told["total"]["arrivals"] == 3 and beside["sha256"] == hashlib.sha256(canonical(told)).hexdigest()
    assert json.loads(run(hall_file, "report", "--week", "2026-W48").output)["total"]["arrivals"] == 4
    assert (
        "there is no version 2 of 2026-W48" in run(hall_file, "report", "--week", "2026-W48", "--snapshot", "2").stderr
    )
    tamper(over.store.path, "UPDATE snapshots SET packed = zeroblob(9)")
    for command in (["snapshots"], ["verify"]):
        done = run(hall_file, *command)
        assert done.exit_code == 1 and "snapshots:2026-W48 version 1: cannot be unpacked" in done.output
    assert "cannot be unpacked" in run(hall_file, "report", "--week", "2026-W48", "--snapshot", "1").stderr


def test_where_it_goes(over: Hub) -> None:
    settings = {
        "report": over.hall.report.model_copy(update={"folder": "out"}),
        "mail": over.hall.mail.model_copy(update={"host": "mail.example"}),
    }
    over.hall = over.hall.model_copy(update=settings)
    snapshots.keep(over, WEEK, counted(over))
    old = period.parse("2026-W40")
    snapshots.keep(over, old, reporter.counted(over.hall, old, over.store.path, over.now()))
    assert [(d.period, d.way) for d in over.read().deliveries()] == [
        ("2026-W40", "folder"),
        ("2026-W48", "folder"),
        ("2026-W48", "mail"),
    ]
    first = over.read().open_deliveries()[0]
    snapshots.settle(over, first, Text("坏了", "broken"))
    waits = next(d for d in over.read().deliveries(first.period) if d.way == first.way)
    assert (waits.tries, waits.next_at, waits.problem) == (1, over.now() + 60, "坏了")
    snapshots.settle(over, replace(waits, tries=9), Text("坏了", "broken"))
    assert over.read().deliveries(first.period)[0].next_at == over.now() + 3600
    snapshots.again(over, first.period)
    assert over.read().deliveries(first.period)[0].next_at == over.now()
    snapshots.settle(over, over.read().deliveries(first.period)[0], None)
    assert first.period not in {d.period for d in over.read().open_deliveries()}


def rated(report: dict[str, Any], *, active: int = 0, default: int = 0) -> dict[str, Any]:
    """A report with so many more ratings of five stars."""
    made: dict[str, Any] = json.loads(canonical(report))
    total, of = made["ratings"]["total"], max(1, made["ratings"]["total"]["active"] + active)
    total["n"] += active + default
    total["active"], total["default"] = total["active"] + active, total["default"] + default
    total["levels"]["5"] += active + default
    total["satisfied"] = {"numerator": of, "denominator": of, "share": 1.0} if active else total["satisfied"]
    total["stars"] = 5.0 if active else total["stars"]
    total["satisfied_with_defaults"] = {"numerator": total["n"], "denominator": total["n"], "share": 1.0}
    made["quality"]["not_rated"] -= active + default
    return made


def test_default_ratings_written_later_correct_nothing(over: Hub) -> None:
    first = json.loads(canonical(counted(over).report))
    assert differences(first, rated(first, default=2)) == [] and late_defaults(first, rated(first, default=2)) == 2
    assert any("主动" in str(change) for change in differences(first, rated(first, active=1, default=1)))
