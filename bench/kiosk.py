"""The kiosk's frames, idleness and memory: 60 frames a second while something moves, nothing when nothing does.

A frame of the slide at 1080 × 1920 against the bare blit and flip of a surface of that size; the processor's time of
the idle program against a bare `sleep(0.05)` and `event.get()` loop, over 20 s each; and the resident memory of the
program itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median

import config
from bench.hall import folder, running, write_hall
from consoles import any_console

SIZE = (1080, 1920)
FRAMES = 120
SETTLED_S, IDLE_S = 3.0, 20.0
BARE = """
import os, time
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
import pygame
pygame.display.init()
pygame.display.set_mode((1080, 1920))
while True:
    time.sleep(0.05)
    pygame.event.get()
"""


def main() -> None:
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    bare, slide, page = frames()
    print(
        f"bare blit and flip {bare:.2f} ms, a frame of the slide {slide:.2f} ms, a page drawn anew {page:.1f} ms; 60"
        " frames a second leave 16.7 ms"
    )
    print(f"slide: {slide / bare:.2f} (a frame of the slide / blit and flip of one surface, {SIZE[0]}×{SIZE[1]})")
    bare_cpu, _ = idle([sys.executable, "-c", BARE])
    with folder() as at, running(write_hall(at)):
        cpu, memory = idle(
            [sys.executable, "-m", "kiosk", "--config", str(at / "config.toml"), "--size", f"{SIZE[0]}x{SIZE[1]}"]
        )
    print(
        f"{IDLE_S:.0f} s idle: {bare_cpu * 100:.2f} % of a core bare, {cpu * 100:.2f} % the kiosk; it holds"
        f" {memory:.0f} MB"
    )
    print(f"idle: {cpu / max(bare_cpu, 1e-4):.2f} (processor time of the idle kiosk / of sleep(0.05) and event.get())")
    print(f"memory: {memory:.0f} MB (resident, the kiosk at {SIZE[0]}×{SIZE[1]}, its home page shown)")


def frames() -> tuple[float, float, float]:
    """Median milliseconds: bare blit and flip, a frame of the slide, a page drawn anew."""
    import pygame

    from kiosk.flow import events
    from kiosk.screens import picture, samples
    from kiosk.screens.draw import Painter
    from kiosk.screens.fonts import Fonts
    from kiosk.screens.motion import SLIDE_S, Stage

    pygame.display.init()
    screen, hall = pygame.display.set_mode(SIZE), config.load()
    plain = pygame.Surface(SIZE)
    stage = Stage(Painter(Fonts()))
    states = samples.states(hall, next(iter(hall.kiosks)), language="zh", large=False)
    home, items = states["home"], next(state for state in states.values() if isinstance(state.screen, events.Items))
    scenes = [
        picture.scene(state, picture.Moment(samples.NOW, 0.0), SIZE, stage.painter.fonts.measure)
        for state in (home, items)
    ]
    stage.play(scenes[0], 0.0)
    stage.show(screen, 1.0)
    stage.play(scenes[1], 2.0)
    moments = iter([2.0 + SLIDE_S * i / (FRAMES + 1) for i in range(FRAMES + 10)])

    def one() -> None:
        stage.show(screen, next(moments))
        pygame.display.flip()

    def plainly() -> None:
        screen.blit(plain, (0, 0))
        pygame.display.flip()

    def anew() -> None:
        stage.painter.background(scenes[1])

    return timed(plainly), timed(one), timed(anew, 20)


def timed(what: Callable[[], None], times: int = FRAMES) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def idle(command: list[str]) -> tuple[float, float]:
    """(share of one core, MB resident) of a program that has nothing to do."""
    process = subprocess.Popen(command, cwd=config.ROOT, stderr=subprocess.DEVNULL)
    try:
        time.sleep(SETTLED_S)
        before, began = _ticks(process.pid), time.monotonic()
        time.sleep(IDLE_S)
        used = (_ticks(process.pid) - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began)
        return used, _resident(process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    any_console()
    main()
