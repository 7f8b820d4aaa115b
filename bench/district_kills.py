"""`./run bench district_kills`: three halls at work, their uplinks, the broker, the worker and PostgreSQL, one of them
killed with SIGKILL again and again; what of the halls' rows the district lacks, has twice or has otherwise.

Real processes and engines; the halls' rows are numbers given out by the real verbs. A seed repeats the order of kills.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import tomlkit
from psycopg import Connection
from psycopg import Error as PostgresError

import config
from command_line import Command
from config import ROOT
from demo.district import HALLS, hall_of, places
from district import __main__ as program
from district import appending, identity, postgres, servers, settings
from server.store import membership
from server.store.database import Store, read_only
from server.store.membership import Membership
from server.store.reader import Reader
from server.verbs import tickets
from server.verbs.hub import By, Hub

PACE_S = 0.05
"""Between two numbers of a hall."""
PORT = 8700


class Engine:
    """PostgreSQL that can be killed and started again at its place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url, self.server = servers.postgres(folder)

    def kill(self) -> None:
        os.kill(self.server.get_pid(), signal.SIGKILL)
        until(lambda: not alive(self.server.get_pid()))
        self.server.ensure_postgres_running()


def alive(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except OSError:
        return False
    return pid is not None


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise click.ClickException("the halls and the district did not come together")
        time.sleep(0.05)


class Town:
    """Everything that runs, and how each part is killed and started anew."""

    def __init__(self, folder: Path) -> None:
        self.halls = [hall_of(folder / one[0], n, PORT + 100 * (n + 1), "Asia/Shanghai") for n, one in enumerate(HALLS)]
        self.engine = Engine(folder / "postgres")
        self.file = folder / "district.toml"
        self.nats_file = folder / "nats.conf"
        self._write("127.0.0.1:-1", "")
        with postgres.connect(self.engine.url) as conn:
            postgres.prepare(conn, time.time())
            program.plant(conn, settings.read(self.file))
            for hall in self.halls:
                code = identity.code(conn, hall.hall.id, time.time())
                identity.enrol(conn, code, membership.public(membership.seed(hall)), time.time())
            program.allow(settings.read(self.file), self.file, conn)
            self.broker = servers.Nats(self.nats_file)
            self._write(self.broker.url.removeprefix("nats://"), self.broker.url)
            program.allow(settings.read(self.file), self.file, conn)
        for hall in self.halls:
            membership.keep(hall.data, Membership("bench", hall.hall.id, self.broker.url, ""))
        self.worker = self._start("district", "--config", str(self.file), "run")
        self.uplinks = [self._uplink(hall) for hall in self.halls]

    def _write(self, listen: str, url: str) -> None:
        text = tomlkit.document()
        text.update(city="bench", database=self.engine.url, nats=url, nats_listen=listen, listen=f"127.0.0.1:{PORT}")
        text.update(nats_file=str(self.nats_file))
        text["places"] = places()
        self.file.write_text(tomlkit.dumps(text), encoding="utf-8")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, stdout=quiet, stderr=quiet)

    def _uplink(self, hall: config.Hall) -> subprocess.Popen[bytes]:
        return self._start("server", "--config", str(hall.file), "district", "run")

    def kill(self, which: int) -> None:
        """0 the broker, 1 the worker, 2 PostgreSQL, then the uplinks."""
        if which == 0:
            self.broker.kill()
            self.broker = servers.Nats(self.nats_file)
        elif which == 1:
            self.worker.kill()
            self.worker.wait()
            self.worker = self._start("district", "--config", str(self.file), "run")
        elif which == 2:
            self.engine.kill()
        else:
            self.uplinks[which - 3].kill()
            self.uplinks[which - 3].wait()
            self.uplinks[which - 3] = self._uplink(self.halls[which - 3])

    def tend(self) -> None:
        """What systemd does (Restart=always): a worker that began while PostgreSQL was away has ended."""
        if self.worker.poll() is not None:
            self.worker = self._start("district", "--config", str(self.file), "run")
        for n, one in enumerate(self.uplinks):
            if one.poll() is not None:
                self.uplinks[n] = self._uplink(self.halls[n])

    def close(self) -> None:
        for one in [*self.uplinks, self.worker]:
            one.kill()
            one.wait()
        self.broker.close()
        self.engine.server.cleanup()


def at_work(hall: config.Hall, stop: threading.Event) -> None:
    """A hall that gives out numbers."""
    hub = Hub(hall, Store(hall.data, durable=False), time.time)
    while not stop.wait(PACE_S):
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    hub.stop()
    hub.store.close()


def kept(conn: Connection[Any], hall: str) -> list[Any]:
    return appending.rows_after(conn, hall, 0, 10_000_000)


@click.command(cls=Command)
@click.option("--kills", default=30, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
def main(kills: int, seed: int) -> None:
    luck, stop = random.Random(seed), threading.Event()
    with TemporaryDirectory() as name:
        town = Town(Path(name))
        threads = [threading.Thread(target=at_work, args=(hall, stop)) for hall in town.halls]
        for thread in threads:
            thread.start()
        try:
            for _ in range(kills):
                stop.wait(luck.uniform(0.1, 1.0))
                town.tend()
                town.kill(luck.randrange(3 + len(town.halls)))
            stop.set()
            for thread in threads:
                thread.join()
            began, lost, doubled, otherwise, rows = time.monotonic(), 0, 0, 0, 0

            def together() -> bool:
                town.tend()
                try:
                    with postgres.connect(town.engine.url) as conn:
                        return all(
                            conn.execute("SELECT head_seq FROM halls WHERE id = %s", (hall.hall.id,)).fetchone()
                            == (head(hall),)
                            for hall in town.halls
                        )
                except PostgresError:
                    return False

            until(together)
            caught = time.monotonic() - began
            with postgres.connect(town.engine.url) as conn:
                for hall in town.halls:
                    with read_only(hall.data / "hall.db") as own:
                        mine = Reader(own).journal(0, 10_000_000)
                    theirs = kept(conn, hall.hall.id)
                    by_seq = {row.seq: row for row in theirs}
                    rows += len(mine)
                    lost += sum(row.seq not in by_seq for row in mine)
                    doubled += len(theirs) - len(by_seq)
                    otherwise += sum(by_seq.get(row.seq, row) != row for row in mine)
                aside = conn.execute("SELECT count(*) FROM aside").fetchone()
        finally:
            stop.set()
            town.close()
    print(
        f"seed {seed}: {kills} kills, {rows} rows of {len(HALLS)} halls; together {caught:.1f} s after the last number"
    )
    print(f"district_kills: {lost} lost, {doubled} doubled, {otherwise} otherwise, {aside[0] if aside else 0} aside")


def head(hall: config.Hall) -> int:
    with read_only(hall.data / "hall.db") as own:
        return Reader(own).head()[0]


if __name__ == "__main__":
    main()
