"""A hall for tests: the demo's own file, open all day unless a test says otherwise, in a folder of its own."""

from __future__ import annotations

import gc
import pickle
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from functools import _lru_cache_wrapper, cache
from inspect import signature
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import tomlkit
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, expect, sync_playwright

import config
from server.store.database import Store
from server.verbs import accounts
from server.verbs.day import tick
from server.verbs.hub import Hub
from tests.waiting import DEADLINE_S

settings.register_profile("hunt", deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast an example is made and runs is the machine's matter, not the example's."""
settings.register_profile("house", settings.get_profile("hunt"), derandomize=True)  # the same for everybody who asks
settings.load_profile("house")
expect.set_options(timeout=DEADLINE_S * 1000)  # what a broken page is given up after, and no measure of the machine


LONGEST = (
    "test_crash", "test_folder_install", "test_odd_requests", "test_promises", "test_foretold", "test_memory",
    "test_queries", "test_killed", "test_killed_printing", "test_restore_drill", "test_take_over", "test_journal",
    "test_house", "test_openapi", "test_a_round", "test_real", "test_clerk", "test_moves", "test_place",
    "test_rehearser", "test_past",
)  # fmt: skip
"""Files with tests of five seconds of a core and more: begun first, as at the end the other workers would wait for
them.
"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem not in LONGEST)  # behind pytest-randomly; its order stays within each


_by_hall: set[Any] = set()
"""The caches of the program that hold something by its hall, which has one and not thousands."""


def _takes_hall(cached: Any) -> bool:
    first = signature(cached).parameters.get("hall")
    return first is not None and str(first.annotation).endswith("Hall")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not walk over it again and again."""
    for name, module in [*sys.modules.items()]:
        if name.startswith("server."):
            cached = [one for one in vars(module).values() if isinstance(one, _lru_cache_wrapper)]
            _by_hall.update(one for one in cached if _takes_hall(one))
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 5)  # a hub is some hundred thousand objects: the usual 700 costs a sixth of the time


class Compiled(BytecodeCache):
    """Templates, compiled once for all the hubs of a worker and not once for each test."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": Compiled()}

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
DEAR = accounts._hasher
"""What the hub has: a fifth of a second of a core for each password, which is the matter of test_people alone."""
accounts._hasher = CHEAP

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
def _plain_hall() -> tuple[Path, str, bytes]:
    """(folder, text, hall) of the file that no test has changed: written and read once, as reading takes a fifth of a
    second and most tests want just this.
    """
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        file = write_hall(folder)
        return folder, file.read_text(encoding="utf-8"), pickle.dumps(config.load(file))


def plain_hall(folder: Path) -> config.Hall:
    """What `config.load` finds in the file that `write_hall` wrote to `folder`, when nothing was changed."""
    _, _, told = _plain_hall()
    hall: config.Hall = pickle.loads(told)
    folder = folder.resolve()
    own = hall.hub.model_copy(update={"data": str(folder / "hall")})
    return hall.model_copy(update={"folder": folder, "file": folder / "config.toml", "hub": own})


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


def hall_with_own_tables(folder: Path) -> Path:
    """A hall whose tables lie in its own folder."""
    for name in ("catalogue.csv", "catalogue.en.csv", "calendar.csv"):
        shutil.copy(config.ROOT / "data" / name, folder / name)

    def own(hall: tomlkit.TOMLDocument) -> None:
        hall["hall"].update(
            {"catalogue": "catalogue.csv", "catalogue_en": "catalogue.en.csv", "calendar": "calendar.csv"}
        )

    return write_hall(folder, own)


@cache
def _own_ports() -> Iterator[int]:
    """A hundred that no other process of tests has: each holds a name for its own as long as it lives."""
    for first in range(22_000, 32_700, 100):
        held = socket.socket(socket.AF_UNIX)
        try:
            held.bind(f"\0jiaohao tests have the ports from {first}")
        except OSError:
            held.close()
            continue
        _held.append(held)
        return cycle(range(first, first + 100))
    raise OSError("no ports are left for tests")


_held: list[socket.socket] = []


def free_port() -> int:
    """One that is still free when it is used, also again and again: it lies below those that the kernel gives to
    whoever wants any, for a server or for an end of a connection.
    """
    for port in _own_ports():
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("all ports of these tests are in use")


def plain_file(folder: Path) -> str:
    """What `write_hall` writes for that folder when nothing is changed."""
    old, text, _ = _plain_hall()
    return text.replace(str(old), str(folder))


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(plain_file(tmp_path), encoding="utf-8")
    return file


@pytest.fixture
def hall(hall_file: Path) -> Iterator[config.Hall]:
    folder = hall_file.parent
    yield plain_hall(folder) if hall_file.read_text() == plain_file(folder) else config.load(hall_file)
    for cached in _by_hall:
        cached.cache_clear()


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
    """Debian's Chromium without windows, one for all tests of a worker: playwright allows no second one beside it. The
    one with windows starts a renderer for the browser's own bars with each page, which takes more than the page.
    """
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=arguments)
        yield browser
        browser.close()
