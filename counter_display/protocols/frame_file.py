"""A vendor's frame as a TOML file: what may stand in it, and every mistake of one in a sentence. Makes no bytes.

docs/protocols/frames.md has every key.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from counter_display.protocols.checksums import KINDS
from intake.encoding import Unreadable
from intake.toml_file import toml

NUMBERS = ("address", "columns", "rows")
"""Fields whose number is told with each frame."""
TABLES = {"color": ("red", "green", "yellow"), "effect": ("still", "flash")}


class FrameError(ValueError):
    """What is wrong with a frame file, one sentence a line."""


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str) or not re.fullmatch(r"([0-9A-Fa-f]{2}\s*)*", value):
        raise ValueError(f'{value!r} is no row of bytes; write two hexadecimal digits for each, like "A0 90"')
    return bytes.fromhex(value)


def _kind(value: Any) -> str:
    if value not in KINDS:
        raise ValueError(f"{value!r} is no checksum; {like(str(value), list(KINDS))}")
    return str(value)


def like(word: str, known: list[str]) -> str:
    """Did you mean …?, or the words there are."""
    close = difflib.get_close_matches(word, known, 1, 0.6)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"


Bytes = Annotated[bytes, BeforeValidator(_bytes)]
Word = Annotated[int, Field(ge=0, le=0xFFFF)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextTable(_Table):
    coding: Literal["gbk", "gb2312", "ascii", "utf-16-be", "utf-16-le"] = "gbk"
    longest: Annotated[int, Field(ge=1, le=60000)]
    color: Literal["none", "before each", "after each"] = "none"


class FieldTable(_Table):
    """One named part of a frame. Which keys it may have follows from what it is: `part` says so."""

    bytes: Bytes | None = None
    ascii: str | None = None
    value: Word | None = None
    counts: list[str] | None = None
    plus: Annotated[int, Field(ge=-60000, le=60000)] = 0
    as_: Literal["binary", "hex", "decimal"] = Field("binary", alias="as")
    width: Annotated[int, Field(ge=1, le=8)] = 1
    order: Literal["big", "little"] = "big"
    values: dict[str, Bytes] | None = None
    levels: Annotated[list[Bytes], Field(min_length=1)] | None = None
    kind: Annotated[str, BeforeValidator(_kind)] | None = None
    from_: str = Field("", alias="from")
    to: str = ""
    extra: Bytes = b""
    polynomial: Word = 0x8005
    initial: Word = 0xFFFF
    reflected: bool = True
    final_xor: Word = 0


class EscapeTable(_Table):
    from_: str = Field(alias="from")
    to: str
    codes: dict[str, Bytes]


class AnswerTable(_Table):
    begins: Bytes = b""
    ends: Bytes
    address_at: Annotated[int, Field(ge=0, le=32)] | None = None
    longest: Annotated[int, Field(ge=1, le=1024)] = 64


class FramesTable(_Table):
    show: list[str]
    show_address: list[str] = []
    probe: list[str] = []
    brightness: list[str] = []


class FrameFile(_Table):
    """A whole file, checked."""

    about: str
    source: str
    serial: Literal["8N1", "8E1", "8O1", "7E1", "7O1", "8N2"] = "8N1"
    addresses: tuple[Word, Word] = (0, 255)
    gap_characters: Annotated[float, Field(ge=0, le=100)] = 0.0
    text: TextTable
    frames: FramesTable
    fields: dict[str, FieldTable] = {}
    escape: EscapeTable | None = None
    answer: AnswerTable | None = None

    def named(self) -> dict[str, list[str]]:
        """The frames that are there, by name."""
        return {name: items for name, items in self.frames.model_dump().items() if items}


class Part(NamedTuple):
    """One item of a frame: its name ("" for plain bytes), and what it is made of."""

    name: str
    plain: bytes
    field: FieldTable | None


def parts(file: FrameFile, items: list[str]) -> list[Part]:
    return [
        (
            Part(item, b"", file.fields.get(item))
            if item in file.fields or item == "text"
            else Part("", bytes.fromhex(item), None)
        )
        for item in items
    ]


def load(path: Path) -> FrameFile:
    """Read and check a frame file. Raises FrameError with every mistake at once."""
    try:
        raw = toml(path.read_bytes())
    except OSError as error:
        raise FrameError(f"{path}: cannot be read: {error.strerror}") from None
    except Unreadable as error:
        raise FrameError(f"{path.name}:{error.line}:{error.column}: {error}; see docs/protocols/frames.md") from None
    return check(raw, path.name)


def check(raw: dict[str, Any], name: str) -> FrameFile:
    """The same of what was already read."""
    try:
        file = FrameFile.model_validate(raw)
    except ValidationError as error:
        raise FrameError("\n".join(f"{name}: {_place(e['loc'])}: {_sentence(e)}" for e in error.errors())) from None
    problems = [f"{name}: {problem}" for problem in _problems(file)]
    if problems:
        raise FrameError("\n".join(problems))
    return file


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in location)


MODELS: dict[str, type[BaseModel]] = {
    "text": TextTable,
    "frames": FramesTable,
    "fields": FieldTable,
    "escape": EscapeTable,
    "answer": AnswerTable,
}


def _sentence(error: Any) -> str:
    last, first = str(error["loc"][-1]), str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        model = FrameFile if len(error["loc"]) == 1 else MODELS[first]
        return f"no such key; {like(last, [f.alias or n for n, f in model.model_fields.items()])}"
    if error["type"] == "missing":
        return "is missing; see docs/protocols/frames.md"
    if error["type"] == "literal_error":
        known = re.findall(r"'([^']+)'", error["ctx"]["expected"])
        return f"{error['input']!r} is not possible; {like(str(error['input']), known)}"
    return (
        f"{error['input']!r}: {error['msg'].removeprefix('Value error, ')}"
        if error["type"] != "value_error"
        else str(error["ctx"]["error"])
    )


def _problems(file: FrameFile) -> list[str]:
    known = ["text", *file.fields]
    found: list[str] = []
    for name, items in file.named().items():
        found += [
            f"frames.{name}: {item!r} is no field and no row of bytes; {like(item, known)}"
            for item in items
            if item not in known and not re.fullmatch(r"([0-9A-Fa-f]{2}\s*)+", item)
        ]
        found += [f"frames.{name}: {item!r} stands there twice" for item in sorted(set(known)) if items.count(item) > 1]
    if file.frames.show.count("text") == 0:
        found.append('frames.show: the text is missing; write "text" where it belongs')
    used = {item for items in file.named().values() for item in items}
    for name, field in file.fields.items():
        found += [f"fields.{name}: {problem}" for problem in _field_problems(name, field, known)]
        if name not in used and not (name == "color" and file.text.color != "none"):
            found.append(f"fields.{name}: no frame has it; {like(name, sorted(used))}")
    if file.text.color != "none" and not (file.fields.get("color") and file.fields["color"].values):
        found.append('text.color: fields.color is missing; write [fields.color] values = {red = "00"}')
    if file.escape:
        found += [
            f"escape.{key}: {word!r} is no field; {like(word, known)}"
            for key, word in _ends(file.escape)
            if word not in known
        ]
        found += [
            f"escape.codes: {code!r} is no byte"
            for code in file.escape.codes
            if not re.fullmatch(r"[0-9A-Fa-f]{2}", code)
        ]
    if file.addresses[0] > file.addresses[1]:
        found.append("addresses: the first is greater than the last; write [0, 255]")
    return found


def _ends(table: FieldTable | EscapeTable) -> list[tuple[str, str]]:
    return [(key, word) for key, word in (("from", table.from_), ("to", table.to)) if word]


def _field_problems(name: str, field: FieldTable, known: list[str]) -> list[str]:
    """What is wrong with one field: it must be one thing only."""
    given = [
        key
        for key in ("bytes", "ascii", "value", "counts", "values", "levels", "kind")
        if getattr(field, key) is not None
    ]
    if name in NUMBERS and not given:
        given = ["number"]
    if len(given) != 1:
        return [
            f"says {' and '.join(given) or 'nothing'}; one of bytes, ascii, value, counts, values, levels, kind says"
            " what it is"
        ]
    found = [f"{key}: {word!r} is no field; {like(word, known)}" for key, word in _ends(field) if word not in known]
    found += [f"counts: {word!r} is no field; {like(word, known)}" for word in field.counts or [] if word not in known]
    if field.values is not None and name not in TABLES:
        found.append(f"values: only {' and '.join(TABLES)} have them; write bytes = … for what never changes")
    elif field.values is not None:
        found += [
            f"values: {word!r} is unknown; {like(word, list(TABLES[name]))}"
            for word in field.values
            if word not in TABLES[name]
        ]
        found += [f"values: {TABLES[name][0]!r} is missing" for _ in [0] if TABLES[name][0] not in field.values]
    if field.levels is not None and name != "brightness":
        found.append("levels: only brightness has them")
    if field.kind and field.as_ == "decimal":
        found.append("as: a checksum is binary or hex")
    if field.ascii is not None and not field.ascii.isascii():
        found.append(f"ascii: {field.ascii!r} is not ASCII; write bytes = …")
    return found
