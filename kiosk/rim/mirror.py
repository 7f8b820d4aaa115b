"""The kiosk's screen in a browser: its picture and its touches over HTTP. Changes nothing that a finger could not.

The drawing loop gives pictures only while somebody looks (`wanted`), a copy is encoded by the thread of the request,
once per picture. Touches become pygame finger events and go the way of every touch.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pygame
from PIL import Image

from page_server import EMPTY, KINDS, Answer, PageServer, Request, Route, said, understood

LONG_POLL_S = 10.0
PHASES = {
    "down": (pygame.FINGERDOWN,),
    "move": (pygame.FINGERMOTION,),
    "up": (pygame.FINGERUP,),
    "tap": (pygame.FINGERDOWN, pygame.FINGERUP),
}
TOUCH_ID = -7
"""The mark of a finger that touches the mirror: it needs no correction of the panel's."""


class Mirror:
    """The newest picture, between the drawing loop (`changed`, `wanted`, `give`) and those who look (`look`)."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._changes = threading.Condition()
        self._version = time.time_ns() // 1_000_000  # of what is on screen; never that of an earlier run
        self._given = 0  # of the copy that is here
        self._copy: tuple[bytes, tuple[int, int]] = (b"", (0, 0))
        self._lookers = 0
        self._encoded: dict[str, tuple[int, bytes]] = {}
        self.screen: dict[str, Any] = {}

    # --- the drawing loop ---

    def changed(self) -> None:
        """The screen shows something new."""
        with self._changes:
            self._version += 1

    def wanted(self) -> bool:
        """Whether somebody waits for a picture that is newer than the copy here."""
        return self._lookers > 0 and self._given < self._version

    def give(self, surface: pygame.Surface) -> None:
        data = pygame.image.tobytes(surface, "RGB")
        with self._changes:
            self._copy, self._given = (data, surface.get_size()), self._version
            self._changes.notify_all()

    # --- those who look ---

    def look(self, since: int, kind: str, timeout: float) -> tuple[int, bytes] | None:
        """(version, encoded picture) other than `since`, or None when there was none within `timeout` seconds."""
        with self._changes:
            self._lookers += 1
            self._wake()
            try:
                seen = self._changes.wait_for(
                    lambda: self._given not in (0, since) and self._given == self._version, timeout
                )
            finally:
                self._lookers -= 1
            if not seen:
                return None
            version, (data, size) = self._given, self._copy
            kept = self._encoded.get(kind)
        if kept and kept[0] == version:
            return kept
        found = version, encode(data, size, kind)
        self._encoded[kind] = found
        return found


def encode(data: bytes, size: tuple[int, int], kind: str) -> bytes:
    """RGB bytes as a PNG or JPEG file."""
    out = io.BytesIO()
    image = Image.frombuffer("RGB", size, data, "raw", "RGB", 0, 1)
    if kind == "png":
        image.save(out, "PNG", compress_level=1)
    else:
        image.save(out, "JPEG", quality=88, subsampling=0)
    return out.getvalue()


def finger(kind: int, x: float, y: float) -> pygame.event.Event:
    """A finger event at fractions of the screen, as a touchscreen makes it."""
    return pygame.event.Event(kind, touch_id=TOUCH_ID, finger_id=1, x=x, y=y, dx=0.0, dy=0.0, pressure=1.0)


class MirrorServer(PageServer):
    """The picture and the touches over HTTP: /, /picture.png, /picture?since=N, /screen; POST /touch.

    On the loopback address unless told otherwise: who can touch here can take numbers.
    """

    def __init__(self, host: str, port: int, mirror: Mirror, wake: Callable[[], None]) -> None:
        page = Answer(PAGE.encode(), KINDS[".html"])
        routes: dict[str, Route] = {
            "GET /": lambda request: page,
            "GET /picture.png": lambda request: _picture(mirror, -1, "png"),
            "GET /picture": lambda request: _picture(mirror, request.number("since"), "jpeg"),
            "GET /screen": lambda request: said(mirror.screen),
            "POST /touch": partial(_touch, wake),
        }
        super().__init__(routes, port, host, anyone=True)


def _picture(mirror: Mirror, since: int | None, kind: str) -> Answer:
    seen = -1 if since is None else since
    found = mirror.look(seen, kind, LONG_POLL_S)
    if found is None:
        return Answer(status=204, headers={"X-Version": str(seen)})
    return Answer(found[1], f"image/{kind}", headers={"X-Version": str(found[0])})


def _touch(wake: Callable[[], None], request: Request) -> Answer:
    with understood('touch: not understood; send {"x": 0..1, "y": 0..1}'):
        wish = request.json()
        x, y, kinds = float(wish["x"]), float(wish["y"]), PHASES[wish.get("phase", "tap")]
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError("outside")
    for kind in kinds:
        pygame.event.post(finger(kind, x, y))
    wake()
    return EMPTY


PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>叫号 Kiosk</title>
<style>html,body{margin:0;height:100%;background:#20292c;overflow:hidden}
img{display:block;margin:auto;width:100vw;height:100vh;object-fit:contain;touch-action:none;user-select:none;cursor:pointer}</style>
<img id="k" alt="取号机屏幕 The kiosk's screen" draggable="false">
<script>
const k = document.getElementById('k');
let version = -1, lastUrl = null;
async function follow() {
  for (;;) {
    try {
      const answer = await fetch('picture?since=' + version);
      if (answer.status === 200) {
        const url = URL.createObjectURL(await answer.blob());
        version = answer.headers.get('X-Version');
        k.src = url;
        await k.decode().catch(() => {});
        if (lastUrl) URL.revokeObjectURL(lastUrl);
        lastUrl = url;
      }
    } catch (error) {
      version = -1;
      await new Promise(done => setTimeout(done, 500));
    }
  }
}
function place(event) {
  const box = k.getBoundingClientRect(), scale = Math.min(box.width / k.naturalWidth, box.height / k.naturalHeight);
  const w = k.naturalWidth * scale, h = k.naturalHeight * scale;
  return {x: (event.clientX - box.left - (box.width - w) / 2) / w,
          y: (event.clientY - box.top - (box.height - h) / 2) / h};
}
let queue = Promise.resolve();
function send(event, phase) {
  const at = place(event);
  if (at.x < 0 || at.x > 1 || at.y < 0 || at.y > 1) return;
  queue = queue.then(() => fetch('touch', {method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({...at, phase})})).catch(() => {});
}
k.addEventListener('pointerdown', event => { k.setPointerCapture(event.pointerId); send(event, 'down'); });
k.addEventListener('pointerup', event => send(event, 'up'));
let moved = 0;
k.addEventListener('pointermove', event => { if (event.buttons && event.timeStamp - moved > 40) { moved =
  event.timeStamp; send(event, 'move'); } });
follow();
</script></html>
"""
