"""A key at a counter over HTTP, its console and everybody else following: 1 000 waiting against nobody, and 50; and
50 counters at once.

A round is call-next and finish of one number, which is issued before the round and not measured; a person needs a
moment between them. Halls in turns within one run. The 50 counters are another hall with 1 000 people waiting; each
calls and finishes as fast as it is answered.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from itertools import cycle
from statistics import median

from bench.hall import folder
from bench.live import Live, live
from bench.load import Request, cpu, rate, seconds
from consoles import any_console

WAITING = (0, 50, 1_000)
ROUNDS, KEYS, PAUSE_S, COUNTERS, SECONDS = 4, 12, 0.1, 50, 4.0
FINISH = {"outcome": "现场办结"}


def keys(one: Live) -> tuple[float, float, float]:
    """(median seconds of a call-next, of a finish, processor seconds of both and the touch before, all followers
    included).
    """
    line, before = one.line(), cpu(one.pid)
    issue, call, finish = one.issue(), one.key("1", "call-next"), one.key("1", "finish", **FINISH)
    calls, ends = [], []
    for _ in range(KEYS):
        seconds(line, issue)
        one.quiet()
        time.sleep(PAUSE_S)
        calls.append(seconds(line, call))
        time.sleep(PAUSE_S)
        ends.append(seconds(line, finish))
    return median(calls), median(ends), (cpu(one.pid) - before) / KEYS


def in_turns(call: Request, finish: Request) -> Request:
    kinds = cycle((call, finish))
    return lambda: next(kinds)()


def at_once() -> tuple[float, float]:
    """(calls per second of all counters together, each finished, processor seconds of both keys)."""
    with folder() as at, live(at, waiting=1_000, counters=COUNTERS) as one:
        clients = [in_turns(one.key(c, "call-next"), one.key(c, "finish", **FINISH)) for c in one.seats]
        before = cpu(one.pid)
        calls = rate(one.address, clients, SECONDS) / 2
        return calls, (cpu(one.pid) - before) / (calls * SECONDS)


def main() -> None:
    with folder() as at, ExitStack() as stack:
        halls = {waiting: stack.enter_context(live(at / str(waiting), waiting=waiting)) for waiting in WAITING}
        rounds = [{waiting: keys(one) for waiting, one in halls.items()} for _ in range(ROUNDS + 1)][1:]
    ms = {}
    for waiting in WAITING:
        call, finish, used = (median(found[waiting][part] for found in rounds) * 1000 for part in range(3))
        ms[waiting] = (call + finish) / 2
        print(
            f"{waiting} waiting: call-next {call:.2f} ms, finish {finish:.2f}; processor time of a number, from touch"
            f" to finish, {used:.1f} ms"
        )
    calls, used = at_once()
    print(
        f"{COUNTERS} counters at once, each with its console: {calls:.1f} calls/s, each finished; processor time of"
        f" both keys {used * 1000:.1f} ms"
    )
    ratio = median(sum(found[1_000][:2]) / sum(found[0][:2]) for found in rounds)
    print(
        f"counter: {ratio:.2f} (a key at a counter with 1 000 waiting / with nobody); {ms[50]:.2f} ms with 50 here; "
        f"{calls:.1f} calls/s of {COUNTERS} counters"
    )


if __name__ == "__main__":
    any_console()
    main()
