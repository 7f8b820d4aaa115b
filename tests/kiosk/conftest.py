"""What the kiosk's tests share: the demo hall, its fonts, and a hub of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pytest

import config
from kiosk.screens import samples
from kiosk.screens.fonts import Fonts
from tests.fake_hub import KiosksHub


@pytest.fixture(scope="session")
def hall() -> config.Hall:
    return config.load()


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return Fonts()


@pytest.fixture
def hub(hall: config.Hall) -> Iterator[KiosksHub]:
    view = samples.view_json(hall, "K1")
    server = KiosksHub(view)
    yield server
    server.kill()
