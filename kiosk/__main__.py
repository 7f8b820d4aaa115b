"""python -m kiosk: the command line of the touchscreen. Wires the parts together; every fault is one line on stderr.

Ends with status 0 when it is told to stop or the technician leaves, 2 for a mistake of the installation, 1 without a
screen: whoever watches it (deploy/) starts it again until there is one, and until then the hub misses it.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import signal
import sys
import threading
import time
import uuid
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import click

import applicant
import config
import systemd
from applicant import Granted
from command_line import Commands
from config import Hall
from hall_of_hub import HallOfHub, home
from hub_client import HubClient, authority_beside, memory_beside
from intake.encoding import Unreadable, word
from kiosk.flow.view import plate_of
from witness import Witness, file_beside

if TYPE_CHECKING:
    from kiosk.rim.admission import Front, Show
    from kiosk.rim.alone import Alone
    from kiosk.rim.hub_line import HubLine

TOKEN_WAIT_S = 5.0
NO_SCREEN = 1
DISK_FAILS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}
"""Not what was installed wrongly."""


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


def read_token(path: Path, stop: threading.Event) -> str:
    """The bearer token; waits up to 5 s for a hub that is just being started. "" for none: the kiosk shows a code. Ends
    the program when it is told to stop before.
    """
    end = time.monotonic() + TOKEN_WAIT_S
    while not (path.is_file() and (token := _token(path))):
        if stop.wait(0.1):
            sys.exit(0)
        if time.monotonic() >= end:
            return ""
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
@click.option(
    "--hub",
    "hub_url",
    default=None,
    help="The hub's address: the hall's file comes from there, none is needed here.",
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
    from kiosk.rim.admission import Show

    asked, show = screen_size(size), None if show_port is None else Show(show_host, show_port)
    stop = threading.Event()  # one for the whole start: a word to stop is never lost between two parts of it
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    admit = partial(enrol, stop=stop, windowed=windowed, show=show)
    if hub_url:
        hall, kiosk, client, source = _start_by_hub(hub_url, kiosk, token_file, asked, admit, stop)
    else:
        hall, kiosk, client, source = _start_by_file(config_path, kiosk, token_file, asked, admit, stop)
    if stop.is_set():
        sys.exit(0)
    if run(hall, kiosk, client, asked or hall.kiosks[kiosk].size, source, stop, windowed=windowed, show=show):
        os.execv(sys.executable, [sys.executable, "-m", "kiosk", *sys.argv[1:]])


Started = tuple[Hall, str, HubClient, HallOfHub]
"""By what a kiosk works: the hall, its own id, its line to the hub, and where news of the hall's file come from."""


def _start_by_file(
    config_path: Path,
    kiosk: str | None,
    token_file: Path | None,
    size: tuple[int, int] | None,
    admit: Admit,
    stop: threading.Event,
) -> Started:
    """By a hall's file on this machine, which is the hub's."""
    from kiosk.rim import admission

    hall = config.load(config_path)
    kiosk = kiosk or own_name(hall)
    if kiosk not in hall.kiosks:
        fail(f"--kiosk: {kiosk!r} is not in {config_path.name}; there are {', '.join(hall.kiosks) or 'none'}")
    own = token_file or hall.data / "tokens" / kiosk
    authority = authority_beside(own)
    token = read_token(own, stop)
    owner = applicant.owner(hall.hub.url, token, authority) if token else None
    if owner in hall.kiosks:
        kiosk = owner  # it was enrolled as this one, whatever its unit is called
    elif owner is None:
        found = admit(admission.front_of(hall, kiosk, size, authority), own, token)
        if found.device:
            kiosk, own = found.device, token_file or hall.data / "tokens" / found.device
            keep_token(own, found)
            if kiosk not in hall.kiosks:
                fail(f"{kiosk}: not in this machine's {hall.file.name}; copy the hub's file here, then start again")
        token = found.token
    client = HubClient(hall.hub.url, token, authority=authority, memory=memory_beside(own))
    Witness(client, kiosk, file_beside(own)).start(stop)
    return hall, kiosk, client, HallOfHub(client, home(own), config_path)


def _start_by_hub(
    url: str,
    kiosk: str | None,
    token_file: Path | None,
    size: tuple[int, int] | None,
    admit: Admit,
    stop: threading.Event,
) -> Started:
    """By the hub's address and a token, or the code that brings one; the hall's file comes from the hub."""
    from kiosk.rim import admission

    if token_file is None:
        fail("--hub: name this kiosk's token with --token-file")
    authority = authority_beside(token_file)
    token = read_token(token_file, stop)
    if not token or applicant.owner(url, token, authority) is None:
        found = admit(admission.bare_front(url, size, authority), token_file, token)
        if found.device:
            keep_token(token_file, found)
        token = found.token
    client = HubClient(url, token, authority=authority, memory=memory_beside(token_file))
    source = HallOfHub(client, home(token_file))
    with systemd.waiting():
        hall = source.wait(stop)
    if hall is None:
        sys.exit(0)
    hall = hall.model_copy(update={"hub": hall.hub.model_copy(update={"url": url.rstrip("/")})})
    if source.device in hall.kiosks:
        kiosk = source.device  # it was enrolled as this one, whatever its unit is called
    if kiosk not in hall.kiosks:
        fail(f"--kiosk: {kiosk!r} is not in the hub's file; there are {', '.join(hall.kiosks) or 'none'}")
    Witness(client, kiosk, file_beside(token_file)).start(stop)
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


class Admit(Protocol):
    """Shows a code until an administrator has typed it; ends the program when told to stop before."""

    def __call__(self, front: Front, own: Path, void: str) -> Granted: ...


def enrol(front: Front, own: Path, void: str, *, stop: threading.Event, windowed: bool, show: Show | None) -> Granted:
    """Show a code on the screen until an administrator has typed it: which kiosk this is from now on, and its token.

    `own`: where its token would lie; `void`: the one that lies there and is none any more.
    """
    from kiosk.rim import admission, display

    def laid() -> str:
        token = _token(own) if own.is_file() else ""
        return "" if token == void else token

    try:
        found = admission.admitted(front, stop, laid, windowed=windowed, show=show)
    except display.NoScreen as error:
        fail(str(error.text), status=NO_SCREEN)
    except OSError as error:
        _no_port(show, error)
    if found is None:
        sys.exit(0)
    return found


def keep_token(file: Path, found: Granted) -> None:
    try:
        applicant.keep(file, found.token)
    except OSError as error:
        fail(f"{file}: the token can't be kept: {error.strerror}; give this user the folder, then enrol again")
    logging.info("kiosk: enrolled as %s; the token is in %s", found.device, file)


def _no_port(show: Show | None, error: OSError) -> NoReturn:
    fail(f"--show-port: port {show.port if show else 0} can't be opened: {error.strerror}; take another one")


def run(
    hall: Hall,
    kiosk: str,
    client: HubClient,
    size: tuple[int, int],
    source: HallOfHub,
    ended: threading.Event,
    *,
    windowed: bool,
    show: Show | None,
) -> bool:
    """Open everything, run until told to stop, close everything; whether it is to begin anew, by other files.

    `ended`: set when it is told to stop, also before this began.
    """
    import pygame

    from kiosk.flow import events
    from kiosk.readers.card import CardReader
    from kiosk.readers.scanner import Scanner
    from kiosk.rim import display, facts
    from kiosk.rim.hub_line import HubLine
    from kiosk.rim.program import Devices, Program
    from kiosk.rim.pulse import Pulse
    from kiosk.rim.voice import Voice

    tail = facts.Tail()
    logging.getLogger().addHandler(tail)
    table = hall.kiosks[kiosk]
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
            laid=lambda digest, mask, born: said(events.CardLaid(digest, mask, str(uuid.uuid4()), born)),
            failed=lambda why: said(events.CardFailed(why)),
        )
        if table.card_reader
        else None
    )
    line = HubLine(client, kiosk, wake.set)
    line.alone = _alone(hall, kiosk, client, source, line)
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
        ended.set()
        program.stopping = True
        wake.set()

    def changed(now: Hall) -> None:
        if line.alone:
            line.alone.renew(now)
        if _mine(now, kiosk) != _mine(hall, kiosk):
            program.renewing = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if ended.is_set():
        stop()
    parts: list[Part] = [line, pulse, voice, *(part for part in (line.alone, scanner, devices.card) if part)]
    for part in parts:
        part.start()
    source.watch(changed, ended)
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
    return program.renewing and not ended.is_set()


def _alone(hall: Hall, kiosk: str, client: HubClient, source: HallOfHub, line: HubLine) -> Alone | None:
    """What goes on without the hub. Its book lies beside the copy of the hall's files, on the hub's machine in its data
    folder. None where the disk takes nothing: with the hub the kiosk goes on all the same.
    """
    from kiosk.rim.alone import Alone
    from kiosk.rim.kept_book import KeptBook
    from kiosk.rim.own_printer import OwnPrinter
    from kiosk.rim.own_search import OwnSearch

    folder = (hall.data if source.by_file else source.folder) / "offline"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        book = KeptBook(folder / f"{kiosk}.book", hall.zone)
    except OSError as error:
        if error.errno in DISK_FAILS:
            logging.critical("kiosk: %s: %s; without the hub it gives out no number", folder, error.strerror)
            return None
        fail(f"{folder}: the book of offline numbers can't be kept: {error.strerror}; give this user the folder")
    printer = OwnPrinter(hall, kiosk, folder, here=source.by_file)
    return Alone(client, kiosk, book, printer, line.say, search=OwnSearch(hall))


def _mine(hall: Hall, kiosk: str) -> object:
    """What of a hall's file a kiosk starts by; all else its feed tells it."""
    return hall.kiosks.get(kiosk), plate_of(hall), hall.voice.one, hall.hall.timezone


if __name__ == "__main__":
    main()
