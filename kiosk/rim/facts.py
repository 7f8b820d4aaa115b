"""What the technician's screen says about this machine: gathered here, shown by maintenance.

Knows versions, and keeps the log's tail.
"""

from __future__ import annotations

import logging
import platform
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pygame

import words
from kiosk.flow.events import State
from kiosk.readers.port import Device
from kiosk.rim.pulse import Pulse
from kiosk.screens.maintenance import Facts
from release import version

TAIL = 40


class Tail(logging.Handler):
    """The last lines of the log, in memory."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname).1s %(message)s", "%H:%M:%S"))
        self.lines: deque[str] = deque(maxlen=TAIL)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record).partition("\n")[0])


@dataclass(frozen=True)
class Machine:
    """What this kiosk consists of. A device that it does not have is None."""

    name: str
    hub_url: str
    pulse: Pulse
    tail: Tail
    scanner: Device | None = None
    card_reader: Device | None = None
    voice: str = ""
    voice_trouble: Callable[[], str] = lambda: ""


def gathered(machine: Machine, state: State, screen: str, language: str) -> Facts:
    say = words.say(language)
    latency = machine.pulse.latency_s
    link = {
        "up": say("已连接"),
        "away": say("连不上"),
        "connecting": say("正在连接"),
        "offline": say("连不上，脱机取号"),
    }[state.link]
    hub = [machine.hub_url, link, *([f"{latency * 1000:.0f} ms"] if latency is not None else [])]
    printer = state.view.printer if state.view else None
    works = say("正常") if printer and printer.state == "ready" else ""
    paper = (printer.text.said(language) or works or printer.state) if printer else ""
    rows = (
        (say("取号机"), machine.name),
        (say("叫号系统"), " · ".join(hub)),
        (say("打印机"), paper or "-"),
        (say("扫码器"), device_said(machine.scanner, say)),
        (say("读卡器"), device_said(machine.card_reader, say)),
        (say("语音"), " · ".join(part for part in (machine.voice, machine.voice_trouble()) if part) or say("没有")),
        (say("屏幕"), screen),
        (say("版本"), " · ".join(versions())),
    )
    return Facts(rows, tuple(machine.tail.lines), machine.pulse.test_page, machine.pulse.punched)


def device_said(device: Device | None, say: words.Say) -> str:
    """How a reader is, and its last bytes."""
    if device is None:
        return say("没有")
    return " · ".join(part for part in (say("正常") if device.state == "ok" else device.state, device.last) if part)


@cache
def versions() -> tuple[str, ...]:
    sdl = ".".join(map(str, pygame.get_sdl_version()))
    return (
        f"Jiaohao {version()}",
        f"Python {platform.python_version()}",
        f"pygame-ce {pygame.version.ver}",
        f"SDL {sdl}",
    )
