"""python -m kiosk: the command line of the touchscreen. Wires the parts together; every fault is one line on stderr.

Ends with status 0 when it is told to stop or the technician leaves, 2 for a mistake of the installation, 1 without a
screen: whoever watches it (deploy/) starts it again until there is one, and until then the hub misses it.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import click

import applicant
import config
from command_line import Commands
from config import Hall
from intake.encoding import Unreadable, word

if TYPE_CHECKING:
    from kiosk.rim.admission import Show

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
    """The bearer token; waits up to 5 s for a hub that is just being started. "" for none: the kiosk shows a code."""
    end = time.monotonic() + TOKEN_WAIT_S
    while not (path.is_file() and (token := _token(path))):
        if time.monotonic() >= end:
            return ""
        time.sleep(0.1)
    return token


def own_name(hall: Hall) -> str | None:
    """Which kiosk this machine is, if nobody says so: the only one whose token lies here, else the first."""
    here = [name for name in hall.kiosks if (hall.data / "tokens" / name).is_file()]
    return here[0] if len(here) == 1 else next(iter(hall.kiosks), None)


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
@click.option("--kiosk", default=None, help="Which kiosk of the hall this is. Default: the one whose token is here.")
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
    hall = config.load(config_path)
    kiosk = kiosk or own_name(hall)
    if kiosk not in hall.kiosks:
        fail(f"--kiosk: {kiosk!r} is not in {config_path.name}; there are {', '.join(hall.kiosks) or 'none'}")
    from kiosk.rim.admission import Show

    wanted, show = screen_size(size), None if show_port is None else Show(show_host, show_port)
    token = read_token(token_file or hall.data / "tokens" / kiosk)
    owner = applicant.owner(hall.hub.url, token) if token else None
    if owner in hall.kiosks:
        kiosk = owner  # it was enrolled as this one, whatever its unit is called
    elif owner is None:
        kiosk, token = enrol(hall, kiosk, token_file, wanted, token, windowed=windowed, show=show)
    run(hall, kiosk, token, wanted or hall.kiosks[kiosk].size, windowed=windowed, show=show)


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


def enrol(
    hall: Hall,
    kiosk: str,
    token_file: Path | None,
    size: tuple[int, int] | None,
    void: str,
    *,
    windowed: bool,
    show: Show | None,
) -> tuple[str, str]:
    """Show a code on the screen until an administrator has typed it; which kiosk this is from now on, and its token.

    `void`: the token that lies here and is none any more.
    """
    from kiosk.rim import admission, display

    stop, own = threading.Event(), token_file or hall.data / "tokens" / kiosk

    def laid() -> str:
        token = _token(own) if own.is_file() else ""
        return "" if token == void else token

    wanted = size or hall.kiosks[kiosk].size
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        found = admission.admitted(hall, kiosk, wanted, stop, laid, windowed=windowed, show=show)
    except display.NoScreen as error:
        fail(str(error.text), status=NO_SCREEN)
    except OSError as error:
        _no_port(show, error)
    if found is None:
        sys.exit(0)
    if not found.device:
        return kiosk, found.token
    file = token_file or hall.data / "tokens" / found.device
    try:
        applicant.keep(file, found.token)
    except OSError as error:
        fail(f"{file}: the token can't be kept: {error.strerror}; give this user the folder, then enrol again")
    if found.device not in hall.kiosks:
        fail(f"{found.device}: not in this machine's {hall.file.name}; copy the hub's file here, then start again")
    logging.info("kiosk: enrolled as %s; the token is in %s", found.device, file)
    return found.device, found.token


def _no_port(show: Show | None, error: OSError) -> NoReturn:
    fail(f"--show-port: port {show.port if show else 0} can't be opened: {error.strerror}; take another one")


def run(hall: Hall, kiosk: str, token: str, size: tuple[int, int], *, windowed: bool, show: Show | None) -> None:
    """Open everything, run until told to stop, close everything."""
    import pygame

    from hub_client import HubClient
    from kiosk.flow import events
    from kiosk.flow.view import plate_of
    from kiosk.readers.card import CardReader
    from kiosk.readers.scanner import Scanner
    from kiosk.rim import display, facts
    from kiosk.rim.hub_line import HubLine
    from kiosk.rim.program import Devices, Program
    from kiosk.rim.pulse import Pulse
    from kiosk.rim.voice import Voice

    tail = facts.Tail()
    logging.getLogger().addHandler(tail)
    table, client = hall.kiosks[kiosk], HubClient(hall.hub.url, token)
    wake, mirror = (show.wake, show.mirror) if show else (threading.Event(), None)
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
    try:
        screen = display.open_screen(size, windowed=windowed, rotate=table.rotate, headless=show is not None)
        glass = display.Glass(screen, table.rotate, table.touch)
        state = events.State(plate_of(hall), voice=bool(voice.name), reader=devices.card is not None)
        program = Program(state, line, glass, hall.zone, wake, mirror, devices)
        if show:
            show.open()
    except display.NoScreen as error:
        fail(str(error.text), status=NO_SCREEN)
    except OSError as error:
        _no_port(show, error)
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

    def stop(*_: object) -> None:
        program.stopping = True
        wake.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    parts: list[Part] = [line, pulse, voice, *(reader for reader in (scanner, devices.card) if reader)]
    for part in parts:
        part.start()
    lost = ""
    try:
        program.run()
    except pygame.error as error:
        lost = str(display.refused(pygame.display.get_driver() if pygame.display.get_init() else "?", str(error)))
    for part in parts:
        part.stop()
    if show:
        show.stop()
    pygame.quit()
    if lost:
        fail(lost, status=NO_SCREEN)


if __name__ == "__main__":
    main()
