"""Mistakes in the packages (一件事) of a hall's file, each with the place that it belongs to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from config.line_numbers import Key
from config.phrasing import is_no
from config.text import Text

SERVICE = Text("目录里的事项", "service of the catalogue")
ITEM = Text("这件事里的事项", "item of this package")


def package_mistakes(name: str, raw: Mapping[str, Any], services: Collection[str]) -> Iterator[tuple[Key, Text]]:
    """What is wrong in one package beyond its shape, each at its place. `services`: codes of the catalogue, none where
    it can't be read.
    """
    items = raw.get("items")
    listed = [one for one in items if isinstance(one, str)] if isinstance(items, list) else []
    where: Key = ("packages", name)
    for code in listed if services else ():
        if code not in services:
            yield (*where, "items"), is_no(code, SERVICE, sorted(services))
    for code in dict.fromkeys(one for one in listed if listed.count(one) > 1):
        yield (*where, "items"), Text(f"“{code}”出现了两次：请留一个。", f"'{code}' stands twice; keep one of them")
    yield from _order(where, listed, _table(raw.get("after")))
    ask = _table(raw.get("ask"))
    optional: set[str] = set()
    for key, one in ask.items():
        asked = _table(one).get("items")
        for code in [code for code in asked if isinstance(code, str)] if isinstance(asked, list) else ():
            optional.add(code)
            if code not in listed:
                yield (*where, "ask", key, "items"), is_no(code, ITEM, sorted(listed))
    if listed and set(listed) <= optional:
        yield (
            (*where, "ask"),
            Text(
                "每一项都要看回答，全答“否”就没有事项：请至少留一项必办。",
                "every item depends on an answer, and a no to all leaves none; keep one that is always done",
            ),
        )


def _order(where: Key, listed: list[str], after: Mapping[str, Any]) -> Iterator[tuple[Key, Text]]:
    """What waits stands behind what it waits for: so nothing waits for itself, by however many others."""
    for code, before in after.items():
        here: Key = (*where, "after", code)
        if code not in listed:
            yield here, is_no(code, ITEM, sorted(listed))
        for first in [one for one in before if isinstance(one, str)] if isinstance(before, list) else ():
            if first not in listed:
                yield here, is_no(first, ITEM, sorted(listed))
            elif code == first:
                yield here, Text(f"“{code}”不能等自己：请改写。", f"'{code}' can't wait for itself; name another")
            elif code in listed and listed.index(first) > listed.index(code):
                yield (
                    here,
                    Text(
                        f"“{first}”要先办，却排在“{code}”后面：请把它移到前面。",
                        f"'{first}' comes first and stands behind '{code}'; move it before that in items",
                    ),
                )


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
