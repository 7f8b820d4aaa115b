"""The catalogue by the command line: written as a table, a table taken in, and nothing where anything is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import config
from server.__main__ import main
from tests.conftest import write_hall


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A hall with a catalogue of its own."""
    (tmp_path / "mine.csv").write_bytes((config.ROOT / "data" / "catalogue.csv").read_bytes())

    def change(hall: object) -> None:
        hall["hall"]["catalogue"] = "mine.csv"  # type: ignore[index]

    return write_hall(tmp_path, change)


def run(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(file), *arguments])


def test_it_is_written_and_taken_in_as_it_was(own: Path, tmp_path: Path) -> None:
    before = config.load(own).services
    for name in ("list.xlsx", "list.csv"):
        out = tmp_path / name
        assert run(own, "catalogue", "--out", str(out)).exit_code == 0
        done = run(own, "import", "catalogue", str(out))
        assert done.exit_code == 0 and "0 changed, 0 of them new, 0 not named" in done.output
        assert config.load(own).services == before
    assert run(own, "catalogue").output.startswith("序号,事项名称,")


def test_what_changes_is_said_and_done_and_a_dry_run_only_says_it(own: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("事项名称,承诺时限(工作日)\n失业登记,3\n", encoding="utf-8")
    dry = run(own, "import", "catalogue", str(table), "--dry-run")
    assert "JY01  Promised term: '即办' is now '3工作日'" in dry.output and "nothing was changed" in dry.output
    assert config.load(own).services["JY01"].promise == "即办"
    assert run(own, "import", "catalogue", str(table)).exit_code == 0
    assert config.load(own).services["JY01"].promise == "3工作日"


def test_a_mistake_changes_nothing_and_the_demonstration_stays(own: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("事项名称,承诺时限\n失业登记,3\n没有的事项,5\n", encoding="utf-8")
    done = run(own, "import", "catalogue", str(table))
    assert done.exit_code == 1 and "row 3" in done.output
    assert config.load(own).services["JY01"].promise == "即办"
    table.write_text("事项名称,承诺时限\n失业登记,3\n", encoding="utf-8")
    done = run(write_hall(tmp_path), "import", "catalogue", str(table))
    assert done.exit_code == 1 and "is not changed" in done.output
    assert run(own, "import", "catalogue").exit_code == 1
