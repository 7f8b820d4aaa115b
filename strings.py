"""Every text that a person reads, out of the sources, and whether a language's catalog has all of them (./run strings).

A pair is a Chinese text with its English behind it, in whatever the source writes it: arguments of a call, elements of
a tuple, `zh` and `en`, a key and the same with `_en`. Reads Python by its tree, templates by jinja's, scripts by their
strings, TOML by its tables. Knows no program and starts none.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any, NamedTuple

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

import config
import words
from command_line import Command, _, say, trouble

ROOT = Path(__file__).resolve().parent
CODE = ("server", "kiosk", "counter_display", "printer_profiles", "district", "relay", "config", "intake", "bundle")
"""Rooms whose texts people read; demo, bench, replay and chaos are of those who build."""
ALONE = (
    "slip_forms",
    "hub_client",
    "applicant",
    "hall_of_hub",
    "page_server",
    "ports",
    "speech",
    "witness",
    "succession",
)
OWN_WORDS = {"say", "_", "trouble"}
"""Functions that look a Chinese text up alone: its English stands in translations/en."""
CHINESE = re.compile("[㐀-鿿]")
SPOKEN = re.compile("[A-Za-z]")


class Found(NamedTuple):
    zh: str
    en: str
    where: str


# --- Python ---


def _name(node: ast.expr) -> str:
    """What a place is called for whoever translates: `{counter.name_en}` is `name`."""
    if isinstance(node, ast.Name):
        said = node.id
    elif isinstance(node, ast.Attribute):
        said = node.attr if node.attr not in ("zh", "en") else _name(node.value)
    elif isinstance(node, ast.Subscript):
        key = node.slice
        said = str(key.value) if isinstance(key, ast.Constant) and isinstance(key.value, str) else _name(node.value)
    elif isinstance(node, ast.Call):
        said = _name(node.args[0]) if node.args else _name(node.func)
    else:
        inner = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
        said = inner[0].id if inner else "it"
    return re.sub(r"\W", "", said).removesuffix("_en").removesuffix("_zh") or "it"


class _Places:
    """One name for one expression of a text; `x_en` and `x` are one."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}

    def __call__(self, expression: str, wished: str) -> str:
        key = re.sub(r"_en\b|\.(en|zh)\b|\b(en|zh)$", "", expression)
        if key not in self._named:
            taken, name, n = {*self._named.values()}, wished, 1
            while name in taken:
                name, n = f"{wished}{n + 1}", n + 1
            self._named[key] = name
        return f"{{{self._named[key]}}}"


def _texts(node: ast.expr, places: _Places) -> list[str]:
    """The texts that an expression may be, a choice being several; none for one that is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(_part(one, places) for one in values)]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_texts(body, places), *_texts(orelse, places)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = _texts(left, places), _texts(right, places)
            if first or second:
                first = first or [places(ast.unparse(left), _name(left))]
                return [a + b for a in first for b in second or [places(ast.unparse(right), _name(right))]]
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return _texts(value, places)
    return []


def _part(node: ast.expr, places: _Places) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.FormattedValue)
    return places(ast.unparse(node.value), _name(node.value))


def _is_pair(zh: str, en: str) -> bool:
    return bool(CHINESE.search(zh)) and (bool(SPOKEN.search(en)) or not en) and len(CHINESE.findall(en)) < len(en) / 2


def _paired(first: Sequence[str], second: Sequence[str], where: str) -> Iterator[Found]:
    """Choice by choice where both have as many; else each with each, since nobody knows which goes with which."""
    both = zip(first, second, strict=True) if len(first) == len(second) else product(first, second)
    yield from (Found(zh, en, where) for zh, en in both if en and _is_pair(zh, en))


def _beside(row: Sequence[ast.expr], where: str) -> Iterator[Found]:
    for left, right in pairwise(row):
        places = _Places()
        yield from _paired(_texts(left, places), _texts(right, places), where)


def _twin(key: str) -> str:
    """What the English of a key is called."""
    if key == "zh" or key.endswith("_zh"):
        return f"{key[:-2]}en"
    return f"{key}_EN" if key.isupper() else f"{key}_en"


def _keyed(given: Mapping[str, ast.expr], where: str) -> Iterator[Found]:
    for key, value in given.items():
        if twin := given.get(_twin(key)):
            yield from _beside([value, twin], where)


def _in_turn(body: Sequence[ast.stmt], where: str) -> Iterator[Found]:
    """`zh = …` and `en = …` below each other in a function."""
    for one, other in pairwise(body):
        match one, other:
            case (
                ast.Assign(targets=[ast.Name(id=first)], value=zh) | ast.AugAssign(target=ast.Name(id=first), value=zh),
                ast.Assign(targets=[ast.Name(id=second)], value=en)
                | ast.AugAssign(target=ast.Name(id=second), value=en),
            ) if second == _twin(first):
                yield from _beside([zh, en], where)


def of_python(text: str, where: str, english: Callable[[str], str]) -> Iterator[Found]:
    for node in ast.walk(ast.parse(text)):
        at = f"{where}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(zh)), *_]) if name in OWN_WORDS:
                if CHINESE.search(zh):
                    yield Found(zh, english(zh), at)
            case ast.Call():
                yield from _beside(node.args, at)
                yield from _keyed({one.arg: one.value for one in node.keywords if one.arg}, at)
            case ast.Tuple(elts=row) | ast.List(elts=row):
                yield from _beside(row, at)
            case ast.Dict():
                keys = {
                    str(k.value): v for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)
                }
                yield from _keyed(keys, at)
                yield from (Found(k, v.value, at) for k, v in keys.items() if isinstance(v, ast.Constant)
                            and isinstance(v.value, str) and v.value and _is_pair(k, v.value))  # fmt: skip
            case ast.Module() | ast.ClassDef():
                named = {
                    target.id: one.value
                    for one in node.body
                    if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None
                    for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
                    if isinstance(target, ast.Name)
                }
                yield from _keyed(named, at)
            case ast.FunctionDef(body=body) | ast.For(body=body) | ast.With(body=body) | ast.match_case(body=body):
                yield from _in_turn(body, at)
            case ast.If(body=body, orelse=orelse):
                yield from _in_turn(body, at)
                yield from _in_turn(orelse, at)
            case _:
                pass


# --- templates ---


def _said(node: nodes.Node, places: _Places) -> list[str]:
    match node:
        case nodes.Const(value=str(text)):
            return [text]
        case nodes.Concat(nodes=parts):
            return ["".join((_said(one, places) or [_place(one, places)])[0] for one in parts)]
        case nodes.CondExpr(expr1=first, expr2=second):
            return [*_said(first, places), *(_said(second, places) if second else [])]
    return []


def _place(node: nodes.Node, places: _Places) -> str:
    inner: nodes.Node | None = node
    while inner is not None and not isinstance(inner, nodes.Name | nodes.Getattr):
        inner = next(iter(inner.iter_child_nodes()), None)
    wished = "it" if inner is None else inner.attr if isinstance(inner, nodes.Getattr) else inner.name
    return places(repr(node), re.sub(r"\W", "", wished).removesuffix("_en") or "it")


TITLE = re.compile(
    r"{%-? block title -?%}(.*?){%-? endblock -?%}.*?{%-? block title_en -?%}(.*?){%-? endblock -?%}", re.S
)


def of_template(text: str, where: str) -> Iterator[Found]:
    tree = Environment(autoescape=True).parse(text)
    rows = [(one.args, one.lineno) for one in tree.find_all(nodes.Call)]
    rows += [(one.items, one.lineno) for one in tree.find_all(nodes.Tuple)]
    rows += [(one.items, one.lineno) for one in tree.find_all(nodes.List)]
    for row, line in rows:
        for left, right in pairwise(row):
            places = _Places()
            yield from _paired(_said(left, places), _said(right, places), f"{where}:{line}")
    for zh, en in TITLE.findall(text):
        places = _Places()
        filled = [re.sub(r"{{(.*?)}}", lambda one, p=places: p(one[1], "it"), half) for half in (zh, en)]  # type: ignore[misc]
        if _is_pair(*filled):
            yield Found(filled[0], filled[1], where)


# --- scripts ---

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|(`)|(\w+\s*:)|([^\s\w])|(\w+)""", re.S
)


def _script(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, value, where) of each token of a script: text, key or sign."""
    at = 0
    while found := TOKEN.search(text, at):
        at = found.end()
        if found[3]:
            value, at = _template(text, at)
            yield "template", value, found.start()
        elif found[1] is not None or found[2] is not None:
            yield (
                "text",
                (found[1] if found[1] is not None else found[2]).replace('\\"', '"').replace("\\n", "\n"),
                found.start(),
            )
        elif not found[0].startswith(("//", "/*")):
            yield ("key" if found[4] else "sign"), found[0].rstrip(": \n"), found.start()


def _template(text: str, at: int) -> tuple[str, int]:
    """A template literal from behind its first mark: its text, `${…}` as it stands between \0, and its end."""
    out, deep = "", 0
    while at < len(text):
        if text.startswith("${", at):
            begin, deep, at = at + 2, 1, at + 2
            while deep:
                if text[at] == "`":
                    _, at = _template(text, at + 1)
                    continue
                deep += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            out += f"\0{text[begin : at - 1]}\0"
        elif text[at] == "`":
            return out, at + 1
        else:
            out, at = out + text[at], at + 1
    return out, at


def _filled(text: str, places: _Places) -> str:
    def named(one: re.Match[str]) -> str:
        names = re.findall(r"[A-Za-z_]\w*", one[1])
        return places(one[1], (names[-1] if names else "it").removesuffix("_en"))

    return re.sub("\0(.*?)\0", named, text, flags=re.S)


def of_script(text: str, where: str) -> Iterator[Found]:
    """Pairs beside each other, and `zh:` beside `en:`; a choice gives each of its texts."""
    last: tuple[str, int] | None = None
    between = ""
    for kind, value, at in _script(text):
        if kind in ("text", "template"):
            inner = re.findall("\0(.*?)\0", value, re.S)
            for one in inner:
                yield from of_script(one, where)
            places = _Places()
            if last and between in (",", ",en", ",detail_en", ",name_en", ",message_en"):
                zh, en = _filled(last[0], places), _filled(value, places)
                if en and _is_pair(zh, en):
                    yield Found(zh, en, f"{where}:{text.count(chr(10), 0, last[1]) + 1}")
            last, between = (value, at), ""
        else:
            between += value


# --- data ---


def of_data(data: Any, where: str) -> Iterator[Found]:
    if isinstance(data, dict):
        for key, value in data.items():
            twin = data.get(_twin(str(key)))
            pairs = (
                [(value, twin)]
                if isinstance(value, str)
                else zip(value, twin or [], strict=False)
                if isinstance(value, list) and isinstance(twin, list)
                else []
            )
            yield from (
                Found(zh, en, where)
                for zh, en in pairs
                if isinstance(zh, str) and isinstance(en, str) and en and _is_pair(zh, en)
            )
            yield from of_data(value, where)
    elif isinstance(data, list):
        for left, right in pairwise(data):
            if isinstance(left, str) and isinstance(right, str) and right and _is_pair(left, right):
                yield Found(left, right, where)
        for one in data:
            yield from of_data(one, where)


# --- all of them ---


def _english() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("command_line.po", "jiaohao.po"):
        with (words.FOLDER / words.SECOND / "LC_MESSAGES" / name).open("rb") as file:
            found |= {str(one.id): str(one.string) for one in read_po(file) if one.id and one.string}
    return found


def everything(halls: Iterable[Path] = ()) -> Iterator[Found]:
    """Each pair of the sources, of the two English catalogs, and of the files of halls."""
    english = _english()
    files = sorted(
        {*(p for room in CODE for p in (ROOT / room).rglob("*") if p.is_file()), *(ROOT / f"{one}.py" for one in ALONE)}
    )
    for path in files:
        where = path.relative_to(ROOT).as_posix()
        if path.suffix not in (".py", ".html", ".js", ".toml"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            yield from of_python(text, where, lambda zh: english.get(zh, ""))
        elif path.suffix == ".html":
            yield from of_template(text, where)
        elif path.suffix == ".js":
            yield from of_script(text, where)
        else:
            yield from of_data(tomllib.loads(text), where)
    for path in halls:
        yield from of_data(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
        yield from of_data({code: one.model_dump() for code, one in config.load(path).services.items()}, path.name)
    yield from (Found(zh, en, "translations/en") for zh, en in english.items())


def template(found: Iterable[Found]) -> Catalog:
    """The catalog to translate: one message for one Chinese text, and one for each further English of it."""
    made, seen = Catalog(project="jiaohao", charset="utf-8"), dict[str, dict[str, list[str]]]()
    for one in found:
        seen.setdefault(one.zh, {}).setdefault(one.en, []).append(one.where)
    for zh, englishes in sorted(seen.items()):
        named = [en for en in englishes if en] or [""]
        for en in named:
            at = [
                (where.rpartition(":")[0] or where, int(where.rpartition(":")[2])) if ":" in where else (where, 0)
                for where in englishes.get(en, [])
            ]
            made.add(zh, locations=at, auto_comments=[en] if en else [], context=en if len(named) > 1 else None)
    return made


MISSING, SURPLUS, PLACES = _("还没有译：{text}"), _("已经没有这一句：{text}"), _("位置（花括号里的）不符：{text}")
SHOWN = 50
"""Lines of one check; the count says the rest."""


class Flaw(NamedTuple):
    """What is wrong with one message."""

    what: str
    zh: str


def flaws(catalog: Catalog, wanted: Catalog) -> list[Flaw]:
    """What a catalog lacks, has too much, and where its places are not those of the text."""
    needed = {(one.context, one.id) for one in wanted if one.id}
    there = {(one.context, one.id): one for one in catalog if one.id}
    found = [
        Flaw(MISSING, str(zh))
        for context, zh in sorted(needed, key=str)
        if not (one := there.get((context, zh))) or not one.string
    ]
    found += [Flaw(SURPLUS, str(zh)) for context, zh in sorted(there.keys() - needed, key=str)]
    for (__, zh), one in sorted(there.items(), key=str):
        asked, given = {*words.PLACE.findall(str(zh))}, {*words.PLACE.findall(str(one.string))}
        if one.string and not given <= asked | {f"{name}_en" for name in asked}:
            found.append(Flaw(PLACES, str(zh)))
    return found


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _write(catalog: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, omit_header=False)


@click.command(
    cls=Command,
    help=_(
        "给人看的全部文字：不写语言，输出待译的模板（.pot）；写上语言，补全它的译文文件，并列出还缺、多余和位置不符的。"
    ),
)
@click.argument("language", required=False)
@click.option(
    "--hall",
    "halls",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("大厅自己的配置文件：其中的名称和文字也一起译。"),
)
@click.option("--check", is_flag=True, help=_("只检查，不写文件。"))
def main(language: str | None, halls: tuple[Path, ...], check: bool) -> None:
    wanted = template(everything(halls))
    if language is None:
        write_po(sys.stdout.buffer, wanted, width=110, sort_output=True)
        return
    if not re.fullmatch(words.TAG, language) or language in words.NAMES:
        raise trouble("“{language}”不是能加的语言：请写语言的代码，例如“mn”。", language=language)
    try:
        path = words.catalog_path(language)
    except LookupError:
        path = words.place_for(language)
    catalog = _read(path) if path.exists() else Catalog(locale=language, project="jiaohao", charset="utf-8")
    if not check:
        catalog.update(wanted, no_fuzzy_matching=True)
        _write(catalog, path)
    found = flaws(catalog, wanted)
    for one in found[:SHOWN]:
        click.echo(one.what.format(text=one.zh))
    done = sum(1 for one in wanted if one.id) - sum(one.what == MISSING for one in found)
    click.echo(
        say("{path}：共{all}条，译了{done}条，{flaws}处要看", path=path, all=len(wanted), done=done, flaws=len(found))
    )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
