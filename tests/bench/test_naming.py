"""`./run bench`: each figure is measured by its name, with options of its own where it has some."""

from __future__ import annotations

import importlib

import click
import pytest
from click.testing import CliRunner

from bench import __main__ as bench


@pytest.mark.parametrize("name", bench.FIGURES)
def test_every_figure_is_there(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").main)


def test_a_figure_that_is_a_command_reads_its_own_options_and_no_name() -> None:
    assert isinstance(importlib.import_module("bench.district_kills").main, click.Command)
    told = CliRunner().invoke(bench.main, ["district_kills", "--kills", "none"])
    assert told.exit_code == 2 and "none" in told.output and "unexpected" not in told.output


@pytest.mark.parametrize("words", [["weather"], ["uplink", "--kills", "3"]])
def test_what_is_no_figure_or_no_option_of_it_is_said(words: list[str]) -> None:
    told = CliRunner().invoke(bench.main, words)
    assert told.exit_code == 2 and words[-2 if len(words) > 1 else 0] in told.output
