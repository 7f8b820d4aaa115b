"""The hub's command line: help, clear errors, a clean stop, history taken in, the report, accounts and tokens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import config
from server.__main__ import main
from tests.conftest import write_hall
from tests.hub_process import HubProcess
from tests.waiting import DEADLINE_S

VISITS = """arrived,service,class,called,started,finished,left,counter,staff
2026-11-23T11:50:00,SB01,ordinary,2026-11-23T14:40:00,2026-11-23T14:41:00,2026-11-23T14:50:00,,1,08
2026-11-23T09:00:00,XX9,,2026-11-23T09:05:00,,2026-11-23T09:15:00,,2,09
2026-11-23T09:01:00,SB01,,,,,2026-11-23T09:20:00,,
2026-11-23T09:02:00,SB01,,2026-11-23T09:10:00,,,,2,09
2026-11-23T17:00:00,SB01,,,,,,,
"""


def run(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(file), *arguments])


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["verify", "--help"], ["import", "visits", "--help"], ["report", "--help"], ["staff", "--help"]],
)
def test_help(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["--config", str(config.ROOT / "config.toml"), *arguments]).exit_code == 0


@pytest.mark.parametrize("program", ["server", "kiosk", "counter_display"])
def test_a_wrong_config_is_answered_with_its_lines(program: str, tmp_path: Path) -> None:
    file = write_hall(tmp_path)
    file.write_text(file.read_text().replace('kind = "pickup"', 'kind = "pikup"'))
    done = subprocess.run(
        [sys.executable, "-m", program, "--config", str(file)],
        capture_output=True,
        text=True,
        cwd=config.ROOT,
        timeout=DEADLINE_S,
    )
    assert done.returncode == 2
    assert "did you mean 'pickup'?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_clean_stop_and_a_second_hub_refused(tmp_path: Path, number: int) -> None:
    hub = HubProcess(tmp_path)
    hub.start()
    second = subprocess.run(
        [sys.executable, "-m", "server", "--config", str(hub.file)],
        capture_output=True,
        text=True,
        cwd=config.ROOT,
        timeout=DEADLINE_S,
    )
    assert second.returncode == 3
    assert f"another hub (process {hub.process.pid}) has this folder" in second.stderr
    os.kill(hub.process.pid, number)
    assert hub.process.wait(DEADLINE_S) == 0


def test_the_worked_example_of_figures_md_through_import_and_report(hall_file: Path, tmp_path: Path) -> None:
    csv = tmp_path / "visits.csv"
    csv.write_text(VISITS)
    assert run(hall_file, "import", "visits", str(csv)).output == "visits.csv: 5 visits imported\n"
    report = json.loads(run(hall_file, "report", "--week", "2026-W48").output)
    assert report["identity"]["text"] == "A 5 = F 2 + P 1 + X 1 + E 1 + open 0"
    first = next(row for row in report["cuts"]["counter"] if row["key"] == "1")
    assert (first["wait"]["mean"], first["office_wait"]["mean"]) == (170 * 60, 20 * 60)
    again = run(hall_file, "import", "visits", str(csv))
    assert again.exit_code == 1
    assert "This file was imported on" in again.stderr
    assert run(hall_file, "verify").exit_code == 0


def test_an_import_is_tried_dry_overlaps_and_is_withdrawn_by_its_number(hall_file: Path, tmp_path: Path) -> None:
    csv = tmp_path / "visits.csv"
    csv.write_text(VISITS)
    dry = run(hall_file, "import", "visits", str(csv), "--dry-run")
    assert dry.output == "visits.csv: 5 new, 0 double, 0 of the future; nothing taken in\n"
    assert "no database yet" in run(hall_file, "import", "list").stderr
    run(hall_file, "import", "visits", str(csv))
    csv.write_bytes(b"\xef\xbb\xbf" + (VISITS + "2026-11-24T09:00:00,SB01,,,,,,,\n" * 2).replace("\n", "\r\n").encode())
    dry = run(hall_file, "import", "visits", str(csv), "--dry-run")
    assert dry.output.splitlines()[0] == "visits.csv: 1 new, 6 double, 0 of the future; nothing taken in"
    assert dry.output.splitlines()[-1] == "visits.csv: 第8行：与第7行相同。 line 8: the same as line 7"
    done = run(hall_file, "import", "visits", str(csv))
    assert done.output == "visits.csv: 1 visits imported, 6 double and left out\n"
    csv.write_text(VISITS.replace("2026", "2062"))
    dry = run(hall_file, "import", "visits", str(csv), "--dry-run")
    assert (dry.exit_code, "0 new, 0 double, 5 of the future" in dry.output) == (1, True)
    listed = run(hall_file, "import", "list").output.splitlines()
    assert ["VisitsImported 1" in listed[0], "VisitsImported 5" in listed[1]] == [True, True]
    number = listed[1].split()[0]
    assert (
        run(hall_file, "import", "withdraw", number, "--reason", "wrong hall").output == f"{number}: 5 rows withdrawn\n"
    )
    assert "withdrawn already" in run(hall_file, "import", "withdraw", number, "--reason", "again").stderr
    assert json.loads(run(hall_file, "report", "--week", "2026-W48").output)["identity"]["text"].startswith("A 1 =")
    assert run(hall_file, "verify").exit_code == 0


def test_a_file_with_mistakes_imports_nothing_and_names_them_all(hall_file: Path, tmp_path: Path) -> None:
    csv = tmp_path / "visits.csv"
    csv.write_text(VISITS.replace("T14:41:00", "T14:39:00").replace("2026-11-23T09:20:00", "twenty past"))
    done = run(hall_file, "import", "visits", str(csv))
    assert done.exit_code == 1
    assert "visits.csv:2:" in done.stderr
    assert "visits.csv:4:" in done.stderr
    assert "no database yet" in run(hall_file, "report", "--week", "2026-W48").stderr


def test_no_such_week(hall_file: Path, hub) -> None:
    assert "There is no '2026-W54'" in run(hall_file, "report", "--week", "2026-W54").stderr
    assert (
        "choose another file"
        in run(hall_file, "report", "--week", "2026-W48", "--out", str(hall_file.parent / "none" / "r.json")).stderr
    )


def test_accounts_and_tokens_are_made_up_here(hall_file: Path, hall: config.Hall) -> None:
    passwords = {run(hall_file, "staff", "08", "--name", "王敏").output for _ in range(2)}
    assert len(passwords) == 2
    assert "No role 'boss'" in run(hall_file, "staff", "09", "--name", "x", "--role", "boss").stderr
    file = Path(run(hall_file, "token", "K1").output.strip())
    first = file.read_text()
    run(hall_file, "token", "K1")
    assert file.read_text() != first
    assert file.stat().st_mode & 0o077 == 0
    assert "'K9' is no device of this hall" in run(hall_file, "token", "K9").stderr


PROGRAMS = sorted(
    ".".join(file.relative_to(config.ROOT).with_suffix("").parts).removesuffix(".__main__")
    for folder in ("server", "kiosk", "counter_display", "printer_profiles", "replay", "demo", "bench", "chaos")
    for file in (config.ROOT / folder).rglob("*.py")
    if 'if __name__ == "__main__":' in file.read_text(encoding="utf-8")
    if file.name not in ("city.py", "check_file.py")  # they import nothing of ours: the city's platform, played, and
    # the script that goes with an exported file
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_begins_by_taking_any_console(program: str) -> None:
    path = config.ROOT / program.replace(".", "/")
    file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    text = file.read_text(encoding="utf-8")
    assert "from command_line import Command" in text or "\n    any_console()\n" in text.partition("__main__")[2]


@pytest.mark.parametrize(
    ("arguments", "encoding"),
    [
        (["roles"], "gbk"),
        (["roles"], "ascii"),
        (["roles"], "latin-1"),
        (["check"], "latin-1"),
        (["report", "--week", "2026-W54"], "ascii"),
    ],
)
def test_a_console_of_another_encoding_is_no_traceback(hall_file: Path, arguments: list[str], encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server", "--config", str(hall_file), *arguments],
        capture_output=True,
        cwd=config.ROOT,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        timeout=DEADLINE_S,
    )
    assert b"Traceback" not in done.stderr
    said = (done.stdout + done.stderr).decode(encoding, errors="replace")
    if encoding != "ascii":  # there click writes UTF-8 by itself
        assert ("\\u2713" in said) is (arguments == ["roles"])
    assert ("取号机" in said) is (arguments == ["roles"] and encoding == "gbk")
