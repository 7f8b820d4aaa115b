"""The journal: append-only, chained, and enough to rebuild every ticket, counter and job."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import config
from server.__main__ import main
from server.domain import chain
from server.domain import events as ev
from server.domain.chain import GENESIS, canonical
from server.domain.rules import Refused
from server.domain.vocabulary import OUTCOMES, RATING_SOURCES, SUSPENSIONS
from server.store import journal
from server.store.database import Store
from server.store.reader import Reader
from server.store.schema import migrations
from server.store.standing import standing
from server.store.tables import APART, BESIDE, TABLES
from server.verbs import accounts, calls, counters, eves, jobs, offline, records, slots, telephones, tickets, today
from server.verbs.agendas import Several
from server.verbs.day import tick
from server.verbs.hub import By, Hub
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
            act(self.hub, By("08"), *args, **kwargs)

    @rule(
        service=st.sampled_from(["SB01", "MZ01", "LQ01", "ZX01"]),
        klass=st.sampled_from(["ordinary", "green"]),
        printed=st.booleans(),
    )
    def issue(self, service: str, klass: str, printed: bool) -> None:
        ticket = tickets.issue(
            self.hub, By("kiosk"), service, klass=klass, channel="desk", printers=("p80",) if printed else ()
        )
        self.issued.append(ticket.id)

    @rule(
        counter=st.sampled_from(["1", "5", "6", "desk"]),
        verb=st.sampled_from(["open", "close", "next", "recall", "start", "pass", "pause", "resume"]),
    )
    def press_a_key(self, counter: str, verb: str) -> None:
        if verb == "open":
            self.press(counters.open_counter, counter, staff="08")
        elif verb == "pause":
            self.press(counters.pause, counter, "暂离")
        else:
            keys = {
                "close": counters.close_counter,
                "next": calls.call_next,
                "recall": calls.recall,
                "start": calls.start,
                "pass": calls.pass_,
                "resume": counters.resume,
            }
            self.press(keys[verb], counter)

    @rule(
        counter=st.sampled_from(["1", "5", "6"]),
        outcome=st.sampled_from([*OUTCOMES, *(text.zh for text in OUTCOMES.values())]),
        items=st.sampled_from([(), ("SB01", "MZ01")]),
    )
    def finish(self, counter: str, outcome: str, items: tuple[str, ...]) -> None:
        self.press(calls.finish, counter, outcome, items)

    @rule(counter=st.sampled_from(["1", "5", "6"]), kind=st.sampled_from(list(SUSPENSIONS)))
    def suspend(self, counter: str, kind: str) -> None:
        self.press(calls.suspend, counter, kind)

    @rule(counter=st.sampled_from(["1", "5", "6"]), verb=st.sampled_from(["ask_help", "answer_help"]))
    def press_another_key(self, counter: str, verb: str) -> None:
        self.press(getattr(counters, verb), counter)

    @rule(pick=st.integers(0, 50), counter=st.sampled_from(["1", "5"]), verb=st.sampled_from(["call", "resume_ticket"]))
    def by_number(self, pick: int, counter: str, verb: str) -> None:
        if self.issued:
            self.press(getattr(calls, verb), counter, self.issued[pick % len(self.issued)])

    @rule(pick=st.integers(0, 50), verb=st.sampled_from(["leave", "take_back"]))
    def at_the_desk(self, pick: int, verb: str) -> None:
        if self.issued:
            self.press(getattr(tickets, verb), self.issued[pick % len(self.issued)])

    @rule(pick=st.integers(0, 50), told=st.booleans(), state=st.sampled_from(["", "sending", "printed", "failed"]))
    def print_another_slip(self, pick: int, told: bool, state: str) -> None:
        ticket = self.issued[pick % len(self.issued)] if told and self.issued else None
        facts = {"item": "户口登记", "item_en": "Registration", "missing": ["身份证", "㙍头村证明"], "staff": "08"}
        job = jobs.print_slip(self.hub, By("08"), "notice", facts, ("p80",), ticket=ticket)
        if state:
            jobs.print_began(self.hub, job.id, job.ticket, "p80")
        if state not in ("", "sending"):
            jobs.print_ended(self.hub, job.id, job.ticket, "p80", state)

    @rule(
        pick=st.integers(0, 50),
        to=st.sampled_from([{"service": "YB01"}, {"counter": "5"}, {"staff": "08"}]),
        keep=st.booleans(),
    )
    def transfer(self, pick: int, to: dict[str, str], keep: bool) -> None:
        if self.issued:
            self.press(tickets.transfer, self.issued[pick % len(self.issued)], reason="事项不符", keep=keep, **to)

    @rule()
    def undo(self) -> None:
        self.press(tickets.undo)

    @rule(counter=st.sampled_from(["1", "5"]))
    def let_go(self, counter: str) -> None:
        self.press(counters.close_counter, counter, release=True)

    @rule(pick=st.integers(0, 50))
    def raise_one(self, pick: int) -> None:
        if self.issued:
            self.press(tickets.raise_, self.issued[pick % len(self.issued)], "老年人")

    @rule(counter=st.sampled_from(["1", "5"]), services=st.sampled_from([None, ("LQ01",)]))
    def bind(self, counter: str, services: tuple[str, ...] | None) -> None:
        self.press(today.bind_counter, counter, services=services, helps=None, help_after_min=10, reason="高峰")

    @rule(waiting=st.sampled_from(today.WAITING))
    def typhoon(self, waiting: str) -> None:
        today.close_hall(self.hub, By("50"), "台风停止办理", waiting=waiting)
        today.reopen_hall(self.hub, By("50"))

    @rule(services=st.sampled_from([None, ("SB01",), ("MZ01", "YB01")]), languages=st.sampled_from([(), ("en",)]))
    def somebody_learns(self, services: tuple[str, ...] | None, languages: tuple[str, ...]) -> None:
        told = ev.SkillsSet(staff="08", services=services, languages=languages, reason="已培训")
        self.hub.turn(lambda turn: turn.record(told, "50"))

    @rule(seconds=st.sampled_from([1, 60, 1900, 40000, -200, -90000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds)
        tick(self.hub)

    @invariant()
    def what_the_journal_rebuilds_is_what_the_tables_say(self) -> None:
        reader = self.hub.read()
        built = journal.rebuild(journal.rows(reader.conn))
        assert list(built.tables["tickets"].values()) == [reader.ticket(i) for i in self.issued]
        assert {c.id: c for c in reader.counters().values()} == built.tables["counters"]
        asked = standing(Reader(reader.conn))
        assert standing(reader) == asked, "what is kept in memory is what the tables say"
        assert {c: one.skills for c, one in reader.counters().items()} == {
            c: one.skills for c, one in asked.counters.items()
        }
        assert self.hub.store.read().skills() == asked.skills
        tables, day = Reader(reader.conn), self.hub.day(self.hub.now())
        assert (reader.names(), reader.closures(day)) == (tables.names(), tables.closures(day))
        assert (reader.suspended(), reader.emergency()) == (tables.suspended(), tables.emergency())
        assert (reader.devices(), reader.messages()) == (tables.devices(), tables.messages())
        for counter in asked.counters:
            assert reader.running_substitution(counter) == tables.running_substitution(counter)
        assert {c: there for c in asked.counters if (there := reader.at_counter(c))} == asked.held
        assert all(reader.job(i) == job for i, job in built.tables["jobs"].items())
        assert journal.leg_problems(reader.conn) == []
        told = dict(journal.told_legs(reader.conn))
        for ticket in built.tables["tickets"].values():
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
    counters.open_counter(hub, By("08"), "1", staff="08")
    for _ in range(5):
        tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    calls.finish(hub, By("08"), "1", "咨询")


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
            " last_called, started, ended, calls, recalls, away, state, outcome, items, reason, suspends, party"
            " FROM legs"
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
    ticket = tickets.issue(hub, By("kiosk"), "SB01", printers=("p80",))
    old = journal.Row(1, MONDAY_9, "PrintQueued", "K1", ticket.id, None, '{"copy":1,"job":1,"printers":["p80"]}', "")
    built = journal.Rebuilt()
    journal.apply(built, old)
    assert built.tables["jobs"] == {1: hub.read().job(1)}
    assert (built.tables["jobs"][1].kind, built.tables["jobs"][1].facts) == ("ticket", {})


def test_verify_compares_what_a_slip_was_made_of(hub: Hub, hall_file: Path) -> None:
    jobs.print_slip(
        hub, By("08"), "receipt", {"item": "社会保障卡申领", "item_en": "Social security card", "staff": "08"}, ("p80",)
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
    calls.finish(hub, By("08"), "1", "咨询")
    called = calls.call_next(hub, By("08"), "1")
    assert called is not None and called.label == "A003"
    assert journal.verify(hub.read().conn) == []
    hub.store.close()


def with_words(path: Path) -> None:
    """Make a database what the version before the codes would have left: Chinese words in rows and in the journal."""
    words = {code: text.zh for code, text in {**OUTCOMES, **RATING_SOURCES}.items()}
    with contextlib.closing(sqlite3.connect(path)) as old, old:
        old.execute("DROP TRIGGER journal_is_never_changed")
        previous = GENESIS
        for seq, at, event, actor, ticket, counter, data, _ in old.execute("SELECT * FROM journal").fetchall():
            field = {"Finished": "outcome", "Rated": "source"}.get(event, "")
            told = json.loads(data)
            told |= {field: words[told[field]]} if field else {}
            previous = chain.row_hash(previous, (seq, at, event, actor, ticket, counter, canonical(told)))
            old.execute("UPDATE journal SET data = ?, hash = ? WHERE seq = ?", (canonical(told), previous, seq))
        for code, word in words.items():
            old.execute("UPDATE tickets SET outcome = ? WHERE outcome = ?", (word, code))
            old.execute("UPDATE legs SET outcome = ? WHERE outcome = ?", (word, code))
            old.execute("UPDATE ratings SET source = ? WHERE source = ?", (word, code))
        old.execute("DELETE FROM _sqlite_migrations WHERE name = 'm014_codes'")


def test_a_database_with_words_is_taken_over_whole_and_its_journal_is_not_touched(
    eventful: Hub, tmp_path: Path
) -> None:
    hall = eventful.hall.model_copy(
        update={"hub": eventful.hall.hub.model_copy(update={"data": str(tmp_path / "older")})}
    )
    hall.data.mkdir()
    with contextlib.closing(sqlite3.connect(hall.data / "hall.db")) as copy:
        eventful.read().conn.backup(copy)
    with_words(hall.data / "hall.db")
    with contextlib.closing(sqlite3.connect(hall.data / "hall.db")) as old:
        rows = old.execute("SELECT * FROM journal").fetchall()
        told = "".join(row[6] for row in rows)
        assert '"outcome":"咨询"' in told and '"source":"窗口评价器"' in told
        assert old.execute("SELECT outcome FROM tickets WHERE state = 'finished'").fetchall() == [("咨询",)]
    hub = Hub(hall, Store(hall.data, durable=False), HandClock(MONDAY_9 + 900))
    conn = hub.read().conn
    assert [tuple(row) for row in conn.execute("SELECT * FROM journal")][: len(rows)] == rows
    assert [row[0] for row in conn.execute("SELECT outcome FROM tickets WHERE state = 'finished'")] == ["enquiry"]
    assert [row[0] for row in conn.execute("SELECT source FROM ratings")] == ["rater"]
    assert journal.verify(conn) == []
    hub.store.close()


TAMPERED = {
    "appointments": "UPDATE appointments SET start = start + 900",
    "records": "UPDATE records SET state = 'delivered'",
    "counters": "UPDATE counters SET reason = 'x'",
    "jobs": "UPDATE jobs SET copy = 9",
    "closures": "DELETE FROM closures",
    "contacts": "UPDATE contacts SET led_to = '别处'",
    "posts": "UPDATE posts SET a = '99'",
    "substitutions": "DELETE FROM substitutions",
    "remotes": "UPDATE remotes SET renewed = 1",
    "roster": "UPDATE roster SET staff = '99'",
    "skills": "UPDATE skills SET services = NULL",
    "ratings": "UPDATE ratings SET level = 5",
    "numbers": "UPDATE numbers SET last = 0",
    "tickets": "UPDATE tickets SET service = 'MZ01' WHERE id = 1",
    "agendas": "UPDATE agendas SET saved = saved + 1",
    "telephones": "DELETE FROM telephones",
    "slot_telephones": "DELETE FROM slot_telephones",
    "notifications": "UPDATE notifications SET outcome = 'failed'",
    "waits_told": "UPDATE waits_told SET high = 5",
    "offline_blocks": "UPDATE offline_blocks SET last = last + 1 WHERE prefix = 'A'",
    "offline_books": "DELETE FROM offline_books",
}


@pytest.fixture
def eventful(hub: Hub) -> Hub:
    """A hall in which every table that follows from the journal has a row."""
    for staff in ("01", "02", "50"):
        hub.turn(lambda turn, staff=staff: turn.put_staff(staff, staff, "operator", "x"))
    counters.open_counter(hub, By("01"), "1", staff="01")
    ticket = tickets.issue(hub, By("kiosk"), "SB01", printers=("p80",))
    today.close_service(hub, By("50"), "MZ01", "系统维护")
    today.note_contact(hub, By("50"), "社保卡", "led", "3号窗口")
    post = {"counter_": "1", "a": "02", "b": "01"}
    hub.turn(lambda turn: turn.record(ev.PostSet(post="p1", name_="甲", name_en="A", reason="x", **post), "50"))
    began = {"counter_": "1", "post": "p1", "from_staff": "02", "to_staff": "01", "reason": "请假", "is_b": True}
    hub.turn(lambda turn: turn.record(ev.SubstitutionBegan(substitution=1, **began), "01"))
    duty = {"day": ticket.day, "post": "p1", "staff": "01", "start": 0, "end": 600, "reason": "x"}
    hub.turn(lambda turn: turn.record(ev.RosterSet(**duty), "50"))
    kept = ev.RemoteTaken(remote=1, day="2026-11-23", service="SB01", until=1.0)
    hub.turn(lambda turn: turn.record(kept, "visitor"))
    able = ev.SkillsSet(staff="01", services=("SB01",), languages=("en",), reason="x")
    hub.turn(lambda turn: turn.record(able, "50"))
    calls.call_next(hub, By("01"), "1")
    calls.finish(hub, By("01"), "1", "咨询")
    several = tickets.issue(hub, By("kiosk"), "SB01", several=Several(("SB01", "YB01"), after={"YB01": ["SB01"]}))
    calls.call_next(hub, By("01"), "1")
    calls.finish(hub, By("01"), "1", "咨询", ["SB01"])
    rated = ev.Rated(ticket=ticket.id, counter="1", leg=1, level=1, source="窗口评价器")
    hub.turn(lambda turn: turn.record(rated, "rater"))
    received = {"service": "SB01", "applicant": "person", "received": ["身份证"], "phone": "13800000000"}
    records.open_record(hub, records.Who(By("01"), "operator"), "case", [("receive", received)], ticket=ticket.id)
    tomorrow = datetime(2026, 11, 24, 9, tzinfo=hub.hall.zone).timestamp()
    booked = slots.book(hub, By("visitor"), "SB01", tomorrow, channel="desk")
    modem = config.ChannelTable(kind="gsm", port="serial:modem")
    hub.hall = hub.hall.model_copy(update={"channels": {"sms": modem}})
    telephones.give(hub, By("visitor"), several.id, "13800000000")
    eves.give(hub, By("visitor"), booked.id, "13800000000")
    told = ev.Notified(ticket=several.id, occasion="near", field="own", channel="sms", outcome="sent")
    hub.turn(lambda turn: turn.record(told, "hub"))
    wait = ev.WaitTold(ticket=several.id, low=5, high=10, middle_s=420.0, source="model")
    hub.turn(lambda turn: turn.record(wait, "hub"))
    offline.for_paper(hub, By("50"))
    entered = ev.OfflineEntered(device="K1", book="a book", last=1, until=hub.now(), entered=0, doubled=1)
    hub.turn(lambda turn: turn.record(entered, "K1"))
    return hub


def test_every_table_is_rebuilt_from_the_journal(eventful: Hub) -> None:
    conn = eventful.read().conn
    assert journal.verify(conn) == []
    assert all(conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES)
    stored = {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {*TABLES, *BESIDE, *APART, "journal"} == {name for name in stored if not name.startswith(("_", "sqlite_"))}


@pytest.mark.parametrize("table", TAMPERED)
def test_a_row_that_the_journal_does_not_say_is_found(eventful: Hub, table: str) -> None:
    eventful.turn(lambda turn: turn.conn.execute(TAMPERED[table]))
    problems = journal.verify(eventful.read().conn)
    assert len(problems) == 1 and problems[0].startswith(f"{table}:"), problems


UNREAD = [("DroneSeen", None, None), ("DroneCame", 1, "1"), ("DroneSat", None, "2"), ("DroneSeen", None, "1")]


def test_rows_of_a_name_that_nobody_knows_are_kept_checked_counted_and_change_nothing(eventful: Hub) -> None:
    conn = eventful.read().conn
    before = {name: list(map(tuple, conn.execute(f"SELECT * FROM {name}"))) for name in TABLES}
    for name, ticket, counter in UNREAD:
        row = ev.Unread(called=name, ticket=ticket, counter=counter)
        eventful.turn(lambda turn, row=row: turn.record(row, "50"))
    tickets.issue(eventful, By("kiosk"), "SB01")
    assert journal.verify(conn) == []
    assert journal.unread(conn) == {"DroneCame": 1, "DroneSat": 1, "DroneSeen": 2}
    assert {name: list(map(tuple, conn.execute(f"SELECT * FROM {name}"))) for name in TABLES if name != "tickets"} == {
        name: rows for name, rows in before.items() if name != "tickets"
    }
    conn.execute("PRAGMA query_only = OFF")
    conn.execute("DROP TRIGGER journal_is_never_changed")
    conn.execute("UPDATE journal SET data = '{}' WHERE event = 'DroneSat'")
    assert [line for line in journal.verify(conn) if "DroneSat: hash does not fit" in line]


def test_verify_says_how_many_rows_it_did_not_read(eventful: Hub, hall_file: Path) -> None:
    eventful.turn(lambda turn: turn.record(ev.Unread(called="DroneSeen"), "50"))
    done = CliRunner().invoke(main, ["--config", str(hall_file), "verify"])
    assert done.exit_code == 0
    assert "1 rows of names that this version does not know: DroneSeen 1; kept, their hashes checked" in done.output


def test_a_row_with_a_name_of_the_staff_is_read_and_nobody_writes_one_any_more(hub: Hub) -> None:
    row = ev.from_row("StaffChanged", None, None, {"staff": "08", "name_": "王敏", "role": "operator", "active": True})
    assert row == ev.StaffChanged(staff="08", role="operator")
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "long enough 1")
    accounts.change(hub, By("administrator"), "08", name="王小敏", role="operator", active=True)
    assert hub.read().names()["08"] == "王小敏"
    told = [row.happened() for row in hub.read().events_between("StaffChanged", 0, float("inf"))]
    assert told == [
        ev.StaffChanged(staff="08", role="operator"),
        ev.StaffChanged(staff="08", role="operator", renamed=True),
    ]


def test_each_migration_has_a_number_of_its_own_and_keeps_the_name_it_is_stored_under() -> None:
    """Renaming what a database remembers would run it twice. Whoever adds one adds its name here, and changes none."""
    made = [(migration.__name__, name) for name, migration in migrations.made.items()]
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
        "m012_next_job",
        "m013_lines",
        "m014_codes",
        "m015_given",
        "m016_taken",
        "m017_login_failures",
        "m018_records",
        "m019_opening_list",
        "m020_staff",
        "m021_departments",
        "m022_outbound",
        "m023_platform",
        "m024_config",
        "m025_raised",
        "m026_devices",
        "m027_sign_on",
        "m028_agendas",
        "m029_fair_ways",
        "m030_slots",
        "m031_notifications",
        "m032_remote",
        "m033_second_thoughts",
        "m034_voices",
        "m035_waits_told",
        "m036_items_of_legs",
        "m037_second",
        "m038_slot_telephones",
        "m039_rating_by_text",
        "m040_records_of_contacts",
        "m041_offline",
        "m042_punch_keys",
    ]


@pytest.mark.parametrize("made_by_then", [8, 9, 10, 11])
def test_an_old_database_is_not_migrated_twice(tmp_path: Path, made_by_then: int) -> None:
    """Databases that stopped at any of the last steps, both that were numbered 009 among them."""
    old = ("m009_legs", "m009_visitors", "m010_snapshots")
    with contextlib.closing(sqlite3.connect(tmp_path / "hall.db", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrations.apply(conn, stop_before=old[made_by_then - 8 :])
    for _ in range(2):
        Store(tmp_path, durable=False).close()
        with contextlib.closing(sqlite3.connect(tmp_path / "hall.db")) as conn:
            stored = [name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
        assert len(stored) == len(set(stored)) == len(migrations.made) and stored[8:11] == [*old]
