"""The virtual boards, pads, raters and modems: pseudo-terminals in place of serial adapters, and a page that shows each
as it would glow; `/telephones` shows what telephones got.

    python -m counter_display.virtual --config config.toml --show-port 9181

Every wire of the hall's file whose url is `serial:` or a socket of this machine gets its boards, pads and raters;
nothing here touches a real device.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click

import config
from command_line import Command
from config import ConfigError, Text
from consoles import any_console
from counter_display.virtual.hall import Board, Hall, Pad
from counter_display.virtual.modem_line import VirtualModem
from counter_display.virtual.page import Show
from counter_display.virtual.speech_line import VirtualSpeech
from counter_display.virtual.wire import EARS, VirtualWire


def virtual_hall(hall: config.Hall) -> Hall:
    """The boards, pads and raters of a hall that hang on virtual wires, dark.

    Raises ConfigError for a language no virtual board speaks.
    """
    wires = {name: wire for name, wire in hall.wires.items() if _at(wire.url, hall.folder) is not None}
    boards = {
        board_id: Board(
            hall.counters[board.counter].name,
            board.wire,
            board.address,
            board.columns,
            language=board.protocol or wires[board.wire].protocol,
            rows=board.rows,
        )
        for board_id, board in hall.boards.items()
        if board.wire in wires
    }
    odd = {board.language for board in boards.values()} - set(EARS)
    if odd:
        what = Text(
            f"没有虚拟屏会说{'、'.join(sorted(odd))}：请改用{'、'.join(EARS)}。",
            f"no virtual board speaks {', '.join(sorted(odd))}; known: {', '.join(EARS)}",
        )
        raise ConfigError([what])
    pads = {
        f"pad {n}": Pad(hall.counters[p.counter].name, p.wire, p.address, "pad", p.digits)
        for n, p in hall.pads.items()
        if p.wire in wires
    }
    raters = {
        f"rater {n}": Pad(hall.counters[r.counter].name, r.wire, r.address, "rater")
        for n, r in hall.raters.items()
        if r.wire in wires
    }
    return Hall(boards, {**pads, **raters})


def _at(url: str, folder: Path) -> Path | int | None:
    """Where a virtual wire takes the place of a real one: a device's path, or a TCP port of this machine; None for
    elsewhere.
    """
    if url.startswith("serial:"):
        return folder / url.removeprefix("serial:").partition("?")[0]
    parts = urlsplit(url)
    return parts.port if parts.scheme == "socket" and parts.hostname in ("127.0.0.1", "localhost") else None


def plug_in(hall: config.Hall, shown: Hall) -> dict[str, VirtualWire]:
    """A pseudo-terminal for each serial wire, a TCP port for each socket of this machine.

    Raises OSError if a real device is in the place.
    """
    wires: dict[str, VirtualWire] = {}
    try:
        for name, wire in hall.wires.items():
            at = _at(wire.url, hall.folder)
            if at is not None:
                baud = int(parse_qs(wire.url.partition("?")[2]).get("baud", ["9600"])[0])
                wires[name] = VirtualWire(name, at, shown, baud=baud)
    except (OSError, ValueError):
        unplug(wires)
        raise
    return wires


def voices(hall: config.Hall, shown: Hall) -> dict[str, VirtualSpeech]:
    """A speech module for each zone that has one on a serial line. Raises OSError if a real device is in the place."""
    found: dict[str, VirtualSpeech] = {}
    for name, zone in hall.zones.items():
        at = _at(zone.output, hall.folder) if zone.engine in ("syn6288", "xfs5152") else None
        if isinstance(at, Path):
            found[name] = VirtualSpeech(zone.name, zone.engine, at, shown)
    return found


def modems(hall: config.Hall, shown: Hall) -> dict[str, VirtualModem]:
    """A modem for each channel of notifications on a serial line. Raises OSError if a real device is in the place."""
    found: dict[str, VirtualModem] = {}
    for name, channel in hall.channels.items():
        at = _at(channel.port, hall.folder) if channel.kind == "gsm" and channel.on else None
        if isinstance(at, Path):
            found[name] = VirtualModem(name, at, shown)
    return found


def unplug(wires: Mapping[str, VirtualWire | VirtualSpeech | VirtualModem]) -> None:
    for wire in wires.values():
        wire.unplug()


@click.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", "path", default=str(config.ROOT / "config.toml"), show_default="config.toml", help="The hall's file."
)
@click.option(
    "--show-port", default=9181, show_default=True, help="Port of the page that shows the boards; 0 picks one."
)
@click.option("--show-host", default="127.0.0.1", show_default=True, help="Address for --show-port.")
def main(path: str, show_port: int, show_host: str) -> None:
    """Virtual LED boards on pseudo-terminals, and a page that shows how they glow.

    Prints one line of JSON when ready: {"show_port": 9181, "wires": {"west": "/dev/pts/3"}}. Runs until SIGTERM.
    """
    try:
        hall = config.load(path)
        shown = virtual_hall(hall)
        show = Show(shown, show_port, show_host)
        wires = plug_in(hall, shown)
        modules = voices(hall, shown)
        telephony = modems(hall, shown)
    except (OSError, ValueError, OverflowError) as error:
        click.echo(f"counter_display.virtual: {error}", err=True)
        sys.exit(2)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    show.start()
    ready = {"show_port": show.port, "wires": {name: wire.pty for name, wire in wires.items()}}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    stop.wait()
    unplug({**wires, **{f"voice {name}": module for name, module in modules.items()}})
    unplug(telephony)
    show.stop()


if __name__ == "__main__":
    any_console()
    main()
