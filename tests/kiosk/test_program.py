"""The real program, headless, against a small hub: touched over its mirror like a visitor of the demo's page."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygame
import pytest
from PIL import Image

import config
from hub_client import HubClient
from kiosk.flow import events, flow
from kiosk.flow.view import View, plate_of
from kiosk.readers.virtual import Desk
from kiosk.rim import display, pin
from kiosk.rim.program import Devices, Program
from kiosk.rim.pulse import Pulse
from kiosk.screens import samples
from tests.fake_hub import FakeHub, KiosksHub
from tests.waiting import DEADLINE_S, until


class Running:
    """A kiosk process and its mirror."""

    def __init__(self, config_path: Path, token: Path, *more: str) -> None:
        command = [
            sys.executable,
            "-m",
            "kiosk",
            "--config",
            str(config_path),
            "--token-file",
            str(token),
            "--show-port",
            "0",
            "--size",
            "640x960",
            *more,
        ]
        env = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
        self.process = subprocess.Popen(
            command, cwd=config.ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdout
        ready = self.process.stdout.readline()
        assert ready, self.process.stderr.read().decode() if self.process.stderr else ""
        self.url = f"http://127.0.0.1:{json.loads(ready)['show_port']}"

    def get(self, path: str) -> tuple[bytes, Any]:
        with urllib.request.urlopen(self.url + path, timeout=DEADLINE_S) as answer:
            return answer.read(), answer.headers

    def screen(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("/screen")[0])
        return found

    def waits_for(self, page: str, target: str = "") -> dict[str, Any]:
        def there() -> dict[str, Any] | None:
            screen = self.screen()
            return screen if screen.get("page") == page and (not target or target in screen["targets"]) else None

        found: dict[str, Any] = until(there)
        return found

    def touch(self, target: str, phase: str = "tap", screen: dict[str, Any] | None = None) -> None:
        """Returns when the kiosk has taken it: what is looked at next is what came of it."""
        screen = screen or self.screen()
        left, top, right, bottom = screen["targets"][target]
        body = json.dumps({"x": (left + right) / 2, "y": (top + bottom) / 2, "phase": phase}).encode()
        request = urllib.request.Request(self.url + "/touch", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            assert answer.status == 204
        if phase == "tap":
            until(lambda: self.screen()["lifts"] > screen["lifts"], f"the touch of {target}")

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
        return self.process.wait(DEADLINE_S)


@pytest.fixture
def hall_file(hub: KiosksHub, hall: config.Hall, tmp_path: Path) -> Path:
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
    running.process.wait(DEADLINE_S)


def test_it_takes_one_number_with_two_touches(kiosk: Running, hub: KiosksHub) -> None:
    kiosk.waits_for("home")
    kiosk.goes("group:social", "items")
    kiosk.goes("service:SB01", "ticket")
    shown = until(lambda: next((one for one in [kiosk.screen()] if one.get("print") == "printed"), None))
    assert shown["number"] == "A001"
    assert len(hub.tickets) == 1 and len({key for key, _ in hub.wishes}) == 1
    assert hub.wishes[0][1] == {"service": "SB01", "language": "zh", "large_print": False}


def test_it_prints_a_list_and_says_what_became_of_it(kiosk: Running, hub: KiosksHub) -> None:
    hub.print_states = ["sending", "failed"]
    kiosk.waits_for("home")
    kiosk.goes("guide", "guide")
    kiosk.goes("group:social", "items")
    kiosk.goes("service:SB01", "item")
    kiosk.goes("list", "list")
    until(lambda: kiosk.screen().get("print") == "failed")
    assert [made["service"] for made in hub.lists.values()] == ["SB01"] and hub.wishes == []
    kiosk.goes("back", "item")


def test_a_number_is_printed_again_and_given_back(kiosk: Running, hub: KiosksHub) -> None:
    kiosk.waits_for("home")
    kiosk.goes("group:social", "items")
    kiosk.goes("service:SB01", "ticket")

    def printed() -> bool:
        screen = kiosk.screen()
        if screen["page"] == "ticket" and "print" in screen["targets"]:
            kiosk.touch("print", screen=screen)
        return "/kiosks/K1/tickets/1/print" in hub.paths

    until(printed)
    kiosk.waits_for("ticket", "return")
    kiosk.goes("return", "returning")
    kiosk.goes("give-back", "returned")
    assert hub.paths[-1] == "/kiosks/K1/tickets/1/give-back" and hub.paths.count(hub.paths[-1]) == 1
    kiosk.goes("home", "home")


def test_a_lost_answer_is_asked_for_again_with_the_same_key(kiosk: Running, hub: KiosksHub) -> None:
    hub.swallow = 1
    kiosk.waits_for("home")
    kiosk.goes("help", "ticket")
    assert len(hub.wishes) >= 2 and len({key for key, _ in hub.wishes}) == 1
    assert len(hub.tickets) == 1


def test_a_hub_that_goes_away_is_told_and_comes_back(kiosk: Running, hub: KiosksHub) -> None:
    kiosk.waits_for("home")
    hub.kill()
    kiosk.waits_for("away")
    back = KiosksHub({**hub.view, "seq": 50, "issuing": False, "notice": samples.CLOSED}, hub.port)
    try:
        kiosk.waits_for("closed")
    finally:
        back.kill()


def test_a_press_is_seen_at_once(kiosk: Running) -> None:
    kiosk.waits_for("home")
    kiosk.touch("group:social", "down")
    assert until(lambda: kiosk.screen()["pressed"] == "group:social")
    assert kiosk.screen()["page"] == "home"
    kiosk.touch("group:social", "up")
    kiosk.waits_for("items")


def test_a_finger_that_slides_off_takes_nothing(kiosk: Running, hub: KiosksHub) -> None:
    kiosk.waits_for("home")
    kiosk.touch("help", "down")
    kiosk.touch("group:social", "up")
    assert until(lambda: kiosk.screen()["pressed"] is None)
    assert hub.wishes == [] and kiosk.screen()["page"] == "home"


def test_it_shows_its_picture_and_waits_for_the_next(kiosk: Running) -> None:
    kiosk.waits_for("home")
    png, headers = kiosk.get("/picture.png")
    assert Image.open(io.BytesIO(png)).size == (640, 960)
    assert headers["Access-Control-Allow-Origin"] == "*"
    kiosk.touch("language")
    jpeg, later = kiosk.get(f"/picture?since={headers['X-Version']}")
    assert jpeg[:2] == b"\xff\xd8" and int(later["X-Version"]) > int(headers["X-Version"])
    assert b"<img" in kiosk.get("/")[0]


def test_a_touch_that_is_none_is_refused(kiosk: Running) -> None:
    for body in (b"", b"{}", b"[]", b'{"x":2,"y":0}', b'{"x":"a","y":0}', b'{"x":0,"y":0,"phase":"no"}'):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(kiosk.url + "/touch", body), timeout=DEADLINE_S)
        assert refused.value.code == 400, body


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told(kiosk: Running, sign: int) -> None:
    kiosk.waits_for("home")
    assert kiosk.stop(sign) == 0


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *options], cwd=config.ROOT, capture_output=True, text=True, timeout=DEADLINE_S
    )


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


@pytest.mark.parametrize("driver", ["dummy", "offscreen", "kmsdrm", "x11"])
def test_without_a_screen_it_ends_with_a_sentence_and_is_started_again(driver: str, tmp_path: Path) -> None:
    """Whoever watches it (systemd) starts it again; the hub never heard that it lives, so its alert stays."""
    token = tmp_path / "token"
    token.write_text("t")
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")} | {"SDL_VIDEODRIVER": driver}
    command = [sys.executable, "-m", "kiosk", "--token-file", str(token)]
    done = subprocess.run(command, cwd=config.ROOT, env=env, capture_output=True, text=True, timeout=DEADLINE_S)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1 and last.startswith("取号机：") and driver in last and "Traceback" not in done.stderr


def test_it_has_help() -> None:
    done = run("--help")
    assert done.returncode == 0 and "--show-port" in done.stdout


# --- what is plugged in -----------------------------------------------------------------------------------------------


PIN = "24680"


@pytest.fixture
def equipped(hub: KiosksHub, hall_file: Path) -> Iterator[tuple[Running, Desk]]:
    """A kiosk on its side, with a scanner, a card reader and a PIN."""
    text = hall_file.read_text(encoding="utf-8")
    for old, new in (
        ('scanner = ""', 'scanner = "serial:scanner"'),
        ('card_reader = ""', 'card_reader = "serial:card?baud=115200"'),
        ('pin = ""', f'pin = "{pin.seal(PIN)}"'),
        ("rotate = 0", "rotate = 90"),
        ("touch = []", 'touch = ["swap"]'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    hall_file.write_text(text, encoding="utf-8")
    desk = Desk(hall_file.parent / "scanner", hall_file.parent / "card")
    running = Running(hall_file, hall_file.parent / "token")
    yield running, desk
    running.process.kill()
    running.process.wait(DEADLINE_S)
    desk.unplug()


def test_a_scanned_code_is_looked_up_in_a_turned_kiosk(equipped: tuple[Running, Desk], hub: KiosksHub) -> None:
    kiosk, desk = equipped
    kiosk.waits_for("home")
    assert Image.open(io.BytesIO(kiosk.get("/picture.png")[0])).size == (640, 960)

    def looked_up() -> bool:
        desk.scan("JH-7F3K9Q", prefix="]Q1")
        return "/kiosks/K1/look-up" in hub.paths

    until(looked_up)
    kiosk.waits_for("result")


def test_a_card_is_read_after_its_notice_and_only_its_seal_leaves(
    equipped: tuple[Running, Desk], hub: KiosksHub
) -> None:
    kiosk, desk = equipped
    hub.change(quota_per_person=True, id_key="6b" * 32)
    kiosk.waits_for("home")
    desk.lay("resident")
    kiosk.goes("group:social", "items")
    kiosk.goes("service:SB01", "notice")
    assert desk.sam.commands == []
    kiosk.goes("card", "ticket")
    holder = hub.wishes[0][1]["holder"]
    assert holder["mask"] == "3505**********1234" and len(holder["hash"]) == 64
    until(lambda: len(desk.sam.commands) >= 3)
    kiosk.stop()
    assert kiosk.process.stderr and b"350502190001011234" not in kiosk.process.stderr.read()


def knock(kiosk: Running) -> None:
    for _ in range(5):
        body = json.dumps({"x": 0.02, "y": 0.02, "phase": "tap"}).encode()
        urllib.request.urlopen(urllib.request.Request(kiosk.url + "/touch", body), timeout=DEADLINE_S).close()


def come_in(kiosk: Running) -> None:
    """Knock until one is asked for the PIN: five touches that a slow machine draws apart are none."""

    def asked() -> bool:
        if kiosk.screen()["page"] != "maintenance:pin":
            knock(kiosk)
        return bool(kiosk.screen()["page"] == "maintenance:pin")

    until(asked)


def test_the_technician_comes_looks_and_ends_the_program(equipped: tuple[Running, Desk]) -> None:
    kiosk, _ = equipped
    kiosk.waits_for("home")
    come_in(kiosk)
    for digit in "1111":
        kiosk.touch(f"digit:{digit}")
    kiosk.touch("digit:ok")
    for digit in PIN:
        kiosk.touch(f"digit:{digit}")
    kiosk.goes("digit:ok", "maintenance:menu")
    kiosk.touch("test-page")
    kiosk.goes("log", "maintenance:log")
    kiosk.goes("menu", "maintenance:menu")
    kiosk.goes("close", "home")
    come_in(kiosk)
    for digit in PIN:
        kiosk.touch(f"digit:{digit}")
    kiosk.goes("digit:ok", "maintenance:menu")
    kiosk.goes("leave", "maintenance:leave")
    there = kiosk.screen()

    def ended() -> bool:
        with contextlib.suppress(OSError):  # it may end while it is asked
            kiosk.touch("exit", screen=there)
        return kiosk.process.poll() is not None

    until(ended)
    assert kiosk.process.returncode == 0


def test_without_a_pin_nobody_gets_in(kiosk: Running) -> None:
    kiosk.waits_for("home")
    knock(kiosk)
    kiosk.goes("group:social", "items")


# --- the loop, turned by hand -----------------------------------------------------------------------------------------


class Line:
    """A hub's line that only remembers."""

    def __init__(self) -> None:
        self.events = Devices().said
        self.done: list[events.Effect] = []

    def do(self, effect: events.Effect) -> None:
        self.done.append(effect)


class Turned:
    """A program whose clock is a number."""

    def __init__(self, hall: config.Hall, devices: Devices | None = None, **view: Any) -> None:
        pygame.display.init()
        pygame.event.clear()
        self.now = 0.0
        view_now = View.model_validate(samples.view_json(hall, "K1", **view))
        state = events.State(plate_of(hall), view=view_now, link="up")
        self.line = Line()
        self.program = Program(
            state,
            self.line,
            display.Glass(pygame.Surface((640, 960))),
            hall.zone,
            threading.Event(),  # type: ignore[arg-type]
            devices=devices or Devices(),
            clock=lambda: self.now,
        )
        self.program.glass.show = lambda: None  # type: ignore[method-assign]
        self.turn(1.0)

    def turn(self, seconds: float = 0.4) -> None:
        self.now += seconds
        self.program.turn(self.now)

    def key(self, key: int, char: str = "") -> None:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=char, mod=0, scancode=0))

    def press(self, *keys: int) -> None:
        for key in keys:
            self.key(key, chr(key) if 32 <= key < 127 else "")
            self.turn()
        self.turn()  # a digit waits for what may follow

    @property
    def face(self) -> str:
        return flow.face(self.program.state)


def test_a_keypad_takes_a_number(hall: config.Hall) -> None:
    turned = Turned(hall)
    turned.press(pygame.K_DOWN, pygame.K_KP_ENTER)
    assert turned.face == "items" and turned.program.state.focus is not None
    turned.press(pygame.K_ESCAPE)
    assert turned.face == "home"


def test_a_keyboard_wedge_scans(hall: config.Hall) -> None:
    turned = Turned(hall)
    for char in "JH-7F3K9Q":
        turned.key(ord(char.lower()), char)
    turned.key(pygame.K_RETURN, "\r")
    turned.turn(0.01)
    assert [effect.code for effect in turned.line.done if isinstance(effect, events.LookUp)] == ["JH-7F3K9Q"]


def test_a_hall_may_switch_keyboards_off(hall: config.Hall) -> None:
    turned = Turned(hall, Devices(keyboard=False))
    turned.press(pygame.K_DOWN, pygame.K_RETURN)
    assert turned.face == "home"


def test_a_keypad_opens_and_drives_the_technicians_screen(hall: config.Hall) -> None:
    turned = Turned(hall, Devices(pin=pin.seal(PIN)))
    for _ in range(5):
        turned.key(pygame.K_HOME)
        turned.turn(0.2)
    assert turned.program.bench and turned.program.bench.page == "pin"
    turned.press(*(ord(digit) for digit in PIN), pygame.K_RETURN)
    assert turned.program.bench and turned.program.bench.page == "menu" and turned.face == "maintenance"
    turned.press(pygame.K_1)
    assert turned.program.bench.page == "touch"
    for kind in (pygame.FINGERDOWN, pygame.FINGERMOTION, pygame.FINGERUP):
        pygame.event.post(pygame.event.Event(kind, touch_id=1, finger_id=1, x=0.5, y=0.25))
        turned.turn()
    assert turned.program.bench.trail[-1] == (0.5, 0.25)
    turned.press(pygame.K_ESCAPE, pygame.K_ESCAPE)
    assert turned.program.bench is None and turned.face == "home"


def test_three_wrong_pins_are_a_minutes_wait(hall: config.Hall) -> None:
    turned = Turned(hall, Devices(pin=pin.seal(PIN)))
    for _ in range(5):
        turned.key(pygame.K_HOME)
        turned.turn(0.2)
    for _ in range(3):
        turned.press(*(ord(digit) for digit in "1111"), pygame.K_RETURN)
    turned.press(*(ord(digit) for digit in PIN), pygame.K_RETURN)
    assert turned.program.bench and turned.program.bench.page == "pin" and turned.program.bench.typed == ""
    turned.turn(30)
    assert turned.program.bench is None, "the PIN pad goes by itself"


def test_no_reader_and_no_key_is_a_sentence_and_a_way_on(hall: config.Hall) -> None:
    turned = Turned(hall, quota_per_person=True)
    for target in ("group:social", "service:SB01", "card"):
        turned.program._step(events.Touch(target, "k"), turned.now)
        turned.turn(1.0)
    assert isinstance(turned.program.state.screen, events.CardReading)
    turned.turn()
    assert isinstance(turned.program.state.screen, events.CardReading) and turned.program.state.screen.failed


def test_a_loop_that_stands_still_is_not_alive(hall: config.Hall) -> None:
    turned = Turned(hall)
    assert turned.program.alive()
    turned.now += 11
    assert not turned.program.alive()


def test_a_picture_that_stands_still_is_not_alive(hall: config.Hall) -> None:
    """The loop turns, and its pictures go nowhere."""
    turned = Turned(hall)
    for _ in range(12):
        turned.turn(1.0)
    assert turned.program.alive(), "the panel gets its picture every few seconds, changed or not"
    shown = turned.program.shown_at
    turned.now += 11
    turned.program.turned_at = turned.now
    assert not turned.program.alive() and turned.program.shown_at == shown


def test_other_files_begin_when_nobody_stands_before_it(hall: config.Hall) -> None:
    turned = Turned(hall)
    turned.press(pygame.K_DOWN, pygame.K_KP_ENTER)  # somebody is choosing
    turned.program.renewing = True
    turned.turn(6.0)
    assert turned.face == "items" and not turned.program.stopping
    turned.press(pygame.K_ESCAPE)
    assert turned.face == "home" and not turned.program.stopping
    turned.turn(6.0)
    assert turned.program.stopping


def test_a_kiosk_that_is_to_go_on_goes_on(hall: config.Hall) -> None:
    turned = Turned(hall)
    turned.turn(60.0)
    assert turned.program.unused(turned.now) and not turned.program.stopping


def test_the_hub_s_word_is_all_that_a_kiosk_needs(tmp_path: Path, hall: config.Hall, hub: KiosksHub) -> None:
    """No config.toml on its machine: the hub's address, its token, and what the hub tells."""
    text = (config.ROOT / "config.toml").read_bytes()
    tables = {name: (config.ROOT / name).read_bytes() for name in ("data/catalogue.csv", "data/calendar.csv")}
    files = {"config.toml": text.replace(b"[1080, 1920]", b"[640, 960]"), "data/catalogue.en.csv": b"code,name_en\n"}
    told = {one: base64.b64encode(content).decode() for one, content in {**tables, **files}.items()}
    hub.config = {"version": "1", "name": "config.toml", "device": "K1", "files": told}
    (tmp_path / "token").write_text("secret", encoding="utf-8")
    env = {**os.environ, "SDL_VIDEODRIVER": "dummy", "STATE_DIRECTORY": str(tmp_path / "state")}
    command = [sys.executable, "-m", "kiosk", "--hub", f"http://127.0.0.1:{hub.port}", "--show-port", "0"]
    process = subprocess.Popen(
        [*command, "--token-file", str(tmp_path / "token")], cwd=config.ROOT, env=env, stdout=subprocess.PIPE
    )
    assert process.stdout and json.loads(process.stdout.readline())["show_port"]
    changed = files | {"config.toml": text.replace(b"[1080, 1920]", b"[960, 640]")}
    told = {one: base64.b64encode(content).decode() for one, content in {**tables, **changed}.items()}
    hub.config = {"version": "2", "name": "config.toml", "device": "K1", "files": told}
    again = json.loads(process.stdout.readline())  # it has begun anew, by the same process

    def size() -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{again['show_port']}/screen", timeout=DEADLINE_S) as answer:
            return json.loads(answer.read()).get("size")

    assert until(size) == [960, 640]
    process.terminate()
    assert process.wait(timeout=DEADLINE_S) == 0


def test_a_panel_that_is_gone_ends_the_program(hall: config.Hall) -> None:
    class Gone(display.Glass):
        def show(self) -> None:
            raise pygame.error("the panel was pulled out")

    turned = Turned(hall)
    turned.turn(1.0)
    turned.program.glass = Gone(turned.program.glass.canvas)
    with pytest.raises(pygame.error):
        turned.turn(6.0)


def test_systemd_is_told_that_it_lives(hall: config.Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as box:
        box.bind(str(tmp_path / "notify"))
        box.settimeout(DEADLINE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        turned = Turned(hall)
        assert box.recv(99) == b"WATCHDOG=1"
        turned.program.stopping = True
        turned.program.run()
        assert [box.recv(99), box.recv(99)] == [b"READY=1", b"STOPPING=1"]


# --- screens that hang turned -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rotate", "panel", "seen"),
    [
        (0, (0.1, 0.2), (0.1, 0.2)),
        (90, (0.0, 0.9), (0.1, 0.0)),
        (180, (0.1, 0.2), (0.9, 0.8)),
        (270, (1.0, 0.1), (0.1, 0.0)),
    ],
)
def test_a_touch_of_a_turned_panel_is_where_its_person_sees_it(
    rotate: int, panel: tuple[float, float], seen: tuple[float, float]
) -> None:
    assert display.upright(*panel, rotate) == pytest.approx(seen)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_what_is_drawn_at_a_place_is_touched_at_that_place(rotate: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pygame.display, "flip", lambda: None)
    panel = pygame.Surface((64, 96) if rotate in (0, 180) else (96, 64))
    glass = display.Glass(panel, rotate)
    assert glass.size == (64, 96)
    glass.canvas.set_at((10, 20), (255, 0, 0))
    glass.show()
    w, h = panel.get_size()
    x, y = next((x, y) for x in range(w) for y in range(h) if panel.get_at((x, y))[:3] == (255, 0, 0))
    u, v = glass.finger((x + 0.5) / w, (y + 0.5) / h)
    assert (int(u * 64), int(v * 96)) == (10, 20)


def test_a_touch_panel_may_be_corrected() -> None:
    assert display.corrected(0.1, 0.2, []) == (0.1, 0.2)
    assert display.corrected(0.1, 0.2, ["swap"]) == (0.2, 0.1)
    assert display.corrected(0.1, 0.2, ["swap", "flip_x", "flip_y"]) == (0.8, 0.9)


# --- the sign of life -------------------------------------------------------------------------------------------------


@pytest.fixture
def counting() -> Iterator[FakeHub]:
    hub = FakeHub()
    yield hub
    hub.kill()


def test_a_living_kiosk_says_so_and_a_frozen_one_is_silent(counting: FakeHub) -> None:
    living, woken = [True], threading.Event()
    pulse = Pulse(HubClient(counting.url, "secret"), "K1", lambda: living[0], woken.set, every_s=0.01)
    pulse.start()
    counting.wait(lambda: len(counting.asked("PUT", "/kiosks/K1/alive")) > 2, "signs of life")
    until(lambda: pulse.latency_s is not None)
    living[0] = False
    pulse.print_test_page()
    until(lambda: pulse.test_page == "sent")
    assert counting.asked("POST", "/kiosks/K1/test-page") and woken.is_set()
    pulse.stop()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, {"name": "陈志强", "at": "08:30"}, "陈志强 08:30 已打卡。"),
        (409, {"title": "no", "detail": "口令不对。", "detail_en": "Wrong PIN."}, "口令不对。"),
        (500, {"title": "no"}, "叫号系统没有回答，没有打卡：请到窗口或咨询台打卡。"),
    ],
)
def test_a_punch_is_told_and_what_the_hub_said_of_it(
    counting: FakeHub, status: int, body: dict[str, str], said: str
) -> None:
    counting.answers["POST", "/attendance/punch"] = (status, body)
    pulse = Pulse(HubClient(counting.url, "secret"), "K1", lambda: False, lambda: None, every_s=60)
    pulse.start()
    pulse.punch(staff="08", pin="407192")
    until(lambda: pulse.punched is not None)
    pulse.stop()
    assert pulse.punched and pulse.punched.zh == said


@pytest.mark.parametrize(("status", "said"), [(404, "unknown"), (409, "refused"), (500, "away")])
def test_a_hub_that_cannot_is_said_and_not_complained_of(
    counting: FakeHub, caplog: pytest.LogCaptureFixture, status: int, said: str
) -> None:
    counting.answers["PUT", "/kiosks/K1/alive"] = counting.answers["POST", "/kiosks/K1/test-page"] = (
        status,
        {"title": "no"},
    )
    pulse = Pulse(HubClient(counting.url, "secret"), "K1", lambda: True, lambda: None, every_s=0.01)
    pulse.start()
    counting.wait(lambda: counting.asked("PUT", "/kiosks/K1/alive"), "a sign of life")
    pulse.print_test_page()
    until(lambda: pulse.test_page == said)
    pulse.stop()
    assert "alive" not in caplog.text


def test_it_seals_a_pin() -> None:
    command = [sys.executable, "-m", "kiosk", "pin"]
    done = subprocess.run(
        command, cwd=config.ROOT, input=PIN + "\n", capture_output=True, text=True, timeout=DEADLINE_S
    )
    assert done.returncode == 0 and pin.fits(done.stdout.split('"')[1], PIN)
    assert (
        subprocess.run(
            command, cwd=config.ROOT, input="12\n", capture_output=True, text=True, timeout=DEADLINE_S
        ).returncode
        == 2
    )
