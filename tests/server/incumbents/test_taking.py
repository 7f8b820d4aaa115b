"""Other systems' dumps, all invented: what is taken of each, what is not and why, and that no name comes along."""

from __future__ import annotations

import gzip
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import config
from config import Hall, Told
from server.__main__ import main
from server.incumbents import taking
from server.incumbents.dumped import Holding, instant, letter, number_of, opened
from server.incumbents.taking import SYSTEMS
from server.store.database import read_only
from server.store.reader import Reader
from tests.conftest import MONDAY_9, write_hall

DUMPS = Path(__file__).parents[2] / "data" / "incumbents"
NAMES = ("Zé", "Invenção", "52998224725", "Inventada", "Inventado", "caio", "Ivan", "Olga", "4509", "Jane", "Dora")
"""Whoever is named in the dumps; `invented` too, in every address and password of them."""


def holding(name: str, system: str, unit: str = "") -> Holding:
    module = SYSTEMS[system]
    return module.read(opened((DUMPS / name).read_bytes(), module.WANTED, name), name, unit)


def told(hall: Hall, name: str, system: str, unit: str = "") -> list[tuple[str, ...]]:
    """(service, class, state, counter, staff, arrived … ended as HH:MM:SS) of what is taken, in order."""

    def clock(at: float | None) -> str:
        return "" if at is None else f"{datetime.fromtimestamp(at, hall.zone):%H:%M:%S}"

    found = taking.taken(holding(name, system, unit), hall, SYSTEMS[system].MADE, MONDAY_9)
    return [
        (
            *(v.service, v.klass, v.state, v.counter or "", v.staff or ""),
            *map(clock, (v.arrived, v.called, v.started, v.ended)),
        )
        for v in found.visits
    ]


def test_visits_of_novo_sga(hall: Hall) -> None:
    assert told(hall, "novosga.mysql.sql", "novosga", "1") == [
        ("SB02", "ordinary", "finished", "1", "0017", "09:00:00", "09:05:00", "09:05:40", "09:12:00"),
        ("NS2", "green", "finished", "7", "NS3", "09:01:00", "09:06:00", "09:06:30", "09:27:00"),
        ("NS2", "ordinary", "passed", "7", "NS3", "09:02:00", "09:28:00", "", "09:31:00"),
        ("SB02", "ordinary", "left", "", "", "09:03:00", "", "", "09:20:00"),
        ("SB02", "ordinary", "expired", "", "", "16:59:00", "", "", "00:00:00"),
    ]


def test_novo_sga_on_postgresql(hall: Hall) -> None:
    assert told(hall, "novosga.pg.sql", "novosga") == [
        ("NS1", "ordinary", "finished", "3", "NS2", "09:00:00", "09:05:00", "09:05:40", "09:12:00")
    ]


def test_visits_of_qsystem(hall: Hall) -> None:
    assert told(hall, "qsystem.mysql.sql", "qsystem") == [
        ("QS2", "ordinary", "finished", "12", "QS2", "09:00:00", "09:04:00", "09:04:00", "09:10:00"),
        ("QS3", "ordinary", "passed", "12", "QS3", "09:01:00", "09:10:30", "", "09:12:00"),
    ]
    assert told(hall, "qsystem.h2.sql", "qsystem") == [
        ("QS2", "ordinary", "finished", "2", "QS2", "09:00:00", "09:04:00", "09:04:00", "09:10:00")
    ]


def test_visits_of_fqm_are_in_the_halls_time(hall: Hall) -> None:
    expected = [
        ("FQ1", "ordinary", "finished", "41", "FQ2", "09:00:00", "09:05:00", "", "09:15:00"),
        ("FQ1", "ordinary", "passed", "41", "FQ2", "09:01:00", "09:15:00", "", "09:15:00"),
        ("FQ2", "ordinary", "expired", "", "", "09:03:00", "", "", "00:00:00"),
    ]
    assert told(hall, "fqm.sql", "fqm") == expected


def test_fqms_own_file_holds_the_same(tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    conn = sqlite3.connect(file)
    conn.executescript((DUMPS / "fqm.sql").read_text())
    conn.close()
    of_file = opened(file.read_bytes(), SYSTEMS["fqm"].WANTED, "data.sqlite")
    assert SYSTEMS["fqm"].read(of_file, "x") == holding("fqm.sql", "fqm")
    packed = opened(gzip.compress((DUMPS / "fqm.sql").read_bytes()), SYSTEMS["fqm"].WANTED, "x")
    assert packed["serials"].rows == opened((DUMPS / "fqm.sql").read_bytes(), {"serials"}, "x")["serials"].rows


@pytest.mark.parametrize(
    ("name", "system", "unit", "expected"),
    [
        (
            "novosga.mysql.sql",
            "novosga",
            "1",
            {"wrong number": 1, "not over": 1, "passwords": 3, "papers": 1, "other units": 1, "contradict": 1}
            | {"no longer offered": 1},
        ),
        (
            "qsystem.mysql.sql",
            "qsystem",
            "",
            {"state 11": 1, "passwords": 4, "papers": 3, "groups": 1, "boards": 4, "no longer offered": 1},
        ),
        ("fqm.sql", "fqm", "", {"end is not known": 1, "passwords": 2, "papers": 1}),
    ],
)
def test_what_is_left_is_counted_and_said(
    hall: Hall, name: str, system: str, unit: str, expected: dict[str, int]
) -> None:
    found = taking.taken(holding(name, system, unit), hall, SYSTEMS[system].MADE, MONDAY_9)
    counts = {next(key for key in expected if key in one.what.en): one.rows for one in found.left}
    assert counts == expected
    assert all(one.why.zh and one.why.en for one in found.left)


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        *(("0017", "0017"), ("A12", "A12"), ("０１７", "017"), ("maria", "NS4"), ("maria.1", "NS4"), ("", "NS4")),
        *(("13800138000", "NS4"), ("350502199001011234", "NS4")),
    ],
)
def test_a_login_is_a_number_or_none(login: str, expected: str) -> None:
    assert number_of(login, "NS4") == expected


@pytest.mark.parametrize(("sign", "expected"), [("a", "A"), ("АВ", ""), ("П", ""), ("Ｂ1", "B"), ("-", ""), ("", "")])
def test_a_letter_is_latin(sign: str, expected: str) -> None:
    assert letter(sign) == expected


@pytest.mark.parametrize(
    ("cell", "utc", "expected"),
    [
        ("2026-11-20 09:00:00.250", False, "2026-11-20T09:00:00"),
        ("2026-11-20 09:00:00", True, "2026-11-20T09:00:00Z"),
        ("2026-11-20 09:00:00+00", False, "2026-11-20T09:00:00+00:00"),
        ("0000-00-00 00:00:00", False, ""),
        (None, True, ""),
    ],
)
def test_instants(cell: str | None, utc: bool, expected: str) -> None:
    assert instant(cell, utc=utc) == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"CREATE TABLE x (y int);", "no table services, users, clients"),
        ("INSERT INTO users VALUES ('é');".encode("latin-1"), "no UTF-8"),
        (b"\x1f\x8bnothing", "cannot be read"),
        (b"SQLite format 3\0nothing", "cannot be read"),
        (b"CREATE TABLE users (id int);\nINSERT INTO users VALUES (1, 2);", "2: 2 values for the 1 columns of users"),
    ],
)
def test_what_is_no_dump_is_told(data: bytes, said: str) -> None:
    module = SYSTEMS["qsystem"]
    with pytest.raises(Told) as error:
        module.read(opened(data, module.WANTED, "d.sql"), "d.sql", "")
    assert said in error.value.text.en and error.value.text.zh.startswith("d.sql")


def test_one_unit_of_several_is_asked_for() -> None:
    with pytest.raises(Told) as error:
        holding("novosga.mysql.sql", "novosga")
    assert "1 Posto Um, 2 Posto Dois" in error.value.text.en and "--unit" in error.value.text.zh


# --- the command ------------------------------------------------------------------------------------------------------


def run(file: Path, *arguments: str, zh: bool = False) -> Result:
    return CliRunner(env={"LC_ALL": "zh_CN.UTF-8" if zh else "C.UTF-8"}).invoke(
        main, ["--config", str(file), "import", *arguments]
    )


@pytest.mark.parametrize(
    ("system", "name", "more"),
    [("novosga", "novosga.mysql.sql", ("--unit", "1")), ("qsystem", "qsystem.mysql.sql", ()), ("fqm", "fqm.sql", ())],
)
def test_take_over(tmp_path: Path, system: str, name: str, more: tuple[str, ...]) -> None:
    catalogue = tmp_path / "catalogue.csv"
    catalogue.write_bytes((config.ROOT / "data" / "catalogue.csv").read_bytes())
    file = write_hall(tmp_path, lambda hall: hall["hall"].update({"catalogue": "catalogue.csv"}))
    before = file.read_bytes()
    for zh in (False, True):
        tried = run(file, system, str(DUMPS / name), *more, "--dry-run", zh=zh)
        assert tried.exit_code == 0, tried.output
        assert "+++" in tried.output and "[counters." in tried.output
        assert not [n for n in NAMES if n in tried.output] and "invented.example" not in tried.output
        assert ("什么也没有收" if zh else "nothing was taken") in tried.output
    assert file.read_bytes() == before and not (tmp_path / "hall" / "hall.db").exists()
    done = run(file, system, str(DUMPS / name), *more, "--write")
    assert done.exit_code == 0, done.output
    written = config.load(tmp_path / f"config.{system}.toml")
    old = config.load(file)
    assert file.read_bytes() == before
    assert written.counters.keys() > old.counters.keys() and written.services.keys() > old.services.keys()
    assert all(written.services[code] == service for code, service in old.services.items())
    reader = Reader(read_only(tmp_path / "hall" / "hall.db"))
    rows = reader.imported("2026-11-20", "2026-11-20")
    assert len(rows) == {"novosga": 5, "qsystem": 2, "fqm": 3}[system]
    kept = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    told = [n for n in NAMES if not (n.isdigit() and len(n) < 6)]  # four digits stand in any hash, now and then
    assert not [n for n in told if n.encode() in kept] and b"invented" not in kept
    again = run(file, system, str(DUMPS / name), *more)
    assert again.exit_code == 0 and ("new 0" in again.output or "0 new" in again.output)
    refused = run(file, system, str(DUMPS / name), *more, "--write")
    assert refused.exit_code == 1 and "already" in refused.output


def test_accounts_are_made_only_when_asked_for(tmp_path: Path) -> None:
    file = write_hall(tmp_path)
    done = run(file, "fqm", str(DUMPS / "fqm.sql"), "--accounts")
    assert done.exit_code == 0 and done.output.count("FQ") >= 2 and "Dora" not in done.output
    reader = Reader(read_only(tmp_path / "hall" / "hall.db"))
    row = reader.staff("FQ2")
    assert row is not None and (row["name"], row["role"]) == ("Dora Invented", "operator")
    assert b"invented" not in (tmp_path / "hall" / "hall.db").read_bytes()
    again = run(file, "fqm", str(DUMPS / "fqm.sql"), "--accounts")
    after = reader.staff("FQ2")
    assert again.exit_code == 0 and after is not None and tuple(after) == tuple(row)
