"""The tables, by numbered migrations. Times are epoch seconds UTC; every index says which question it answers."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("jiaohao")


@migrations()
def m001_first(db: Database) -> None:
    db.executescript(
        """
        CREATE TABLE journal (            -- the history: append-only, each row carries the hash of the row before it
            seq INTEGER PRIMARY KEY,      -- 1, 2, 3 … without a gap
            at REAL NOT NULL,             -- the hub's clock
            event TEXT NOT NULL,          -- a name of server/events.py
            actor TEXT NOT NULL,          -- kiosk id, staff id, or the program
            ticket INTEGER,
            counter TEXT,
            data TEXT NOT NULL,           -- the event's own fields, canonical JSON
            hash TEXT NOT NULL            -- sha256 over the previous hash and this row (store/journal.py)
        );
        CREATE INDEX journal_of_ticket ON journal (ticket) WHERE ticket IS NOT NULL;  -- the life-line of one ticket
        CREATE INDEX journal_of_hall ON journal (event, seq) WHERE ticket IS NULL;     -- the last turn of the day, clock jumps
        CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

        CREATE TABLE tickets (            -- the truth about each number now; server/ticket.py says what the columns mean
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL, prefix TEXT NOT NULL, number INTEGER,
            service TEXT NOT NULL, klass TEXT NOT NULL, channel TEXT NOT NULL,
            language TEXT NOT NULL, large_print INTEGER NOT NULL,
            state TEXT NOT NULL, issued_at REAL NOT NULL, rank REAL NOT NULL,
            counter TEXT, staff TEXT,
            called_at REAL, last_called_at REAL, started_at REAL, ended_at REAL,
            calls INTEGER NOT NULL, passes INTEGER NOT NULL, outcome TEXT,
            UNIQUE (day, prefix, number)
        );
        CREATE INDEX tickets_of_day ON tickets (day);                                   -- reports
        CREATE INDEX tickets_next ON tickets (klass, rank, id) WHERE state = 'waiting'; -- who is next, pooled counters
        CREATE INDEX tickets_next_of_service ON tickets (service, klass, rank, id) WHERE state = 'waiting';
        CREATE INDEX tickets_in_order ON tickets (rank, id, service) WHERE state = 'waiting';    -- people ahead; a number taken back
        CREATE INDEX tickets_at_counter ON tickets (counter) WHERE state IN ('called', 'serving');
        CREATE INDEX tickets_called ON tickets (last_called_at) WHERE last_called_at IS NOT NULL;  -- the hall screen
        CREATE INDEX tickets_ended ON tickets (ended_at) WHERE state = 'finished';      -- recent handling times

        CREATE TABLE numbers (            -- the last number given out
            day TEXT NOT NULL, prefix TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (day, prefix)
        ) WITHOUT ROWID;
        CREATE TABLE counters (
            id TEXT PRIMARY KEY, state TEXT NOT NULL, staff TEXT, since REAL, reason TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE jobs (               -- slips on their way to paper
            id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, printers TEXT NOT NULL, copy INTEGER NOT NULL,
            state TEXT NOT NULL, queued_at REAL NOT NULL, changed_at REAL NOT NULL, printer TEXT, reason TEXT NOT NULL
        );
        CREATE INDEX jobs_of_ticket ON jobs (ticket);
        CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('queued', 'sending');       -- what the spool has to do

        CREATE TABLE requests (           -- commands already carried out, by idempotency key
            actor TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, ticket INTEGER NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (actor, key)
        ) WITHOUT ROWID;
        CREATE INDEX requests_by_age ON requests (at);                                  -- forgetting old ones

        CREATE TABLE staff (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE sessions (           -- staff who are logged in; the cookie holds the token, we its sha256
            token_hash TEXT PRIMARY KEY, staff TEXT NOT NULL, counter TEXT, at REAL NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE devices (            -- kiosks and board programs; the token itself is only in the device's file
            name TEXT PRIMARY KEY, token_hash TEXT NOT NULL
        ) WITHOUT ROWID;
        """
    )
