"""``python -m printer_profiles.virtual``: the virtual printer as a program. It starts the others and decides nothing.

Three ways: serve (TCP or pseudo-terminal, with the live page), ``--once`` (captured bytes -> text and PNG), ``order``
(to one that runs).
"""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from consoles import any_console
from printer_profiles.profile import Profile, ProfileError, known, load
from printer_profiles.virtual import picture
from printer_profiles.virtual.paper import ORDERS, Paper
from printer_profiles.virtual.print_server import Printer, print_port, serve_prints
from printer_profiles.virtual.serial_port import SerialPort
from printer_profiles.virtual.sheet import Sheet
from printer_profiles.virtual.show_server import Order, ShowServer
from printer_profiles.virtual.typeface import NoTypeface

SERIAL_BUFFER = 4096  # bytes; what small heads have
SHOW_PORT = 9180
PORT = click.IntRange(0, 65535)

T = TypeVar("T")


def run(arguments: list[str]) -> None:
    """Serve, decode or order, as the arguments say."""
    if arguments[:1] == ["order"]:
        order(arguments[1:], prog_name="python -m printer_profiles.virtual order")
    main(arguments, prog_name="python -m printer_profiles.virtual")


@click.command(context_settings={"max_content_width": 110})
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--profile",
    "model",
    default="generic-80",
    show_default=True,
    help="Model: a file of printer_profiles/; 'list' lists them.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=9100, show_default=True, help="Port for ESC/POS; 0 = any free one.")
@click.option(
    "--show-port", default=None, type=PORT, help="Port of the live page.  [default: port + 80; 0 = any free one]"
)
@click.option(
    "--pty",
    "link",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[LINK]",
    help="A pseudo-terminal instead of TCP, linked at LINK.",
)
@click.option(
    "--baud",
    default=19200,
    show_default=True,
    type=click.IntRange(300, 4_000_000),
    help="Speed of the pseudo-terminal, 8N1.",
)
@click.option(
    "--flow",
    default="rtscts",
    show_default=True,
    type=click.Choice(["rtscts", "xonxoff", "none"]),
    help="Its flow control.",
)
@click.option(
    "--buffer",
    default=None,
    type=click.IntRange(256, 10_000_000),
    help="Receive buffer in bytes.  [default: --pty 4096, TCP no limit]",
)
@click.option(
    "--chinese-on",
    is_flag=True,
    help="In Chinese mode after power on, as most heads sold in China; else 1C 26 is needed.",
)
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep each slip in this folder: .txt, .png and .bin.",
)
@click.option(
    "--orders",
    is_flag=True,
    help="Read orders from standard input too, one a line: paper_out, near_end off, roll mm=3000.",
)
@click.option("--once", is_flag=True, help="Decode FILES (none or '-': standard input), show the paper and end.")
@click.option("--text", is_flag=True, help="With --once: print the text. The default without --png.")
@click.option(
    "--png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --once: write a picture; the second slip goes to NAME-2.png.",
)
@click.option("--strict", is_flag=True, help="With --once: end with status 1 if there was a complaint.")
def main(model: str, files: tuple[Path, ...], once: bool, **options: Any) -> None:
    """虚拟热敏打印机 A virtual receipt printer: takes ESC/POS and shows the paper in the browser.

    Prints one line of JSON with its ports when it is ready. Orders while it runs: the page's buttons, POST /order
    {"order": "paper_out"}, or "python -m printer_profiles.virtual order paper_out". See docs/virtual-printer.md.
    """
    if model == "list":
        click.echo("\n".join(f"{name:24} {load(name).title}" for name in known()))
        return
    try:
        profile = load(model)
    except ProfileError as error:
        _end(str(error))
    if once:
        sys.exit(_once(profile, files, options))
    if files:
        _end(f"paper: {files[0]}: files are decoded with --once; add it")
    _serve(profile, options)


def _end(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(2)


# --- captured bytes ---


def _once(profile: Profile, files: tuple[Path, ...], options: dict[str, Any]) -> int:
    paper = Paper(profile, chinese_on=options["chinese_on"])
    for data in _captured(files):
        paper.feed(data)
    paper.idle()
    paper.lost()
    try:
        _show_once(paper.slips, options)
    except (OSError, NoTypeface) as error:
        _end(f"paper: {error}")
    for complaint in paper.complaints:
        click.echo(complaint, err=True)
    return 1 if options["strict"] and paper.complaints else 0


def _captured(files: tuple[Path, ...]) -> Iterable[bytes]:
    for file in files or (Path("-"),):
        yield sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _show_once(slips: tuple[Sheet, ...], options: dict[str, Any]) -> None:
    png: Path | None = options["png"]
    if not slips:
        click.echo("没有打印出任何东西 nothing was printed", err=True)
    for at, sheet in enumerate(slips, 1):
        if options["text"] or not png:
            click.echo(f"──── {at} · {sheet.end} · {sheet.mm:.0f} mm · {len(sheet.raw)} B")
            click.echo(sheet.text())
        if png:
            (png if at == 1 else png.with_stem(f"{png.stem}-{at}")).write_bytes(picture.png(sheet))
        if options["save"]:
            keep(sheet, options["save"])


def keep(sheet: Sheet, folder: Path) -> None:
    """Write a slip's three files: slip-0001.txt, .png, .bin."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"slip-{sheet.id:04}"
    stem.with_suffix(".txt").write_text(sheet.text() + "\n", encoding="utf-8")
    stem.with_suffix(".bin").write_bytes(sheet.raw)
    stem.with_suffix(".png").write_bytes(picture.png(sheet))


class Archive:
    """Keeps slips in a folder, one after the other, beside the printing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._slips: queue.Queue[Sheet | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="archive", daemon=True)
        self._thread.start()

    def add(self, sheet: Sheet) -> None:
        """Keep this one soon."""
        self._slips.put(sheet)

    def close(self) -> None:
        """Keep what is left, then end."""
        self._slips.put(None)
        self._thread.join(30)

    def _run(self) -> None:
        while sheet := self._slips.get():
            try:
                keep(sheet, self._folder)
            except (OSError, NoTypeface) as error:
                click.echo(f"paper: slip {sheet.id} was not saved: {error}", err=True)


# --- serving ---


def _serve(profile: Profile, options: dict[str, Any]) -> None:
    archive = _bound(lambda: Archive(options["save"]), f"--save {options['save']}") if options["save"] else None
    serial, flow = options["link"] is not None, options["flow"]
    buffer = options["buffer"] or (SERIAL_BUFFER if serial else None)
    paper = Paper(profile, buffer=buffer, xonxoff=serial and flow == "xonxoff", chinese_on=options["chinese_on"])
    printer = Printer(paper, waits_when_full=not serial or flow == "rtscts", on_slip=archive.add if archive else None)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    close, where = _serial(printer, options) if serial else _tcp(printer, options)
    show_port = (
        options["show_port"] if options["show_port"] is not None else SHOW_PORT if serial else _beside(options["port"])
    )
    show = _bound(lambda: ShowServer((options["host"], show_port), printer, where["wire"]), f"--show-port {show_port}")
    show.start()
    if options["orders"]:
        threading.Thread(target=_obey_lines, args=(printer,), daemon=True).start()
    del where["wire"]
    print(json.dumps({**where, "show_port": show.port}), flush=True)
    stop.wait()
    printer.stop()
    close()
    show.stop()
    if archive:
        archive.close()


def _beside(port: int) -> int:
    """Of the live page: 80 above the printer's, any free one where there is none."""
    return port + 80 if 0 < port <= 65535 - 80 else 0


def _tcp(printer: Printer, options: dict[str, Any]) -> tuple[Callable[[], None], dict[str, Any]]:
    listener: socket.socket = _bound(
        lambda: print_port(options["host"], options["port"]), f"--host {options['host']} --port {options['port']}"
    )
    threading.Thread(target=serve_prints, args=(listener, printer), daemon=True).start()
    host, port = listener.getsockname()[:2]
    return listener.close, {"port": port, "wire": f"tcp://{host}:{port}"}


def _serial(printer: Printer, options: dict[str, Any]) -> tuple[Callable[[], None], dict[str, Any]]:
    link = Path(options["link"]) if options["link"] else None
    line: SerialPort = _bound(lambda: SerialPort(printer, options["baud"], link), f"--pty {link or ''}".rstrip())
    thread = threading.Thread(target=line.run, daemon=True)
    thread.start()

    def close() -> None:
        thread.join(2)
        line.unplug()

    name = str(link or line.name)
    return close, {"pty": name, "wire": f"{name} · {options['baud']} 8N1 · {options['flow']}"}


def _bound(open_: Callable[[], T], what: str) -> T:
    try:
        return open_()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        _end(f"paper: {what}: {reason}; choose another")


def _obey_lines(printer: Printer) -> None:
    for line in sys.stdin:
        if line.strip():
            try:
                Order.from_line(line).give(printer)
            except ValueError as error:
                click.echo(str(error), err=True)


# --- an order to a printer that runs ---


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--show-port", type=PORT, default=SHOW_PORT, show_default=True, help="Port of the printer's live page.")
def order(words: tuple[str, ...], host: str, show_port: int) -> None:
    """Give an order to a virtual printer that runs, e.g.

    "paper_out", "near_end off", "roll mm=3000", "hang seconds=5".
    """
    try:
        parsed = Order.from_line(" ".join(words))
    except ValueError as error:
        _end(str(error))
    values = {"order": parsed.name, "on": parsed.on}
    values |= {
        key: value for key, value in (("amount", parsed.amount), ("seconds", parsed.seconds)) if value is not None
    }
    try:
        with urllib.request.urlopen(
            f"http://{host}:{show_port}/order", json.dumps(values).encode(), timeout=5
        ) as answer:
            click.echo(answer.read().decode())
    except urllib.error.HTTPError as error:
        _end(f"paper: {error.read().decode()}")
    except OSError as error:
        _end(
            f"paper: no virtual printer answers at {host}:{show_port} ({error}); start one, or say its --show-port."
            f" Orders: {', '.join(ORDERS)}"
        )


if __name__ == "__main__":
    any_console()
    run(sys.argv[1:])
