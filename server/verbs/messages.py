"""留言: a message is written. It stands beside the chain, is forgotten at the turn of the day, and no report counts it:
what must be kept belongs into a register. Nothing personal stands in one.
"""

from __future__ import annotations

from server.domain import messages, privacy
from server.store.transaction import Turn
from server.verbs.hub import By, Hub


def say(hub: Hub, by: By, sender: str, to: str, text: str) -> None:
    """Write to a place. Refused for an unknown place, an empty or long text, a name or a number of a person."""
    words = messages.checked(hub.hall, sender, to, text)

    def decide(turn: Turn) -> None:
        privacy.check_text(words, lambda: turn.names().values())
        turn.put_message(by.actor, sender, to, words)

    hub.act(by, decide, "message", sender, to, words)
    hub.wake()
