"""What one printer model can do: <model>.toml, or escpos:NAME -> Profile. The only reader of those files; it knows no
bytes.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

from intake.encoding import Unreadable
from intake.quantities import Unclear
from intake.toml_file import toml, toml_text
from printer_profiles import capabilities

FOLDER = Path(__file__).resolve().parent / "models"


class ProfileError(Unclear):
    """A technician's error: one line per mistake in a profile, ``file: key: what; what would be right``."""

    def __init__(self, problems: list[Unclear]) -> None:
        super().__init__("\n".join(one.zh for one in problems), "\n".join(one.en for one in problems))
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@dataclass(frozen=True)
class Profile:
    """One printer model. The source of each fact stands beside it in the TOML file."""

    name: str  # the file's stem
    title: str  # what a technician sees
    paper_mm: int  # width of the roll
    dots: int  # printable dots per row, a multiple of 8
    columns: int  # half columns (12 dots) per line at scale 1: as many as the dots hold
    line_dots: int  # line feed after ESC @
    chinese: Literal["gb18030", "raster"]  # FS & and two-byte codes, or no Chinese font
    chinese_font: Literal["gbk", "gb2312"]  # the characters it has; what lies outside is drawn by us
    chinese_mode: Literal["once", "run"]  # FS & once behind ESC @, or FS & and FS . round every run of Chinese
    chinese_size: Literal["gs", "fs"]  # GS ! enlarges Chinese too, or FS ! has to (twofold at most)
    largest: int  # times GS ! enlarges; what is larger is drawn by us
    code_page: bool  # ESC t 0 before the text
    raster: bool  # prints GS v 0; without it nothing can be drawn: what its font lacks becomes □
    qr: Literal["native", "esc_z", "raster", "text"]  # GS ( k, ESC Z, drawn by us, or its content as text
    logo: Literal["gs_l", "fs_q", "raster"]  # the way into its memory (GS ( L, FS q), or drawn by us on every slip
    cutter: Literal["partial", "full", "none"]  # none = tear bar
    feed_unit: int  # motion units of ESC J and ESC 3 in a dot
    feed_after: int  # lines from the last print to behind the blade or tear bar
    status: bool  # answers DLE EOT 1 to 4
    confirm: Literal["gs_r", "dle_eot", "none"]  # how it tells that a slip is through
    asb: bool  # reports changes by itself after GS a
    near_end: bool  # has a sensor for the end of the roll
    band_rows: int  # rows in one GS v 0
    baud: int  # RS-232 as delivered, 8N1
    speed_mm_s: int  # paper speed at best, millimetres per second
    code_pages: tuple[tuple[int, str], ...] = ()  # ESC t n -> python-escpos' name of the page; (): Epson's numbers


CHOICES: dict[str, tuple[str, ...]] = {
    "chinese": ("gb18030", "raster"),
    "chinese_font": ("gbk", "gb2312"),
    "chinese_mode": ("once", "run"),
    "chinese_size": ("gs", "fs"),
    "qr": ("native", "esc_z", "raster", "text"),
    "logo": ("gs_l", "fs_q", "raster"),
    "cutter": ("partial", "full", "none"),
    "confirm": ("gs_r", "dle_eot", "none"),
}
RANGES: dict[str, tuple[int, int]] = {
    "paper_mm": (20, 120),
    "dots": (128, 1024),
    "columns": (10, 85),
    "line_dots": (24, 100),
    "feed_unit": (1, 2),
    "feed_after": (0, 30),
    "largest": (1, 8),
    "band_rows": (24, 255),
    "baud": (1200, 921600),
    "speed_mm_s": (10, 600),
}
SWITCHES = ("code_page", "raster", "status", "asb", "near_end")
KEYS = tuple(field.name for field in fields(Profile) if field.name not in ("name", "code_pages"))
"""What a file may say; code pages are the database's alone."""


@cache
def load(name: str, folder: Path = FOLDER) -> Profile:
    """The profile of model ``name``: a file's stem, or ``escpos:NAME`` of python-escpos' capability database. Raises
    ProfileError with every mistake found.
    """
    values, problems = _chain(name, folder, ())
    if not problems:
        missing = [key for key in KEYS if key not in values]
        problems = [
            _wrong(
                f"{name}.toml: {key}",
                "缺少：请补上，或继承“generic-80”。",
                "missing; add it, or inherit from 'generic-80'",
            )
            for key in missing
        ]
    most = 12 if "code_pages" not in values else values.get("dots", 0)  # the database has fonts of 13 dots and wider
    if not problems and not 0 <= values["dots"] - values["columns"] * 12 < most:
        problems.append(
            _wrong(
                f"{name}.toml: columns",
                f"{values['columns']}×12不等于{values['dots']}点：请改正其中一个。",
                f"{values['columns']} x 12 is not {values['dots']} dots; correct one of them",
            )
        )
    if not problems and values["dots"] % 8:
        problems.append(
            _wrong(
                f"{name}.toml: dots",
                f"{values['dots']}不是8的倍数：一行点要凑成整字节，请改正。",
                f"{values['dots']} is no multiple of 8; a raster row is whole bytes",
            )
        )
    for key in ("chinese", "qr") if not problems and not values["raster"] else ():
        if values[key] == "raster":
            problems.append(
                _wrong(
                    f"{name}.toml: {key}",
                    "是“raster”，可是 raster = false，什么也画不出：请改成别的。",
                    "'raster', and raster = false; nothing can be drawn, write another",
                )
            )
    if problems:
        raise ProfileError(problems)
    return Profile(name=name, **values)


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Every model that has a file, in order of name."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def known() -> tuple[str, ...]:
    """Every model that can be named: the files, then python-escpos' models."""
    return (*names(), *capabilities.names())


def sources(name: str, folder: Path = FOLDER) -> dict[str, tuple[str, str]]:
    """Each key of a model that loads -> (the model whose file says it, what stands behind the value there: its
    source, or "unconfirmed").
    """
    if name in capabilities.names():
        there = {key: (name, comment) for key, (_, comment) in capabilities.facts(name).items() if key in KEYS}
        return sources(capabilities.base(name)) | there
    text = toml_text((folder / f"{name}.toml").read_bytes())
    parent = toml(text).get("inherits")
    said = {
        key: (name, comment) for key, comment in re.findall(r"^(\w+) *=[^#\n]*#? *(.*)$", text, re.M) if key in KEYS
    }
    return (sources(parent, folder) if parent else {}) | said


def _chain(name: str, folder: Path, children: tuple[str, ...]) -> tuple[dict[str, Any], list[Unclear]]:
    if name in children:
        return {}, [
            _wrong(
                f"{children[-1]}.toml: inherits",
                f"“{name}”又继承了本文件：请断开这个圈。",
                f"'{name}' inherits from this file again; end the circle",
            )
        ]
    if name in capabilities.names():
        generic, problems = _chain(capabilities.base(name), FOLDER, (*children, name))
        return generic | {key: value for key, (value, _) in capabilities.facts(name).items()}, problems
    try:
        raw = toml((folder / f"{name}.toml").read_bytes())
    except FileNotFoundError:
        return {}, [_no_file(name, folder, children)]
    except Unreadable as error:
        return {}, [_wrong(f"{name}.toml:{error.line}:{error.column}", error.zh, f"{error.en}; correct the file")]
    parent = raw.pop("inherits", None)
    problems = [problem for key, value in raw.items() if (problem := _problem(f"{name}.toml: {key}", key, value))]
    if parent is None:
        return raw, problems
    if not isinstance(parent, str):
        return raw, [
            *problems,
            _wrong(
                f"{name}.toml: inherits",
                f'{_shown(parent)[0]}不是名称：请写成 "generic-80"。',
                f'{_shown(parent)[1]} is no name; write it like "generic-80"',
            ),
        ]
    inherited, more = _chain(parent, folder, (*children, name))
    return inherited | raw, problems + more


def _no_file(name: str, folder: Path, children: tuple[str, ...]) -> Unclear:
    where = f"{children[-1]}.toml: inherits" if children else "printer_profiles"
    most = 3 if name.startswith(capabilities.PREFIX) else 1  # its names are models that differ by a letter
    zh, en = _suggestion(name, (*names(folder), *capabilities.names()), most=most)
    return _wrong(where, f"没有型号“{name}”，{zh}", f"no model '{name}'; {en}")


def _problem(where: str, key: str, value: object) -> Unclear | None:
    shown, shown_en = _shown(value)
    if key not in KEYS:
        zh, en = _suggestion(key, (*KEYS, "inherits"))
        return _wrong(where, f"没有这一项，{zh}", f"unknown key; {en}")
    if key in CHOICES and value not in CHOICES[key]:
        return _wrong(
            where,
            f"不认识{shown}：请在{'、'.join(CHOICES[key])}里写一个。",
            f"{shown_en} is not known; write one of {', '.join(CHOICES[key])}",
        )
    if key in RANGES and (type(value) is not int or not RANGES[key][0] <= value <= RANGES[key][1]):
        low, high = RANGES[key]
        return _wrong(
            where,
            f"{shown}不是{low}到{high}的整数：请改成这样的数字。",
            f"{shown_en} is no whole number from {low} to {high}; write one",
        )
    if key in SWITCHES and not isinstance(value, bool):
        return _wrong(
            where,
            f"{shown}不是true也不是false：请写其中之一。",
            f"{shown_en} is neither true nor false; write one of them",
        )
    if key == "title" and not (isinstance(value, str) and value.strip()):
        return _wrong(
            where,
            f"{shown}不是文字：请写技术员看到的名称。",
            f"{shown_en} is no text; write what a technician should see",
        )
    return None


def _wrong(where: str, zh: str, en: str) -> Unclear:
    return Unclear(f"{where}: {zh}", f"{where}: {en}")


def _shown(value: object) -> tuple[str, str]:
    """A value as the file has it, in a Chinese and in an English sentence."""
    if isinstance(value, str):
        return f"“{value}”", repr(value)
    plain = json.dumps(value, ensure_ascii=False, default=str)
    return plain, plain


def _suggestion(word: str, known: tuple[str, ...], *, most: int = 1) -> tuple[str, str]:
    by_letters = {name.lower(): name for name in known}
    close = [by_letters[name] for name in difflib.get_close_matches(word.lower(), list(by_letters), most, 0.6)]
    if not close:
        return f"可用的有：{'、'.join(known)}。", f"known: {', '.join(known)}"
    zh, en = "或".join(f"“{name}”" for name in close), " or ".join(map(repr, close))
    return f"是不是{zh}？", f"did you mean {en}?"
