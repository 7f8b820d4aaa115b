"""The systemd units of deploy/: systemd itself finds no mistake, every command line is understood, and the documents
name them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import config

UNITS = sorted((config.ROOT / "deploy").glob("*.service"))


def test_systemd_understands_every_line() -> None:
    done = subprocess.run(["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "jiaohao" in line and "is not executable" not in line]
    assert len(UNITS) == 3 and ours == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_there_is_with_options_there_are(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    module, options = re.search(r"python -m (\w+)(.*)", text).groups()  # type: ignore[union-attr]
    known = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=config.ROOT, capture_output=True, text=True, check=True
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
