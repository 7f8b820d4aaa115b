"""What is remembered of one printer over restarts: its roll, the logo it keeps, whether it has ever confirmed a slip.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from server.printing.spool.roll import Roll


@dataclass(frozen=True)
class Memory:
    """One printer's."""

    roll: Roll
    logo: str = ""
    """logo.identity of the picture it keeps; "" for none."""
    confirms: bool = False
    """It has answered behind a cut: silence there is trouble, and not what it is like."""


def recalled(kept: Mapping[str, Any], now: float) -> Memory:
    """The memory as it was kept; of a printer never seen, a roll that begins now."""
    return Memory(**{**kept, "roll": Roll(**kept["roll"])}) if kept else Memory(Roll(began=now))


def plain(memory: Memory) -> dict[str, Any]:
    """What to keep."""
    return asdict(memory)
