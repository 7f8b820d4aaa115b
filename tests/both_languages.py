"""What is told in two languages, looked at as a reader would: Chinese without English, English without Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, takewhile
from typing import Any

import config
import slip_forms
from counter_display.protocols import names as protocols
from counter_display.protocols.frame_file import MODELS
from intake.toml_file import toml
from printer_profiles.profile import known as printer_models
from server.domain.definition import ClockTable, FieldTable, MoveTable

FILES = ("config.toml", "server/registers/*.toml", "counter_display/frames/*.toml", "printer_profiles/models/*.toml")
NAMES = {
    *("IP", "USB", "PNG", "CSV", "TOML", "JSON", "ASCII", "UTF", "GBK", "GB", "DTR", "DSR", "CTS", "XON", "XOFF"),
    *(
        "Linux",
        "Excel",
        "WAV",
        "PCM",
        "escpos",
        "NAME",
        "printer_profiles",
        "counter_display",
        "docs",
        "md",
        "past",
        "toml",
        "xlsx",
    ),
    *("true", "false", "config", "server", "registers", "fields", "escape", "codes", "ascii", "counts", "levels"),
}
"""Names of things that no file of ours has as a key."""
QUOTED = re.compile(
    r"“.*?”|\"[^\"]*\"|'[^']*'|\{\w*\}|\[[\w.]+\]|--\w+|\w+ = \S+"
    r"|docs/[\w/]+\.md|(?<=可用的有：)[^。]*|(?<=其中之一：)[^。]*|[a-z][\w :-]*(?:、[a-z][\w :-]*)+",
    re.ASCII,
)
"""Values in quotation marks, what is to be written, and lists of what may be."""


def english(problems: Iterable[Any]) -> list[str]:
    """The English of mistakes (`Text`, or `Unclear`), each of which is one clear sentence in both languages."""
    said = [(one.zh, one.en) for one in problems]
    for zh, en in said:
        assert _spoken(zh, en), (zh, en)
    return [en for _, en in said]


def _spoken(zh: str, en: str) -> bool:
    """After the place, Chinese that ends as a sentence, and English without a Chinese sign but those of values."""
    place = "".join(
        one for one, other in takewhile(lambda two: two[0] == two[1], zip(zh, en, strict=False))
    ).rpartition(": ")[0]
    what, en = QUOTED.sub(" ", zh.removeprefix(place)), en.removeprefix(place)
    bare = re.sub(r"'.*?'|known: .*|\b\w*[\u4e00-\u9fff]+\w*\b", "", en)
    whole = re.search("[\u4e00-\u9fff]", what) and re.search("[。？]$", zh)
    return bool(whole) and not _odd(what) and not re.search("[\u4e00-\u9fff。，：]", bare)


def _odd(what: str) -> list[str]:
    """English words in a Chinese sentence: what is no name that a file may hold."""
    return [word for word in re.findall(r"[A-Za-z_]{2,}", what) if word not in _names()]


@cache
def _names() -> frozenset[str]:
    """Every key of the files that a hall may write, and every value of one word."""
    own = (toml(file.read_bytes()) for pattern in FILES for file in config.ROOT.glob(pattern))
    forms = (*slip_forms.BLOCKS, *slip_forms.STYLES, *slip_forms.COMMON, *chain(*slip_forms.PLACES.values()))
    lines = chain(*(form.texts for form in slip_forms.FORMS.values()))
    tables = (*config.TABLES.values(), *MODELS.values(), FieldTable, MoveTable, ClockTable)
    keys = (field.alias or name for table in tables for name, field in table.model_fields.items())
    words = {*chain(*map(_words, own)), *keys, *forms, *lines, *protocols(), *printer_models(), *NAMES}
    return frozenset(part for word in words for part in re.findall(r"[A-Za-z_]{2,}", word))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from chain(*([key, *_words(item)] for key, item in value.items()))
    elif isinstance(value, list):
        yield from chain(*map(_words, value))
    elif isinstance(value, str) and not re.search(r"\s", value):
        yield value
