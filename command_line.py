"""What every command line does: the words of the locale, `--config` before the command or behind it, words that a
console does not know, and what a person is told as a sentence on stderr with the exit status of its kind.

Chinese is the msgid; its English stands in translations/en/LC_MESSAGES/command_line.po, a further language in the one
catalog of all its texts (words.py), and click's own words in Chinese in translations/zh/LC_MESSAGES/click.po.
"""

from __future__ import annotations

import atexit
import gc
import gettext
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import words
from config import Told
from consoles import any_console

CATALOG = words.FOLDER / "en" / "LC_MESSAGES" / "command_line.po"
CLICK = words.FOLDER / "zh" / "LC_MESSAGES" / "click.po"
SHARED = "--config"
"""The option of a whole command line that may stand behind the command as well."""


def language(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the locale, as gettext finds it: Chinese, one with a catalog, else English."""
    asked = (environment.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    found = next(filter(None, asked), "").partition(":")[0].partition(".")[0].partition("@")[0]
    return words.nearest([found]) or words.SECOND


def _(text: str) -> str:
    """A text of a command line in the language of the locale."""
    return words.say(language())(text)


def say(text: str, **facts: object) -> str:
    """A sentence with its facts in the language of the locale."""
    return _(text).format(**facts)


def _teach_click() -> None:
    """Click asks gettext's global domain for its own few words (用法, 选项); the library reads compiled files only."""
    folder = tempfile.mkdtemp(prefix="jiaohao-words-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    compiled = Path(folder) / "zh" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True)
    with CLICK.open("rb") as source, compiled.open("wb") as file:
        write_mo(file, read_po(source, abort_invalid=True))
    gettext.bindtextdomain("messages", folder)


if language() == "zh":
    _teach_click()


def trouble(text: str, **facts: object) -> click.ClickException:
    """What ends a command with status 1: one sentence, in the language of the locale."""
    return click.ClickException(say(text, **facts))


@contextmanager
def for_good() -> Iterator[None]:
    """What is imported and built in here stays until the end: the garbage collector looks through none of it, neither
    now, when most of a start's rounds would find nothing, nor in any later one.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def in_front(arguments: Sequence[str]) -> list[str]:
    """The arguments with `--config FILE` first, wherever it stood; what is behind `--` is not ours."""
    ours, behind = list(arguments), list[str]()
    if "--" in ours:
        at = ours.index("--")
        ours, behind = ours[:at], ours[at:]
    front: list[str] = []
    while SHARED in ours:
        at = ours.index(SHARED)
        front += ours[at : at + 2]
        del ours[at : at + 2]
    glued = [word for word in ours if word.startswith(f"{SHARED}=")]
    return [*front, *glued, *(word for word in ours if word not in glued), *behind]


class _Telling(click.Command):
    """None of its functions needs to catch what is told."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        any_console()
        return super().main(*args, **kwargs)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Told as error:
            click.echo(error.text.said(language()), err=True)
            sys.exit(error.status)


class Command(_Telling):
    """A command line."""


class Elsewhere(click.Command):
    """A command as its group names it: its own file is imported when it is called, and by no list of commands."""

    def __init__(self, name: str, place: str, text: str) -> None:
        """`place`: "module:function"; `text`: what it is for, all that its help says of it."""
        super().__init__(name, help=text)
        self.place = place

    def found(self) -> click.Command:
        module, _, function = self.place.partition(":")
        if module in sys.modules:
            command: click.Command = getattr(sys.modules[module], function)
        else:
            with for_good():
                command = getattr(import_module(module), function)
        command.name, command.help = self.name, self.help
        return command


class Commands(_Telling, click.Group):
    """A command line with subcommands. Where it has --config, that may stand behind them too."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, behind = super().resolve_command(context, args)
        return name, command.found() if isinstance(command, Elsewhere) else command, behind

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        outermost = context.parent is None and any(SHARED in option.opts for option in self.params)
        return super().parse_args(context, in_front(args) if outermost else args)
