"""Every page in every language, size and text mode as pictures to look at: python -m kiosk.screens.sheets --out DIR."""

from __future__ import annotations

from pathlib import Path

import click
import pygame

import config
import words
from config import Hall
from consoles import any_console
from kiosk.screens import picture, samples
from kiosk.screens.draw import Painter
from kiosk.screens.fonts import Fonts

SIZES = ((1080, 1920), (1920, 1080), (1280, 1024), (1024, 768), (768, 1366))
MODES = ("standard", "large", "low", "low-large")  # low: tall screens only
CELL = 420  # width of one page on a contact sheet, portrait; landscape pages are wider


@click.command(help=__doc__)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the pictures.")
@click.option("--config", "config_path", type=click.Path(path_type=Path), default=None, help="The hall's file.")
@click.option("--size", "sizes", multiple=True, help="Only this size, WxH; may be given several times.")
@click.option("--full", is_flag=True, help="Also every page in its full size.")
def main(out: Path, config_path: Path | None, sizes: tuple[str, ...], full: bool) -> None:
    hall = config.load(config_path or config.ROOT / "config.toml")
    wanted = [(int(w), int(h)) for w, _, h in (size.partition("x") for size in sizes)] or list(SIZES)
    for path in draw_all(hall, out, wanted, full=full):
        click.echo(path)


def draw_all(hall: Hall, out: Path, sizes: list[tuple[int, int]], *, full: bool = False) -> list[Path]:
    """Write one contact sheet per size × language × text mode; the paths."""
    painter, written = Painter(Fonts()), []
    kiosk = next(iter(hall.kiosks))
    out.mkdir(parents=True, exist_ok=True)
    for size in sizes:
        for language in words.languages():
            for mode in MODES if size[1] > size[0] else MODES[:2]:
                large, low = "large" in mode, "low" in mode
                stem = f"{size[0]}x{size[1]}-{language}-{mode}"
                pages = []
                for name, state in samples.states(hall, kiosk, language=language, large=large, low=low).items():
                    moment, fonts = picture.Moment(samples.NOW, 0.0), painter.fonts
                    scene = picture.scene(state, moment, size, fonts.measure, hall.kiosks[kiosk].diagonal)
                    page = painter.picture(scene)
                    pages.append(page)
                    if full:
                        pygame.image.save(page, str(out / f"{stem}-{name}.png"))
                written.append(out / f"{stem}.png")
                pygame.image.save(contact_sheet(pages, size), str(written[-1]))
    return written


def contact_sheet(pages: list[pygame.Surface], size: tuple[int, int]) -> pygame.Surface:
    """All pages side by side, smaller."""
    wide = CELL if size[1] > size[0] else round(CELL * 1.5)
    high, columns, gap = wide * size[1] // size[0], 6 if size[1] > size[0] else 4, 16
    rows = -(-len(pages) // columns)
    sheet = pygame.Surface((columns * (wide + gap) + gap, rows * (high + gap) + gap))
    sheet.fill((120, 126, 130))
    for i, page in enumerate(pages):
        small = pygame.transform.smoothscale(page, (wide, high))
        sheet.blit(small, (gap + i % columns * (wide + gap), gap + i // columns * (high + gap)))
    return sheet


if __name__ == "__main__":
    any_console()
    main()
