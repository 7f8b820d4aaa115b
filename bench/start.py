"""From the start of the hub's process to its first answer, against the floor's (bench/floor.py), on a hall's folder
that is there already.

In turns within one run, asked every 2 ms from the beginning. Of the rest, what an interpreter takes that only imports
what the hub does.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from statistics import median

import config
from bench.hall import folder, free_port, write_hall
from bench.live import start
from consoles import any_console

ROUNDS = 7
IMPORTS = "import waitress.server, server.__main__, server.app, server.serve, server.printing.spool.spool"


def till_first_answer(module: str, arguments: list[str], address: str, path: str) -> float:
    with ExitStack() as stack:
        began = time.perf_counter()
        start(stack, module, arguments, address, path)
        return time.perf_counter() - began


def interpreter(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, check=True)
    return time.perf_counter() - began


def main() -> None:
    with folder() as at:
        file, port = write_hall(at), free_port()
        address, rounds = config.load(file).hub.listen, []
        for _ in range(ROUNDS + 1):
            hub = till_first_answer("server", ["--config", str(file)], address, "/static/mark.svg")
            bare = till_first_answer("bench.floor", [str(at), str(port)], f"127.0.0.1:{port}", "/trivial")
            rounds.append((hub, bare, interpreter(IMPORTS), interpreter("pass")))
    hub, bare, imports, nothing = (median(column) * 1000 for column in zip(*rounds[1:], strict=True))
    print(
        f"to the first answer: {hub:.0f} ms, the floor {bare:.0f}; imports alone {imports:.0f}, an empty interpreter"
        f" {nothing:.0f}"
    )
    print(
        f"start: {median(hub / bare for hub, bare, _, _ in rounds[1:]):.2f} (start to the first answer / the floor's);"
        f" {hub:.0f} ms here"
    )


if __name__ == "__main__":
    any_console()
    main()
