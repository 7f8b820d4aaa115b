"""Every slip as the paper a person would hold, to look at: python -m server.printing.slips.pictures --out DIR, or
./run slips.

One contact sheet per kind: both widths, normal and large print, Chinese and with English. It decodes the very bytes
that a printer would get.
"""

from __future__ import annotations

import io
from pathlib import Path

import click
from PIL import Image

import config
from command_line import Command
from config import Hall
from consoles import any_console
from printer_profiles import profile as profiles
from printer_profiles.escpos.encode import encode
from printer_profiles.profile import Profile
from printer_profiles.slip import Cut, Slip
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.picture import png
from server.domain.slip_facts import NAMES
from server.printing.slips.samples import sample

PROFILES = ("generic-80", "generic-58")
MODES = ((False, False), (False, True), (True, False), (True, True))
"""(large print, English)."""
GAP, TABLE = 24, (176, 180, 184)


@click.command(cls=Command, help=__doc__)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the pictures.")
@click.option("--config", "config_path", type=click.Path(path_type=Path), default=None, help="The hall's file.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([*NAMES, "reprint", "package"]),
    help="Only this slip; may be given several times.",
)
def main(out: Path, config_path: Path | None, kinds: tuple[str, ...]) -> None:
    hall = config.load(config_path or config.ROOT / "config.toml")
    out.mkdir(parents=True, exist_ok=True)
    for kind in kinds or (*NAMES, "reprint", *(["package"] if hall.packages else [])):
        path = out / f"{kind}.png"
        contact_sheet(hall, kind).save(path)
        click.echo(path)


def contact_sheet(hall: Hall, kind: str) -> Image.Image:
    """All forms of one kind side by side, at half of a dot each."""
    papers = [
        picture(slip(hall, kind, profile, large, english), profile)
        for profile in map(profiles.load, PROFILES)
        for large, english in MODES
    ]
    table = Image.new("RGB", (sum(p.width + GAP for p in papers) + GAP, max(p.height for p in papers) + 2 * GAP), TABLE)
    x = GAP
    for paper in papers:
        table.paste(paper, (x, GAP), paper)
        x += paper.width + GAP
    return table


def slip(hall: Hall, kind: str, profile: Profile, large: bool, english: bool) -> Slip:
    """The sample of a kind, or of a ticket printed again; one paper of it."""
    copies = sample(
        hall,
        "ticket" if kind == "reprint" else kind,
        profile,
        large=large,
        english=english,
        copy=2 if kind == "reprint" else 1,
    )
    return copies[: copies.index(Cut()) + 1]


def picture(slip: Slip, profile: Profile) -> Image.Image:
    """The first paper of a slip, half its size."""
    printer = Paper(profile)
    printer.feed(encode(slip, profile))
    printer.idle()
    whole = Image.open(io.BytesIO(png(printer.slips[0]))).convert("RGBA")
    return whole.resize((whole.width // 2, whole.height // 2), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    any_console()
    main()
