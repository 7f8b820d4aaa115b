"""How long the hub waits for a printer, in each place where it waits. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long a printer's thread waits, seconds."""

    answer: float = 0.5
    """For one status byte."""
    settle: float = 3.0
    """For the first answer in its turn on a new connection; without it the model is taken for one that can't
    confirm.
    """
    confirm: float = 15.0
    """For the word that a slip is through, once every byte is taken: a slow head prints a long slip in this time."""
    write: float = 10.0
    """For a printer to take one more byte."""
    job: float = 60.0
    """For all bytes of a slip."""
    busy: float = 3.0
    """A slip waits so long for a printer that is busy; then another one of its group may take it."""
    give_up: float = 2.0
    """A slip that no printer takes for a passing reason is failed after this; at once where each waits for somebody."""
    ask_every: float = 5.0
    """Between two looks at an idle printer."""
    ask_again: float = 1.0
    """Between two looks at one that is out of order."""
    keep: float = 3.0
    """While a printer writes its memory and starts anew, nothing is sent to it."""


PATIENCE = Patience()
