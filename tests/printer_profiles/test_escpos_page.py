"""docs/virtual-printer.md names every command and order, docs/protocols/escpos.md every status bit that the code
knows.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from printer_profiles.escpos.status import BITS
from printer_profiles.virtual.__main__ import main
from printer_profiles.virtual.commands import COMMANDS
from printer_profiles.virtual.paper import ORDERS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "protocols" / "escpos.md").read_text(encoding="utf-8")
PRINTER = (DOCS / "virtual-printer.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_on_the_page(command: bytes) -> None:
    row = COMMANDS[command]
    assert f"| `{command.hex(' ').upper()}` | {row.name} | {row.zh} {row.en} |" in PRINTER


@pytest.mark.parametrize("word", ORDERS)
def test_every_order_is_on_the_page(word: str) -> None:
    assert f"| `{word}` |" in PRINTER


@pytest.mark.parametrize(
    ("n", "bit", "name"), [(n, bit, name) for n, bits in BITS.items() for bit, name in bits.items()]
)
def test_every_status_bit_is_on_the_page(n: int, bit: int, name: str) -> None:
    assert f"| {n} | {bit:02X} | `{name}`" in PAGE


def test_every_option_is_on_the_page() -> None:
    for option in main.params:
        for name in option.opts:
            assert not name.startswith("--") or f"`{name}" in PRINTER, name
