"""A virtual speech module, told by the frames of the hub's own announcer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import serial
import tomlkit

import config
from counter_display.virtual.__main__ import virtual_hall, voices
from counter_display.virtual.hall import Hall
from counter_display.virtual.speech_line import VirtualSpeech
from server.voice import modules
from tests.waiting import DEADLINE_S


def wait(hall: Hall, true: Any) -> None:
    with hall.changed:
        assert hall.changed.wait_for(true, DEADLINE_S), hall.state()


@pytest.mark.parametrize("kind", ["syn6288", "xfs5152"])
def test_it_is_busy_while_it_speaks_and_then_says_so(kind: str, tmp_path: Path) -> None:
    hall = Hall({})
    module = VirtualSpeech("大厅", kind, tmp_path / "voice", hall, character_s=0.1)
    try:
        with serial.Serial(str(tmp_path / "voice"), 9600, timeout=DEADLINE_S) as line:
            line.write(modules.speak(kind, "请A001到3号窗口")[0])
            assert line.read(1) == b"\x41"
            line.write(modules.ask(kind))
            assert line.read(1) == b"\x4e"
            assert hall.state()["voices"]["大厅"] == {"kind": kind, "said": ["请A001到3号窗口"], "speaking": True}
            assert line.read(1) == b"\x4f"  # by itself, when it has said all
            line.write(modules.speak(kind, "请" * 90)[0])
            assert line.read(1) == b"\x41"
            line.write(modules.stop(kind) + modules.ask(kind))
            assert line.read(2) == b"\x41\x4f"
            line.write(b"\xfd\x00\x03\x01\x09\x41")
            assert line.read(1) == b"\x45"
            wait(hall, lambda: hall.complaints)
    finally:
        module.unplug()
    assert not (tmp_path / "voice").is_symlink()


def test_a_zone_with_a_module_gets_a_virtual_one(tmp_path: Path) -> None:
    text = tomlkit.parse((config.ROOT / "config.toml").read_text(encoding="utf-8"))
    for key in ("catalogue", "catalogue_en", "calendar"):
        text["hall"][key] = str(config.ROOT / str(text["hall"][key]))  # type: ignore[index]
    zone: Any = next(iter(text["zones"].values()))  # type: ignore[union-attr]
    zone["engine"], zone["output"] = "syn6288", "serial:voice?baud=9600"
    (tmp_path / "config.toml").write_text(tomlkit.dumps(text), encoding="utf-8")
    hall = config.load(tmp_path / "config.toml")
    shown = virtual_hall(hall)
    found = voices(hall, shown)
    try:
        assert [module.kind for module in found.values()] == ["syn6288"] and (tmp_path / "voice").is_symlink()
    finally:
        for module in found.values():
            module.unplug()
