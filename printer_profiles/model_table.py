"""The models as the two tables of docs/printers.md: ``python -m printer_profiles.model_table`` writes them.

It opens no printer.
"""

from __future__ import annotations

import sys

from consoles import any_console
from printer_profiles import capabilities
from printer_profiles.profile import KEYS, Profile, ProfileError, load, names, sources

QUIET = "unconfirmed"  # the word in a file's comment for a fact without a source
HEADING = ("model", "paper", "Chinese", "QR", "logo", "cut", "tells", "has a source", "unconfirmed")


def table() -> str:
    """A row per model, in order of name: what it does, how many of its facts have a source, which have none."""
    rows = [HEADING, tuple("---" for _ in HEADING), *(_row(load(name)) for name in names())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def escpos_table() -> str:
    """A row per model of python-escpos' database: what follows from it. All of it is unconfirmed."""
    heading = ("profile", "title", "paper", "QR", "raster", "cut", "code pages")
    rows = [heading, tuple("---" for _ in heading), *(_escpos_row(load(name)) for name in capabilities.names())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def unconfirmed(name: str) -> list[str]:
    """The keys of a model that are a guess, in the order of the Profile.

    What a generic file says of all heads is a guess for each one.
    """
    return [
        key
        for key, (model, comment) in _in_order(sources(name))
        if QUIET in comment or not comment or (model != name and model.startswith("generic-"))
    ]


def _in_order(said: dict[str, tuple[str, str]]) -> list[tuple[str, tuple[str, str]]]:
    return [(key, said[key]) for key in KEYS if key != "title"]


def _row(profile: Profile) -> tuple[str, ...]:
    guessed = unconfirmed(profile.name)
    tells = {"gs_r": "printed", "dle_eot": "alive", "none": "nothing"}[profile.confirm]
    return (
        f"`{profile.name}`",
        f"{profile.paper_mm} mm, {profile.dots} dots, {profile.columns} columns",
        profile.chinese if profile.chinese_font == "gbk" else f"{profile.chinese}, {profile.chinese_font}",
        profile.qr,
        profile.logo,
        profile.cutter,
        f"{tells}{', status' if profile.status else ''}{', changes' if profile.asb else ''}",
        f"{len(KEYS) - 1 - len(guessed)} of {len(KEYS) - 1}",
        " ".join(f"`{key}`" for key in guessed),
    )


def _escpos_row(profile: Profile) -> tuple[str, ...]:
    return (
        f"`{profile.name}`",
        profile.title,
        f"{profile.paper_mm} mm, {profile.dots} dots, {profile.columns} columns",
        profile.qr,
        "yes" if profile.raster else "no",
        profile.cutter,
        str(len(profile.code_pages)),
    )


if __name__ == "__main__":
    any_console()
    try:
        print(table(), escpos_table(), sep="\n", end="")
    except ProfileError as error:
        sys.exit(str(error))
