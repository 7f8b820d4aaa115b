"""What is wrong with a hall's own `[forms.…]`: what a slip does not know. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from config.line_numbers import Key
from config.phrasing import is_no
from config.text import Text
from slip_forms import BLOCKS, COMMON, DRAWN, FORMS, PLACES, STYLES


def form_mistakes(kind: str, show: object, texts: object) -> Iterator[tuple[Key, Text]]:
    """The keys below a form, and what is wrong there. Takes whatever TOML may hold."""
    own = {name: text for name, text in texts.items() if isinstance(text, list)} if isinstance(texts, dict) else {}
    known = [*FORMS[kind].texts, *own]
    odd = (
        [name for name in show if isinstance(name, str) and name not in known and name not in BLOCKS]
        if isinstance(show, list)
        else []
    )
    for name in odd:
        yield ("show",), is_no(name, Text("这张单据的一行", "line of this slip"), [*known, *BLOCKS])
    if (
        kind == "ticket"
        and isinstance(show, list)
        and show
        and not odd
        and not _tells_number(show, {**FORMS[kind].texts, **own})
    ):
        yield ("show",), Text("号票上没有号码：请加上“number”。", "a ticket without its number is none; add 'number'")
    for name, text in own.items():
        yield from ((("texts", name), problem) for problem in _wrong(kind, name, text))


def _tells_number(show: list[object], texts: Mapping[str, object]) -> bool:
    return "number" in show or any(
        "{number}" in str(text[0])
        for name, text in texts.items()
        if name in show and isinstance(text, list | tuple) and text
    )


def _wrong(kind: str, name: str, text: list[object]) -> Iterator[Text]:
    if name in DRAWN:
        yield Text(
            f"“{name}”是画出来的，不是文字：请给这段文字换个名字。",
            f"'{name}' is no text, it is drawn; give the text another name",
        )
    places = (*PLACES[kind], *COMMON, "n")
    for part in text[:2]:
        for place in re.findall(r"\{([^{}]*)\}", part) if isinstance(part, str) else []:
            if place not in places:
                yield is_no(f"{{{place}}}", Text("这里的占位", "place-holder here"), places)
        if isinstance(part, str) and re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", part)):
            yield Text("花括号不成对：占位请写成 {date}。", "a brace stands alone; write a place-holder like {date}")
    for word in text[2].split() if len(text) > 2 and isinstance(text[2], str) else []:
        if word not in STYLES:
            yield is_no(word, Text("样式", "style"), STYLES)
