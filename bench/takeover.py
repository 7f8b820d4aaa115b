"""The hub is killed again and again (SIGKILL), each time the one that is it now: from the kill to the kiosk's next
number from the other machine, and whether any number was lost or came twice.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial

from bench.hall import folder
from bench.two import Two, wait
from consoles import any_console

KILLS, TOUCHES = 50, 10


def main() -> None:
    took: list[float] = []
    numbers: list[str] = []
    with folder() as at, ExitStack() as stack:
        two = Two(at, stack)
        numbers.append(two.touch("the-first-of-all"))
        two.start(1)
        two.watch()
        hub, other = 0, 1
        for kill in range(KILLS):
            wait(partial(two.armed, other), 0.05)
            for n in range(TOUCHES):
                wait(partial(_taken, two, f"kill{kill:03d}-touch{n:03d}", numbers))
            two.kill(hub)
            began = time.monotonic()
            wait(partial(_taken, two, f"kill{kill:03d}-after-it", numbers), 0.01)
            took.append(time.monotonic() - began)
            two.start(hub)
            hub, other = other, hub
    wrong = len(numbers) - len(set(numbers))
    missing = set(range(1, len(numbers) + 1)) ^ {int(number[1:]) for number in numbers}
    took.sort()
    print(f"{KILLS} kills, {len(numbers)} numbers: {wrong} twice, {len(missing)} lost or left out")
    print(
        f"takeover: p50 {took[len(took) // 2]:.2f} s, p99 {took[len(took) * 99 // 100]:.2f} s, worst {took[-1]:.2f} s"
        " (SIGKILL of the hub to the next number from the second machine)"
    )


def _taken(two: Two, key: str, numbers: list[str]) -> bool:
    if number := two.touch(key):
        numbers.append(number)
    return bool(number)


if __name__ == "__main__":
    any_console()
    main()
