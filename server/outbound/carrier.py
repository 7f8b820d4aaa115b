"""What every channel of notifications is to the notifier: one message at a time, and what it says of itself.

A carrier lives in one thread. It logs no address and no text, sent or received, and neither stands in a
sentence that it gives back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from config import Text
from server.domain.notifications import Carried

Say = Callable[[str, Text], None]
"""Told how the channel is: ok or error, and a sentence."""
Arrived = Callable[[str, bool], None]
"""Told what the network says of a message: by what `Carried.refs` called it, whether it arrived."""


class Incoming(NamedTuple):
    """A text that somebody wrote to the channel. `sender`: digits, + in front where the country is said; `id`: the same
    if it is handed on twice.
    """

    id: str
    sender: str
    text: str


Heard = Callable[[Incoming], None]
"""Told what somebody wrote; what it raises keeps the text where it lies, to be handed on again."""


class Outgoing(NamedTuple):
    """One message as a channel gets it. `id` is the same on every try; `facts`: what stands in the text, by name."""

    id: str
    address: str
    text: str
    occasion: str
    language: str
    valid_min: int
    facts: dict[str, str]


class Carrier(Protocol):
    def carry(self, message: Outgoing) -> Carried:
        """Send one message; waits as long as the channel takes."""

    def look(self) -> None:
        """Between messages: hear what came, see whether the channel lives. Called every `EVERY_S` or so."""

    def close(self) -> None:
        """By its own thread, at the end."""

    def abort(self) -> None:
        """By another thread: cut what is under way."""


EVERY_S = 0.5
