"""How far other systems were told (对外推送), kept beside the journal; a message sent again, a link resumed or stopped.

None of it is history: a receiver is told at least once, whatever is forgotten here.
"""

from __future__ import annotations

from dataclasses import replace

from server.domain import outbound
from server.domain.outbound import Link, Sending
from server.domain.rules import Refused
from server.store.transaction import Turn
from server.verbs.hub import Hub, Unknown


def keep(hub: Hub, link: Link, sending: Sending | None = None) -> Link:
    """Where a link stands now, and what became of a message, in one turn; as it is kept."""

    def write(turn: Turn) -> Link:
        turn.put_link(link)
        if sending:
            turn.put_sending(sending)
            turn.forget_sendings(link.destination, turn.now - outbound.KEPT_S)
        return link

    return hub.turn(write)


def forget(hub: Hub, destination: str) -> None:
    """A destination that the hall has no more: one of its name later starts anew."""
    hub.turn(lambda turn: turn.forget_link(destination))


def _known(turn: Turn, destination: str) -> Link:
    found = turn.link(destination)
    if found is None:
        raise Unknown(f"没有“{destination}”这个推送对象。", f"There is no destination '{destination}'.")
    return found


def send_again(hub: Hub, destination: str, seq: int) -> None:
    """Wish a message once more, whether it was taken or refused. Raises Refused for one that is still on its way."""

    def write(turn: Turn) -> None:
        _known(turn, destination)
        found = turn.sending(destination, seq)
        if found is None:
            raise Unknown(f"没有第{seq}条推送。", f"There is no message {seq}.")
        if found.state == "waiting":
            raise Refused("这一条还没有送到，会自动重试。", "This message is still on its way; it is tried by itself.")
        turn.put_sending(replace(found, state="again"))

    hub.turn(write)


def resume(hub: Hub, destination: str) -> None:
    """Try at once, also where the receiver had ended it."""
    hub.turn(lambda turn: turn.put_link(outbound.resumed(_known(turn, destination))))
