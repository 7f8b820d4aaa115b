"""`./run chaos [MINUTES]`: everything that can happen to a hall, done to a whole one under load, again and again.

Prints each fault with how long its healing took, and in the end what was lost, doubled or false; the exit status says
whether that was nothing. `--seed` plays the same faults again.
"""

from __future__ import annotations

import logging
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import click

import config
from chaos.hall import ChaosHall, NotHealed
from chaos.harm import Healed, play
from chaos.judge import Wrong
from chaos.machines import Disk
from chaos.plan import KINDS, Fault, faults
from command_line import Command

NEEDS_A_SMALL_DISK = ("full", "full_second")


def small_disks(folder: Path) -> bool:
    """Whether this machine lets us have a small disk of our own, to be filled."""
    try:
        disk = Disk(folder / "tried", small=True)
    except OSError as error:
        click.echo(f"no full disks: a small one can't be mounted here ({error})", err=True)
        return False
    disk.close()
    return True


def run(at: Path, plan: Iterable[Fault], seed: int, minutes: float, *, small: bool) -> tuple[list[Healed], list[Wrong]]:
    """Play the plan for so many minutes in a hall in `at`; how it healed, and all that was wrong in the end."""
    healed: list[Healed] = []
    wrong: list[Wrong] = []
    with ChaosHall(at, seed, small_disks=small) as hall:
        end = time.monotonic() + minutes * 60
        try:
            for fault in plan:
                if time.monotonic() > end:
                    break
                healed.append(play(hall, fault))
                click.echo(line(healed[-1]))
            wrong += hall.judge()
        except NotHealed as error:
            wrong.append(Wrong("lost", f"the hall did not heal: {error}"))
        told = hall.crowd.told
        click.echo(
            f"{len(told.numbers)} numbers, {len(told.offline)} without the hub ({len(told.printed)} slips of its own"
            f"), {len(told.calls)} calls, {sum(hall.papers.values())} slips; {len(healed)} faults"
        )
        for said, times in sorted(hall.crowd.refused.items()):
            click.echo(f"  refused meanwhile, {times} times: {said}")
    return healed, wrong


def line(one: Healed) -> str:
    moved = "  (the other machine is the hub)" if one.moved else ""
    return (
        f"{one.fault!s:<28}{one.fault.seconds:5.1f} s   number {one.number:6.2f}   boards {one.boards:6.2f}   whole"
        f" {one.whole:6.2f}{moved}"
    )


def table(healed: Sequence[Healed]) -> Iterable[str]:
    """How long each kind of fault took to heal: how often, median and worst, seconds."""
    kinds: dict[str, list[Healed]] = defaultdict(list)
    for one in healed:
        kinds[one.fault.kind].append(one)
    yield (
        f"{'healing, seconds':<18}{'times':>6}{'number p50':>12}{'worst':>8}"
        + f"{'boards':>9}{'worst':>8}{'whole':>9}{'worst':>8}"
    )
    for kind, found in kinds.items():
        parts = [sorted(column) for column in zip(*((one.number, one.boards, one.whole) for one in found), strict=True)]
        cells = "".join(
            f"{part[len(part) // 2]:{wide}.2f}{part[-1]:8.2f}" for part, wide in zip(parts, (12, 9, 9), strict=True)
        )
        yield f"{kind:<18}{len(found):>6}{cells}"


@click.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("minutes", type=float, default=10.0)
@click.option("--seed", type=int, help="Play the faults of this one again.  [default: another one each time]")
@click.option("--only", multiple=True, type=click.Choice(list(KINDS)), help="These kinds of faults alone.")
@click.option("--keep", type=click.Path(path_type=Path), help="An empty folder in which logs and wires are kept.")
@click.option("--count", type=int, help="So many faults at most.")
def main(minutes: float, seed: int | None, only: tuple[str, ...], keep: Path | None, count: int | None) -> None:
    """Everything that can happen to a hall, under load, for MINUTES (10): what was lost, doubled or false must be 0."""
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing stays mounted
    seed = int(time.time()) if seed is None else seed
    base = config.ROOT / "var"
    base.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="chaos-", dir=base) as made:
        small = small_disks(Path(made))
        kinds = [kind for kind in only or KINDS if small or kind not in NEEDS_A_SMALL_DISK]
        click.echo(f"seed {seed}: {', '.join(kinds)}")
        at = keep or Path(made) / "hall"
        at.mkdir(parents=True, exist_ok=True)
        healed, wrong = run(at, islice(faults(seed, kinds), count), seed, minutes, small=small)
    for said in table(healed):
        click.echo(said)
    for one in wrong:
        click.echo(f"{one.verdict}: {one.what}")
    counted = {verdict: sum(one.verdict == verdict for one in wrong) for verdict in ("lost", "doubled", "false")}
    click.echo(", ".join(f"{verdict} {times}" for verdict, times in counted.items()) + f" (seed {seed})")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(prog_name="./run chaos")
