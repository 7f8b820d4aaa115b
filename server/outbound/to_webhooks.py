"""The webhooks of the hall's file as destinations: each has its own thread, cursor, signature and log."""

from __future__ import annotations

from functools import partial

from config import WebhookTable
from server.domain import webhooks
from server.domain.chain import Row
from server.domain.outbound import Message
from server.outbound.deliverer import Destination
from server.verbs.hub import Hub


def destinations(hub: Hub) -> list[Destination]:
    """One for each table of [webhooks]."""
    return [_destination(hub, name, table) for name, table in hub.hall.webhooks.items() if table.url]


def _destination(hub: Hub, name: str, table: WebhookTable) -> Destination:
    folder = hub.hall.folder
    return Destination(
        name=name,
        url=table.url,
        secret=folder / table.secret_file,
        what=partial(told, hub, table),
        events=frozenset(webhooks.KINDS[type].event for type in webhooks.wanted(table.events)),
        ca_file=folder / table.ca_file if table.ca_file else None,
    )


def told(hub: Hub, table: WebhookTable, row: Row) -> Message | None:
    """What this receiver is told of a row."""
    ticket = hub.read().ticket(row.ticket) if row.ticket is not None else None
    return webhooks.message(row.happened(), ticket, table)
