"""The boards' command line: opens the wires, follows what the hub says they show, tells it what is pressed, and how
they are.
"""

from __future__ import annotations

import io
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

import click
import segno

import applicant
import config
import systemd
from command_line import Commands
from config.phrasing import is_no, placed
from config.reasons import in_full
from counter_display.frames import command
from counter_display.line import doctor, safety
from counter_display.line.bus import TROUBLE, Board, Bus, Heard, line
from counter_display.line.presses import Presses
from counter_display.line.schedule import Health
from counter_display.line.usb_pad import UsbPad
from counter_display.protocols import find
from hall_of_hub import HallOfHub, home
from hub_client import HubAway, HubClient, HubRefused, authority_beside, memory_beside
from intake.encoding import Unreadable, word
from intake.quantities import Unclear
from witness import Witness, file_beside

log = logging.getLogger("counter_display")

TOKEN_WAIT_S = 5.0
NOTHING = config.Text(
    "config.toml：没有线路（[wires.*]），也没有USB叫号器：窗口屏程序无事可做，请添加线路，或停用这个服务。",
    "config.toml: neither wires ([wires.*]) nor USB pads: nothing to show on; add a wire, or disable this unit",
)
TOLD_EVERY_S = 20.0
LOOK_S = 0.1
LISTEN_S = 10.0
"""For keys of pads and raters, when the hub's page asks for an examination."""
FAREWELL_S = 0.6


class Boards:
    """All boards, pads and raters of a hall: the hub's newest word, or the safe text when it is too old."""

    def __init__(self, hall: config.Hall, lost_s: float, patience_s: float) -> None:
        self.client: HubClient | None = None
        self.presses = Presses(lambda: self.client, self._answer)
        self.buses = _buses(hall, self.presses.pressed)
        self.usb_pads = {
            p: UsbPad(p, hall.folder / t.device, partial(self.presses.pressed, "pad", p))
            for p, t in hall.pads.items()
            if t.device
        }
        self._boards, self._pads, self._raters = (_by_wire(table) for table in (hall.boards, hall.pads, hall.raters))
        self._safe_texts = {b: safety.safe(hall.board_text("lost"), table.columns) for b, table in hall.boards.items()}
        self._columns = {b: table.columns for b, table in hall.boards.items()}
        self._digits = {p: table.digits for p, table in hall.pads.items()}
        self._lost_s, self._patience_s = lost_s, patience_s
        self._started = time.monotonic()
        self._hall = hall
        self._examined: dict[str, int] = {}
        self._safe = False
        self._code = ""
        self._turn = threading.Lock()

    def start(self) -> None:
        for bus in self.buses.values():
            bus.start()
        for pad in self.usb_pads.values():
            pad.start()

    def tell(self, told: dict[str, object]) -> None:
        """The hub's newest word."""
        with self._turn:
            if self._safe:
                log.warning("the hub is back: the boards show numbers again")
            self._safe, self._code = False, ""
            for name, bus in self.buses.items():
                bus.show(safety.texts(self._boards.get(name, ()), told, self._safe_texts))
                bus.shine(safety.lights(self._boards.get(name, ()), told))
                bus.count(safety.digits(self._pads.get(name, ()), told))
                bus.ask(safety.questions(self._raters.get(name, ()), told))
        for name, order, every in doctor.orders(told):
            if name in self.buses and self._examined.get(name) != order:
                self._examined[name] = order
                self.buses[name].lend(partial(self._examine, name, order, every))

    def _examine(self, wire: str, order: int, every: bool) -> None:
        """Look at a wire from all sides, in its own thread, and tell the hub what is there."""
        hall = self._hall
        addresses = None if every else sorted({b.address for b in hall.boards.values() if b.wire == wire})
        log.info("wire %s: examined, as the hub asks", wire)
        try:
            where = line(hall.wires[wire].url, hall.folder)
            languages = {name: find(name, hall.folder) for name in doctor.languages_of(hall, wire)}
            report = doctor.examine(where, languages, (where.baud,), addresses, LISTEN_S, lambda zh, en: None)
            found, new = doctor.told(report), doctor.tables(hall, wire, report)
        except TROUBLE as error:
            why = in_full(error)
            found, new = [config.Text(f"线路打不开或中断：{why.zh}。", f"The wire can't be used: {why.en}.")], {}
        body = {"wire": wire, "order": order, "found": found, "lines": doctor.lines(new) if new else ""}
        try:
            if self.client:
                self.client.put("/boards/examined", body)
        except (HubAway, HubRefused) as error:
            log.warning("wire %s: what was found could not be told: %s", wire, error)
            self._examined.pop(wire, None)  # it is asked again

    def _answer(self, pad: str, done: bool, digits: str) -> None:
        """What became of a press goes back to its pad; a USB pad has nothing to show it with."""
        for name, bus in self.buses.items():
            if pad in self._pads.get(name, ()):
                bus.answer(pad, done, digits)

    def show_code(self, code: str) -> None:
        """Every board shows the code that enrols this program, until the hub's first word."""
        with self._turn:
            if code == self._code:
                return
            self._code = code
            for name, bus in self.buses.items():
                bus.show({b: safety.code(code, self._columns[b]) for b in self._boards.get(name, ())})

    def doubt(self, heard: float | None) -> None:
        """Show the safe text if the hub was last heard too long ago."""
        with self._turn:
            if not (self._safe or self._code) and safety.unsafe(
                self._started, heard, time.monotonic(), self._lost_s, self._patience_s
            ):
                log.warning("the hub is lost: every board shows its safe text")
                self._show_safe()

    def leave(self) -> None:
        """Others take the wires over: end without a word on the boards, which show what they show."""
        self.presses.stop()
        for bus in self.buses.values():
            bus.stop(timeout=0.5)
        for usb in self.usb_pads.values():
            usb.stop(timeout=0.5)

    def farewell(self) -> None:
        """Nobody will heal a number that stays on a board: leave the safe text, as far as the time allows."""
        self.presses.stop()
        with self._turn:
            self._show_safe()
        end = time.monotonic() + FAREWELL_S
        while time.monotonic() < end and not all(bus.settled() for bus in self.buses.values()):
            time.sleep(0.01)
        for bus in self.buses.values():
            bus.stop(timeout=0.05)
        for usb in self.usb_pads.values():
            usb.stop(timeout=0.05)

    def health(self) -> dict[str, dict[str, Health]]:
        """Boards, pads and raters by id; of what only speaks when it is pressed, its wire is all that is known."""
        boards = {board: health for bus in self.buses.values() for board, health in bus.health().items()}
        pads, raters = (
            {d: self.buses[name].wire for name, ids in by.items() if name in self.buses for d in ids}
            for by in (self._pads, self._raters)
        )
        return {
            "boards": boards,
            "pads": pads | {p: usb.health() for p, usb in self.usb_pads.items()},
            "raters": raters,
        }

    def _show_safe(self) -> None:
        self._safe = True
        for name, bus in self.buses.items():
            bus.show({b: self._safe_texts[b] for b in self._boards.get(name, ())})
            bus.count({p: " " * self._digits[p] for p in self._pads.get(name, ())})


class _OnWire(Protocol):
    @property
    def wire(self) -> str: ...


def _by_wire(tables: Mapping[str, _OnWire]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, table in tables.items():
        found.setdefault(table.wire, []).append(name)
    return found


def _buses(hall: config.Hall, heard: Heard) -> dict[str, Bus]:
    """One bus for each wire. Raises ConfigError with everything that is wrong with them."""
    buses: dict[str, Bus] = {}
    problems: list[config.Text] = []
    for name, wire in hall.wires.items():
        boards = {
            b: made for b, table in hall.boards.items() if table.wire == name and (made := _board(hall, b, problems))
        }
        pads, raters = (
            {d: t.address for d, t in tables.items() if t.wire == name} for tables in (hall.pads, hall.raters)
        )
        try:
            buses[name] = Bus(
                name, line(wire.url, hall.folder), boards, wire.refresh_s, pads=pads, raters=raters, heard=heard
            )
        except Unclear as error:
            problems.append(placed(f"config.toml: wires.{name}", config.Text(error.zh, error.en)))
    if problems:
        raise config.ConfigError(problems)
    return buses


def _board(hall: config.Hall, board_id: str, problems: list[config.Text]) -> Board | None:
    """A board of the hall with its language; None, and why, if that cannot be."""
    table = hall.boards[board_id]
    try:
        language = find(table.protocol or hall.wires[table.wire].protocol, hall.folder)
    except config.ConfigError as error:
        problems += [placed(f"config.toml: boards.{board_id}.protocol", one) for one in error.problems]
        return None
    known = language.TRAITS.addresses
    if table.address not in known and len(known) > 1:
        what = config.Text(
            f"{table.address}：这个协议的地址是{known[0]}到{known[-1]}，请改正。",
            f"{table.address}: this language has {known[0]} to {known[-1]}",
        )
        problems.append(placed(f"config.toml: boards.{board_id}.address", what))
        return None
    return Board(language, table.address if len(known) > 1 else known[0], table.columns, table.rows)


class Running:
    """The boards that are at work now: others take their place when the hall's file changes, and show at once what the
    hub said last.
    """

    def __init__(self, hall: config.Hall, make: Callable[[config.Hall], Boards]) -> None:
        self._hall, self._make = hall, make
        self.boards = make(hall)
        self.client: HubClient | None = None
        self._told: dict[str, object] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        self.boards.start()

    def connect(self, client: HubClient) -> None:
        with self._lock:
            self.client = self.boards.client = client

    def tell(self, told: dict[str, object]) -> None:
        with self._lock:
            self._told = told
            self.boards.tell(told)

    def renew(self, hall: config.Hall) -> None:
        """The hall's file is another one: boards that it does not touch go on undisturbed."""
        if _wired(hall) == _wired(self._hall):
            return
        with self._lock:
            try:
                others = self._make(hall)
            except config.ConfigError as error:
                log.error("the new wires are not taken: %s", error)
                return
            self.boards.leave()
            self._hall, self.boards = hall, others
            others.client = self.client
            others.start()
            if self._told is not None:
                others.tell(self._told)
        log.info("the wires and boards of the hall's new file are at work")


def _wired(hall: config.Hall) -> object:
    """What of a hall's file the boards' program works by."""
    return hall.wires, hall.boards, hall.pads, hall.raters, hall.board_text("lost")


def _follow(client: HubClient, running: Running, stop: threading.Event) -> None:
    for told in client.follow("/boards", stop):
        if told is not None:
            running.tell(told)


def _report(client: HubClient, running: Running, stop: threading.Event) -> None:
    """Tell the hub how the boards, pads and raters are, when that changes and every 20 s."""
    said: dict[str, dict[str, Health]] = {}
    due = 0.0
    while not stop.wait(LOOK_S):
        health, now = running.boards.health(), time.monotonic()
        if health == said and now < due:
            continue
        body = {
            kind: {d: {"state": state, "detail": detail[:600]} for d, (state, detail) in of.items()}
            for kind, of in health.items()
        }
        try:
            client.put("/boards/health", body)
            said, due = health, now + TOLD_EVERY_S
        except (HubAway, HubRefused) as error:
            log.debug("health not told: %s", error)
            stop.wait(1.0)


def _token(path: Path, stop: threading.Event) -> str:
    """The bearer token, "" for none; a hub that is just being started writes it within seconds. Raises Unreadable."""
    end = time.monotonic() + TOKEN_WAIT_S
    while not stop.is_set() and time.monotonic() <= end:
        if token := _laid(path, ""):
            return token
        stop.wait(0.1)
    return ""


def _laid(path: Path, void: str) -> str:
    """The token in the file, if there is one and it is not the void one; "" otherwise. Raises Unreadable."""
    try:
        token = word(path.read_bytes())
    except OSError:
        return ""
    return "" if token == void else token


def _enrolled(show_code: Callable[[str], None], url: str, path: Path, void: str, stop: threading.Event) -> str:
    """The token of a program that has none: it shows a code until somebody has typed it; "" for `stop`."""

    def show(now: applicant.Now) -> None:
        if now.code and now.kind == "waiting":
            if now.code.shown not in told:
                told.append(now.code.shown)
                click.echo(_letter(now.code), err=True)
            show_code(now.code.shown)
        elif now.kind == "refused":
            click.echo(" ".join(now.trouble), err=True)

    told: list[str] = []
    granted = applicant.waits(url, "boards", stop, show, partial(_laid, path, void), authority_beside(path))
    if granted is None:
        return ""
    if not granted.device:
        return granted.token
    applicant.keep(path, granted.token)
    log.info("enrolled as %s; the token is in %s", granted.device, path)
    return granted.token


def _letter(code: applicant.Code) -> str:
    """What the terminal says of a code: for whoever stands there, and for a telephone."""
    out = io.StringIO()
    segno.make_qr(code.url, error="m").terminal(out, compact=True, border=2)
    return "\n".join(
        [
            f"\n    {code.shown}\n",
            f"窗口屏程序还没有登记：请系统管理员打开 {code.page}，输入上面的字母，或用手机扫码。",
            f"The boards' program is not enrolled: an administrator opens {code.page} and types the letters, or scans:",
            "",
            out.getvalue(),
        ]
    )


def _owned(show_code: Callable[[str], None], url: str, path: Path, stop: threading.Event) -> str:
    """The token of this program, which it has or is given by its code; "" for `stop`. Raises Unreadable, OSError."""
    token = _token(path, stop)
    if token and applicant.owner(url, token, authority_beside(path)) is not None:
        return token
    return "" if stop.is_set() else _enrolled(show_code, url, path, token, stop)


def _serve(running: Running, url: str, token_file: Path, file: Path | None, stop: threading.Event) -> int:
    """Show until `stop`; the exit status. `file`: the hall's, where it does not come from the hub."""
    no_token = threading.Event()

    def connect() -> None:
        try:
            token = _owned(lambda shown: running.boards.show_code(shown), url, token_file, stop)
        except (Unreadable, OSError) as error:
            click.echo(f"{token_file}: {error}", err=True)
            no_token.set()
            return
        if not token:
            return  # told to stop
        client = HubClient(url, token, authority=authority_beside(token_file), memory=memory_beside(token_file))
        running.connect(client)
        Witness(client, "boards", file_beside(token_file)).start(stop)
        HallOfHub(client, home(token_file), file).watch(running.renew, stop)
        threading.Thread(target=_report, args=(client, running, stop), name="health", daemon=True).start()
        _follow(client, running, stop)

    threading.Thread(target=connect, name="feed", daemon=True).start()
    systemd.tell("READY=1")
    while not stop.wait(LOOK_S):
        systemd.tell("WATCHDOG=1")
        if no_token.is_set():
            return 2
        running.boards.doubt(running.client.heard_at if running.client else None)
    return 0


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", "path", default=str(config.ROOT / "config.toml"), show_default="config.toml", help="The hall's file."
)
@click.option("--hub", "hub_url", help="The hub's address: the hall's file comes from there, and none is needed here.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), help="File with the bearer token [default: <data>/tokens/boards]."
)
@click.option(
    "--lost-after", default=safety.LOST_S, show_default=True, help="Seconds without the hub until the safe text."
)
@click.option("--patience", default=safety.PATIENCE_S, show_default=True, help="Seconds the hub may take at the start.")
@click.pass_context
def main(
    context: click.Context,
    path: str,
    hub_url: str | None,
    token_file: Path | None,
    lost_after: float,
    patience: float,
) -> None:
    """The LED boards over the counters, call pads and raters: shows what the hub says, until SIGTERM.

    Each wire of the hall's file is opened by its url; one that is missing or unplugged is tried again until it is
    there.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    stop = threading.Event()
    serves = context.invoked_subcommand is None
    if serves:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    if hub_url:
        with systemd.waiting():  # an administrator may come hours later
            hall = _hall_of(hub_url, token_file, stop)
    else:
        hall = config.load(path)
    if hall is None:
        sys.exit(0 if stop.is_set() else 2)
    context.obj = hall, Path(path)
    if not serves:
        return
    running = Running(hall, lambda made: Boards(made, lost_after, patience))
    if not running.boards.buses and not running.boards.usb_pads:
        raise config.ConfigError([NOTHING])
    running.start()
    token_file = token_file or hall.data / "tokens" / "boards"
    status = _serve(running, hub_url or hall.hub.url, token_file, None if hub_url else Path(path), stop)
    running.boards.farewell()
    sys.exit(status)


def _hall_of(url: str, token_file: Path | None, stop: threading.Event) -> config.Hall | None:
    """The hall as the hub tells it, or the copy of it; None without a token, and when stopped before."""
    if token_file is None:
        click.echo("--hub: name the boards' token with --token-file", err=True)
        return None
    try:
        token = _owned(lambda shown: None, url, token_file, stop)  # which boards there are, only the hub's file says
    except (Unreadable, OSError) as error:
        click.echo(f"{token_file}: {error}", err=True)
        return None
    client = HubClient(url, token, authority=authority_beside(token_file), memory=memory_beside(token_file))
    return HallOfHub(client, home(token_file)).wait(stop) if token else None


@main.command("doctor")
@click.argument("wire")
@click.option(
    "--protocol",
    "protocols",
    multiple=True,
    help="Languages to try [default: those of the wire's boards]; more than one is allowed.",
)
@click.option("--baud", "bauds", multiple=True, type=int, help="Speeds to try [default: the wire's].")
@click.option("--addresses", default="", help="Such as 1-40 or 1,2,7 [default: all].")
@click.option(
    "--listen",
    "listen_s",
    default=15.0,
    show_default=True,
    help="Seconds to wait for keys of pads and raters; 0 for none.",
)
@click.option(
    "--write",
    "writes",
    is_flag=True,
    help="Add what was found to the hall's file; without it the lines are only printed.",
)
@click.pass_obj
def doctor_command(
    at: tuple[config.Hall, Path],
    wire: str,
    protocols: tuple[str, ...],
    bauds: tuple[int, ...],
    addresses: str,
    listen_s: float,
    writes: bool,
) -> None:
    """Look at one WIRE of the hall's file: what answers, how quickly, what is wrong. Stop the boards' program first.

    检查一条线：哪些屏应答、多快、有什么毛病；请先停止窗口屏程序。
    """
    hall, file = at
    if wire not in hall.wires:
        raise config.ConfigError([is_no(wire, config.Text("本厅的线", "wire of this hall"), hall.wires)])
    names = protocols or doctor.languages_of(hall, wire)
    try:
        where, languages = line(hall.wires[wire].url, hall.folder), {name: find(name, hall.folder) for name in names}
        report = doctor.examine(where, languages, bauds or (where.baud,), _numbers(addresses), listen_s, _say)
    except Unclear as error:
        raise config.ConfigError([placed(f"wires.{wire}", config.Text(error.zh, error.en))]) from None
    except TROUBLE as error:
        why = in_full(error)
        what = config.Text(
            f"{why.zh}：请看窗口屏程序是否已停、转换器是否插好。",
            f"{why.en}; is the boards' program stopped, and the adapter plugged in?",
        )
        raise config.Told(*placed(f"wires.{wire}", what)) from None
    for sentence in doctor.sentences(report):
        _say(*sentence)
    new = doctor.tables(hall, wire, report)
    if new and writes:
        doctor.write(file, new)
        _say(f"已写入 {file}：请核对每一行的窗口。", f"Written into {file}: check the counter of each.")
    elif new:
        click.echo(f"\n{doctor.lines(new)}")


main.add_command(command.main, "frame")


def _say(zh: str, en: str) -> None:
    click.echo(f"{zh} {en}")


def _numbers(text: str) -> list[int] | None:
    """1-40 or 1,2,7 as numbers; None for an empty text. Raises Unclear."""
    found: list[int] = []
    for part in text.split(",") if text else []:
        first, _, last = part.partition("-")
        if not (first.strip().isdigit() and (last or first).strip().isdigit()):
            raise Unclear(f"--addresses “{text}”：请写成 1-40 或 1,2,7。", f"--addresses {text!r}: write 1-40 or 1,2,7")
        found += range(int(first), int(last or first) + 1)
    return found or None


if __name__ == "__main__":
    main(prog_name="python -m counter_display")
