"""A kiosk without a token: its page in every size, and the real program until it has one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomlkit

import applicant
import config
from applicant import Code, Now
from kiosk.__main__ import own_name, read_token
from kiosk.flow.view import plate_of
from kiosk.rim.admission import matrix_of
from kiosk.screens import enrolling, samples
from kiosk.screens.fonts import Fonts
from kiosk.screens.scene import Box, Line
from kiosk.screens.sheets import SIZES
from tests.fake_hub import FakeHub
from tests.kiosk.test_program import Running
from tests.waiting import DEADLINE_S, until

PAGE = "http://192.168.100.105:8000/admin/devices"
CODE = Code("BKW-XTR", f"{PAGE}?code=BKWXTR", PAGE)
TOLD = {"secret": "mine", "code": "BKWXTR", "shown": "BKW-XTR", "url": CODE.url, "page": PAGE, "lasts_s": 600}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "now",
    [
        Now("asking"),
        Now("waiting", CODE),
        Now("away"),
        Now("away", CODE),
        Now("refused", trouble=("等待登记的设备太多：请先登记。", "Too many devices wait: enrol some.")),
    ],
    ids=lambda now: f"{now.kind}-{bool(now.code)}",
)
def test_the_page_cuts_nothing_and_shows_the_letters_large(
    hall: config.Hall, fonts: Fonts, size: tuple[int, int], now: Now
) -> None:
    scene = enrolling.scene(now, matrix_of(now), plate_of(hall), samples.NOW, size, fonts.measure)
    lines = [part for part in scene.parts if isinstance(part, Line)]
    assert scene.cut == ()
    assert all(line.rect.x >= 0 and line.rect.right <= size[0] and line.rect.bottom <= size[1] for line in lines)
    letters = [line for line in lines if line.text == "BKW-XTR"]
    assert len(letters) == bool(now.code)
    assert all(line.size >= 3 * max(other.size for other in lines if other is not line) / 2 for line in letters)
    assert all(line.text != PAGE or line.rect.w <= size[0] for line in lines)


def test_the_code_of_the_page_is_its_qr_code_module_by_module(hall: config.Hall, fonts: Fonts) -> None:
    matrix = matrix_of(Now("waiting", CODE))
    scene = enrolling.scene(Now("waiting", CODE), matrix, plate_of(hall), samples.NOW, (1080, 1920), fonts.measure)
    black = [part.rect for part in scene.parts if isinstance(part, Box) and part.fill == (0, 0, 0)]
    module = black[0].h
    left, top = min(rect.x for rect in black), min(rect.y for rect in black)
    assert module >= 8, "a telephone reads it from an arm's length"
    drawn = {
        ((rect.y - top) // module, (rect.x - left) // module + step)
        for rect in black
        for step in range(rect.w // module)
    }
    assert drawn == {(r, c) for r, row in enumerate(matrix) for c, dark in enumerate(row) if dark}


@pytest.fixture
def away() -> Iterator[FakeHub]:
    hub = FakeHub()
    yield hub
    hub.kill()


@pytest.fixture
def hall_file(away: FakeHub, tmp_path: Path) -> Path:
    text = tomlkit.parse((config.ROOT / "config.toml").read_text(encoding="utf-8"))
    for key in ("catalogue", "catalogue_en", "calendar"):
        text["hall"][key] = str(config.ROOT / str(text["hall"][key]))  # type: ignore[index]
    text["hub"].update({"url": away.url, "data": "data"})  # type: ignore[union-attr]
    path = tmp_path / "config.toml"
    path.write_text(tomlkit.dumps(text), encoding="utf-8")
    return path


def test_a_kiosk_without_a_token_shows_its_code_and_goes_on_with_what_it_is_given(
    away: FakeHub, hall_file: Path, hall: config.Hall
) -> None:
    token = hall_file.parent / "data" / "tokens" / "K1"
    away.answers["POST", "/devices/codes"] = (201, {**TOLD, "interval_s": 0.05})
    away.answers["POST", "/devices/codes/became"] = (200, {"state": "waiting"})
    view = {key: value for key, value in samples.view_json(hall, "K1").items() if key != "seq"}
    away.show("/kiosks/K1", **view)
    kiosk = Running(hall_file, token)
    try:
        assert kiosk.waits_for("enrolling")["code"] in ("", "BKW-XTR")
        until(lambda: kiosk.screen().get("code") == "BKW-XTR", "the code")
        assert kiosk.get("/picture.png")[0].startswith(b"\x89PNG")
        granted = {"state": "granted", "device": "K1", "token": "the-token"}
        away.answers["POST", "/devices/codes/became"] = (200, granted)
        kiosk.waits_for("home")
        assert token.read_text() == "the-token\n" and token.stat().st_mode & 0o777 == 0o600
        asked = [head for method, path, head, _ in away.seen if path.startswith("/api/v1/kiosks/K1")]
        assert asked and all(head["Authorization"] == "Bearer the-token" for head in asked)
        assert kiosk.stop() == 0
    finally:
        kiosk.process.kill()


def test_a_token_that_a_slow_hub_writes_meanwhile_is_taken_too(away: FakeHub) -> None:
    away.answers["POST", "/devices/codes"] = (201, {**TOLD, "interval_s": 0.01})
    away.answers["POST", "/devices/codes/became"] = (200, {"state": "waiting"})
    seen: list[Now] = []
    laid = iter(["", "", "laid"])
    found = applicant.waits(away.url, "kiosk", threading.Event(), seen.append, lambda: next(laid))
    assert found == applicant.Granted("", "laid") and [now.kind for now in seen] == ["asking", "waiting"]


def test_a_code_that_is_over_is_followed_by_another(away: FakeHub) -> None:
    stop, shown = threading.Event(), []
    away.answers["POST", "/devices/codes"] = (201, {**TOLD, "interval_s": 0.01})
    away.answers["POST", "/devices/codes/became"] = (200, {"state": "over"})

    def show(now: Now) -> None:
        shown.append(now)
        if len(shown) == 4:
            stop.set()

    assert applicant.waits(away.url, "kiosk", stop, show) is None
    asked = [body for method, path, _, body in away.seen if path == "/api/v1/devices/codes"]
    assert len(asked) >= 2 and asked[0]["kind"] == "kiosk" and asked[0]["version"]


@pytest.mark.parametrize(
    ("answer", "owner"),
    [
        ((200, {"device": "K1"}), "K1"),
        ((401, {}), None),
        ((403, {}), ""),
        ((404, {}), ""),
        ((200, {}), ""),
        ((500, {}), ""),
    ],
)
def test_only_the_hub_says_that_a_token_is_none_any_more(
    away: FakeHub, answer: tuple[int, dict[str, str]], owner: str | None
) -> None:
    away.answers["GET", "/devices/me"] = answer
    assert applicant.owner(away.url, "t") == owner


def test_a_hub_that_is_away_voids_no_token(away: FakeHub) -> None:
    away.kill()
    assert applicant.owner(away.url, "t") == ""


def test_a_kiosk_is_the_one_its_token_was_given_to(away: FakeHub, hall_file: Path, hall: config.Hall) -> None:
    """Its unit is called K9, and an administrator made it K1."""
    text = tomlkit.parse(hall_file.read_text(encoding="utf-8"))
    text["kiosks"]["K9"] = text["kiosks"]["K1"]  # type: ignore[index]
    hall_file.write_text(tomlkit.dumps(text), encoding="utf-8")
    token = hall_file.parent / "token"
    applicant.keep(token, "the-token")
    away.answers["GET", "/devices/me"] = (200, {"device": "K1"})
    away.show("/kiosks/K1", **{key: value for key, value in samples.view_json(hall, "K1").items() if key != "seq"})
    kiosk = Running(hall_file, token, "--kiosk", "K9")
    try:
        kiosk.waits_for("home")
        assert kiosk.stop() == 0
    finally:
        kiosk.process.kill()


def test_this_machine_is_the_kiosk_whose_token_lies_here(hall_file: Path) -> None:
    hall = config.load(hall_file)
    second = list(hall.kiosks)[-1]
    assert own_name(hall) == next(iter(hall.kiosks))
    applicant.keep(hall.data / "tokens" / second, "t")
    assert own_name(hall) == second
    for name in hall.kiosks:
        applicant.keep(hall.data / "tokens" / name, "t")
    assert own_name(hall) == next(iter(hall.kiosks)), "the hub's own machine has them all"
    assert json.dumps(sorted(p.name for p in (hall.data / "tokens").iterdir())) == json.dumps(sorted(hall.kiosks))


def test_a_kiosk_that_waits_for_its_hub_is_alive_and_stops_when_told(away: FakeHub, tmp_path: Path) -> None:
    """It has a token, the hub tells nothing, and there is no copy: systemd neither ends it nor has to kill it."""
    applicant.keep(tmp_path / "K1", "the-token")
    away.answers["GET", "/devices/me"] = (200, {"device": "K1"})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(DEADLINE_S)
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "--hub", away.url, "--token-file", str(tmp_path / "K1")],
            cwd=config.ROOT,
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "STATE_DIRECTORY": str(tmp_path)},
        )
        try:
            assert [line.recv(64), line.recv(64)] == [b"READY=1", b"WATCHDOG=1"]
            process.terminate()
            assert process.wait(DEADLINE_S) == 0
        finally:
            process.kill()


def test_a_stop_during_the_wait_for_a_token_ends_the_program(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(SystemExit) as ended:
        read_token(tmp_path / "K1", stop)
    assert ended.value.code == 0
