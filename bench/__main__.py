"""``./run bench [NAME]``: one figure or all of them; each prints its figure last and says what it compares."""

from __future__ import annotations

import importlib

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


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(FIGURES))
def main(names: tuple[str, ...]) -> None:
    """Measure one figure, or all."""
    for name in names or FIGURES:
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    any_console()
    main(prog_name="./run bench")
