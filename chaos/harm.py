"""How each fault is done to the hall, how it is mended, and how long it takes to heal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from chaos.hall import ChaosHall, NotHealed
from chaos.machines import Machine
from chaos.plan import Fault

SOON_S = 60.0
"""So long after it is mended a touch may take at the very most, before the hall counts as lost."""


class Healed(NamedTuple):
    """Seconds from the mending (of a hub that dies: from its death) to the next number that a kiosk gets, to right
    boards, and to everything as it was; `moved`: the other machine is the hub since.
    """

    fault: Fault
    number: float
    boards: float
    whole: float
    moved: bool


def play(hall: ChaosHall, fault: Fault) -> Healed:
    """Let the hall work for a while, harm it, mend it, and wait until all of it is well. Raises NotHealed."""
    time.sleep(fault.after)
    hub = hall.hub()
    if hub is None:
        raise NotHealed("no machine is the hub")
    harming = HARM[fault.kind](hall, hub, fault)
    began = next(harming)
    if not hall.crowd.probe(SOON_S):
        raise NotHealed(f"no number within {SOON_S:.0f} s after {fault}")
    number = time.monotonic() - began
    hall.until(hall.boards_right, f"right boards after {fault}")
    boards = time.monotonic() - began
    for _ in harming:
        continue
    hall.until(hall.whole, f"everything as before after {fault}")
    return Healed(fault, number, boards, time.monotonic() - began, hall.hub() is not hub)


def _for(
    hall: ChaosHall,
    fault: Fault,
    harm: Callable[[], object],
    mend: Callable[[], object],
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[float]:
    harm()
    try:
        end = time.monotonic() + fault.seconds
        meanwhile()
        time.sleep(max(0.0, end - time.monotonic()))
    finally:
        mend()
    yield time.monotonic()


def _kill(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    began = time.monotonic()
    hub.program.kill()
    time.sleep(fault.seconds)
    hub.program.start()
    yield began


def _kill_second(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    other = hall.other(hub).program
    return _for(hall, fault, other.kill, other.start)


def _kill_both(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    for one in hall.machines:
        one.program.kill()
    time.sleep(fault.seconds)
    for one in hall.machines:
        one.program.start()
    yield time.monotonic()


def _take_over(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    began = time.monotonic()
    hub.program.kill()
    yield began
    time.sleep(fault.seconds)
    hub.program.start()


def _freeze(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    return _for(hall, fault, hub.program.freeze, hub.program.thaw)


def _cut(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    return _for(hall, fault, hub.road.cut, hub.road.mend)


def _stall(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    return _for(hall, fault, hub.road.stall, hub.road.mend)


def _sever(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    hub.road.sever(int(fault.amount))
    yield time.monotonic()


def _full(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    return _for(hall, fault, hub.disk.fill, hub.disk.clear, lambda: hall.crowd.visit(hub.url))


def _full_second(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    disk = hall.other(hub).disk
    return _for(hall, fault, disk.fill, disk.clear)


def _refuse(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    program = hub.program
    return _for(
        hall,
        fault,
        lambda: program.refuse_writes(True),
        lambda: program.refuse_writes(False),
        lambda: hall.crowd.visit(hub.url),
    )


def _step(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    program = hub.program
    return _for(hall, fault, lambda: program.set_clock(fault.amount), lambda: program.set_clock(0.0))


def _paper(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    printer = next(iter(hall.printers.values()))
    return _for(hall, fault, lambda: printer.order(fault.what), lambda: printer.order(fault.what, on=False))


def _wire(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    wire = next(iter(hall.virtual.wires.values()))
    back = "plug" if fault.what == "unplug" else "ok"
    return _for(hall, fault, lambda: wire.order(fault.what), lambda: wire.order(back))


def _alone(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    """The kiosk must have given out numbers by itself, after it was killed too."""
    lone, began = hall.lone, time.monotonic()
    lone.cut()
    try:
        _gives_two(hall, fault)
        if fault.what in ("kiosk", "both"):
            lone.kill()
            lone.start()
            _gives_two(hall, fault)
        time.sleep(max(0.0, began + fault.seconds - time.monotonic()))
    finally:
        lone.mend()
    for road in lone.roads:
        road.sever(int(fault.amount))
    if fault.what in ("hub", "both"):
        hall.until(lambda: not lone.alone, "the kiosk hears the hub again")
        hub.program.kill()
        hub.program.start()
    yield time.monotonic()


def _gives_two(hall: ChaosHall, fault: Fault) -> None:
    told = hall.crowd.told
    numbers, papers = len(told.offline) + 2, len(told.printed) + 1
    hall.until(
        lambda: len(told.offline) >= numbers and len(told.printed) >= papers,
        f"two numbers of the kiosk's own, and a slip that it prints itself, in {fault}",
    )


def _kill_boards(hall: ChaosHall, hub: Machine, fault: Fault) -> Iterator[float]:
    return _for(hall, fault, hall.boards.kill, hall.boards.start)


HARM: dict[str, Callable[[ChaosHall, Machine, Fault], Iterator[float]]] = {
    "kill": _kill,
    "kill_second": _kill_second,
    "kill_both": _kill_both,
    "take_over": _take_over,
    "freeze": _freeze,
    "cut": _cut,
    "stall": _stall,
    "sever": _sever,
    "full": _full,
    "full_second": _full_second,
    "refuse": _refuse,
    "step": _step,
    "paper": _paper,
    "wire": _wire,
    "alone": _alone,
    "kill_boards": _kill_boards,
}
