"""A database that was injured in any way: the hub says one sentence and stops, or nothing is lost. Never in silence.

JIAOHAO_INJURIES=1000 for a longer round; a seed repeats it.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import config
from server.__main__ import main
from server.domain import chain
from server.pages.access import give_tokens
from server.store import copying, database, head_file, journal, soundness
from server.store.database import Store, read_only
from server.store.soundness import Damaged
from server.store.tables import TABLES
from server.verbs import accounts, calls, counters, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock, write_hall
from tests.hub_process import HubProcess
from tests.waiting import DEADLINE_S, until

ROUNDS = int(os.environ.get("JIAOHAO_INJURIES", "160"))
SEED = int(os.environ.get("JIAOHAO_SEED", "13"))
COMPARED = ("journal", *TABLES, "legs", "numbers")
"""What people were told. A bit in an account's password hash is no loss that anything could show."""


def rows(conn: sqlite3.Connection) -> dict[str, list[Any]]:
    """Everything that people were told, table by table."""
    return {name: sorted(map(tuple, conn.execute(f"SELECT * FROM {name}")), key=repr) for name in COMPARED}


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[Any]]]:
    """The folder of a hall whose hub was killed: a file, a log of writes, a head, tokens; and what it holds."""
    here = tmp_path_factory.mktemp("killed")
    hall = config.load(write_hall(here))
    clock = HandClock(MONDAY_9)
    hub = Hub(hall, Store(hall.data), clock)
    tick(hub)
    give_tokens(hub)
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-word-08")
    counters.open_counter(hub, By("08"), "1", staff="08")
    for number in range(60):
        tickets.issue(hub, By("kiosk"), "SB01", printers=("p80",))
        clock.forward(30)
        if number % 3:
            calls.call_next(hub, By("08"), "1")
            calls.finish(hub, By("08"), "1", "现场办结")
        if number == 30:
            hub.store._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    told = rows(hub.read().conn)
    shutil.copytree(hall.data, here / "injured")
    hub.store.close()
    return here / "injured", told


def again(killed: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(killed, to)
    return to / "hall.db"


def outcome(file: Path, told: dict[str, list[Any]]) -> str:
    """What a start makes of it; `silent` is what must never be."""
    try:
        store = Store(file.parent)
    except Damaged as error:
        one = error.status == 4 and "\n" not in str(error) and error.text.zh != error.en
        return "told" if one else f"silent: {error!r}"
    try:
        now = rows(store.read().conn)
        return "whole" if now == told else f"silent: {[name for name in told if now[name] != told[name]]}"
    finally:
        store.close()


def _flip(file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    file.write_bytes(content)


def _zero_page(file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    at = dice.randrange(0, len(content), 4096)
    content[at : at + 4096] = bytes(len(content[at : at + 4096]))
    file.write_bytes(content)


def _noise(file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    at = dice.randrange(len(content))
    content[at : at + 64] = dice.randbytes(len(content[at : at + 64]))
    file.write_bytes(content)


def _cut(file: Path, dice: random.Random) -> None:
    os.truncate(file, dice.randrange(file.stat().st_size))


INJURIES: list[Callable[[Path, random.Random], None]] = [_flip, _zero_page, _noise, _cut]


def test_no_random_injury_is_silent(killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> None:
    folder, told = killed
    assert outcome(again(folder, tmp_path / "hall"), told) == "whole"
    found: Counter[str] = Counter()
    silent: list[int] = []
    for seed in range(SEED, SEED + ROUNDS):
        dice = random.Random(seed)
        file = again(folder, tmp_path / "hall")
        target = dice.choice([file, file, file.with_name("hall.db-wal")])
        dice.choice(INJURIES)(target, dice)
        what = outcome(file, told)
        found[what] += 1
        if what.startswith("silent"):
            silent.append(seed)
    assert silent == [], found
    assert found["told"] > ROUNDS // 4, found


# --- each kind by itself ----------------------------------------------------------------------------------------------


def _empty(file: Path) -> None:
    os.truncate(file, 0)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _patch(at: int, content: bytes) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with file.open("r+b") as opened:
            opened.seek(at)
            opened.write(content)

    return change


def _schema_page(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _patch(100, bytes(3996))(file)


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('jiaohao', 'm999_x', '')"
        )


def _other_program(file: Path) -> None:
    for one in (file, file.with_name("hall.db-wal"), file.with_name("hall.db.head")):
        one.unlink()
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("CREATE TABLE contacts (id INTEGER)")


def _older_row(file: Path) -> None:
    """A backup of an hour ago beside tokens and a head of now."""
    with closing(sqlite3.connect(file)) as conn:
        conn.executescript(
            "DROP TRIGGER journal_is_never_shortened; DELETE FROM journal WHERE seq > 40;"
            "DELETE FROM tickets WHERE id > 9;"
        )


def _index(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.executescript(
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = 3 WHERE name = 'jobs_open'"
        )


NAMED: dict[str, tuple[Callable[[Path], None], str]] = {
    "deleted": (Path.unlink, "the database is gone or empty, and hall.db.head is still beside it"),
    "emptied": (_empty, "the database is gone or empty"),
    "a folder": (_folder, "is a folder and no database"),
    "header gone": (_patch(0, bytes(100)), "is not a database"),
    "text": (lambda file: file.write_text("hello " * 2000), "is not a database"),
    "schema page": (_schema_page, "the database is damaged"),
    "index": (_index, "the database is damaged"),
    "log of writes gone": (lambda file: file.with_name("hall.db-wal").unlink(), "are missing"),
    "log of writes damaged": (lambda file: _patch(16, b"x" * 8)(file.with_name("hall.db-wal")), "are missing"),
    "a newer version": (_newer, "was written by a newer version of the program (m999_x)"),
    "another program's": (_other_program, "is another program's database"),
    "rolled back": (_older_row, " numbers since A009 among them"),
}


@pytest.mark.parametrize("kind", NAMED)
def test_a_start_ends_in_one_sentence_that_says_what_to_do(
    killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path, kind: str
) -> None:
    injure, words = NAMED[kind]
    file = again(killed[0], tmp_path / "hall")
    injure(file)
    for _ in range(2):  # and the next start says it again
        with pytest.raises(Damaged) as told:
            Store(file.parent)
        assert words in told.value.en and told.value.status == 4
        assert told.value.text.zh.endswith("。") and str(file) in told.value.text.zh


def test_a_hall_without_a_past_starts(tmp_path: Path) -> None:
    (tmp_path / "calendar.csv").write_text("date,kind\n")
    (tmp_path / "hall.db").touch()
    Store(tmp_path).close()
    Store(tmp_path).close()


def test_a_file_without_rights_is_said(killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> None:
    file = again(killed[0], tmp_path / "hall")
    sentence = soundness.said(file, PermissionError(13, "Permission denied"))
    assert (sentence.status, "look at the rights of the file" in sentence.en) == (4, True)
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL  # type: ignore[misc]
    assert (soundness.said(file, error).status, "磁盘已满" in str(soundness.said(file, error))) == (1, True)


def test_the_head_outlives_a_torn_write_and_names_the_newest_row(tmp_path: Path) -> None:
    file = tmp_path / "hall.db.head"
    out = head_file.HeadFile(file)
    for seq in (1, 2, 3):
        out.write(head_file.Head(seq, MONDAY_9, "ab" * 32, *([7] if seq == 3 else [])))
    out.close()
    assert head_file.read(file) == (3, MONDAY_9, "ab" * 32, 7)
    _patch(20, b"torn")(file)
    assert head_file.read(file) == (2, MONDAY_9, "ab" * 32, -1), "one of an older version"
    assert head_file.read(tmp_path / "none") is None


# --- repair and copies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["header gone", "schema page", "index", "log of writes damaged"])
def test_repair_saves_all_that_the_chain_proves(
    killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path, kind: str
) -> None:
    file = again(killed[0], tmp_path / "hall")
    NAMED[kind][0](file)
    said = copying.repair(file.parent, (), "now")
    assert (file.parent / "damaged-now" / "hall.db").exists() and "rows are saved" in said[0].en
    assert outcome(file, killed[1]) == "whole", said
    assert ("accounts" in str(said)) == (kind == "schema page")


def test_repair_says_what_is_lost_and_gives_no_number_twice(
    killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path
) -> None:
    folder, told = killed
    file = again(folder, tmp_path / "hall")
    file.with_name("hall.db-wal").unlink()
    said = copying.repair(file.parent, (), "now")
    newest = head_file.read(file.parent / "damaged-now" / "hall.db.head")
    assert newest and f"to {newest.seq} could not be saved" in said[1].en and "passed over" in said[2].en
    with closing(sqlite3.connect(file)) as conn:
        conn.row_factory = sqlite3.Row
        assert journal.verify(conn) == []
        assert conn.execute("SELECT last FROM numbers").fetchone()[0] >= 60
    assert copying.repair(file.parent, (folder / "hall.db",), "then")[1:] == []
    assert outcome(file, told) == "whole"


def test_repair_puts_a_flipped_bit_right(killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> None:
    file = again(killed[0], tmp_path / "hall")
    content = bytearray(file.read_bytes())
    content[content.index(b'"service":"SB01"') + 12] ^= 1
    file.write_bytes(content)
    assert outcome(file, killed[1]) == "told"
    assert "had a damaged bit" in copying.repair(file.parent, (), "now")[1].en
    assert outcome(file, killed[1]) == "whole"


def _add(file: Path, *told: tuple[str, int | None]) -> None:
    """Rows behind the newest one, with hashes that fit and without a field."""
    with closing(sqlite3.connect(file)) as conn, conn:
        seq, at, previous = conn.execute("SELECT seq, at, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        for event, ticket in told:
            seq += 1
            fields = (seq, at, event, "50", ticket, None, "{}")
            previous = chain.row_hash(previous, fields)
            conn.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*fields, previous))


def test_repair_keeps_the_rows_of_another_version(killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> None:
    file = again(killed[0], tmp_path / "hall")
    _add(file, ("DroneSeen", None), ("DroneSat", 60), ("DroneSat", 59))
    said = copying.repair(file.parent, (), "now")
    assert [one.en for one in said[1:]] == [
        "3 rows have names that this version does not know (DroneSat 2, DroneSeen 1); they are kept as they are."
    ]
    store = Store(file.parent)
    assert journal.verify(store.read().conn) == []
    assert {name: rows for name, rows in rows(store.read().conn).items() if name != "journal"} == {
        name: rows for name, rows in killed[1].items() if name != "journal"
    }
    store.close()


def test_repair_goes_on_behind_a_row_that_cannot_be_read(
    killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path
) -> None:
    file = again(killed[0], tmp_path / "hall")
    _add(file, ("Transferred", 5))
    said = [one.en for one in copying.repair(file.parent, (), "now")]
    assert said[1].endswith("(Transferred) can't be read; it is kept as it is.")
    assert said[2:] == ["The legs of the ticket with id 5 can't be made again; reports lack them."]
    with closing(read_only(file)) as conn:
        assert {row["ticket"] for row in conn.execute("SELECT ticket FROM legs")} == {*range(1, 61)} - {5}


def test_repair_takes_the_bookings_of_an_older_version_along(
    killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path
) -> None:
    file = again(killed[0], tmp_path / "hall")
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("ALTER TABLE bookings DROP COLUMN taken")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm016_taken'")
        conn.execute("INSERT INTO bookings (code, kind, day, service) VALUES ('LQ-7', 'pickup', '', 'LQ01')")
    assert copying.repair(file.parent, (), "now")[1:] == []
    with closing(read_only(file)) as conn:
        assert [(row["code"], row["taken"]) for row in conn.execute("SELECT * FROM bookings")] == [("LQ-7", 0)]


def test_repair_of_nothing_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "hall.db").write_bytes(b"x" * 9000)
    with pytest.raises(Damaged, match="什么都没有改动"):
        copying.repair(tmp_path, (), "now")
    assert (tmp_path / "hall.db").read_bytes() == b"x" * 9000


def test_a_copy_is_whole_and_starts_a_hall_and_a_copied_file_without_its_log_is_said(
    killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path
) -> None:
    folder, told = killed
    hall = write_hall(tmp_path)
    again(folder, tmp_path / "hall")

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["--config", str(hall), *words])

    copied = tmp_path / "elsewhere" / "hall.db"
    copied.parent.mkdir()
    assert run("copy", str(copied)).exit_code == 0
    assert "exists already" in run("copy", str(copied)).stderr
    assert run("verify", str(copied)).exit_code == 0
    assert outcome(copied, told) == "whole"
    shutil.copy(folder / "hall.db", tmp_path / "raw.db")
    raw = run("verify", str(tmp_path / "raw.db"))
    assert raw.exit_code == 1 and "copy with 'python -m server copy'" in raw.output
    (tmp_path / "hall" / "hall.db-wal").unlink()
    short = run("verify")
    assert short.exit_code == 1 and "among them; copy with 'python -m server copy'" in short.output
    stopped = run()
    assert (stopped.exit_code, stopped.stderr.count("\n")) == (4, 1) and "python -m server repair" in stopped.stderr
    assert run("repair").exit_code == 0 and run("verify").exit_code == 0


# --- while the hub runs -----------------------------------------------------------------------------------------------


def test_damage_met_while_the_hub_runs_is_one_sentence_and_the_end(tmp_path: Path) -> None:
    """Pages of a running hub's file go bad: the process says so, and ends with the status that is not retried."""
    process = HubProcess(tmp_path)
    hall = config.load(process.file)
    hub = Hub(hall, Store(hall.data))
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-word-08")
    for _ in range(40):
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    hub.store.close()
    process.start()
    token = (hall.data / "tokens" / "K1").read_text().strip()
    file = hall.data / "hall.db"
    with file.open("r+b") as content:
        for at in range(4096, file.stat().st_size, 4096):
            content.seek(at)
            content.write(b"\xff" * 4096)
    until(lambda: refused(process, token))
    assert process.process.wait(DEADLINE_S) == 4
    said = (tmp_path / "hub.log").read_text()
    assert said.splitlines()[-1].endswith("restore the last backup") and "Traceback" not in said


def refused(process: HubProcess, token: str) -> bool:
    """Ask for a number until the hub has met the damage and ended."""
    key = {"Authorization": f"Bearer {token}", "Idempotency-Key": os.urandom(8).hex()}
    try:
        process.ask("POST", "/api/v1/tickets", {"service": "SB01"}, key)
    except OSError:
        return process.process.poll() is not None
    return False


@pytest.mark.parametrize("foreign", [True, False])
def test_the_log_of_writes_is_emptied_and_a_reader_in_the_way_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, foreign: bool
) -> None:
    """The bounds made small: a megabyte is emptied, and two are long."""
    for name, value in {"WAL_KEPT": 1 << 18, "WAL_EMPTIED": 1 << 19, "WAL_LONG": 1 << 20, "READ_S": 0.0}.items():
        monkeypatch.setattr(database, name, value)
    hall = config.load(write_hall(tmp_path))
    hub = Hub(hall, Store(hall.data), HandClock(MONDAY_9))
    log = database.wal_of(hub.store.path)

    def grow() -> int:
        for _ in range(40):
            tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
        hub.store.checkpoint()
        return database.size(log)

    reader = sqlite3.connect(hub.store.path) if foreign else read_only(hub.store.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM journal").fetchone()
    while grow() < 1 << 20:
        assert not [name for name, _, _ in hub.store.troubles() if name == "log"]
    grow()
    assert [level for name, level, _ in hub.store.troubles() if name == "log"] == ["warn"]
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90000) SELECT count(*) FROM n"
    if foreign:
        reader.execute(endless).fetchone()  # nobody can stop another program
    else:
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            reader.execute(endless).fetchone()
    reader.close()
    hub.store.checkpoint()
    assert database.size(log) <= 1 << 18 and hub.store.troubles() == []
    hub.store.close()


@pytest.mark.parametrize(("free", "level"), [(1 << 40, None), (400 << 20, "warn"), (10 << 20, "bad")])
def test_a_disk_that_fills_is_an_alert(hub: Hub, monkeypatch: pytest.MonkeyPatch, free: int, level: str | None) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: shutil._ntuple_diskusage(1 << 40, 0, free))
    assert [found[1] for found in hub.store.troubles()] == ([level] if level else [])


def test_a_full_disk_takes_the_reserve_first_and_then_says_so(tmp_path: Path) -> None:
    hall = config.load(write_hall(tmp_path))
    hub = Hub(hall, Store(hall.data), HandClock(MONDAY_9))
    hub.store.keep_reserve()
    reserve = hall.data / "reserve"
    assert reserve.stat().st_size == 8 << 20
    pages = hub.store._conn.execute("PRAGMA page_count").fetchone()[0]
    hub.store._conn.execute(f"PRAGMA max_page_count = {pages}")

    def until_full() -> None:
        for _ in range(400):
            tickets.issue(hub, By("kiosk"), "SB01", channel="desk")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        until_full()
    assert not reserve.exists() and hub.store.injury is None
    hub.store._conn.execute("PRAGMA max_page_count = 100000")
    assert tickets.issue(hub, By("kiosk"), "SB01", channel="desk").number
    hub.store.close()
