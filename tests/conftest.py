"""A hall for tests: the demo's own file, open all day unless a test says otherwise, in a folder of its own."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tomlkit
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

import config
from server.store.database import Store
from server.verbs.day import tick
from server.verbs.hub import Hub

settings.register_profile("house", deadline=None)  # how fast an example runs is the machine's matter, not the example's
settings.load_profile("house")
expect.set_options(timeout=60_000)  # what a broken page is given up after, and no measure of the machine

MONDAY_9 = 1795395600.0  # 2026-11-23 09:00:00 +08:00


class HandClock:
    """A clock that a test moves by hand; epoch seconds."""

    def __init__(self, at: float = MONDAY_9) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += seconds


@cache
def _demo_hall() -> bytes:
    """The demo's file as tomlkit reads it; read once, as it takes a twentieth of a second."""
    return pickle.dumps(tomlkit.parse((config.ROOT / "config.toml").read_text(encoding="utf-8")))


@cache
def _new_database() -> bytes:
    """hall.db of a hub that was never started; made once, as all the migrations take their time."""
    with TemporaryDirectory() as folder:
        Store(Path(folder), durable=False).close()
        return (Path(folder) / "hall.db").read_bytes()


def new_store(folder: Path) -> Store:
    """A store in a folder that has none yet."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hall.db").write_bytes(_new_database())
    return Store(folder, durable=False)


def write_hall(folder: Path, change: Callable[[tomlkit.TOMLDocument], None] = lambda hall: None) -> Path:
    """config.toml, open all day, its data in `folder`, then changed as the test wishes."""
    hall: tomlkit.TOMLDocument = pickle.loads(_demo_hall())
    for key in ("catalogue", "catalogue_en", "calendar"):
        hall["hall"][key] = str(config.ROOT / str(hall["hall"][key]))
    hall["hub"]["data"] = str(folder / "hall")
    hall["tickets"]["outside_hours"] = "issue"
    hall["backup"]["time"] = ""  # a test that makes backups says so
    hall["console"].update({"call_lock_s": 0, "next_interval_s": 0, "recall_interval_s": 0})
    for kiosk in hall["kiosks"].values():
        kiosk["tickets_per_min"] = 0
    change(hall)
    file = folder / "config.toml"
    file.write_text(tomlkit.dumps(hall), encoding="utf-8")
    return file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return write_hall(tmp_path)


@pytest.fixture
def hall(hall_file: Path) -> config.Hall:
    return config.load(hall_file)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def hub(hall: config.Hall, clock: HandClock) -> Iterator[Hub]:
    hub = Hub(hall, new_store(hall.data), clock)
    tick(hub)
    yield hub
    hub.stop()
    hub.store.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, one for all tests of a worker: playwright allows no second one beside it."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()
