"""A second machine in a process of its own, beside `HubProcess`; for tests that kill either."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import config
from server.store.database import Store
from tests.conftest import CHEAP, free_port
from tests.hub_process import HubProcess
from tests.waiting import DEADLINE_S, until


def give_token(hub: HubProcess) -> str:
    """The second machine's token, made while the hub does not run."""
    subprocess.run(
        [sys.executable, "-m", "server", "--config", str(hub.file), "token", "second"], check=True, cwd=config.ROOT,
        capture_output=True,
    )  # fmt: skip
    return (hub.file.parent / "hall" / "tokens" / "second").read_text().strip()


class SecondProcess:
    def __init__(self, folder: Path, hub: HubProcess, token: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url, self.of = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{hub.port}"
        folder.mkdir(mode=0o700)
        (folder / "token").write_text(token)
        self.log = (folder / "second.log").open("a")

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", "second", "--of", self.of, "--into", str(self.folder),
             "--url", self.url, "--listen", f"127.0.0.1:{self.port}"],
            stderr=self.log, cwd=config.ROOT,
        )  # fmt: skip

    def standing(self) -> dict[str, Any]:
        return standing(self.url)

    def wait_in_step(self) -> None:
        until(lambda: self.standing().get("in_step"))

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(DEADLINE_S)


PASSWORD = "correct-horse-9"


def give_manager(folder: Path) -> None:
    """A manager of the hall in this folder, whose hub does not run."""
    store = Store(folder / "hall", durable=False)
    store.turn(lambda turn: turn.put_staff("9001", "林雪", "manager", CHEAP.hash(PASSWORD)), lambda last: last)
    store.close()


def page(url: str) -> str:
    """The machine's page; "" where nobody answers."""
    try:
        with urllib.request.urlopen(f"{url}/", timeout=DEADLINE_S) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def post(url: str, form: dict[str, str]) -> str:
    """A form's answer."""
    try:
        with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=DEADLINE_S) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()


def standing(url: str) -> dict[str, Any]:
    """{} where nobody answers."""
    try:
        with urllib.request.urlopen(f"{url}/api/v1/second/standing", timeout=DEADLINE_S) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except OSError:
        return {}
