"""What every command line does with what a person is told: the sentence on stderr, the exit status of its kind, and
words that a console does not know.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from config import Told
from consoles import any_console


def language() -> str:
    """zh where the console is Chinese by its locale, else en."""
    said = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh" if said.startswith("zh") else "en"


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


class Commands(_Telling, click.Group):
    """A command line with subcommands."""
