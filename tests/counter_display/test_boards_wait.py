"""The boards' program without a token: systemd hears that it is up and alive for as long as nobody types its code."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import config
import systemd
from tests.fake_hub import FakeHub
from tests.waiting import DEADLINE_S, until


def heard(line: socket.socket, most: int = 1) -> list[bytes]:
    line.settimeout(DEADLINE_S)
    return [line.recv(64) for _ in range(most)]


def test_boards_that_wait_for_their_enrolment_are_ready_and_stop_when_told(tmp_path: Path) -> None:
    hub = FakeHub()
    told = {
        "secret": "mine",
        "code": "BKWXTR",
        "shown": "BKW-XTR",
        "url": "http://h/c",
        "page": "http://h",
        "lasts_s": 9,
    }
    hub.answers["POST", "/devices/codes"] = (201, {**told, "interval_s": 0.05})
    hub.answers["POST", "/devices/codes/became"] = (200, {"state": "waiting"})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        process = subprocess.Popen(
            [sys.executable, "-m", "counter_display", "--hub", hub.url, "--token-file", str(tmp_path / "boards")],
            cwd=config.ROOT,
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "STATE_DIRECTORY": str(tmp_path)},
            stderr=subprocess.DEVNULL,
        )
        try:
            assert heard(line, 2) == [b"READY=1", b"WATCHDOG=1"]
            until(lambda: any(path.endswith("/codes/became") for _, path, _, _ in hub.seen), "the code is asked for")
            process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE_S) == 0
        finally:
            process.kill()
            hub.kill()


def test_who_waits_says_so_again_and_again_and_then_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with systemd.waiting(every_s=0.01):
            assert heard(line, 4) == [b"READY=1", *[b"WATCHDOG=1"] * 3]
        line.setblocking(False)
        while True:
            try:
                line.recv(64)
            except BlockingIOError:
                break
        line.settimeout(0.1)
        with pytest.raises(TimeoutError):
            line.recv(64)
