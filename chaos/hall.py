"""A whole hall that things can happen to: two machines, printers, boards on wires, kiosks and counters at work."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

import config
from bench.hall import free_port, write_hall
from chaos.crowd import MANAGER, Account, Crowd
from chaos.judge import Calling, Entered, Job, Kept, Wrong, judged
from chaos.lone import NAME, LoneKiosk
from chaos.machines import Disk, Machine, Process
from chaos.severed import Network, Road
from counter_display.virtual.__main__ import virtual_hall
from counter_display.virtual.wire import VirtualWire
from hub_client import HubClient, memory_beside
from printer_profiles.profile import load
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.print_server import Printer, print_port, serve_prints
from printer_profiles.virtual.sheet import Sheet
from server.store import journal
from server.store.database import Store, read_only
from server.store.transaction import Turn
from witness import Witness, file_beside, written_down

PATIENCE_S = 120.0
"""After so long a hall that has not healed is said to be lost."""
LOOK_S = 0.02
KIOSKS = 3
NUMBER = re.compile(r"\b([A-Z]\d{3,5})\b")
FAULT = re.compile(r"ERROR server\.pages\.problems: (.+): unexpected$", re.MULTILINE)
"""What the hub writes down where somebody is answered with 500; nothing that happens to it excuses that."""
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WHOLE = ("full", "partial", "torn")


class NotHealed(Exception):
    """The hall did not come back: what was waited for, and how everything stands."""


class ChaosHall:
    """Enter it and the hall is at work; `crowd` is who uses it. The hall's file is the repository's own."""

    def __init__(self, at: Path, seed: int, *, small_disks: bool, pause: float = 0.25) -> None:
        self._at, self._seed, self._pause = at, seed, pause
        self._stack = ExitStack()
        self._small = small_disks
        self._stop = threading.Event()
        self.papers: Counter[str] = Counter()
        self._papers_lock = threading.Lock()

    def __enter__(self) -> ChaosHall:
        try:
            self._build()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # --- made ---

    def _build(self) -> None:
        stack, at = self._stack, self._at
        network = Network()
        stack.callback(network.close)
        fronts, ports = [free_port(), free_port()], [free_port(), free_port()]
        disks = [self._disk(at / "first"), self._disk(at / "second")]
        printers: dict[str, Any] = {}

        def here(hall: Any) -> None:
            hall["hub"].update({"listen": f"127.0.0.1:{ports[0]}", "url": f"http://127.0.0.1:{fronts[0]}"})
            hall["console"].update({"call_lock_s": 0, "next_interval_s": 0, "recall_interval_s": 0})
            hall["backup"]["time"] = ""
            hall["people"].update({"idle_min": 1440, "session_hours": 24})
            for name in hall["printers"]:
                printers[name] = print_port("127.0.0.1", 0)
                hall["printers"][name]["url"] = f"tcp://127.0.0.1:{printers[name].getsockname()[1]}"
            for n in range(2, KIOSKS + 1):
                hall["kiosks"][f"K{n}"] = {**hall["kiosks"]["K1"], "name": f"{n}号取号机", "name_en": f"Kiosk {n}"}
            printers[NAME] = print_port("127.0.0.1", 0)
            hall["printers"][NAME] = {
                **hall["printers"]["p80"],
                "url": f"tcp://127.0.0.1:{printers[NAME].getsockname()[1]}",
            }
            hall["kiosks"][NAME] = {
                **hall["kiosks"]["K1"],
                "name": "4号取号机",
                "name_en": "Kiosk 4",
                "printers": [NAME],
            }
            for name in hall["wires"]:
                hall["wires"][name]["url"] = f"serial:{at / 'wires' / name}?baud=9600"

        self.file = write_hall(at / "first", here)
        self.hall = config.load(self.file)
        accounts = self._hire()
        self._token("second")
        home = at / "second" / "home"
        home.mkdir(mode=0o700)
        (home / "token").write_text((self.hall.data / "tokens" / "second").read_text())
        roads = [Road(network, front, port) for front, port in zip(fronts, ports, strict=True)]
        first, second = (f"http://127.0.0.1:{front}" for front in fronts)
        follows = ["second", "--of", first, "--into", str(home), "--url", second, "--listen", f"127.0.0.1:{ports[1]}"]
        self.machines = [
            Machine(["--config", str(self.file)], disks[0], at, "first", roads[0], ports[0]),
            Machine(follows, disks[1], at, "second", roads[1], ports[1]),
        ]
        stack.callback(self._end)
        self.printers = {name: self._printer(name, listener) for name, listener in printers.items()}
        self.virtual = virtual_hall(self.hall)
        for name in self.hall.wires:
            (at / "wires").mkdir(exist_ok=True)
            stack.callback(VirtualWire(name, at / "wires" / name, self.virtual).unplug)
        self.machines[0].program.start()
        self.until(lambda: self.machines[0].standing().get("role") == "hub", "the first start")
        tokens = {name: (self.hall.data / "tokens" / name).read_text() for name in ("K1", "K2", "K3", "boards")}
        beside = at / "boards-token"
        beside.write_text(tokens["boards"])
        beside.chmod(0o600)
        self._boards_token = {"Authorization": f"Bearer {tokens['boards'].strip()}"}
        self.boards = Process(
            ["counter_display", "--config", str(self.file), "--token-file", str(beside)], at, "boards"
        )
        kiosks = [HubClient(first, tokens[f"K{n + 1}"], memory=memory_beside(at / f"K{n + 1}")) for n in range(KIOSKS)]
        self.witness = Witness(kiosks[0], "K1", file_beside(at / "K1"))
        self.machines[1].program.start()
        self.witness.start(self._stop)
        self.until(self.in_step, "the second machine's first copy")
        self.boards.start()
        self.lone = self._lone(network, fronts)
        self.crowd = Crowd(kiosks, accounts, self._seed, self._pause)
        stack.callback(self.crowd.stop)
        self.crowd.start()
        self.crowd.joined_by(self.lone.touched_by(self.crowd))
        self.until(self.whole, "the hall's first minute")

    def _lone(self, network: Network, fronts: list[int]) -> LoneKiosk:
        """A kiosk with wires of its own and its files elsewhere; it starts at once."""
        folder = self._at / NAME
        folder.mkdir()
        (folder / "token").write_text((self.hall.data / "tokens" / NAME).read_text())
        (folder / "token").chmod(0o600)
        roads = {front: Road(network, free_port(), front) for front in fronts}
        lone = LoneKiosk(self.file, folder, self._at, roads, self._seed)
        self._stack.callback(lone.kill)
        lone.start()
        return lone

    def _disk(self, folder: Path) -> Disk:
        disk = Disk(folder, small=self._small)
        self._stack.callback(disk.close)
        return disk

    def _hire(self) -> dict[str, Account]:
        places = [place for place, table in self.hall.counters.items() if table.kind == "general"][:4]
        found = {place: (f"90{n}", f"员工{n}", "operator", "correct-horse-9") for n, place in enumerate(places, 1)}
        store = Store(self.hall.data, durable=False)
        hashed = CHEAP.hash("correct-horse-9")

        def put(turn: Turn) -> None:
            for number, name, role, _ in (*found.values(), MANAGER):
                turn.put_staff(number, name, role, hashed)

        store.turn(put, lambda last: last)
        store.close()
        return found

    def _token(self, device: str) -> None:
        made = Process(["server", "--config", str(self.file), "token", device], self._at, "token")
        made.start()
        if made.process and made.process.wait(60):
            raise NotHealed(f"no token for {device}: see {self._at / 'token.log'}")

    def _printer(self, name: str, listener: Any) -> Printer:
        printer = Printer(Paper(load(self.hall.printers[name].profile)), on_slip=self._slip)
        threading.Thread(target=serve_prints, args=(listener, printer), name=f"paper {name}", daemon=True).start()
        self._stack.callback(listener.close)
        self._stack.callback(printer.stop)
        return printer

    def _slip(self, sheet: Sheet) -> None:
        found = NUMBER.search(sheet.text())
        if found and sheet.end in WHOLE:
            with self._papers_lock:
                self.papers[found[1]] += 1

    def _end(self) -> None:
        self._stop.set()
        for program in [one.program for one in self.machines] + ([self.boards] if hasattr(self, "boards") else []):
            program.end()

    # --- how it stands ---

    def hub(self) -> Machine | None:
        """Which machine is the hub now, by the highest epoch; None while none says so."""
        found = [(one.standing(), one) for one in self.machines]
        hubs = [(told["epoch"], n) for n, (told, _) in enumerate(found) if told.get("role") == "hub"]
        return self.machines[max(hubs)[1]] if hubs else None

    def other(self, hub: Machine) -> Machine:
        return self.machines[1 - self.machines.index(hub)]

    def in_step(self) -> bool:
        hub = self.hub()
        return hub is not None and bool(self.other(hub).standing().get("in_step"))

    def armed(self) -> bool:
        """Whether the second machine would take over by the word of whoever is the witness now: the kiosk or, where
        that was not heard for some seconds, the boards' program.
        """
        hub = self.hub()
        witness = self.witness.armed or written_down(file_beside(self._at / "boards-token")).allow
        return hub is not None and witness and bool(self.other(hub).standing().get("armed"))

    def boards_right(self) -> bool:
        """Whether each board shows what the hub of now has for it."""
        hub = self.hub()
        told = hub.ask("/api/v1/boards", self._boards_token) if hub else None
        if told is None:
            return False
        return all(
            self.virtual.boards[name].text in (one["text"].rstrip(), *one["more"])
            or self.virtual.boards[name].text.rstrip() == one["text"].rstrip()
            for name, one in told["boards"].items()
        )

    def whole(self) -> bool:
        """One hub, the other machine in step and able to take over, every board right, no kiosk alone."""
        return self.lone.settled and self.armed() and self.in_step() and self.boards_right()

    def until(self, true: Callable[[], object], what: str, within: float = PATIENCE_S) -> float:
        """Seconds until it is so. Raises NotHealed."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > within:
                stand = [one.standing() for one in self.machines]
                raise NotHealed(f"not in {within:.0f} s: {what}; the machines say {stand}")
            time.sleep(LOOK_S)
        return time.monotonic() - began

    # --- the end ---

    def judge(self) -> list[Wrong]:
        """Everybody goes home, the last slips come out, and the hub's file is compared with what people were told."""
        self.crowd.stop()
        self.until(self.whole, "the quiet at the end")
        hub = self.hub()
        assert hub
        file = self.database(hub)
        with closing(read_only(file)) as conn:
            self.until(lambda: not _under_way(conn), "the last slips")
        self.boards.end()
        statuses = [self.lone.end(), *(one.program.end() for one in self.machines)]
        wrong = [
            Wrong("false", f"{one} ended with {status}")
            for one, status in zip((NAME, "first", "second"), statuses, strict=True)
            if status
        ]
        for name in ("first", "second"):
            faults = Counter(FAULT.findall((self._at / f"{name}.log").read_text(errors="replace")))
            wrong += [
                Wrong("false", f"{name}: {asked} was answered with a fault of the program, {times} times")
                for asked, times in faults.items()
            ]
        with closing(read_only(file)) as conn:
            missed = conn.execute("SELECT data FROM journal WHERE event = 'EndMissed'").fetchall()
            wrong += [Wrong("false", f"a device misses rows that nobody lost: {body}") for (body,) in missed]
            return [*wrong, *judged(self.crowd.told, kept(conn), self.papers)]

    def database(self, hub: Machine) -> Path:
        """The file that this machine writes as the hub: of all that it has, the one of the highest epoch."""
        folder = self._at / ("first" if hub is self.machines[0] else "second")
        return max(folder.rglob("hall.db"), key=_newest)


def _newest(file: Path) -> tuple[int, int]:
    """(epochs, rows) of a hub's file."""
    with closing(read_only(file)) as conn:
        epochs, rows = conn.execute("SELECT sum(event = 'EpochBegan'), max(seq) FROM journal").fetchone()
        return int(epochs), int(rows)


def _under_way(conn: sqlite3.Connection) -> bool:
    return bool(conn.execute("SELECT count(*) FROM jobs WHERE state IN ('queued', 'sending')").fetchone()[0])


LABEL = "prefix || printf('%03d', number)"


def kept(conn: sqlite3.Connection) -> Kept:
    """What a hub's file says in the end."""

    def rows(sql: str) -> list[Any]:
        return [tuple(row) for row in conn.execute(sql)]

    callings = rows(
        f"SELECT j.event, {LABEL}, coalesce(j.counter, '') FROM journal j JOIN tickets t ON t.id = j.ticket"
        " ORDER BY j.seq"
    )
    issued = rows(
        "SELECT j.data, j.at, t.prefix || printf('%03d', t.number) FROM journal j JOIN tickets t"
        " ON t.id = j.ticket WHERE j.event = 'Issued' AND t.channel = 'offline' ORDER BY j.seq"
    )
    entered = [(json.loads(data), at, number) for data, at, number in issued]
    told = [json.loads(data) for (data,) in rows("SELECT data FROM journal WHERE event = 'OfflineEntered'")]
    return Kept(
        entered=[Entered(n, data.get("on_paper") or n, data["taken"], at) for data, at, n in entered],
        twins={paper: served for one in told for paper, served in one.get("twins", ())},
        keys=dict(
            rows(f"SELECT r.key, {LABEL} FROM requests r JOIN tickets t ON t.id = r.ticket WHERE r.key LIKE 'kiosk%'")
        ),
        tickets=dict(rows(f"SELECT {LABEL}, state FROM tickets")),
        order=rows("SELECT prefix, number FROM tickets WHERE channel != 'offline'"),
        callings=[Calling(*row) for row in callings],
        jobs=[
            Job(*row) for row in rows(f"SELECT {LABEL}, j.state, j.copy FROM jobs j JOIN tickets t ON t.id = j.ticket")
        ],
        chain=journal.verify(conn),
    )
