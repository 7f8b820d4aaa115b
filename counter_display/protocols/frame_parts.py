"""What each part of a frame file's frame is in bytes: numbers, words, lengths, checksums, characters.

Pure; knows no whole frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from counter_display.protocols.checksums import CRC16, SUMS, Crc16
from counter_display.protocols.frame_file import NUMBERS, FieldTable, Part
from counter_display.protocols.language import gbk
from intake.quantities import Unclear


class Told(NamedTuple):
    """What is told with one frame."""

    address: int = 0
    text: str = ""
    color: str = "red"
    effect: str = "still"
    percent: int = 100
    columns: int = 16
    rows: int = 16
    number_color: str = ""


def told_bytes(item: Part, told: Told) -> bytes:
    """The bytes of an item that stands for itself; as many zero bytes for one that depends on others."""
    field = item.field
    if field is None:
        return item.plain
    if field.bytes is not None:
        return field.bytes
    if field.ascii is not None:
        return field.ascii.encode("ascii")
    if field.values is not None:
        return value(field, told.color if item.name == "color" else told.effect)
    if field.levels is not None:
        return field.levels[min(len(field.levels) - 1, max(0, told.percent) * len(field.levels) // 101)]
    fixed = field.value if field.value is not None else getattr(told, item.name) if item.name in NUMBERS else None
    if fixed is None:
        return bytes(width(field))
    try:
        return number(field, fixed)
    except Unclear as error:
        raise Unclear(f"{item.name}: {error.zh}", f"{item.name}: {error.en}") from None


def value(field: FieldTable, word: str) -> bytes:
    assert field.values is not None
    return field.values.get(word, next(iter(field.values.values())))


def number(field: FieldTable, amount: int) -> bytes:
    total = amount + field.plus
    base = {"binary": 256, "hex": 16, "decimal": 10}[field.as_]
    if not 0 <= total < base**field.width:
        raise Unclear(
            f"{total}装不进 width = {field.width}：请加宽，或缩小上限。",
            f"{total} does not fit in width = {field.width}; make it wider, or the limit smaller",
        )
    if field.as_ == "binary":
        return total.to_bytes(field.width, field.order)
    return f"{total:0{field.width}{'X' if field.as_ == 'hex' else 'd'}}".encode("ascii")


def width(field: FieldTable) -> int:
    if not field.kind:
        return field.width
    size = 1 if field.kind in ("sum8", "xor8") else 2
    return size if field.as_ == "binary" else 2 * size


def counted(items: list[Part], made: list[bytes], field: FieldTable) -> int:
    return sum(len(plain) for item, plain in zip(items, made, strict=True) if item.name in (field.counts or ()))


def span(items: list[Part], first: str, last: str, end: int) -> tuple[int, int]:
    """From one named item to another, both included; without a name from the beginning, and to `end`."""
    names = [item.name for item in items]
    return (names.index(first) if first and first in names else 0), (
        names.index(last) + 1 if last and last in names else end
    )


def covered(items: list[Part], made: list[bytes], at: int) -> bytes:
    field = items[at].field
    assert field is not None
    first, last = span(items, field.from_, field.to, at)
    return b"".join(made[first:last]) + field.extra


def checksum(field: FieldTable, data: bytes) -> bytes:
    kind = str(field.kind)
    own = Crc16(field.polynomial, field.initial, field.reflected, field.final_xor)
    total = SUMS[kind](data) if kind in SUMS else CRC16.get(kind, own).of(data)
    size = width(field)
    return total.to_bytes(size, field.order) if field.as_ == "binary" else f"{total:0{size}X}".encode("ascii")


def _coded(coding: str) -> Callable[[str], bytes]:
    def code(character: str) -> bytes:
        if not character.isprintable():
            return b""
        try:
            return character.encode(coding)
        except UnicodeEncodeError:
            return b""

    return code


def _short(code: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """Two bytes at most: a board has no character with more."""
    return lambda character: found if len(found := code(character)) <= 2 else b""


CODES: dict[str, Callable[[str], bytes]] = {
    "gbk": gbk,
    "gb2312": _short(_coded("gb2312")),
    "ascii": _short(_coded("ascii")),
    "utf-16-be": _short(_coded("utf-16-be")),
    "utf-16-le": _short(_coded("utf-16-le")),
}
