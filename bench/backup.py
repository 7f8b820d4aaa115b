"""Call-next while the hub is saved, restored and verified in a process beside it, against call-next of an idle hub: the
same hub, the same disk, in one run. The hall has 100 000 visits behind it.

The visits are real ones: issued, called and finished through the verbs, so that `verify` has a whole year to rebuild.
The process runs as the hub starts it at night: behind everybody else at processor and disk.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import tomlkit

import config
from bench.hall import write_hall
from consoles import any_console
from server.backup import paper_key
from server.store.database import Store
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub

VISITS, LEAST = 100_000, 400
PAUSE_S = 0.02
"""A hall with fifty calls a second is busier than any."""


def filled(folder: Path, visits: int) -> config.Hall:
    """A hall with so many visits, written without waiting for the disk."""

    def change(hall: tomlkit.TOMLDocument) -> None:
        hall["console"].update({"next_interval_s": 0, "call_lock_s": 0})
        hall["backup"].update({"time": "02:30", "to": [f"folder:{folder / 'disk'}"]})

    hall = config.load(write_hall(folder, change))
    hub = Hub(hall, Store(hall.data, durable=False))
    counters.open_counter(hub, By("08"), "1", staff="08")
    for _ in range(visits):
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
        calls.call_next(hub, By("08"), "1")
        calls.finish(hub, By("08"), "1", "咨询")
    hub.store.close()
    return hall


def one_call(hub: Hub) -> float:
    """Seconds of a durable call-next; the number is finished, and another one comes."""
    began = time.perf_counter()
    calls.call_next(hub, By("08"), "1")
    spent = time.perf_counter() - began
    calls.finish(hub, By("08"), "1", "咨询")
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    time.sleep(PAUSE_S)
    return spent


def p99(spent: list[float]) -> float:
    return sorted(spent)[int(len(spent) * 0.99)]


def main() -> None:
    with TemporaryDirectory(prefix="jiaohao-bench-") as at:
        hall = filled(Path(at), VISITS)
        paper_key.use(hall, paper_key.make())
        hub = Hub(hall, Store(hall.data))
        for _ in range(20):
            tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
        gentle = ["ionice", "-c3"] if shutil.which("ionice") else []
        idle = [one_call(hub) for _ in range(LEAST)]
        command = [*gentle, "nice", "-n19", sys.executable, "-m", "server", "--config", str(hall.file), "backup"]
        began, busy = time.perf_counter(), list[float]()
        with subprocess.Popen(command, cwd=config.ROOT, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                busy.append(one_call(hub))
        took = time.perf_counter() - began
        if process.returncode:
            raise RuntimeError("bench: the backup failed")
        idle += [one_call(hub) for _ in range(LEAST)]
        (file,) = (Path(at) / "disk").iterdir()
        size, rows = file.stat().st_size, hub.seq
        database = (hall.data / "hall.db").stat().st_size
        hub.store.close()
    print(
        f"{VISITS} visits, {rows} rows, {database >> 20} MB: saved, restored and verified in {took:.1f} s beside calls,"
        f" {size >> 20} MB"
    )
    print(f"call-next p99: {p99(idle) * 1000:.1f} ms idle, {p99(busy) * 1000:.1f} ms of {len(busy)} calls meanwhile")
    print(f"a call-next during the backup takes {p99(busy) / p99(idle):.2f} of an idle one (p99)")


if __name__ == "__main__":
    any_console()
    main()
