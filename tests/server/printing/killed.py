"""SIGKILL of a printing hub at every byte: HALL.toml FOLDER FIRST STEP prints one line of JSON for each position.

test_killed.py reads them.

A process without threads forks a hub that is killed when the n-th byte would leave its port, then one that starts on
the same folder. What has left the port stands in a file, as it would on paper.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import signal
import sys
from functools import partial
from pathlib import Path

import config
from printer_profiles.escpos.encode import encode
from printer_profiles.profile import Profile, load
from printer_profiles.virtual.paper import Paper
from server.health import Health
from server.printing.slips.filling import slip_for
from server.printing.spool.printer import Head
from server.printing.spool.spool import Spool
from server.printing.transport.patience import Patience
from server.store.database import Store
from server.verbs import devices, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.server.printing.fake_printers import Talker

PROFILE = load("generic-80")


class CrashingPort:
    """Takes `most` bytes in all and kills its process before the next one; everything it took is in `file`."""

    def __init__(self, file: Path, most: float) -> None:
        self._file, self._left = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT), most
        self._talker, self._said = Talker(), b""

    def write(self, data: bytes, timeout: float, limit: float = math.inf) -> None:
        taken = data[: int(min(self._left, len(data)))]
        os.write(self._file, taken)
        self._left -= len(taken)
        if len(taken) < len(data):
            os.kill(os.getpid(), signal.SIGKILL)
        self._said += self._talker.answer(taken)

    def read(self, timeout: float) -> bytes:
        said, self._said = self._said, b""
        return said

    def lines(self) -> int | None:
        return None

    def left(self, seconds: float) -> bool:
        return True

    def close(self) -> None:
        os.close(self._file)


def run(hall: config.Hall, file: Path, most: float) -> str:
    """A hub that prints until the job has become something; its state. Does not return when the port kills it."""

    def reach(url: str, profile: Profile, *_: object, **settings: bool) -> Head:
        if profile.name != PROFILE.name:
            raise OSError("only one printer here")
        return Head(CrashingPort(file, most), profile, Patience(), **settings)

    hub = Hub(hall, Store(hall.data, durable=False))
    spool = Spool(hub, Health(partial(devices.device_changed, hub)), reach=reach)
    spool.start()
    seq, job = -1, hub.read().job(1)
    while job and job.state in ("queued", "sending"):
        seq = hub.wait(seq, 0.1)
        job = hub.read().job(1)
    assert job
    return job.state


def in_a_process(hall: config.Hall, file: Path, most: float) -> str:
    """What became of the job there; "killed" where the port did its work."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, run(hall, file, most).encode())
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(pid, 0)
    with os.fdopen(reader) as said:
        state = said.read()
    return "killed" if os.WIFSIGNALED(status) else state


def main(hall_file: Path, work: Path, position: int, step: int) -> None:
    logging.disable(logging.CRITICAL)
    hall = config.load(hall_file)
    hub = Hub(hall, Store(hall.data, durable=False))
    tick(hub)
    tickets.issue(hub, By("kiosk"), "SB01", printers=("p80",))
    job = hub.read().job(1)
    assert job
    encode(
        slip_for(hall, hub.read(), job, "p80", PROFILE, hub.now()), PROFILE
    )  # everything loaded before the first fork
    hub.stop()
    hub.store.close()
    alive = False
    while not alive:
        folder, file = work / str(position), work / f"{position}.bytes"
        shutil.copytree(hall.data, folder)
        here = hall.model_copy(update={"hub": hall.hub.model_copy(update={"data": str(folder)})})
        first = in_a_process(here, file, position)
        alive = first != "killed"
        before = file.read_bytes() if file.exists() else b""
        second = in_a_process(here, file, math.inf)
        after = file.read_bytes()[len(before) :]
        print(
            json.dumps(
                {
                    "position": position,
                    "first": first,
                    "then": second,
                    "begun": b"\x1b\x40" in before,
                    **papers(before, after),
                }
            ),
            flush=True,
        )
        shutil.rmtree(folder)
        file.unlink()
        position += step


def papers(before: bytes, after: bytes) -> dict[str, int]:
    """How many pieces of paper carry the number: whole ones, and any."""
    paper = Paper(PROFILE)
    paper.feed(before)
    paper.lost()
    paper.feed(after)
    texts = [(slip.end, slip.text()) for slip in paper.slips if "A001" in slip.text()]
    return {"whole": sum(end != "broken" for end, _ in texts), "any": len(texts)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
