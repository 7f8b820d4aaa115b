"""A mistake that pydantic found, as one sentence: what is wrong, and what would be right. Pure.

pydantic's own sentences are English, so what a person or another program is told is said here, by the mistake's type
(https://docs.pydantic.dev/latest/errors/validation_errors/).
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel

from config.line_numbers import Key, line_numbers, line_of
from config.tables import SINGLE, TABLES, Hall
from config.text import Text

WRONG = {
    "missing": Text("缺少：请补上", "is missing: add it"),
    "extra_forbidden": Text("没有这一项：请去掉", "is not known here: leave it out"),
    "string_type": Text("应是文字", "must be a text"),
    "string_too_short": Text("至少要{min_length}个字", "must have at least {min_length} characters"),
    "string_too_long": Text("最多{max_length}个字", "must have at most {max_length} characters"),
    "string_pattern_mismatch": Text("写法不对，应合{pattern}", "is not written as it should be: {pattern}"),
    "int_type": Text("应是整数", "must be a whole number"),
    "int_parsing": Text("应是整数", "must be a whole number"),
    "int_parsing_size": Text("数字太大", "is too large a number"),
    "int_from_float": Text("应是整数", "must be a whole number"),
    "float_type": Text("应是数字", "must be a number"),
    "float_parsing": Text("应是数字", "must be a number"),
    "finite_number": Text("应是普通的数字", "must be a finite number"),
    "bool_type": Text("应是“true”或“false”", "must be true or false"),
    "bool_parsing": Text("应是“true”或“false”", "must be true or false"),
    "greater_than": Text("应大于{gt}", "must be greater than {gt}"),
    "greater_than_equal": Text("应不小于{ge}", "must be {ge} or more"),
    "less_than": Text("应小于{lt}", "must be less than {lt}"),
    "less_than_equal": Text("应不大于{le}", "must be {le} or less"),
    "multiple_of": Text("应是{multiple_of}的倍数", "must be a multiple of {multiple_of}"),
    "literal_error": Text("应是其中之一：{expected}", "must be one of {expected}"),
    "enum": Text("应是其中之一：{expected}", "must be one of {expected}"),
    "list_type": Text("应是列表", "must be a list"),
    "tuple_type": Text("应是列表", "must be a list"),
    "too_short": Text("至少要{min_length}项", "must have at least {min_length} items"),
    "too_long": Text("最多{max_length}项", "must have at most {max_length} items"),
    "dict_type": Text("应是一组“名称：值”", "must be an object"),
    "model_type": Text("应是一组“名称：值”", "must be an object"),
    "model_attributes_type": Text("应是一组“名称：值”", "must be an object"),
    "none_required": Text("这里应为空", "must be empty"),
    "date_type": Text("应是日期，如2026-11-23", "must be a day such as 2026-11-23"),
    "date_parsing": Text("应是日期，如2026-11-23", "must be a day such as 2026-11-23"),
    "date_from_datetime_parsing": Text("应是日期，如2026-11-23", "must be a day such as 2026-11-23"),
    "date_from_datetime_inexact": Text("应是日期，如2026-11-23", "must be a day such as 2026-11-23"),
    "datetime_type": Text("应是日期和时间，如2026-11-23T09:30+08:00", "must be a time such as 2026-11-23T09:30+08:00"),
    "datetime_parsing": Text(
        "应是日期和时间，如2026-11-23T09:30+08:00", "must be a time such as 2026-11-23T09:30+08:00"
    ),
    "datetime_from_date_parsing": Text(
        "应是日期和时间，如2026-11-23T09:30+08:00", "must be a time such as 2026-11-23T09:30+08:00"
    ),
    "datetime_object_invalid": Text(
        "应是日期和时间，如2026-11-23T09:30+08:00", "must be a time such as 2026-11-23T09:30+08:00"
    ),
    "timezone_naive": Text("应是日期和时间，如2026-11-23T09:30+08:00", "must be a time such as 2026-11-23T09:30+08:00"),
    "timezone_aware": Text("应是日期和时间，如2026-11-23T09:30+08:00", "must be a time such as 2026-11-23T09:30+08:00"),
    "json_invalid": Text("不是JSON", "is not JSON"),
}
"""Type of a mistake -> what is wrong with the value, its bounds filled in."""
UNNAMED = Text("写法不对", "is not as it should be")


def path_of(raw: Any, location: tuple[str | int, ...]) -> Key:
    """pydantic's location without the names of union branches, which no line of the file carries."""
    path: list[str | int] = []
    node = raw
    for step in location:
        if isinstance(node, dict) and isinstance(step, str):
            path.append(step)
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int):
            path.append(step)
            node = node[step] if step < len(node) else None
    return tuple(path)


def _model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The table a key stands in: hall.name is one step below its table, counters.3.name and hours.0.days two."""
    if len(path) == 1:
        return Hall
    table = TABLES.get(str(path[0]))
    return table if len(path) == (2 if path[0] in SINGLE else 3) else None


def placed(where: str, what: Text) -> Text:
    """A sentence with its place in front, which is the same in both languages."""
    return Text(f"{where}: {what.zh}", f"{where}: {what.en}")


def at_lines(name: str, text: str, problems: Iterable[tuple[Key, Text]]) -> list[Text]:
    """Each mistake of a file once, in the order of its lines: `name:line: key: what; do`."""
    numbers = line_numbers(text)
    found = sorted({(line_of(numbers, key), ".".join(map(str, key)), what) for key, what in problems})
    return [placed(f"{name}:{at}: {key}", what) for at, key, what in found]


def quoted(value: Any) -> Text:
    """What stands in a file, in a sentence: a text in quotation marks, anything else as TOML and JSON write it."""
    if isinstance(value, str):
        return Text(f"“{repr(value)[1:-1]}”", repr(value))
    return Text.same(json.dumps(value, ensure_ascii=False, default=str))


def near(word: str, known: Iterable[str]) -> Text:
    """What was meant, or may be written: the end of a sentence."""
    names = {name.lower(): name for name in known}
    if close := difflib.get_close_matches(word.lower(), list(names), n=1, cutoff=0.6):
        return Text(f"是不是“{names[close[0]]}”？", f"did you mean '{names[close[0]]}'?")
    if not names:
        return Text("这里一个也没有。", "known: none")
    return Text(f"可用的有：{'、'.join(names.values())}。", f"known: {', '.join(names.values())}")


def is_no(word: str, what: Text, known: Iterable[str]) -> Text:
    """A word that names nothing. `what`: what it should name."""
    hint = near(word, known)
    return Text(f"“{word}”不是{what.zh}，{hint.zh}", f"'{word}' is no {what.en}; {hint.en}")


def unknown(key: str, model: type[BaseModel] | None) -> Text:
    if model is None:
        return Text("没有这一项：请去掉。", "unknown key; leave it out")
    hint = near(key, [f.alias or n for n, f in model.model_fields.items() if not f.exclude])
    return Text(f"没有这一项，{hint.zh}", f"unknown key; {hint.en}")


def message(
    error: Any,
    model_at: Callable[[tuple[str | int, ...]], type[BaseModel] | None] = _model_at,
    page: str = "docs/config.md",
) -> Text:
    """One mistake as a sentence. `model_at`: the table that a place of the file is; `page`: where its keys are told."""
    location, kind, value = error["loc"], error["type"], quoted(error["input"])
    if kind == "extra_forbidden":
        return unknown(str(location[-1]), model_at(location))
    if kind == "missing":
        return Text(f"缺少：请补上，见{page}。", f"missing; add it, see {page}")
    if kind == "literal_error":
        known = error["ctx"]["expected"]
        close = difflib.get_close_matches(str(error["input"]), re.findall(r"'([^']*)'", known), n=1)
        zh, en = (f"，是不是“{close[0]}”？", f"; did you mean '{close[0]}'?") if close else ("。", "")
        return Text(f"{value.zh}应是其中之一：{_alternatives(known)}{zh}", f"{value.en} is not one of {known}{en}")
    said = wrong(error)
    return Text(f"{value.zh}：{said.zh}。", f"{value.en}: {said.en}")


def wrong(error: Any) -> Text:
    """What is wrong with one value that came from outside. `error`: of `ValidationError.errors()`.

    A reader of ours that refused a value (`intake.Unclear`) has said it in both languages itself.
    """
    context = error.get("ctx", {})
    said = context.get("error")
    if hasattr(said, "zh"):
        return Text(said.zh.rstrip("。"), said.en.rstrip("."))
    text = WRONG.get(error["type"], UNNAMED)
    bounds = {name: _alternatives(value) if name == "expected" else value for name, value in context.items()}
    return Text(text.zh.format(**bounds), text.en.format(**bounds))


def _alternatives(expected: str) -> str:
    """pydantic's "'a', 'b' or 'c'" as a list that no language reads as its own."""
    return ", ".join(re.findall(r"'([^']*)'", expected)) or expected
