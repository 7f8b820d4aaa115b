"""`python -m counter_display frame FILE --address 3 --text 请A001到3号窗口`: the bytes of a frame file, part by part.

Opens no port.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import click

from command_line import Command
from config import ConfigError, Text
from config.phrasing import is_no, placed
from counter_display.protocols import SHIPPED
from counter_display.protocols.frame import Frame, Piece, load
from counter_display.protocols.frame_parts import Told
from intake.quantities import Unclear


def table(pieces: list[Piece]) -> list[str]:
    """One line for each part: its name, its bytes, and what goes out where that is escaped."""
    lines = []
    for piece in pieces:
        name = piece.name or "·"
        out = f"  → {piece.wire.hex(' ').upper()}" if piece.wire != piece.plain else ""
        lines.append(f"  {name:<12} {piece.plain.hex(' ').upper()}{out}")
    return lines


def told(frame: Frame, name: str, what: Told) -> list[str]:
    """What the command prints about one frame of a file. Raises Unclear for what the board cannot have."""
    fitted = frame.fit(what.text)
    pieces = frame.pieces(name, what._replace(text=fitted.text))
    wire = b"".join(piece.wire for piece in pieces)
    lines = [
        f"{frame.file.about}",
        *table(pieces),
        wire.hex(" ").upper(),
        f"{len(wire)} bytes, {len(wire) * 10 / 9.6:.1f} ms at 9600 baud",
    ]
    if fitted.missing:
        lines.append(f"no sign for: {_named(fitted.missing)}")
    if fitted.cut:
        lines.append(f"no room for: {fitted.cut}")
    return lines


def _named(characters: str) -> str:
    return ", ".join(f"{c!r} ({unicodedata.name(c, 'unnamed').lower()})" for c in dict.fromkeys(characters))


@click.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file")
@click.option("--address", default=1, show_default=True, help="The board's address.")
@click.option("--text", default="请A001到3号窗口", show_default=True, help="What it shows.")
@click.option("--color", default="red", show_default=True, type=click.Choice(["red", "green", "yellow"]))
@click.option(
    "--number-color", default="", type=click.Choice(["", "red", "green", "yellow"]), help="Of its numbers, if another."
)
@click.option("--effect", default="still", show_default=True, type=click.Choice(["still", "flash"]))
@click.option("--percent", default=100, show_default=True, help="Of brightness, for --frame brightness.")
@click.option(
    "--frame",
    "name",
    default="show",
    show_default=True,
    type=click.Choice(["show", "show_address", "probe", "brightness"]),
)
def main(
    file: str, address: int, text: str, color: str, number_color: str, effect: str, percent: int, name: str
) -> None:
    """Print the bytes that FILE makes, part by part.

    FILE is a frame file, or the name of one that comes with the program.

    逐段打印协议文件给出的字节。
    """
    path = SHIPPED.get(file, Path(file))
    if not path.is_file():
        what = Text(
            f"没有这个文件，程序也不带这个协议；带的有：{'、'.join(SHIPPED)}。",
            f"no such file, nor a frame that comes with the program; those are {', '.join(SHIPPED)}",
        )
        raise ConfigError([placed(file, what)])
    frame = load(path)
    if name not in frame.file.named():
        raise ConfigError([placed(file, is_no(name, Text("其中的帧", "frame of it"), frame.file.named()))])
    try:
        lines = told(frame, name, Told(address, text, color, effect, percent, number_color=number_color))
    except Unclear as error:
        raise ConfigError([Text(error.zh, error.en)]) from None
    click.echo("\n".join(lines))
