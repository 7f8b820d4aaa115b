"""python -m kiosk: the command line of the touchscreen. Wires the parts together; every fault is one line on stderr.

Ends with status 0 when it is told to stop or the technician leaves, 2 for a mistake of the installation, 1 without a
screen: whoever watches it (deploy/) starts it again until there is one, and until then the hub misses it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import NoReturn, Protocol

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import click

import config
from command_line import Commands
from config import Hall
from hall_of_hub import HallOfHub, home
from hub_client import HubClient, authority_beside
from intake.encoding import Unreadable, word
from kiosk.flow.view import plate_of

TOKEN_WAIT_S = 5.0
NO_SCREEN = 1


class Part(Protocol):
    """What runs beside the drawing loop."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


def fail(message: str, status: int = 2) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(status)


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
    while not (path.is_file() and (token := _token(path))):
        if time.monotonic() >= end:
            fail(f"{path}: no token of this kiosk; start the hub (it writes the file), or name one with --token-file")
        time.sleep(0.1)
    return token


def _token(path: Path) -> str:
    try:
        return word(path.read_bytes())
    except Unreadable as error:
        fail(f"{path}: {error}")


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=config.ROOT / "config.toml",
    help="The hall's file. Default: config.toml at the project's root.",
)
@click.option(
    "--hub",
    "hub_url",
    default=None,
    help="The hub's address: the hall's file comes from there, none is needed here.",
)
@click.option("--kiosk", default=None, help="Which kiosk of the hall this is. Default: the token's, or the first.")
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
@click.pass_context
def main(
    context: click.Context,
    config_path: Path,
    hub_url: str | None,
    kiosk: str | None,
    token_file: Path | None,
    show_port: int | None,
    show_host: str,
    windowed: bool,
    size: str | None,
) -> None:
    """The touchscreen of a hall: shows what people can come for, and takes numbers from the hub.

    Opens on the screen there is (Wayland, X11 or KMS), full screen; without one it ends, unless --show-port shows it.
    """
    if context.invoked_subcommand:
        return
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    asked = screen_size(size)
    hall, kiosk, client, source = _start(config_path, hub_url, kiosk, token_file)
    wanted = asked or hall.kiosks[kiosk].size
    show = None if show_port is None else (show_host, show_port)
    if run(hall, kiosk, client, wanted, source, windowed=windowed, show=show):
        os.execv(sys.executable, [sys.executable, "-m", "kiosk", *sys.argv[1:]])


def _start(
    config_path: Path, hub_url: str | None, kiosk: str | None, token_file: Path | None
) -> tuple[Hall, str, HubClient, HallOfHub]:
    """By what this kiosk works: the hall, its own id, its line to the hub, and where news of them come from."""
    if hub_url:
        if token_file is None:
            fail("--hub: name this kiosk's token with --token-file")
        client = HubClient(hub_url, read_token(token_file), authority=authority_beside(token_file))
        source = HallOfHub(client, home(token_file))
        hall = source.wait(threading.Event())
        assert hall is not None
        hall = hall.model_copy(update={"hub": hall.hub.model_copy(update={"url": hub_url.rstrip("/")})})
        kiosk = kiosk or source.device
    else:
        hall = config.load(config_path)
        kiosk = kiosk or next(iter(hall.kiosks), None)
    if kiosk not in hall.kiosks:
        fail(f"--kiosk: {kiosk!r} is not in {hall.file.name}; there are {', '.join(hall.kiosks) or 'none'}")
    if not hub_url:
        token_file = token_file or hall.data / "tokens" / kiosk
        client = HubClient(hall.hub.url, read_token(token_file), authority=authority_beside(token_file))
        source = HallOfHub(client, home(token_file), config_path)
    return hall, kiosk, client, source


@main.command("pin")
def pin_command() -> None:
    """Seal a PIN for the technician's screen; prints the line for config.toml."""
    from kiosk.rim import pin

    terminal = sys.stdin.isatty()
    typed = click.prompt("PIN", hide_input=True, confirmation_prompt=True) if terminal else sys.stdin.readline().strip()
    try:
        click.echo(f'pin = "{pin.seal(typed)}"')
    except ValueError as error:
        fail(f"pin: {error}")


def run(
    hall: Hall,
    kiosk: str,
    client: HubClient,
    size: tuple[int, int],
    source: HallOfHub,
    *,
    windowed: bool,
    show: tuple[str, int] | None,
) -> bool:
    """Open everything, run until told to stop, close everything; whether it is to begin anew, by other files."""
    import pygame

    from kiosk.flow import events
    from kiosk.readers.card import CardReader
    from kiosk.readers.scanner import Scanner
    from kiosk.rim import display, facts
    from kiosk.rim.hub_line import HubLine
    from kiosk.rim.mirror import Mirror, MirrorServer
    from kiosk.rim.program import Devices, Program
    from kiosk.rim.pulse import Pulse
    from kiosk.rim.voice import Voice

    tail = facts.Tail()
    logging.getLogger().addHandler(tail)
    table, wake = hall.kiosks[kiosk], threading.Event()
    voice = Voice(hall.voice.one)
    devices = Devices(voice=voice, keyboard=table.keyboard, pin=table.pin, diagonal=table.diagonal)

    def said(event: events.Event) -> None:
        devices.said.put(event)
        wake.set()

    scanner = (
        Scanner(table.scanner, hall.folder, lambda text: said(events.Scanned(text, str(uuid.uuid4()))))
        if table.scanner
        else None
    )
    devices.card = (
        CardReader(
            table.card_reader,
            hall.folder,
            laid=lambda digest, mask: said(events.CardLaid(digest, mask, str(uuid.uuid4()))),
            failed=lambda why: said(events.CardFailed(why)),
        )
        if table.card_reader
        else None
    )
    line = HubLine(client, kiosk, wake.set)
    mirror = Mirror(wake.set) if show else None
    try:
        screen = display.open_screen(size, windowed=windowed, rotate=table.rotate, headless=show is not None)
        glass = display.Glass(screen, table.rotate, table.touch)
        state = events.State(plate_of(hall), voice=bool(voice.name), reader=devices.card is not None)
        program = Program(state, line, glass, hall.zone, wake, mirror, devices)
        server = MirrorServer(*show, mirror, wake.set) if show and mirror else None
    except display.NoScreen as error:
        fail(str(error.text), status=NO_SCREEN)
    except OSError as error:
        fail(f"--show-port: port {show[1] if show else 0} can't be opened: {error.strerror}; take another one")
    pulse = Pulse(client, kiosk, program.alive, wake.set)
    devices.machine = facts.Machine(
        f"{kiosk} · {table.name}",
        hall.hub.url,
        pulse,
        tail,
        scanner.device if scanner else None,
        devices.card.device if devices.card else None,
        voice.name,
        lambda: voice.trouble,
    )

    ended = threading.Event()

    def stop(*_: object) -> None:
        ended.set()
        program.stopping = True
        wake.set()

    def changed(now: Hall) -> None:
        if _mine(now, kiosk) != _mine(hall, kiosk):
            program.renewing = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    parts: list[Part] = [line, pulse, voice, *(reader for reader in (scanner, devices.card) if reader)]
    for part in parts:
        part.start()
    source.watch(changed, ended)
    if server:
        server.start()
        print(json.dumps({"show_port": server.port}), flush=True)
    lost = ""
    try:
        program.run()
    except pygame.error as error:
        lost = str(display.refused(pygame.display.get_driver() if pygame.display.get_init() else "?", str(error)))
    for part in parts:
        part.stop()
    if server:
        server.stop()
    pygame.quit()
    if lost:
        fail(lost, status=NO_SCREEN)
    return program.renewing and not ended.is_set()


def _mine(hall: Hall, kiosk: str) -> object:
    """What of a hall's file a kiosk starts by; all else its feed tells it."""
    return hall.kiosks.get(kiosk), plate_of(hall), hall.voice.one, hall.hall.timezone


if __name__ == "__main__":
    main()
