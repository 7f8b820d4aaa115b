"""The journal: append-only, chained, and enough to rebuild every ticket, counter and job."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlite_utils import Database

import config
from server.__main__ import main
from server.domain.rules import OUTCOMES, SUSPENSIONS, Refused
from server.store import journal
from server.store.database import Store
from server.store.schema import migrations
from server.verbs import today
from server.verbs.hub import Hub
from tests.conftest import MONDAY_9, HandClock, write_hall


class AnyDay(RuleBasedStateMachine):
    """Whatever people press in whatever order: the journal alone tells all of it."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        hall = config.load(write_hall(Path(self.folder.name)))
        self.clock = HandClock()
        self.hub = Hub(hall, Store(hall.data, durable=False), self.clock)
        self.issued: list[int] = []

    def teardown(self) -> None:
        assert journal.verify(self.hub.read().conn) == []
        self.hub.store.close()
        self.folder.cleanup()

    def press(self, act, *args, **kwargs) -> None:
        with contextlib.suppress(Refused):
            act(*args, actor="08", **kwargs)

    @rule(
        service=st.sampled_from(["SB01", "MZ01", "LQ01", "ZX01"]),
        klass=st.sampled_from(["ordinary", "green"]),
        printed=st.booleans(),
    )
    def issue(self, service: str, klass: str, printed: bool) -> None:
        ticket = self.hub.issue(service, klass=klass, channel="desk", printers=("p80",) if printed else ())
        self.issued.append(ticket.id)

    @rule(
        counter=st.sampled_from(["1", "5", "6", "desk"]),
        verb=st.sampled_from(["open", "close", "next", "recall", "start", "pass", "pause", "resume"]),
    )
    def press_a_key(self, counter: str, verb: str) -> None:
        hub = self.hub
        if verb == "open":
            self.press(hub.open_counter, counter, staff="08")
        elif verb == "pause":
            self.press(hub.pause, counter, "暂离")
        else:
            keys = {
                "close": hub.close_counter,
                "next": hub.call_next,
                "recall": hub.recall,
                "start": hub.start,
                "pass": hub.pass_,
                "resume": hub.resume,
            }
            self.press(keys[verb], counter)

    @rule(
        counter=st.sampled_from(["1", "5", "6"]),
        outcome=st.sampled_from(OUTCOMES),
        items=st.sampled_from([(), ("SB01", "MZ01")]),
    )
    def finish(self, counter: str, outcome: str, items: tuple[str, ...]) -> None:
        self.press(self.hub.finish, counter, outcome, items)

    @rule(counter=st.sampled_from(["1", "5", "6"]), kind=st.sampled_from(list(SUSPENSIONS)))
    def suspend(self, counter: str, kind: str) -> None:
        self.press(self.hub.suspend, counter, kind)

    @rule(counter=st.sampled_from(["1", "5", "6"]), verb=st.sampled_from(["ask_help", "answer_help"]))
    def press_another_key(self, counter: str, verb: str) -> None:
        self.press(getattr(self.hub, verb), counter)

    @rule(pick=st.integers(0, 50), counter=st.sampled_from(["1", "5"]), verb=st.sampled_from(["call", "resume_ticket"]))
    def by_number(self, pick: int, counter: str, verb: str) -> None:
        if self.issued:
            self.press(getattr(self.hub, verb), counter, self.issued[pick % len(self.issued)])

    @rule(pick=st.integers(0, 50), verb=st.sampled_from(["leave", "take_back"]))
    def at_the_desk(self, pick: int, verb: str) -> None:
        if self.issued:
            self.press(getattr(self.hub, verb), self.issued[pick % len(self.issued)])

    @rule(pick=st.integers(0, 50), told=st.booleans(), state=st.sampled_from(["", "sending", "printed", "failed"]))
    def print_another_slip(self, pick: int, told: bool, state: str) -> None:
        ticket = self.issued[pick % len(self.issued)] if told and self.issued else None
        facts = {"item": "户口登记", "item_en": "Registration", "missing": ["身份证", "㙍头村证明"], "staff": "08"}
        job = self.hub.print_slip("notice", facts, ("p80",), ticket=ticket, actor="08")
        if state:
            self.hub.print_began(job.id, job.ticket, "p80")
        if state not in ("", "sending"):
            self.hub.print_ended(job.id, job.ticket, "p80", state)

    @rule(
        pick=st.integers(0, 50),
        to=st.sampled_from([{"service": "YB01"}, {"counter": "5"}, {"staff": "08"}]),
        keep=st.booleans(),
    )
    def transfer(self, pick: int, to: dict[str, str], keep: bool) -> None:
        if self.issued:
            self.press(self.hub.transfer, self.issued[pick % len(self.issued)], reason="事项不符", keep=keep, **to)

    @rule()
    def undo(self) -> None:
        self.press(self.hub.undo)

    @rule(counter=st.sampled_from(["1", "5"]))
    def let_go(self, counter: str) -> None:
        self.press(self.hub.close_counter, counter, release=True)

    @rule(pick=st.integers(0, 50))
    def raise_one(self, pick: int) -> None:
        if self.issued:
            self.press(self.hub.raise_, self.issued[pick % len(self.issued)], "老年人")

    @rule(counter=st.sampled_from(["1", "5"]), services=st.sampled_from([None, ("LQ01",)]))
    def bind(self, counter: str, services: tuple[str, ...] | None) -> None:
        self.press(
            today.bind_counter, self.hub, counter, services=services, helps=None, help_after_min=10, reason="高峰"
        )

    @rule(waiting=st.sampled_from(today.WAITING))
    def typhoon(self, waiting: str) -> None:
        today.close_hall(self.hub, "台风停止办理", waiting=waiting, actor="50")
        today.reopen_hall(self.hub, actor="50")

    @rule(seconds=st.sampled_from([1, 60, 1900, 40000, -200, -90000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds)
        self.hub.tick()

    @invariant()
    def what_the_journal_rebuilds_is_what_the_tables_say(self) -> None:
        reader = self.hub.read()
        built = journal.rebuild(journal.rows(reader.conn))
        assert list(built.tickets.values()) == [reader.ticket(i) for i in self.issued]
        assert {c.id: c for c in reader.counters().values()} == built.counters
        assert all(reader.job(i) == job for i, job in built.jobs.items())
        assert journal.leg_problems(reader.conn) == []
        told = dict(journal.told_legs(reader.conn))
        for ticket in built.tickets.values():
            legs = told[ticket.id]
            assert (legs[-1].state, legs[-1].counter or ticket.counter, legs[-1].ended) == (
                ticket.state,
                ticket.counter,
                ticket.ended_at,
            )
            assert ticket.legs == 1 + [leg.state for leg in legs].count("transferred")


AnyDay.TestCase.settings = settings(max_examples=25, stateful_step_count=30, suppress_health_check=list(HealthCheck))
TestAnyDay = AnyDay.TestCase


def a_morning(hub: Hub) -> None:
    hub.open_counter("1", staff="08", actor="08")
    for _ in range(5):
        hub.issue("SB01")
    hub.call_next("1", actor="08")
    hub.finish("1", "咨询", actor="08")


def verify(file: Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["--config", str(file), "verify"])
    return result.exit_code, result.output


def test_verify_says_that_all_is_well(hub: Hub, hall_file: Path) -> None:
    a_morning(hub)
    status, words = verify(hall_file)
    assert status == 0
    assert words.startswith("10 rows, unbroken; head ")


BREAKS = [
    (
        "UPDATE journal SET data = replace(data, '\"SB01\"', '\"MZ01\"') WHERE seq = 5",
        "journal:5: Issued: hash does not fit",
    ),
    ("UPDATE journal SET at = at - 600 WHERE seq = 9", "journal:9: Called: hash does not fit"),
    ("DELETE FROM journal WHERE seq = 6", "journal:6: row missing; the next one is 7"),
    (
        "DELETE FROM journal WHERE seq = 10",
        "differs from the journal in state ('called' in the journal, 'finished' in the table)",
    ),
    ("UPDATE journal SET event = 'Vanished' WHERE seq = 4", "journal:4: Vanished: hash does not fit"),
    (
        "UPDATE tickets SET service = 'MZ01' WHERE id = 2",
        "A002 differs from the journal in service ('SB01' in the journal, 'MZ01' in the table)",
    ),
    ("UPDATE counters SET staff = '09' WHERE id = '1'", "counters:1: is not what the journal says"),
    (
        "UPDATE legs SET called = called - 60 WHERE ticket = 1",
        "legs:1: are not what the journal says; 1 in the table, 1 in the journal",
    ),
    ("DELETE FROM legs WHERE ticket = 2", "legs:2: are not what the journal says; 0 in the table, 1 in the journal"),
    (
        (
            "INSERT INTO legs SELECT '2020-01-01', ticket, 2, service, klass, channel, counter, staff, entered, called,"
            " last_called, started, ended, calls, recalls, away, state, outcome, items, reason, suspends FROM legs"
            " WHERE ticket = 2"
        ),
        "legs: 1 rows belong to no ticket of the journal",
    ),
    ("DELETE FROM tickets WHERE id = 3", "1 numbers of the journal are missing from the table"),
]


@pytest.mark.parametrize(("sql", "sentence"), BREAKS)
def test_verify_says_where_it_breaks(hub: Hub, hall_file: Path, sql: str, sentence: str) -> None:
    a_morning(hub)
    hub.store.close()
    with sqlite3.connect(hub.store.path) as conn:
        conn.executescript(f"DROP TRIGGER journal_is_never_changed; DROP TRIGGER journal_is_never_shortened; {sql};")
    conn.close()
    status, words = verify(hall_file)
    assert status == 1
    assert sentence in words
    hub.store = Store(hub.hall.data, durable=False)


@pytest.mark.parametrize("sql", ["UPDATE journal SET at = 0", "DELETE FROM journal"])
def test_the_journal_refuses_to_be_changed(hub: Hub, sql: str) -> None:
    a_morning(hub)
    conn = sqlite3.connect(hub.store.path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        conn.execute(sql)
    conn.close()


def test_rows_of_before_there_were_other_slips_are_jobs_of_a_ticket(hub: Hub) -> None:
    ticket = hub.issue("SB01", printers=("p80",))
    old = journal.Row(1, MONDAY_9, "PrintQueued", "K1", ticket.id, None, '{"copy":1,"job":1,"printers":["p80"]}', "")
    built = journal.Rebuilt({}, {}, {}, {})
    journal.apply(built, old)
    assert built.jobs == {1: hub.read().job(1)}
    assert (built.jobs[1].kind, built.jobs[1].facts) == ("ticket", {})


def test_verify_compares_what_a_slip_was_made_of(hub: Hub, hall_file: Path) -> None:
    hub.print_slip(
        "receipt", {"item": "社会保障卡申领", "item_en": "Social security card", "staff": "08"}, ("p80",), actor="08"
    )
    assert verify(hall_file)[0] == 0
    with sqlite3.connect(hub.store.path) as conn:
        conn.execute("UPDATE jobs SET facts = replace(facts, '08', '09')")
    conn.close()
    assert "jobs:1: is not what the journal says" in verify(hall_file)[1]


def test_a_database_of_the_first_version_is_taken_over_whole(tmp_path: Path) -> None:
    """`first_version.sql` is the dump of a hall that ran the code before the counters' keys: two numbers still wait
    in it.
    """
    hall = config.load(write_hall(tmp_path))
    hall.data.mkdir()
    with contextlib.closing(sqlite3.connect(hall.data / "hall.db")) as old:
        old.executescript((Path(__file__).parent / "first_version.sql").read_text(encoding="utf-8"))
    hub = Hub(hall, Store(hall.data, durable=False), HandClock(MONDAY_9 + 900))
    assert journal.verify(hub.read().conn) == []
    hub.finish("1", "咨询", actor="08")
    called = hub.call_next("1", actor="08")
    assert called is not None and called.label == "A003"
    assert journal.verify(hub.read().conn) == []
    hub.store.close()


def test_each_migration_has_a_number_of_its_own_and_keeps_the_name_it_is_stored_under() -> None:
    """Renaming what a database remembers would run it twice. Whoever adds one adds its name here, and changes none."""
    made = [(migration.fn.__name__, migration.name) for migration in migrations._migrations]
    assert [int(function[1:4]) for function, _ in made] == list(range(1, len(made) + 1))
    assert [stored for _, stored in made] == [
        "m001_first",
        "m002_queue",
        "m003_people",
        "m004_live",
        "m005_bookings",
        "m006_slips",
        "m007_printers",
        "m008_ratings",
        "m009_legs",
        "m009_visitors",
        "m010_snapshots",
    ]


@pytest.mark.parametrize("made_by_then", [8, 9, 10, 11])
def test_an_old_database_is_not_migrated_twice(tmp_path: Path, made_by_then: int) -> None:
    """Databases that stopped at any of the last steps, both that were numbered 009 among them."""
    old = ("m009_legs", "m009_visitors", "m010_snapshots")
    with contextlib.closing(sqlite3.connect(tmp_path / "hall.db", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrations.apply(Database(conn), stop_before=old[made_by_then - 8 :])
    for _ in range(2):
        Store(tmp_path, durable=False).close()
        with contextlib.closing(sqlite3.connect(tmp_path / "hall.db")) as conn:
            stored = [name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
        assert len(stored) == 11 and stored[8:] == [*old]
