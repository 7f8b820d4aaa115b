"""``./run bench [NAME]``: one figure or all of them; each prints its figure last and says what it compares."""

from __future__ import annotations

import importlib
from itertools import takewhile

import click

from consoles import any_console

FIGURES = (
    "issue",
    "counter",
    "finish",
    "first_due",
    "backlog",
    "screens",
    "phones",
    "footprint",
    "start",
    "tickets",
    "call",
    "board",
    "pad",
    "paper",
    "backup",
    "recovery",
    "takeover",
    "moved",
    "held",
    "offline",
    "report",
    "booking",
    "kiosk",
    "district",
    "district_kills",
    "uplink",
    "foresight",
)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[NAME]... [OPTIONS OF THE FIGURE]")
def main(words: tuple[str, ...]) -> None:
    """Measure one figure, or all."""
    names = [*takewhile(lambda word: not word.startswith("-"), words)]
    options = [*words[len(names) :]]
    if unknown := [name for name in names if name not in FIGURES]:
        raise click.UsageError(f"no figure {unknown[0]}: {', '.join(FIGURES)}")
    for name in names or FIGURES:
        measure = importlib.import_module(f"bench.{name}").main
        if isinstance(measure, click.Command):  # it reads options of its own, and not the line that named it
            measure.main(args=options, prog_name=f"./run bench {name}", standalone_mode=False)
        elif options:
            raise click.UsageError(f"{name} has no option {options[0]}")
        else:
            measure()


if __name__ == "__main__":
    any_console()
    main(prog_name="./run bench")
