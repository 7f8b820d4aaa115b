"""A form with its blanks filled in -> the elements of a slip, for one width of paper.

Pure; it knows no ticket and no hall.

The rules of a text stand in slip_forms.py, for whoever writes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import words
from printer_profiles.slip import Align, Cut, Element, Feed, Rule, Slip, Text, clean, width, wrap
from slip_forms import Form, Line

Blanks = Mapping[str, str | Sequence[str]]
"""Place-holder -> what is filled in: a text, or a list whose line is printed for each entry."""

_PLACE = re.compile(r"\{(\w+)\}")
_LABEL = re.compile(r"(?:\{n\}|[^\s{|])+ \{")
"""A template that begins with a label and a space: what follows hangs behind it."""
TO_WRITE_ON = "\0"
"""Stands where a line to write on goes; no text holds it, as controls are taken out of all."""
SET = 1000
"""So many texts are kept as they were set."""
LEAST_LINE = 8
"""Half columns that somebody needs to write on."""


@dataclass(frozen=True)
class Sheet:
    """How a slip is printed: columns of the paper, 大字版, English lines, and what is drawn for its blocks."""

    columns: int
    large: bool = False
    english: bool = False
    language: str = words.SECOND
    """Which language the English lines are in: a further one has a catalog (words.py)."""
    blocks: Mapping[str, Sequence[Element]] = field(default_factory=dict)


class _Style(NamedTuple):
    align: Align
    bold: bool
    scale: int
    place: Literal["", "half", "table"]
    """Where the right half of a line stands."""


def filled(form: Form, blanks: Blanks, sheet: Sheet) -> Slip:
    """The slip, as often as the form wants copies, each with its cut.

    Rules that would meet, begin or end it are one or none.
    """
    elements: list[Element] = []
    for name in form.show:
        if name == "rule":
            elements += [Rule()] if elements and not isinstance(elements[-1], Rule) else []
        else:
            elements += _part(name, form, blanks, sheet)
    while elements and isinstance(elements[-1], Rule | Feed):
        elements.pop()
    return (*elements, Cut()) * form.copies


def _part(name: str, form: Form, blanks: Blanks, sheet: Sheet) -> Iterator[Element]:
    """What one name of `show` prints: an empty line, a block with its caption, or a text."""
    if name == "space":
        yield Feed(1)
        return
    drawn = sheet.blocks.get(name)
    yield from drawn or ()
    if name in form.texts and (drawn is None or drawn):
        line = form.texts[name]
        if sheet.language in (words.SOURCE, words.SECOND):
            named = [(place, blanks.get(place, "")) for place in _named(line.zh + line.en)]
            told = tuple((place, value if isinstance(value, str) else tuple(value)) for place, value in named)
            yield from _set(line, told, sheet.columns, sheet.large, sheet.english, sheet.language)
        else:  # what a further language says hangs on more than the blanks that are named
            yield from _text(line, blanks, sheet)


@lru_cache(SET)
def _set(
    line: Line, told: tuple[tuple[str, str | tuple[str, ...]], ...], columns: int, *how: Any
) -> tuple[Element, ...]:
    """A text as it was set before: on most slips most of it is what it was on the last."""
    return tuple(_text(line, dict(told), Sheet(columns, *how)))


@lru_cache(SET)
def _named(template: str) -> tuple[str, ...]:
    """The blanks of a text."""
    return tuple(_PLACE.findall(template))


def _text(line: Line, blanks: Blanks, sheet: Sheet) -> Iterator[Element]:
    for entry in _entries(line, blanks):
        chinese = list(_printed(line.zh, line.style, entry, sheet))
        other, filled_in = _in_other(line, entry, sheet.language) if line.en else ("", entry)
        english = list(_printed(other, line.style, filled_in, sheet)) if sheet.english else []
        yield from chinese
        yield from english if english != chinese else ()  # a name that has no English is not said twice


def _in_other(line: Line, blanks: Blanks, language: str) -> tuple[str, Blanks]:
    """The English of a line and its blanks, or what a further language has for them."""
    if language in (words.SOURCE, words.SECOND):
        return line.en, blanks
    said = {
        name: words.translated(value, english if isinstance(english, str) else "", language)
        for name, value in blanks.items()
        if isinstance(value, str) and not name.endswith("_en") and (english := blanks.get(f"{name}_en", "")) is not None
    }
    return words.translated(line.zh, line.en, language), {
        **blanks, **said, **{f"{name}_en": value for name, value in said.items() if blanks.get(f"{name}_en")},
    }  # fmt: skip


def _entries(line: Line, blanks: Blanks) -> Iterator[Blanks]:
    """The blanks of each line to print: one, or one for each entry of the lists it names."""
    lists = {
        name: value for name in _PLACE.findall(line.zh + line.en) if not isinstance(value := blanks.get(name, ""), str)
    }
    if not lists:
        yield blanks
    for n, row in enumerate(zip(*lists.values(), strict=True), start=1) if lists else ():
        yield {**blanks, **dict(zip(lists, row, strict=True)), "n": str(n)}


def _printed(template: str, style: str, blanks: Blanks, sheet: Sheet) -> Iterator[Text]:
    halves = [told for half in template.split("|") if (told := _fill(half, blanks))]
    if not halves:
        return
    look = _style(style, halves, sheet)
    columns = sheet.columns // look.scale
    for text, align in _laid(halves, template, look, columns):
        yield Text(text, align, look.bold, look.scale)


def _fill(half: str, blanks: Blanks) -> str:
    """The half with its blanks filled in, {line} as TO_WRITE_ON; empty where one of them is."""
    values = {
        name: clean(str(blanks.get(name, ""))).replace("\n", " ").strip()
        for name in _PLACE.findall(half)
        if name != "line"
    }
    if not all(values.values()):
        return ""
    return _PLACE.sub(lambda place: values.get(place[1], TO_WRITE_ON), half)


def _style(style: str, halves: Sequence[str], sheet: Sheet) -> _Style:
    words = style.split()
    scale = 2 if "double" in words or (sheet.large and "small" not in words) else 1
    scale = 1 if max(map(_longest_word, halves)) > sheet.columns // scale else scale
    align: Align = "centre" if "centre" in words else "right" if "right" in words else "left"
    return _Style(align, "bold" in words, scale, "table" if "table" in words else "half" if "half" in words else "")


def _longest_word(text: str) -> int:
    """Of what is not parted: half columns of the longest run of ASCII."""
    return max(map(len, re.findall(r"[!-~]+", text)), default=0)


def _laid(halves: Sequence[str], template: str, look: _Style, columns: int) -> Iterator[tuple[str, Align]]:
    """The halves side by side where both fit, else below each other."""
    if len(halves) == 2 and (side := _side_by_side(halves[0], halves[1], look, columns)):
        yield side, "left"
        return
    for place, half in enumerate(halves):
        if TO_WRITE_ON in half:
            yield from ((text, look.align) for text in _to_write_on(half, columns))
        else:
            align: Align = "right" if look.place == "table" and place else look.align
            labelled = len(halves) == template.count("|") + 1 and _LABEL.match(template.split("|")[place])
            yield from (
                (text, align)
                for text in (_hanging if labelled else _even)(
                    half, columns, columns if align == "centre" else columns // 3
                )
            )


def _side_by_side(left: str, right: str, look: _Style, columns: int) -> str:
    """Both in one line, two spaces apart or as the style wants; empty where they do not fit."""
    spare, middle = columns - width(left) - width(right), columns // 2 - width(left)
    gap = spare if look.place == "table" else max(middle, 2) if look.place == "half" else 2
    return f"{left}{' ' * gap}{right}" if 1 < gap <= spare else ""


def _to_write_on(half: str, columns: int) -> Iterator[str]:
    """A label and a line behind it, or below it where too little is left."""
    label = half.replace(TO_WRITE_ON, "")
    left = columns - width(label)
    yield from [label + "_" * left] if left >= LEAST_LINE else [label.rstrip(), "_" * columns]


def _even(text: str, columns: int, least: int) -> list[str]:
    """The fewest lines, made narrower until the last one is `least` wide: nobody reads a line of one character."""
    lines, narrowest = wrap(text, columns), max(2, _longest_word(text))
    while (
        len(lines) > 1
        and width(lines[-1]) < least
        and columns > narrowest
        and len(closer := wrap(text, columns - 1)) == len(lines)
    ):
        columns, lines = columns - 1, closer
    return lines


def _hanging(text: str, columns: int, least: int) -> list[str]:
    """Lines of which all but the first stand below what follows the label; where that is too narrow, the label stands
    alone.
    """
    label, rest = text.split(" ", 1)
    indent = width(label) + 1
    narrow = indent * 3 > columns or _longest_word(rest) > columns - indent
    if width(text) <= columns or (narrow and width(rest) > columns):
        return _even(text, columns, least)
    if narrow:
        return [label, rest]
    first, *others = _even(rest, columns - indent, least)
    return [f"{label} {first}", *(" " * indent + line for line in others)]
