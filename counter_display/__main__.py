"""The boards' command line: opens the wires, follows what the hub says they show, and tells the hub how they are."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from pathlib import Path

import click

import config
import systemd
from counter_display import safety
from counter_display.bus import Bus, line
from counter_display.protocols import PROTOCOLS
from counter_display.turns import Health
from hub_client import HubAway, HubClient, HubRefused

log = logging.getLogger("counter_display")

TOKEN_WAIT_S = 5.0
TOLD_EVERY_S = 20.0
LOOK_S = 0.1
FAREWELL_S = 0.6


class Boards:
    """All boards of a hall: the hub's newest word, or the safe text when it is too old."""

    def __init__(self, hall: config.Hall, lost_s: float, patience_s: float) -> None:
        self.buses = _buses(hall)
        self._boards = {name: [b for b, table in hall.boards.items() if table.wire == name] for name in self.buses}
        self._lost_s, self._patience_s = lost_s, patience_s
        self._started = time.monotonic()
        self._safe = False
        self._turn = threading.Lock()

    def tell(self, told: dict[str, object]) -> None:
        """The hub's newest word."""
        with self._turn:
            if self._safe:
                log.warning("the hub is back: the boards show numbers again")
            self._safe = False
            for name, bus in self.buses.items():
                bus.show(safety.texts(self._boards[name], told))

    def doubt(self, heard: float | None) -> None:
        """Show the safe text if the hub was last heard too long ago."""
        with self._turn:
            if not self._safe and safety.unsafe(self._started, heard, time.monotonic(), self._lost_s, self._patience_s):
                log.warning("the hub is lost: every board shows %s", safety.SAFE.text)
                self._show_safe()

    def farewell(self) -> None:
        """Nobody will heal a number that stays on a board: leave the safe text, as far as the time allows."""
        with self._turn:
            self._show_safe()
        end = time.monotonic() + FAREWELL_S
        while time.monotonic() < end and not all(bus.settled() for bus in self.buses.values()):
            time.sleep(0.01)
        for bus in self.buses.values():
            bus.stop(timeout=0.05)

    def health(self) -> dict[str, Health]:
        return {board: health for bus in self.buses.values() for board, health in bus.health().items()}

    def _show_safe(self) -> None:
        self._safe = True
        for name, bus in self.buses.items():
            bus.show(dict.fromkeys(self._boards[name], safety.SAFE))


def _buses(hall: config.Hall) -> dict[str, Bus]:
    """One bus for each wire. Raises ConfigError."""
    buses, problems = {}, []
    for name, wire in hall.wires.items():
        addresses = {board: table.address for board, table in hall.boards.items() if table.wire == name}
        try:
            buses[name] = Bus(name, line(wire.url, hall.folder), PROTOCOLS[wire.protocol], addresses, wire.refresh_s)
        except ValueError as error:
            problems.append(f"config.toml: wires.{name}.url: {error}")
    if problems:
        raise config.ConfigError(problems)
    return buses


def _follow(client: HubClient, boards: Boards, stop: threading.Event) -> None:
    for told in client.follow("/boards", stop):
        if told is not None:
            boards.tell(told)


def _report(client: HubClient, boards: Boards, stop: threading.Event) -> None:
    """Tell the hub how the boards are, when that changes and every 20 s."""
    said: dict[str, Health] = {}
    due = 0.0
    while not stop.wait(LOOK_S):
        health, now = boards.health(), time.monotonic()
        if health == said and now < due:
            continue
        body = {board: {"state": state, "detail": detail[:300]} for board, (state, detail) in health.items()}
        try:
            client.put("/boards/health", {"boards": body})
            said, due = health, now + TOLD_EVERY_S
        except (HubAway, HubRefused) as error:
            log.debug("health not told: %s", error)
            stop.wait(1.0)


def _token(path: Path, stop: threading.Event) -> str:
    """The bearer token, "" for none; a hub that is just being started writes it within seconds."""
    end = time.monotonic() + TOKEN_WAIT_S
    while not stop.is_set():
        try:
            token = path.read_text(encoding="utf-8").strip()
        except OSError:
            token = ""
        if token:
            return token
        if time.monotonic() > end:
            click.echo(f"{path}: no device token; start the hub once, or name the file with --token-file", err=True)
            break
        stop.wait(0.1)
    return ""


def _serve(boards: Boards, url: str, token_file: Path, stop: threading.Event) -> int:
    """Show until `stop`; the exit status."""
    clients: list[HubClient] = []
    no_token = threading.Event()

    def connect() -> None:
        token = _token(token_file, stop)
        if not token:
            no_token.set()
            return
        clients.append(HubClient(url, token))
        threading.Thread(target=_report, args=(clients[0], boards, stop), name="health", daemon=True).start()
        _follow(clients[0], boards, stop)

    threading.Thread(target=connect, name="feed", daemon=True).start()
    systemd.tell("READY=1")
    while not stop.wait(LOOK_S):
        systemd.tell("WATCHDOG=1")
        if no_token.is_set():
            return 2
        boards.doubt(clients[0].heard_at if clients else None)
    return 0


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "path", default=str(config.ROOT / "config.toml"), show_default="config.toml", help="The hall's file.")
@click.option("--token-file", type=click.Path(path_type=Path), help="File with the bearer token [default: <data>/tokens/boards].")
@click.option("--lost-after", default=safety.LOST_S, show_default=True, help="Seconds without the hub until the safe text.")
@click.option("--patience", default=safety.PATIENCE_S, show_default=True, help="Seconds the hub may take at the start.")
def main(path: str, token_file: Path | None, lost_after: float, patience: float) -> None:
    """The LED boards over the counters: shows what the hub says, until SIGTERM.

    Each wire of the hall's file is opened by its url; one that is missing or unplugged is tried again until it is there.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    try:
        hall = config.load(path)
        boards = Boards(hall, lost_after, patience)
    except config.ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    for bus in boards.buses.values():
        bus.start()
    status = _serve(boards, hall.hub.url, token_file or hall.data / "tokens" / "boards", stop)
    boards.farewell()
    sys.exit(status)


if __name__ == "__main__":
    main()
