"""A hub that is killed (SIGKILL) under load and started again: from the start of its process to its first answer and to
the kiosk's next number, against the first answer of the floor (bench/floor.py), on the same folder.

In turns within one run, asked every 2 ms from the beginning. Of the rest, what an interpreter takes that only imports
what the hub does.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import config
from bench.hall import folder, free_port, token, write_hall
from bench.live import start
from bench.load import Line, cpu, latencies, request
from consoles import any_console
from hub_client import HubAway, HubClient

ROUNDS, TOUCHES = 7, 60
IMPORTS = """
from command_line import for_good
with for_good():
    import waitress.server, server.__main__, server.commands.serving, server.app, server.printing.spool.spool
"""


def killed_under_load(file: Path) -> None:
    """The hub runs, gives out numbers, and dies while it gives out more."""
    hall = config.load(file)
    with ExitStack() as stack:
        process = start(stack, "server", ["--config", str(file)], hall.hub.listen, "/static/mark.svg")
        issue = request("POST", "/api/v1/tickets", token(hall, "K1"), {"service": "SB01"})
        latencies(Line(hall.hub.listen), issue, TOUCHES)
        under_way = Line(hall.hub.listen)
        under_way.socket.sendall(issue())
        process.send_signal(signal.SIGKILL)
        process.wait()


def till_back(file: Path, key: str) -> tuple[float, float, float]:
    """Seconds to the first answer of a hub that is started, of the processor until then, which another's work on this
    machine hardly changes, and to a kiosk's next number from it.
    """
    hall = config.load(file)
    kiosk = HubClient(hall.hub.url, (hall.data / "tokens" / "K1").read_text())
    with ExitStack() as stack:
        began = time.perf_counter()
        process = start(stack, "server", ["--config", str(file)], hall.hub.listen, "/static/mark.svg")
        answered, worked = time.perf_counter() - began, cpu(process.pid)
        while True:
            try:
                kiosk.post("/tickets", {"service": "SB01"}, key=key)
                return answered, worked, time.perf_counter() - began
            except HubAway:
                time.sleep(0.002)


def floor_till_first_answer(at: Path, port: int) -> float:
    with ExitStack() as stack:
        began = time.perf_counter()
        start(stack, "bench.floor", [str(at), str(port)], f"127.0.0.1:{port}", "/trivial")
        return time.perf_counter() - began


def interpreter(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, check=True)
    return time.perf_counter() - began


def main() -> None:
    with folder() as at:
        file, port = write_hall(at), free_port()
        rounds = []
        for n in range(ROUNDS + 1):
            killed_under_load(file)
            hub, worked, number = till_back(file, f"after-kill-{n:04d}")
            bare = floor_till_first_answer(at, port)
            rounds.append((hub, worked, number, bare, interpreter(IMPORTS), interpreter("pass")))
    columns = zip(*rounds[1:], strict=True)
    hub, worked, number, bare, imports, nothing = (median(column) * 1000 for column in columns)
    print(
        f"after SIGKILL, to the first answer: {hub:.0f} ms ({worked:.0f} of the processor), to the kiosk's"
        f" next number {number:.0f}; the floor {bare:.0f}; imports alone {imports:.0f}, an empty"
        f" interpreter {nothing:.0f}"
    )
    print(
        f"start: {median(hub / bare for hub, _, _, bare, _, _ in rounds[1:]):.2f} (start after SIGKILL to the first"
        f" answer / the floor's); {hub:.0f} ms here"
    )


if __name__ == "__main__":
    any_console()
    main()
