"""python -m kiosk: the command line of the touchscreen. Wires the parts together; every fault is one line on stderr."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import click

import config
from config import Hall

TOKEN_WAIT_S = 5.0


def fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)


def screen_size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if not match or int(match[1]) < 640 or int(match[2]) < 480:
        fail(f'--size: {text!r} is no size of a screen; write it like "1080x1920" (at least 640x480)')
    return int(match[1]), int(match[2])


def read_token(path: Path) -> str:
    """The bearer token; waits up to 5 s for a hub that is just being started."""
    end = time.monotonic() + TOKEN_WAIT_S
    while not (path.is_file() and path.read_text(encoding="utf-8").strip()):
        if time.monotonic() >= end:
            fail(f"{path}: no token of this kiosk; start the hub (it writes the file), or name one with --token-file")
        time.sleep(0.1)
    return path.read_text(encoding="utf-8").strip()


def load(config_path: Path) -> Hall:
    try:
        return config.load(config_path)
    except config.ConfigError as error:
        fail(str(error))


@click.command()
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=config.ROOT / "config.toml",
    help="The hall's file. Default: config.toml at the project's root.",
)
@click.option("--kiosk", default=None, help="Which kiosk of the hall this is. Default: the first.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    default=None,
    help="The kiosk's bearer token. Default: tokens/<kiosk> in the hub's data folder.",
)
@click.option(
    "--show-port",
    type=click.IntRange(0, 65535),
    default=None,
    help="Also show the screen to browsers on this port, touches working; 0 picks one.",
)
@click.option("--show-host", default="127.0.0.1", show_default=True, help="Address for --show-port.")
@click.option("--windowed", is_flag=True, help="In a window instead of the full screen.")
@click.option(
    "--size", default=None, help="WxH of the window or the headless screen. Default: the kiosk's size in the file."
)
def main(
    config_path: Path,
    kiosk: str | None,
    token_file: Path | None,
    show_port: int | None,
    show_host: str,
    windowed: bool,
    size: str | None,
) -> None:
    """The touchscreen of a hall: shows what people can come for, and takes numbers from the hub.

    Opens on the screen there is (Wayland, X11 or KMS), full screen; without one it draws headless.
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    hall = load(config_path)
    kiosk = kiosk or next(iter(hall.kiosks), None)
    if kiosk not in hall.kiosks:
        fail(f"--kiosk: {kiosk!r} is not in {config_path.name}; there are {', '.join(hall.kiosks) or 'none'}")
    wanted = screen_size(size) or hall.kiosks[kiosk].size
    token = read_token(token_file or hall.data / "tokens" / kiosk)
    run(hall, kiosk, token, wanted, windowed=windowed, show=None if show_port is None else (show_host, show_port))


def run(
    hall: Hall, kiosk: str, token: str, size: tuple[int, int], *, windowed: bool, show: tuple[str, int] | None
) -> None:
    """Open everything, run until told to stop, close everything."""
    import pygame

    from hub_client import HubClient
    from kiosk import display, flow
    from kiosk.fonts import NoFont
    from kiosk.hub_line import HubLine
    from kiosk.mirror import Mirror, MirrorServer
    from kiosk.program import Program
    from kiosk.view import plate_of

    wake = threading.Event()
    line = HubLine(HubClient(hall.hub.url, token), kiosk, wake.set)
    mirror = Mirror(wake.set) if show else None
    try:
        program = Program(
            flow.State(plate_of(hall)), line, display.open_screen(size, windowed=windowed), hall.zone, wake, mirror
        )
        server = MirrorServer(*show, mirror, wake.set) if show and mirror else None
    except NoFont as error:
        fail(str(error))
    except OSError as error:
        fail(f"--show-port: port {show[1] if show else 0} can't be opened: {error.strerror}; take another one")

    def stop(*_: object) -> None:
        program.stopping = True
        wake.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    line.start()
    if server:
        server.start()
        print(json.dumps({"show_port": server.port}), flush=True)
    program.run()
    line.stop()
    if server:
        server.shutdown()
    pygame.quit()


if __name__ == "__main__":
    main()
