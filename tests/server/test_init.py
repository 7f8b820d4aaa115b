"""The first hour of a real hall: `init` asks, writes a file that passes check, and makes the first administrator, with
the hub running or not.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import config
from config import starting
from config.starting import Answers
from server.__main__ import main
from server.store.database import Store
from server.verbs import accounts
from tests.hub_process import HubProcess
from tests.waiting import DEADLINE_S

STARTER = (config.ROOT / "config" / "starter.toml").read_text(encoding="utf-8")
ANSWERS = Answers("东海街道便民服务中心", "Donghai Service Centre", "0595-22178801", "0595-22178802")
OPTIONS = (
    *("--name", ANSWERS.name, "--name-en", ANSWERS.name_en),
    *("--tel-consult", ANSWERS.tel_consult, "--tel-complaint", ANSWERS.tel_complaint),
)


def remarks(text: str) -> set[str]:
    return {line.partition("#")[2].strip() for line in text.splitlines() if "#" in line}


KIOSK_REMARKS = remarks(STARTER[STARTER.index("[kiosks.K1]") : STARTER.index("[printers.p80]")])
BOARD_REMARKS = remarks(STARTER[STARTER.index("[wires.west]") : STARTER.index("[zones.hall]")])


def init(out: Path, *options: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["init", "--out", str(out), *options], input=typed)


def password_fits(folder: Path, staff: str, password: str) -> bool:
    store = Store(folder)
    try:
        return accounts._fits(store.read().staff(staff), password)
    finally:
        store.close()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"counters": 1},
        {"counters": 12, "wire": "serial:/dev/ttyUSB3?baud=19200"},
        {"kiosk": None},
        {"kiosk": (1920, 1080), "hours": ("09:00-17:00",)},
        {"kiosk": None, "wire": "socket://192.168.1.20:4001", "printer": "tcp://192.168.1.30:9100"},
        {"listen": "127.0.0.1:8080", "name_en": "泉州"},
    ],
)
def test_every_answer_makes_a_file_that_is_right_and_keeps_its_comments(changed: dict[str, object]) -> None:
    answers = replace(ANSWERS, **changed)  # type: ignore[arg-type]
    text = starting.written(STARTER, answers)
    hall = config.parse(text, folder=config.ROOT)
    assert (hall.hall.name, hall.hall.tel_complaint) == (answers.name, answers.tel_complaint)
    assert list(hall.counters) == [*map(str, range(1, answers.counters + 1)), "desk"]
    assert list(hall.boards) == ([*map(str, range(1, answers.counters + 1))] if answers.wire else [])
    assert [table.size for table in hall.kiosks.values()] == ([answers.kiosk] if answers.kiosk else [])
    assert hall.printers["p80"].url == answers.printer
    assert tuple(tomllib.loads(text)["hours"][0]["open"]) == answers.hours
    gone = {*([] if answers.kiosk else KIOSK_REMARKS), *([] if answers.wire else BOARD_REMARKS)}
    assert remarks(STARTER) - remarks(text) <= gone
    port = answers.listen.rpartition(":")[2]
    assert hall.hub.url == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("name", "某某中心", "  "),
        ("tel_consult", "0595-22178801", "没有"),
        ("hours", "8:30-12:00，14:30-17:30", "14:00-17:00,08:00-12:00"),
        ("hours", "全天 08:00至17:00"[3:], "08:00-12:00,11:00-17:00"),
        ("hours", "08:00-24:00", "08:00-25:00"),
        ("counters", "12", "0"),
        ("counters", "1", "三个"),
        ("printer_model", "generic-80", "nosuch"),
        ("printer", "tcp://192.168.1.30:9100", "192.168.1.30"),
        ("kiosk", "1080×1920", "1080"),
        ("kiosk", "无", "320x240"),
        ("boards", "serial:/dev/ttyUSB0?baud=9600", "COM3"),
        ("boards", "none", "USB"),
        ("listen", "0.0.0.0:8000", "8000"),
        ("url", "http://10.0.0.2:8000", "10.0.0.2"),
        ("data", "/var/lib/jiaohao", ""),
    ],
)
def test_an_answer_that_cannot_be_is_asked_again(question: str, right: str, wrong: str) -> None:
    assert starting.mistake(question, right) is None
    told = starting.mistake(question, wrong)
    assert told is not None and told.zh and told.en


def test_the_two_telephones_differ_however_they_are_written() -> None:
    assert starting.mistake("tel_complaint", "0595 22178801", "0595-22178801")
    assert starting.mistake("tel_complaint", "0595-22178802", "0595-22178801") is None


def test_eight_questions_answered_and_one_answer_asked_for_again(tmp_path: Path) -> None:
    answers = [
        *(ANSWERS.name, ANSWERS.name_en, "0595-22178801", "0595-22178801", "0595-22178802", "", "3", "", ""),
        *("none", "", str(tmp_path / "data-of-it"), "", "01", "李主任"),
    ]
    done = init(tmp_path / "hall.toml", typed="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert done.output.count("It must differ from the enquiry number.") == 1
    assert {f"{n}/8" for n in range(1, 9)} == set(re.findall(r"\d/8", done.output))
    hall = config.load(tmp_path / "hall.toml")
    assert len(hall.counters) == 4 and not hall.kiosks and not hall.boards
    password = re.search(r"password (\S+)", done.output)
    assert password and password_fits(hall.data, "01", password[1])
    for words in (
        ("--config", str(tmp_path / "hall.toml"), "check"),
        ("check", "--config", str(tmp_path / "hall.toml")),
    ):
        assert CliRunner().invoke(main, words).exit_code == 0


def test_answers_count_in_whatever_width_they_are_typed(tmp_path: Path) -> None:
    wide = ("--hours", "８：３０－１２：００，１４：３０－１７：３０", "--counters", "３", "--listen", "０.0.0.0：8000")
    done = init(tmp_path / "hall.toml", *OPTIONS, "--yes", *wide)
    assert done.exit_code == 0, done.output
    hall = config.load(tmp_path / "hall.toml")
    assert (len(hall.counters), hall.hub.listen) == (4, "0.0.0.0:8000")
    text = (tmp_path / "hall.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["hours"][0]["open"] == ["08:30-12:00", "14:30-17:30"]


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "At least 8 characters"), ("1234567890", "It is a pattern"), ("admin-01", "staff number")],
)
def test_a_weak_password_is_one_sentence_and_nothing_is_written(tmp_path: Path, password: str, said: str) -> None:
    (tmp_path / "secret").write_text(password)
    done = init(tmp_path / "hall.toml", *OPTIONS, "--yes", "--password-file", str(tmp_path / "secret"))
    assert done.exit_code == 1 and said in done.output and password not in done.output
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_a_number_that_is_a_programs_name_is_refused(tmp_path: Path) -> None:
    done = init(tmp_path / "hall.toml", *OPTIONS, "--yes", "--staff", "boards")
    assert done.exit_code == 1 and "name of a device or program" in done.output


def test_options_alone_ask_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a-password-of-ours\n")
    done = init(tmp_path / "hall.toml", *OPTIONS, "--yes", "--password-file", str(tmp_path / "secret"))
    assert done.exit_code == 0, done.output
    assert "a-password-of-ours" not in done.output and "password" not in done.output
    assert password_fits(config.load(tmp_path / "hall.toml").data, "admin", "a-password-of-ours")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (OPTIONS[2:], "--name: there is no default; give it"),
        ((*OPTIONS, "--tel-complaint", "0595-22178801"), "--tel-complaint: It must differ"),
        ((*OPTIONS, "--printer-model", "nosuch"), "--printer-model: No model nosuch"),
        ((*OPTIONS, "--kiosk", "big"), "--kiosk: 1080x1920, or none."),
        ((*OPTIONS, "--url", "hub"), "--url: Write it as http://"),
    ],
)
def test_a_wrong_option_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    done = init(tmp_path / "hall.toml", *options, "--yes")
    assert done.exit_code == 1 and said in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_and_a_second_administrator_is_not_made(tmp_path: Path) -> None:
    out = tmp_path / "hall.toml"
    assert init(out, *OPTIONS, "--yes").exit_code == 0
    before = out.read_text(encoding="utf-8")
    again = init(out, "--name", "另一个", "--yes", "--staff", "02")
    assert again.exit_code == 0 and "There is an administrator already" in again.output
    assert out.read_text(encoding="utf-8") == before
    assert not password_fits(config.load(out).data, "02", "whatever")


def test_a_number_that_is_a_name_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = init(tmp_path / "hall.toml", *OPTIONS, "--yes", "--staff", "李主任")
    assert done.exit_code == 1 and "is no staff number" in done.output


def test_while_the_hub_runs_it_makes_the_accounts(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path)
    hub.start()
    try:
        run = [sys.executable, "-m", "server"]
        first = subprocess.run(
            [*run, "init", "--out", str(hub.file), "--yes", "--staff", "01"],
            capture_output=True, text=True, cwd=config.ROOT, timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        assert first.returncode == 0, first.stderr
        password = re.search(r"password (\S+)", first.stdout)
        made = subprocess.run(
            [*run, "staff", "50", "--name", "李主任", "--role", "manager", "--config", str(hub.file)],
            capture_output=True, text=True, cwd=config.ROOT, timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        wrong = subprocess.run(
            [*run, "staff", "51", "--name", "李主任", "--role", "king", "--config", str(hub.file)],
            capture_output=True, text=True, cwd=config.ROOT, timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        assert wrong.returncode == 1 and "No role 'king'" in wrong.stderr
    finally:
        hub.process.terminate()
        hub.process.wait(DEADLINE_S)
    data = config.load(hub.file).data
    assert password and password_fits(data, "01", password[1]) and password_fits(data, "50", made.stdout.strip())
