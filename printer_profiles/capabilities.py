"""What python-escpos' capability database says of a model: ``escpos:NAME`` -> the keys of a profile. It knows no bytes.

The database is escpos-printer-db as python-escpos ships it, capabilities.json: facts collected by people with the
printer on their desk. None was tried here, so each is unconfirmed; what it is silent about is said by a generic file.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PREFIX = "escpos:"
CELL = 12  # dots of a half column
ROLLS = (58, 80, 112)  # mm; the database gives the roll of one model, the printed width of the next
WIDEST_CELL = 20  # dots: no font A is wider, so fewer columns on that width are the width of a cell


@cache
def _profiles() -> dict[str, dict[str, Any]]:
    found = find_spec("escpos")  # not imported: that costs half a second and sets up logging
    if found is None or not found.submodule_search_locations:
        return {}
    database = Path(found.submodule_search_locations[0]) / "capabilities.json"
    profiles: dict[str, dict[str, Any]] = json.loads(database.read_text(encoding="utf-8"))["profiles"]
    return profiles


def names() -> tuple[str, ...]:
    """Every model of the database, each as ``escpos:NAME``."""
    return tuple(PREFIX + name for name in sorted(_profiles()))


def base(name: str) -> str:
    """The generic file that says what the database does not."""
    return "generic-58" if _roll(_profiles()[name.removeprefix(PREFIX)]) == 58 else "generic-80"


def facts(name: str) -> dict[str, tuple[Any, str]]:
    """Each key of a profile that follows from the database -> (its value, where it stands there)."""
    entry = _profiles()[name.removeprefix(PREFIX)]
    can = {feature for feature, has in entry["features"].items() if has}
    raster = "bitImageRaster" in can
    dots, columns = _dots_and_columns(entry, raster=raster)
    title = f"{entry['vendor']} {entry['name']}" + ("" if can else " 顾客显示屏 customer display")
    found = {
        "title": (title, "vendor, name"),
        "paper_mm": (_roll(entry), "media.width.mm, made a roll that is sold"),
        "dots": (dots, "media.width.pixels, whole bytes; 12 a column where it is silent or nothing can be drawn"),
        "columns": (columns, "fonts.0.columns"),
        "raster": (raster, "bitImageRaster"),
        "qr": ("native" if "qrCode" in can else "raster" if raster else "text", "qrCode"),
        "cutter": (
            "partial" if "paperPartCut" in can else "full" if "paperFullCut" in can else "none",
            "paperPartCut, paperFullCut",
        ),
        "code_pages": (tuple(sorted((int(n), page) for n, page in entry["codePages"].items())), "codePages"),
    }
    return {key: (value, f"{source(name)} ({where}), unconfirmed") for key, (value, where) in found.items()}


def source(name: str) -> str:
    """Where its facts are from, in words."""
    return f"python-escpos {version('python-escpos')} capabilities, {name.removeprefix(PREFIX)}"


def _roll(entry: dict[str, Any]) -> int:
    wide = entry["media"]["width"].get("mm")
    if isinstance(wide, int | float):
        return next((roll for roll in ROLLS if wide <= roll), 80)
    return 80


def _dots_and_columns(entry: dict[str, Any], *, raster: bool) -> tuple[int, int]:
    columns = int(entry["fonts"]["0"]["columns"])
    pixels = entry["media"]["width"].get("pixels")
    if not isinstance(pixels, int):
        return columns * CELL, columns
    dots = pixels // 8 * 8
    if dots > columns * WIDEST_CELL:
        columns = dots // columns  # NT-80-V-UL: 12 and 9, the cells of its fonts A and B
    if columns * CELL > dots:
        return (dots, dots // CELL) if raster else (columns * CELL, columns)
    return dots, columns
