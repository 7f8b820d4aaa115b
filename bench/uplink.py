"""``./run bench uplink``: a touch to its durable number with the hall's uplink off, on, and with its district dead.

The three in turns within one run, so that whatever else the machine does is theirs alike. The uplink is the real
process over a real broker; the district's end is a stand-in that says "kept" at once, since a district stands
elsewhere. Off: the uplink is stopped (SIGSTOP); on, it works off what it missed besides, which is more than it ever has
to do. Dead: the broker is stopped. At the end everything has to be there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import nats
import nkeys
from nats.aio.msg import Msg

import config
from bench.hall import folder
from bench.live import Live, live
from bench.load import cpu, latencies
from config import ROOT
from consoles import any_console
from district import servers
from server.domain.chain import Head
from server.domain.uplink import Reply, of_subject, said, subject, unpacked, wanted_said
from server.store import membership
from server.store.database import read_only
from server.store.membership import Membership
from server.store.reader import Reader

ROUNDS, TOUCHES, PACE_S = 18, 40, 0.02
CITY, HALL = "bench", "hall"
STATES = ("off", "on", "dead")
WAIT_S = 60.0


class StandIn(threading.Thread):
    """A district that says of everything that it is kept. `head`: how far it said so."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__(name="district", daemon=True)
        self._url, self._key, self.head, self.ready = url, key, Head(), threading.Event()
        self.start()

    def run(self) -> None:
        asyncio.run(self._answering())

    async def _answering(self) -> None:
        async def quiet(_: Exception) -> None:
            """The broker is stopped again and again."""

        client = await nats.connect(self._url, nkeys_seed_str=self._key, max_reconnect_attempts=-1, error_cb=quiet)

        async def answer(message: Msg) -> None:
            if of_subject(message.subject)[0] == "snap":
                await client.publish(message.reply, wanted_said([]))
                return
            if rows := unpacked(message.data).rows:
                self.head = Head(rows[-1].seq, rows[-1].hash)
            await client.publish(message.reply, said(Reply("ok", self.head)))

        for kind in ("j", "snap"):
            await client.subscribe(subject(kind, CITY, "*"), cb=answer)
        await client.flush()
        self.ready.set()
        await asyncio.get_running_loop().create_future()


class Joined:
    """The hall's uplink, and the broker that it speaks to."""

    def __init__(self, broker: servers.Nats, uplink: subprocess.Popen[bytes], there: StandIn) -> None:
        self._broker, self.pid, self._there = broker.pid, uplink.pid, there

    def be(self, state: str) -> None:
        os.kill(self._broker, signal.SIGSTOP if state == "dead" else signal.SIGCONT)
        os.kill(self.pid, signal.SIGSTOP if state == "off" else signal.SIGCONT)

    def caught_up(self, seq: int) -> None:
        end = time.monotonic() + WAIT_S
        while self._there.head.seq < seq:
            if time.monotonic() > end:
                raise RuntimeError("bench: the uplink does not send")
            time.sleep(0.05)


@contextmanager
def joined(hall: config.Hall, at: Path) -> Iterator[Joined]:
    """The hall of a hub that runs, joined to a stand-in."""
    worker = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER).decode()
    keys = {HALL: membership.public(membership.seed(hall))}
    servers.write(at / "nats.conf", servers.configuration(CITY, "127.0.0.1:-1", membership.public(worker), keys))
    broker = servers.Nats(at / "nats.conf")
    there = StandIn(broker.url, worker)
    there.ready.wait()
    membership.keep(hall.data, Membership(CITY, HALL, broker.url, ""))
    command = [sys.executable, "-m", "server", "--config", str(hall.file), "district", "run"]
    uplink = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    one = Joined(broker, uplink, there)
    try:
        yield one
    finally:
        one.be("on")
        uplink.terminate()
        uplink.wait(20)
        broker.close()


def measured(hub: Live, one: Joined, state: str) -> tuple[float, float]:
    """(median seconds of a touch, processor seconds of the hub for each)."""
    one.be(state)
    hub.quiet()
    line, before = hub.line(), cpu(hub.pid)
    found = latencies(line, hub.issue(), TOUCHES, PACE_S)
    hub.quiet()
    return median(found), (cpu(hub.pid) - before) / TOUCHES


def main() -> None:
    with folder() as at, live(at / "hall") as hub, joined(hub.hall, at) as one:
        for state in STATES:
            measured(hub, one, state)
        turns = [STATES[n % 3 :] + STATES[: n % 3] for n in range(ROUNDS)]
        rounds = [{state: measured(hub, one, state) for state in turn} for turn in turns]
        one.be("on")
        with read_only(hub.hall.data / "hall.db") as own:
            one.caught_up(Reader(own).head()[0])
    of = {state: [median(each[state][part] for each in rounds) * 1000 for part in (0, 1)] for state in STATES}
    print("; ".join(f"{state}: {ms:.2f} ms, {used:.2f} ms of the hub's processor" for state, (ms, used) in of.items()))
    ratios = {
        state: [median(each[state][part] / each["off"][part] for each in rounds) for part in (0, 1)]
        for state in ("on", "dead")
    }
    print(
        "uplink: "
        + ", ".join(f"{state} {ratio[0]:.3f} ({ratio[1]:.3f} by processor time)" for state, ratio in ratios.items())
        + " of a touch with the uplink off (median of the rounds' ratios)"
    )


if __name__ == "__main__":
    any_console()
    main()
