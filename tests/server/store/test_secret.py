"""Whatever the shell's umask is: the database, its log, keys and tokens are their owner's alone."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
from server.pages import access
from server.store import secret
from server.store.database import Store
from server.verbs.day import tick
from server.verbs.hub import Hub
from tests.conftest import HandClock


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {str(one.relative_to(folder)): oct(one.stat().st_mode & 0o777) for one in [folder, *folder.rglob("*")]}


def use(hall: config.Hall) -> dict[str, str]:
    hub = Hub(hall, Store(hall.data), HandClock())
    tick(hub)
    access.give_tokens(hub)
    secret.key(hall, "cookie")
    found = modes(hall.data)
    hub.store.close()
    return found


def private(found: dict[str, str]) -> bool:
    folders = {".", "tokens"}
    assert {"hall.db", "hall.db-wal", "hall.db-shm", "lock", "cookie-key", "tokens/K1", *folders} <= found.keys()
    return all(mode == ("0o700" if name in folders else "0o600") for name, mode in found.items())


def test_what_a_hub_makes_is_its_owners_alone(hall: config.Hall) -> None:
    assert private(use(hall))


def test_what_stood_open_from_before_is_closed(hall: config.Hall) -> None:
    use(hall)
    for one in [hall.data, *hall.data.rglob("*")]:
        one.chmod(0o777 if one.is_dir() else 0o666)
    assert private(use(hall))


def test_two_who_ask_first_at_once_get_one_key(hall: config.Hall) -> None:
    together, found = threading.Barrier(16), set()

    def ask(name: str) -> None:
        together.wait()
        found.add((name, secret.key(hall, name)))

    for name in ("one", "two", "three"):
        askers = [threading.Thread(target=ask, args=(name,)) for _ in range(16)]
        for one in askers:
            one.start()
        for one in askers:
            one.join()
    assert len(found) == 3


def test_a_hub_has_from_its_start_every_key_under_which_something_stands(hall: config.Hall) -> None:
    secret.standing(hall)
    made = {name: secret.known(hall, name) for name in secret.STANDING}
    assert all(made.values()) and len({*made.values()}) == len(made) and "punch" in made
    secret.standing(hall)
    assert made == {name: secret.known(hall, name) for name in secret.STANDING}
