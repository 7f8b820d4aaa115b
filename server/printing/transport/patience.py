"""How long the hub waits for a printer, in each place where it waits. Data only.

What a hall says of one printer is how long it may take to answer a question (`patience` of [printers.*]); every other
wait follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

USUAL_S = 0.5
"""`patience` of a printer at its own cable."""


@dataclass(frozen=True)
class Patience:
    """How long a printer's thread waits, seconds."""

    answer: float = USUAL_S
    """For one status byte."""
    connect: float = 2.0
    """For a connection over the network."""
    quiet: float = 0.05
    """Nothing heard for so long: what was on its way has arrived."""
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
    alone: float = 3.0
    """A kiosk that has not been heard for so long may be printing by itself."""
    keep: float = 3.0
    """While a printer writes its memory and starts anew, nothing is sent to it."""

    def with_answers_after(self, seconds: float) -> Patience:
        """The same for a printer that may take so many seconds to answer: each wait grows by the answers in it.

        Settling a new connection is five questions and three silences; a look at an idle printer is four questions.
        """
        late = max(0.0, seconds - USUAL_S)
        return replace(
            self,
            answer=self.answer + late,
            connect=self.connect + 2 * late,
            quiet=self.quiet + late,
            settle=self.settle + 2 * late,
            confirm=self.confirm + 6 * late,
            write=self.write + late,
            job=self.job + late,
            busy=self.busy + 8 * late,
            give_up=self.give_up + 8 * late,
            ask_every=self.ask_every + 4 * late,
            ask_again=self.ask_again + late,
        )


PATIENCE = Patience()
