"""SIGKILL of the hub at every byte of a slip: nobody gets two papers unasked, nobody gets none unnoticed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import config
from tests.conftest import write_hall

SHARES = 2
"""For two workers."""


@pytest.mark.parametrize("first", range(SHARES))
def test_killed_at_every_byte(tmp_path: Path, first: int) -> None:
    """Every byte is in one of the shares.

    The last position is the one at which the slip was through and nobody was killed.
    """
    work = tmp_path / "work"
    work.mkdir()
    command = [
        sys.executable,
        "-m",
        "tests.server.printing.killed",
        str(write_hall(tmp_path)),
        str(work),
        str(first),
        str(SHARES),
    ]
    rows = [
        json.loads(line)
        for line in subprocess.run(
            command, cwd=config.ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    ]
    *killed, last = rows
    assert len(killed) > 250 / SHARES
    assert {row["first"] for row in killed} == {"killed"}
    for row in killed:
        if row["begun"]:
            assert row["then"] == "unknown", row
            assert row["any"] <= 1, row
        elif row["then"] == "printed":
            assert (row["whole"], row["any"]) == (1, 1), row
        else:  # killed between the durable word and the first byte: no paper, and a person knows
            assert (row["then"], row["any"]) == ("unknown", 0), row
    assert sum(row["then"] == "printed" for row in killed) >= 15 // SHARES, "killed while the printer was only asked"
    assert sum(row["then"] == "unknown" and not row["begun"] for row in killed) <= 2
    assert (last["first"], last["then"], last["whole"], last["any"]) == ("printed", "printed", 1, 1)
