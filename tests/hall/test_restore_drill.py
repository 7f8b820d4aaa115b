"""The drill of docs/backup.md: the hub is killed, its folder is gone, and the hall goes on elsewhere with the
next number.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tomlkit

import config
from server.store import journal
from server.store.database import read_only
from tests.hub_process import HubProcess
from tests.waiting import DEADLINE_S, until

KIOSK = "K1"


def server(file: Path | None, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """The command line as a person runs it, on a console in English."""
    where = ["--config", str(file)] if file else []
    return subprocess.run(
        [sys.executable, "-m", "server", *where, *arguments],
        cwd=config.ROOT,
        input=text,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )


class Living(HubProcess):
    """A hub with a place for backups, that issues numbers."""

    def __init__(self, folder: Path, place: str) -> None:
        super().__init__(folder)
        text = tomlkit.parse(self.file.read_text(encoding="utf-8"))
        text["backup"].update({"time": "02:30", "to": [place], "copy_s": 1})
        self.file.write_text(tomlkit.dumps(text), encoding="utf-8")
        self.issued = 0

    def issue(self, token: str) -> str:
        """One number at the kiosk, acknowledged."""
        self.issued += 1
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"touch-{self.issued:06d}"}
        status, body = self.ask("POST", "/api/v1/tickets", {"service": "SB01"}, headers)
        assert status == 201, body
        return str(body["number"])


def saved(hub: Living) -> subprocess.CompletedProcess[str]:
    """A backup; the hub makes the one of last night by itself after a minute, and one is made at a time."""

    def done() -> subprocess.CompletedProcess[str] | None:
        made = server(hub.file, "backup")
        return None if made.returncode else made

    found: subprocess.CompletedProcess[str] = until(done, "a backup")
    return found


def words_of(told: str) -> str:
    """The key out of what `backup key` shows: its lines of groups."""
    lines = told.splitlines()
    begin = next(n for n, line in enumerate(lines) if line.startswith("AGE-"))
    return "\n".join(lines[begin : begin + 5])


@pytest.fixture
def hub(tmp_path: Path) -> Living:
    (tmp_path / "old").mkdir()
    one = Living(tmp_path / "old", f"folder:{tmp_path / 'disk'}")
    one.start()
    return one


def test_killed_and_gone_the_hall_goes_on_with_the_next_number(hub: Living, tmp_path: Path) -> None:
    made = server(hub.file, "backup", "key", "--yes")
    key = words_of(made.stdout)
    token = (tmp_path / "old" / "hall" / "tokens" / KIOSK).read_text().strip()
    before = [hub.issue(token) for _ in range(5)]
    assert "saved, restored and verified" in saved(hub).stdout
    known = json.loads((tmp_path / "old" / "hall" / "backups.json").read_text())
    assert [place["tested_at"] is not None for place in known["places"].values()] == [True]

    hub.kill()
    shutil.rmtree(tmp_path / "old")
    (tmp_path / "key.txt").write_text(key)
    back = server(
        None, "restore", str(tmp_path / "disk"), "--key", str(tmp_path / "key.txt"), "--into", str(tmp_path / "new")
    )
    assert back.returncode == 0, back.stderr
    assert "Verified: whole up to row" in back.stdout

    again = elsewhere(hub, tmp_path / "new")
    again.start()
    try:
        answered = again.ask(
            "POST",
            "/api/v1/tickets",
            {"service": "SB01"},
            {"Authorization": f"Bearer {token}", "Idempotency-Key": "touch-000005"},
        )
        assert answered[1]["number"] == before[-1], "an old touch that is sent again is the same number"
        assert again.issue(token) == f"{before[-1][0]}{int(before[-1][1:]) + 1:03d}"
    finally:
        again.kill()
    conn = read_only(next((tmp_path / "new").rglob("hall.db")))
    assert journal.verify(conn) == []


def elsewhere(hub: Living, folder: Path) -> Living:
    """The restored hall as a process, on the old port and with nothing of the old machine."""
    new = Living.__new__(Living)
    new.port, new.printers, new.issued = hub.port, {}, hub.issued
    new.file, new.log = folder / "config.toml", (folder.parent / "new.log").open("a")
    return new


def test_what_came_after_the_backup_is_copied_within_seconds(hub: Living, tmp_path: Path) -> None:
    key = words_of(server(hub.file, "backup", "key", "--yes").stdout)
    token = (tmp_path / "old" / "hall" / "tokens" / KIOSK).read_text().strip()
    hub.issue(token)
    saved(hub)
    hub.kill()
    hub.start()  # the copy goes on from what is there
    last = [hub.issue(token) for _ in range(7)][-1]
    rows = len(read_only(tmp_path / "old" / "hall" / "hall.db").execute("SELECT 1 FROM journal").fetchall())
    disk = tmp_path / "disk"
    until(lambda: any("-rows-" in one.name for one in disk.iterdir()))

    def restored() -> bool:
        shutil.rmtree(tmp_path / "new", ignore_errors=True)
        done = server(None, "restore", str(disk), "--key", key, "--into", str(tmp_path / "new"))
        assert done.returncode == 0, done.stderr
        found = next((tmp_path / "new").rglob("hall.db"))
        return len(read_only(found).execute("SELECT 1 FROM journal").fetchall()) >= rows

    until(restored)
    hub.kill()
    conn = read_only(next((tmp_path / "new").rglob("hall.db")))
    prefix, number = conn.execute("SELECT prefix, number FROM tickets ORDER BY id DESC").fetchone()
    assert f"{prefix}{number:03d}" == last
    assert journal.verify(conn) == []
    again = elsewhere(hub, tmp_path / "new")
    again.start()
    assert again.issue(token) == f"{last[0]}{int(last[1:]) + 1:03d}"
    again.kill()


def test_numbers_that_no_backup_knows_can_be_passed_over(hub: Living, tmp_path: Path) -> None:
    key = words_of(server(hub.file, "backup", "key", "--yes").stdout)
    token = (tmp_path / "old" / "hall" / "tokens" / KIOSK).read_text().strip()
    last = hub.issue(token)
    saved(hub)
    hub.kill()
    done = server(None, "restore", str(tmp_path / "disk"), "--key", key, "--into", str(tmp_path / "new"), "--skip", "9")
    assert "9 numbers of each letter of that day are passed over." in done.stdout
    again = elsewhere(hub, tmp_path / "new")
    again.start()
    assert again.issue(token) == f"{last[0]}{int(last[1:]) + 10:03d}"
    again.kill()
