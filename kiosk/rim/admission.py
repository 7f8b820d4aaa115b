"""A kiosk without a token: opens the screen, shows the code, waits for the token. Owns nothing that stays open."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

import pygame
import segno

import applicant
import systemd
from applicant import Granted, Now
from config import Hall
from kiosk.flow.view import Plate, plate_of
from kiosk.rim import display
from kiosk.rim.mirror import Mirror, MirrorServer
from kiosk.screens import enrolling
from kiosk.screens.draw import Painter
from kiosk.screens.fonts import Fonts

LOOK_S = 0.1
SHOWN_S = 5.0


class Show:
    """The screen shown to browsers, before and after the kiosk has its token: one server for both."""

    def __init__(self, host: str, port: int) -> None:
        self.wake = threading.Event()
        self.mirror = Mirror(self.wake.set)
        self.host, self.port = host, port
        self._server: MirrorServer | None = None

    def open(self) -> None:
        """Listen, if it does not yet, and say on which port. Raises OSError."""
        if self._server is None:
            self._server = MirrorServer(self.host, self.port, self.mirror, self.wake.set)
            self._server.start()
            print(json.dumps({"show_port": self._server.port}), flush=True)

    def stop(self) -> None:
        if self._server:
            self._server.stop()


class Front(NamedTuple):
    """What a kiosk without a token shows its code by: the hub's address, the sign over the door, the panel."""

    url: str
    authority: Path | None
    plate: Plate
    zone: tzinfo | None
    size: tuple[int, int]
    rotate: int = 0
    touch: Sequence[str] = ()


def front_of(hall: Hall, kiosk: str, size: tuple[int, int] | None, authority: Path | None) -> Front:
    """Of a kiosk whose hall's file is known."""
    table = hall.kiosks[kiosk]
    return Front(hall.hub.url, authority, plate_of(hall), hall.zone, size or table.size, table.rotate, table.touch)


def bare_front(url: str, size: tuple[int, int] | None, authority: Path | None) -> Front:
    """Of one that knows the hub's address and nothing else yet."""
    plate = Plate(name="取号机", name_en="Ticket kiosk", tel_consult="", tel_complaint="")
    return Front(url, authority, plate, None, size or (1080, 1920))


def admitted(
    front: Front, stop: threading.Event, laid: Callable[[], str], *, windowed: bool, show: Show | None
) -> Granted | None:
    """Show the code until somebody has typed it, or a token is laid into its file; None for `stop`. Raises NoScreen,
    OSError for the port.
    """
    wake, mirror = show.wake if show else threading.Event(), show.mirror if show else None
    screen = display.open_screen(front.size, windowed=windowed, rotate=front.rotate, headless=show is not None)
    glass = display.Glass(screen, front.rotate, front.touch)
    if show:
        show.open()
    said: list[Now] = [Now("asking")]
    became: list[Granted | None] = []

    def ask() -> None:
        became.append(applicant.waits(front.url, "kiosk", stop, said.append, laid, front.authority))
        wake.set()

    asking = threading.Thread(target=ask, name="applicant", daemon=True)
    asking.start()
    systemd.tell("READY=1")
    painter, drawn, shown_at = Painter(Fonts()), None, 0.0
    while not became:
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                stop.set()
        now, at = said[-1], datetime.now(front.zone)
        if (now, at.minute, glass.size) != drawn:
            drawn = now, at.minute, glass.size
            scene = enrolling.scene(now, matrix_of(now), front.plate, at, glass.size, painter.fonts.measure)
            glass.canvas.blit(painter.picture(scene), (0, 0))
            shown_at = 0.0
            if mirror:
                mirror.changed()
                mirror.screen = {"page": "enrolling", "code": now.code.shown if now.code else "", "targets": {}}
        if time.monotonic() - shown_at >= SHOWN_S:
            glass.show()
            shown_at = time.monotonic()
            systemd.tell("WATCHDOG=1")
        if mirror and mirror.wanted():
            mirror.give(glass.canvas)
        wake.wait(LOOK_S)
        wake.clear()
    pygame.display.quit()
    return became[0]


def matrix_of(now: Now) -> Sequence[bytearray]:
    """The QR code of the page where the letters are typed; empty while there is none."""
    return segno.make_qr(now.code.url, error="m").matrix if now.code else ()
