"""The systemd units of deploy/: systemd itself finds no mistake, every command line is understood, and the documents
name them.
"""

from __future__ import annotations

import mmap
import re
import subprocess
import sys
from pathlib import Path

import pytest

import config
from server.app import create_app
from server.store.soundness import Damaged
from server.verbs.hub import Hub

DEPLOY = config.ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
PROGRAMS = [unit for unit in UNITS if "python -m" in unit.read_text(encoding="utf-8")]
BROWSERS = [*(unit for unit in UNITS if unit not in PROGRAMS), *sorted(DEPLOY.glob("*.desktop"))]
"""What opens a page of the hub: televisions and counter PCs."""


def test_systemd_understands_every_line() -> None:
    done = subprocess.run(["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "jiaohao" in line and "is not executable" not in line]
    assert (len(PROGRAMS), len(UNITS), len(BROWSERS)) == (7, 8, 3) and ours == []


def test_a_start_that_a_person_must_see_to_is_not_tried_for_ever() -> None:
    for unit in ("jiaohao-hub.service", "jiaohao-second.service"):
        lines = (DEPLOY / unit).read_text(encoding="utf-8").splitlines()
        assert f"RestartPreventExitStatus={Damaged.status}" in lines, unit


@pytest.mark.parametrize("unit", PROGRAMS, ids=lambda path: path.name)
def test_a_unit_starts_what_there_is_with_options_there_are(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    found = re.search(r"python -m (\w+)( \w+)?(.*)", text)
    assert found
    module, command, options = found.groups()
    known = subprocess.run(
        [sys.executable, "-m", module, *(command or "").split(), "--help"],
        cwd=config.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert set(re.findall(r"--[a-z-]+", options)) <= set(re.findall(r"--[a-z-]+", known))
    for line in (
        "Type=notify",
        "Restart=always",
        "StartLimitIntervalSec=0",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
    ):
        assert line in text.splitlines(), line
    assert "WatchdogSec=" in text and unit.name in (config.ROOT / "docs" / "kiosk.md").read_text(encoding="utf-8")


def command(file: Path) -> list[str]:
    """The browser's own command line."""
    line = re.search(r"^Exec(?:Start)?=(.*)$", file.read_text(encoding="utf-8"), re.M)
    assert line
    words = line[1].split()
    return words[words.index("/usr/bin/chromium") :]


@pytest.mark.parametrize("file", BROWSERS, ids=lambda path: path.name)
def test_a_browser_starts_on_a_page_there_is_and_may_speak(file: Path, hub: Hub) -> None:
    """With switches that Debian's Chromium has, sound without a touch among them."""
    words = command(file)
    opened = next(word for word in words if "HUB:8000" in word or word == "${URL}").partition("=http")[2] or words[-1]
    client, address = create_app(hub).test_client(), opened.rpartition("8000")[2] or "/screen"
    assert client.get("/screen" if opened == "${URL}" else address).status_code in (200, 302)
    assert ("--kiosk" in words) == ("screen" in file.name)
    assert file.name in (config.ROOT / "docs" / "televisions.md").read_text(encoding="utf-8")
    switches = [word.removeprefix("--").partition("=")[::2] for word in words if word.startswith("--")]
    assert ("autoplay-policy", "no-user-gesture-required") in switches
    assert [name for name, _ in switches if not known(name)] == [] and known("no-user-gesture-required")


def known(word: str) -> bool:
    """Whether Debian's Chromium has a switch or a value of one: it passes over those it has not, without a word."""
    with open("/usr/lib/chromium/chromium", "rb") as program:
        whole = mmap.mmap(program.fileno(), 0, access=mmap.ACCESS_READ)
        return whole.find(b"\0" + word.encode() + b"\0") >= 0


def test_a_switch_that_there_is_not_is_found() -> None:
    assert not known("disable-session-crashed-bubble") and known("hide-crash-restore-bubble")


def test_a_unit_of_a_television_comes_back_by_itself() -> None:
    text = (DEPLOY / "jiaohao-screen.service").read_text(encoding="utf-8").splitlines()
    for line in ("Restart=always", "StartLimitIntervalSec=0", "EnvironmentFile=/etc/jiaohao/screen.env"):
        assert line in text
