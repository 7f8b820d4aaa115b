"""What the kiosk's tests share: the demo hall, its fonts, and a small hub."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pytest

import config
from kiosk.screens import samples
from kiosk.screens.fonts import Fonts
from tests.kiosk.small_hub import SmallHub


@pytest.fixture(scope="session")
def hall() -> config.Hall:
    return config.load()


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return Fonts()


@pytest.fixture
def hub(hall: config.Hall) -> Iterator[SmallHub]:
    view = samples.view_json(hall, "K1")
    server = SmallHub(view)
    yield server
    if not server.closing:
        server.close()
