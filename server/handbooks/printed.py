"""A handbook on paper: A4, two pages, one language. typst lays out; the texts are the handbook's."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from server.handbooks.book import FOLDER, HEADS, handbook

PICTURES = FOLDER.parent / "static" / "help"
TEMPLATE = "handbook.typ"


@cache
def printed(name: str, language: str, hall: str) -> bytes:
    """The PDF of one of book.NAMES in "zh" or "en", with the hall's name on it. Made once: it takes half a second."""
    import typst

    book = handbook(name)
    data = {
        "hall": hall,
        "lang": language,
        "title": book.title.said(language),
        "lead": book.lead.said(language),
        "picture": book.picture,
        "caption": book.caption.said(language),
        "second": book.second,
        "second_caption": book.second_caption.said(language),
        "heads": {key: head.said(language) for key, head in HEADS.items()},
        "day": [line.said(language) for line in book.day],
        "things": [[row.what.said(language), row.how.said(language)] for row in book.things],
        "faults": [[row.what.said(language), row.how.said(language)] for row in book.faults],
        "remember": book.remember.said(language),
    }
    with tempfile.TemporaryDirectory() as folder:
        for file in (FOLDER / TEMPLATE, PICTURES / book.picture, PICTURES / book.second):
            shutil.copy(file, folder)
        (Path(folder) / "handbook.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        made: bytes = typst.compile(str(Path(folder) / TEMPLATE), root=folder)
    return made
