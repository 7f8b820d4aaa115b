"""The real program, headless, against a small hub: touched over its mirror like a visitor of the demo's page."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import config
from kiosk import samples
from tests.kiosk.small_hub import SmallHub, until


class Running:
    """A kiosk process and its mirror."""

    def __init__(self, config_path: Path, token: Path) -> None:
        command = [sys.executable, "-m", "kiosk", "--config", str(config_path), "--token-file", str(token),
                   "--show-port", "0", "--size", "640x960"]  # fmt: skip
        env = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
        self.process = subprocess.Popen(command, cwd=config.ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.process.stdout
        ready = self.process.stdout.readline()
        assert ready, self.process.stderr.read().decode() if self.process.stderr else ""
        self.url = f"http://127.0.0.1:{json.loads(ready)['show_port']}"

    def get(self, path: str) -> tuple[bytes, Any]:
        with urllib.request.urlopen(self.url + path, timeout=15) as answer:
            return answer.read(), answer.headers

    def screen(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("/screen")[0])
        return found

    def waits_for(self, page: str, target: str = "") -> dict[str, Any]:
        def there() -> dict[str, Any] | None:
            screen = self.screen()
            return screen if screen.get("page") == page and (not target or target in screen["targets"]) else None

        found: dict[str, Any] = until(there, 15.0)
        return found

    def touch(self, target: str, phase: str = "tap", screen: dict[str, Any] | None = None) -> None:
        left, top, right, bottom = (screen or self.screen())["targets"][target]
        body = json.dumps({"x": (left + right) / 2, "y": (top + bottom) / 2, "phase": phase}).encode()
        request = urllib.request.Request(self.url + "/touch", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 204

    def goes(self, target: str, page: str) -> dict[str, Any]:
        """Touch until the page has come: a page ignores touches in its first moments."""

        def gone() -> dict[str, Any] | None:
            screen = self.screen()
            if screen["page"] != page and target in screen["targets"]:
                self.touch(target, screen=screen)
            return screen if screen["page"] == page else None

        found: dict[str, Any] = until(gone)
        return found

    def stop(self, sign: int = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(5)


@pytest.fixture
def hall_file(hub: SmallHub, hall: config.Hall, tmp_path: Path) -> Path:
    text = (config.ROOT / "config.toml").read_text(encoding="utf-8")
    text = text.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{hub.port}")
    text = text.replace('"data/', f'"{config.ROOT}/data/')
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "token").write_text("secret\n", encoding="utf-8")
    return path


@pytest.fixture
def kiosk(hall_file: Path) -> Iterator[Running]:
    running = Running(hall_file, hall_file.parent / "token")
    yield running
    running.process.kill()
    running.process.wait(5)


def test_it_takes_one_number_with_two_touches(kiosk: Running, hub: SmallHub) -> None:
    kiosk.waits_for("home")
    kiosk.goes("group:social", "items")
    kiosk.goes("service:SB01", "ticket")
    until(lambda: kiosk.screen()["print"] == "printed")
    assert kiosk.screen()["number"] == "A001"
    assert len(hub.tickets) == 1 and len({key for key, _ in hub.asked}) == 1
    assert hub.asked[0][1] == {"service": "SB01", "language": "zh", "large_print": False}


def test_a_lost_answer_is_asked_for_again_with_the_same_key(kiosk: Running, hub: SmallHub) -> None:
    hub.swallow = 1
    kiosk.waits_for("home")
    kiosk.goes("help", "ticket")
    assert len(hub.asked) == 2 and len({key for key, _ in hub.asked}) == 1
    assert len(hub.tickets) == 1


def test_a_hub_that_goes_away_is_told_and_comes_back(kiosk: Running, hub: SmallHub) -> None:
    kiosk.waits_for("home")
    hub.close()
    kiosk.waits_for("away")
    back = SmallHub({**hub.view, "seq": 50, "issuing": False, "notice": samples.CLOSED}, hub.port)
    try:
        kiosk.waits_for("closed")
    finally:
        back.close()


def test_a_press_is_seen_at_once(kiosk: Running) -> None:
    kiosk.waits_for("home")
    kiosk.touch("group:social", "down")
    assert until(lambda: kiosk.screen()["pressed"] == "group:social")
    assert kiosk.screen()["page"] == "home"
    kiosk.touch("group:social", "up")
    kiosk.waits_for("items")


def test_a_finger_that_slides_off_takes_nothing(kiosk: Running, hub: SmallHub) -> None:
    kiosk.waits_for("home")
    kiosk.touch("help", "down")
    kiosk.touch("group:social", "up")
    assert until(lambda: kiosk.screen()["pressed"] is None)
    assert hub.asked == [] and kiosk.screen()["page"] == "home"


def test_it_shows_its_picture_and_waits_for_the_next(kiosk: Running) -> None:
    kiosk.waits_for("home")
    png, headers = kiosk.get("/picture.png")
    assert Image.open(io.BytesIO(png)).size == (640, 960)
    assert headers["Access-Control-Allow-Origin"] == "*"
    kiosk.touch("language")
    jpeg, later = kiosk.get(f"/picture?since={headers['X-Version']}")
    assert jpeg[:2] == b"\xff\xd8" and int(later["X-Version"]) > int(headers["X-Version"])
    assert b"<img" in kiosk.get("/")[0]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"x":2,"y":0}', b'{"x":"a","y":0}', b'{"x":0,"y":0,"phase":"no"}'])
def test_a_touch_that_is_none_is_refused(kiosk: Running, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(kiosk.url + "/touch", body), timeout=5)
    assert refused.value.code == 400


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told(kiosk: Running, sign: int) -> None:
    kiosk.waits_for("home")
    assert kiosk.stop(sign) == 0


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "kiosk", *options], cwd=config.ROOT, capture_output=True, text=True, timeout=20)


def test_it_names_every_mistake_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[hall]\nnmae = 1\n", encoding="utf-8")
    done = run("--config", str(path))
    assert done.returncode == 2
    assert "config.toml:2: hall.nmae: unknown key; did you mean 'name'?" in done.stderr


def test_it_names_the_kiosks_there_are() -> None:
    done = run("--kiosk", "K9")
    assert (done.returncode, done.stderr.strip()) == (2, "--kiosk: 'K9' is not in config.toml; there are K1")


def test_it_says_what_a_size_looks_like() -> None:
    done = run("--size", "large")
    assert done.returncode == 2 and 'write it like "1080x1920"' in done.stderr


def test_it_has_help() -> None:
    done = run("--help")
    assert done.returncode == 0 and "--show-port" in done.stdout
