"""Everything one may ask the store, on any connection with sqlite3.Row rows. Changes nothing, decides nothing."""

from __future__ import annotations

import sqlite3

from server.store.queries.descriptions import DescriptionQueries
from server.store.queries.hall import HallQueries
from server.store.queries.jobs import JobQueries
from server.store.queries.journal import JournalQueries
from server.store.queries.line import LineQueries
from server.store.queries.notifications import NotificationQueries
from server.store.queries.offline import OfflineQueries
from server.store.queries.outbound import OutboundQueries
from server.store.queries.people import PeopleQueries
from server.store.queries.platform import PlatformQueries
from server.store.queries.ratings import RatingQueries
from server.store.queries.records import RecordQueries
from server.store.queries.slots import SlotQueries
from server.store.queries.snapshots import SnapshotQueries
from server.store.queries.tickets import TicketQueries
from server.store.queries.voices import VoiceQueries


class Reader(
    TicketQueries,
    LineQueries,
    HallQueries,
    JobQueries,
    JournalQueries,
    RatingQueries,
    SnapshotQueries,
    PeopleQueries,
    RecordQueries,
    DescriptionQueries,
    OutboundQueries,
    PlatformQueries,
    SlotQueries,
    NotificationQueries,
    VoiceQueries,
    OfflineQueries,
):
    """The questions of `queries/`, over one connection."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
