"""A vendor's frame as a TOML file: what may stand in it, and every mistake of one in a sentence. Makes no bytes.

docs/protocols/frames.md has every key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from config import ConfigError, Text
from config.phrasing import is_no, message, near, placed
from config.reasons import in_full
from counter_display.protocols.checksums import KINDS
from intake.encoding import Unreadable
from intake.quantities import Unclear
from intake.toml_file import toml

NUMBERS = ("address", "columns", "rows")
"""Fields whose number is told with each frame."""
TABLES = {"color": ("red", "green", "yellow"), "effect": ("still", "flash")}


PAGE = "docs/protocols/frames.md"
ITEM = Text("字段", "field")
ITEM_OR_BYTES = Text("字段，也不是一串字节", "field and no row of bytes")


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str) or not re.fullmatch(r"([0-9A-Fa-f]{2}\s*)*", value):
        raise Unclear(
            '不是一串字节：请给每个字节写两位十六进制数，如 "A0 90"。',
            'no row of bytes; write two hexadecimal digits for each, like "A0 90"',
        )
    return bytes.fromhex(value)


def _kind(value: Any) -> str:
    if value not in KINDS:
        hint = near(str(value), KINDS)
        raise Unclear(f"不是校验和，{hint.zh}", f"no checksum; {hint.en}")
    return str(value)


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
    """Read and check a frame file. Raises ConfigError with every mistake at once."""
    try:
        raw = toml(path.read_bytes())
    except OSError as error:
        why = in_full(error)
        what = Text(
            f"读不了，{why.zh}：请核对文件名和权限。", f"cannot be read: {why.en}; look at its name and its rights"
        )
        raise ConfigError([placed(str(path), what)]) from None
    except Unreadable as error:
        where = f"{path.name}:{error.line}:{error.column}"
        raise ConfigError([placed(where, Text(error.zh, error.en))]) from None
    return check(raw, path.name)


def check(raw: dict[str, Any], name: str) -> FrameFile:
    """The same of what was already read."""
    try:
        file = FrameFile.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(
            [
                placed(f"{name}: {'.'.join(map(str, one['loc']))}", message(one, _model_at, PAGE))
                for one in error.errors()
            ]
        ) from None
    if problems := [placed(f"{name}: {where}", what) for where, what in _problems(file)]:
        raise ConfigError(problems)
    return file


MODELS: dict[str, type[BaseModel]] = {
    "text": TextTable,
    "frames": FramesTable,
    "fields": FieldTable,
    "escape": EscapeTable,
    "answer": AnswerTable,
}


def _model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    return FrameFile if len(path) == 1 else MODELS.get(str(path[0]))


def _problems(file: FrameFile) -> Iterator[tuple[str, Text]]:
    """Where, and what is wrong there, of a file whose every value is possible by itself."""
    known = ["text", *file.fields]
    for name, items in file.named().items():
        for item in items:
            if item not in known and not re.fullmatch(r"([0-9A-Fa-f]{2}\s*)+", item):
                yield f"frames.{name}", is_no(item, ITEM_OR_BYTES, known)
        for item in sorted(set(known)):
            if items.count(item) > 1:
                yield f"frames.{name}", Text(f"“{item}”写了两次：请留一个。", f"'{item}' stands there twice; keep one")
    if file.frames.show.count("text") == 0:
        yield (
            "frames.show",
            Text('没有文字：请把 "text" 写在它该在的地方。', 'the text is missing; write "text" where it belongs'),
        )
    used = {item for items in file.named().values() for item in items}
    for name, field in file.fields.items():
        for key, what in _field_problems(name, field, known):
            yield f"fields.{name}{key and f': {key}'}", what
        if name not in used and not (name == "color" and file.text.color != "none"):
            hint = near(name, sorted(used))
            yield f"fields.{name}", Text(f"哪一帧都没有它，{hint.zh}", f"no frame has it; {hint.en}")
    if file.text.color != "none" and not (file.fields.get("color") and file.fields["color"].values):
        yield (
            "text.color",
            Text(
                '没有fields.color：请写 [fields.color] values = {red = "00"}。',
                'fields.color is missing; write [fields.color] values = {red = "00"}',
            ),
        )
    if file.escape:
        for key, word in _ends(file.escape):
            if word not in known:
                yield f"escape.{key}", is_no(word, ITEM, known)
        for code in file.escape.codes:
            if not re.fullmatch(r"[0-9A-Fa-f]{2}", code):
                yield (
                    "escape.codes",
                    Text(
                        f"“{code}”不是字节：请写两位十六进制数。", f"'{code}' is no byte; write two hexadecimal digits"
                    ),
                )
    if file.addresses[0] > file.addresses[1]:
        yield (
            "addresses",
            Text("前一个比后一个大：请写成 [0, 255]。", "the first is greater than the last; write [0, 255]"),
        )


def _ends(table: FieldTable | EscapeTable) -> list[tuple[str, str]]:
    return [(key, word) for key, word in (("from", table.from_), ("to", table.to)) if word]


def _field_problems(name: str, field: FieldTable, known: list[str]) -> Iterator[tuple[str, Text]]:
    """The key ("" for the field itself) and what is wrong with one field: it must be one thing only."""
    given = [
        key
        for key in ("bytes", "ascii", "value", "counts", "values", "levels", "kind")
        if getattr(field, key) is not None
    ]
    if name in NUMBERS and not given:
        given = ["number"]
    if len(given) != 1:
        said = Text("和".join(given), " and ".join(given)) if given else Text("什么也没有", "nothing")
        yield (
            "",
            Text(
                f"写了{said.zh}：请在bytes、ascii、value、counts、values、levels、kind里只写一个，它说明字段是什么。",
                f"says {said.en}; one of bytes, ascii, value, counts, values, levels, kind says what it is",
            ),
        )
        return
    for key, word in [*_ends(field), *(("counts", word) for word in field.counts or [])]:
        if word not in known:
            yield key, is_no(word, ITEM, known)
    if field.values is not None and name not in TABLES:
        yield (
            "values",
            Text(
                f"只有{'和'.join(TABLES)}才有：不变的请写 bytes = …。",
                f"only {' and '.join(TABLES)} have them; write bytes = … for what never changes",
            ),
        )
    elif field.values is not None:
        for word in field.values:
            if word not in TABLES[name]:
                hint = near(word, TABLES[name])
                yield "values", Text(f"不认识“{word}”，{hint.zh}", f"'{word}' is unknown; {hint.en}")
        first = TABLES[name][0]
        if first not in field.values:
            yield "values", Text(f"缺少“{first}”：请补上。", f"'{first}' is missing; add it")
    if field.levels is not None and name != "brightness":
        yield "levels", Text("只有brightness才有：请去掉。", "only brightness has them; leave it out")
    if field.kind and field.as_ == "decimal":
        yield (
            "as",
            Text("校验和只能是“binary”或“hex”：请改成其中之一。", "a checksum is binary or hex; write one of them"),
        )
    if field.ascii is not None and not field.ascii.isascii():
        yield (
            "ascii",
            Text(f"“{field.ascii}”不是ASCII：请写 bytes = …。", f"'{field.ascii}' is not ASCII; write bytes = …"),
        )
