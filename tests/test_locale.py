"""Command lines: the words of the locale, and --config wherever it stands."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from click import Group
from click.testing import CliRunner

import command_line
import config
from command_line import for_good, in_front, language
from server.__main__ import COMMANDS, main
from tests.conftest import write_hall
from tests.waiting import DEADLINE_S

OF_SERVER = ("__main__", "init", "support", "taking_over", "certify")
SPOKEN = [
    config.ROOT / "command_line.py",
    config.ROOT / "strings.py",
    *(config.ROOT / "server" / f"{name}.py" for name in OF_SERVER),
    *(config.ROOT / "server" / "commands").glob("*.py"),
    config.ROOT / "relay" / "__main__.py",
    config.ROOT / "server" / "uplink" / "joining.py",
    config.ROOT / "district" / "__main__.py",
    config.ROOT / "demo" / "district.py",
]


def sentences() -> set[str]:
    keys = {"_": None, "say": None, "trouble": None}
    return {str(text) for path in SPOKEN for _, text, _, _ in extract_from_file("python", path, keywords=keys)}


def test_every_text_of_the_hubs_command_line_is_translated_and_none_is_left_over() -> None:
    with command_line.CATALOG.open("rb") as file:
        known = {str(m.id): str(m.string) for m in read_po(file) if m.id}
    said = sentences()
    assert len(said) > 90
    assert {text for text in said if not known.get(text)} == set()
    left = {text for text in known if text not in said and text not in SPOKEN[3].read_text(encoding="utf-8")}
    assert left == set()
    for text, english in known.items():
        assert set(re.findall(r"\{(\w+)\}", english)) <= set(re.findall(r"\{(\w+)\}", text)), text


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_language_is_the_locales(environment: dict[str, str], expected: str) -> None:
    assert language(environment) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["check", "--config", "x"], ["--config", "x", "check"]),
        (["--config", "x", "check"], ["--config", "x", "check"]),
        (
            ["import", "visits", "f.csv", "--config=x", "--twins"],
            ["--config=x", "import", "visits", "f.csv", "--twins"],
        ),
        (["check", "--", "--config", "x"], ["check", "--", "--config", "x"]),
        (["check", "--config"], ["--config", "check"]),
        ([], []),
    ],
)
def test_config_stands_where_one_likes(words: list[str], expected: list[str]) -> None:
    assert in_front(words) == expected


def test_what_is_made_for_good_is_looked_through_by_no_collection() -> None:
    before = gc.get_freeze_count()
    try:
        with for_good():
            assert not gc.isenabled()
            kept = [[] for _ in range(1000)]
        assert gc.isenabled() and gc.get_freeze_count() >= before + len(kept)
    finally:
        gc.unfreeze()


def ask(module: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES")}
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        capture_output=True, text=True, cwd=config.ROOT, timeout=DEADLINE_S, check=False,
        env={**clean, "LC_ALL": "C.UTF-8", **environment},
    )  # fmt: skip


def test_every_subcommand_of_the_hub_takes_config_behind_itself(tmp_path) -> None:
    """A file that is not there is named by each of them: it was this one that was read."""
    missing = str(tmp_path / "gone.toml")
    needs = {"staff": ["9", "--name", "x"], "token": ["K1"], "report": ["--week", "2026-W47"], "bookings": [__file__]}
    needs |= {"import visits": [__file__], "import withdraw": ["1", "--reason", "x"], "voice list": ["cmn"]}
    needs |= {"voice check": ["cmn"], "voice say": ["A001", "--out", missing], "copy": [missing]}
    needs |= {f"import {system}": [__file__] for system in ("novosga", "qsystem", "fqm")}
    needs |= {"certificate take": [__file__, __file__], "district join": ["http://x", "y"], "district alone": ["--yes"]}
    found = {one.name: one.found() for one in COMMANDS}
    groups = {name: list(one.commands) for name, one in found.items() if isinstance(one, Group)}
    names = [
        name
        for name in main.commands
        if name not in ("import", "voice", "init", "restore", "support", "second", "district")
    ]
    names += [f"{group} {name}" for group, within in groups.items() for name in within]
    assert len(names) >= 20
    for name in names:
        done = CliRunner().invoke(main, [*name.split(), *needs.get(name, []), "--config", missing])
        assert done.exit_code == 2 and "gone.toml: cannot be read" in done.output, (name, done.output)


@pytest.mark.parametrize(("module", "command"), [("counter_display", "doctor"), ("kiosk", "pin")])
def test_the_other_programs_take_it_too(module: str, command: str, tmp_path) -> None:
    done = ask(module, command, "--config", str(write_hall(tmp_path)), "--help")
    assert done.returncode == 0, done.stderr


def test_a_chinese_locale_is_answered_in_chinese() -> None:
    whole = ask("server", "--help", LC_ALL="zh_CN.UTF-8").stdout
    assert "用法：" in whole and "命令:" in whole and "建一座新大厅" in whole
    assert "缺少选项" in ask("server", "report", LC_ALL="zh_CN.UTF-8").stderr
    assert "本台账：全部正确" in ask("server", "check", LC_ALL="zh_CN.UTF-8").stdout
    assert "all right" in ask("server", "check").stdout
