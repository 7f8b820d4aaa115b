"""The tables, by numbered migrations. Times are epoch seconds UTC; every index says which question it answers.

A database remembers each migration by name (`_sqlite_migrations`) and would run a renamed one again. Two were numbered
009 at first: they have numbers of their own now and keep the names they are stored under.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import astuple
from typing import TYPE_CHECKING

from server.domain.vocabulary import OUTCOMES, RATING_SOURCES
from server.store.journal import told_legs

if TYPE_CHECKING:
    from sqlite_utils import Database


class Migrations:
    """Ours, by the names that they are stored under, in their order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.made: dict[str, Callable[[Database], None]] = {}

    def __call__(self, name: str = "") -> Callable[[Callable[[Database], None]], Callable[[Database], None]]:
        def kept(migration: Callable[[Database], None]) -> Callable[[Database], None]:
            self.made[name or migration.__name__] = migration
            return migration

        return kept

    def apply(self, conn: sqlite3.Connection, stop_before: Iterable[str] = ()) -> None:
        """Run those that this database has not seen yet. The library that does so is imported only for that: with all
        that it brings along it would take each start a twentieth of a second, for nothing.
        """
        if not self.due(conn):
            return
        from sqlite_utils import Database, migrations

        applying = migrations.Migrations(self.name)
        for name, migration in self.made.items():
            applying(name=name)(migration)
        applying.apply(Database(conn), stop_before=stop_before)

    def due(self, conn: sqlite3.Connection) -> bool:
        """Whether the tables are still those of an older version, whose words may be others."""
        return not {*self.made} <= self.stored(conn)

    def stored(self, conn: sqlite3.Connection) -> set[str]:
        """The names that a database remembers; none of an empty one."""
        if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
            return set()
        return {
            name
            for (name,) in conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (self.name,))
        }


migrations = Migrations("jiaohao")


@migrations()
def m001_first(db: Database) -> None:
    db.executescript("""
        CREATE TABLE journal (            -- the history: append-only, each row carries the hash of the row before it
            seq INTEGER PRIMARY KEY,      -- 1, 2, 3 … without a gap
            at REAL NOT NULL,             -- the hub's clock
            event TEXT NOT NULL,          -- a name of server/domain/events.py
            actor TEXT NOT NULL,          -- kiosk id, staff id, or the program
            ticket INTEGER,
            counter TEXT,
            data TEXT NOT NULL,           -- the event's own fields, canonical JSON
            hash TEXT NOT NULL            -- sha256 over the previous hash and this row (server/store/journal.py)
        );
        CREATE INDEX journal_of_ticket ON journal (ticket) WHERE ticket IS NOT NULL;  -- the life-line of one ticket
        -- the last turn of the day, clock jumps
        CREATE INDEX journal_of_hall ON journal (event, seq) WHERE ticket IS NULL;
        CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

        -- the truth about each number now; server/domain/ticket.py says what the columns mean
        CREATE TABLE tickets (
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
        -- people ahead; a number taken back
        CREATE INDEX tickets_in_order ON tickets (rank, id, service) WHERE state = 'waiting';
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
            actor TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, ticket INTEGER NOT NULL,
                at REAL NOT NULL,
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
        """)


@migrations()
def m002_queue(db: Database) -> None:
    db.executescript("""
        -- server/domain/ticket.py says what the columns mean; items is a JSON list
        ALTER TABLE tickets ADD COLUMN entered_at REAL NOT NULL DEFAULT 0;
        ALTER TABLE tickets ADD COLUMN slot REAL;
        ALTER TABLE tickets ADD COLUMN appointment TEXT NOT NULL DEFAULT '';
        ALTER TABLE tickets ADD COLUMN target TEXT NOT NULL DEFAULT '';
        ALTER TABLE tickets ADD COLUMN raised TEXT NOT NULL DEFAULT '';
        ALTER TABLE tickets ADD COLUMN legs INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE tickets ADD COLUMN placed TEXT NOT NULL DEFAULT '';
        UPDATE tickets SET placed = 'returned' WHERE passes > 0 AND (SELECT j.event FROM journal j WHERE j.ticket =
            tickets.id
            AND j.event IN ('Called', 'Returned') ORDER BY j.seq DESC LIMIT 1) = 'Returned';
        ALTER TABLE tickets ADD COLUMN recalls INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tickets ADD COLUMN suspended TEXT NOT NULL DEFAULT '';
        ALTER TABLE tickets ADD COLUMN suspended_at REAL;
        ALTER TABLE tickets ADD COLUMN away_s REAL NOT NULL DEFAULT 0;
        ALTER TABLE tickets ADD COLUMN served_s REAL;
        ALTER TABLE tickets ADD COLUMN items TEXT NOT NULL DEFAULT '[]';
        UPDATE tickets SET entered_at = issued_at;
        UPDATE tickets SET recalls = (SELECT count(*) FROM journal r WHERE r.ticket = tickets.id AND r.event =
            'Recalled' AND r.seq >
            (SELECT max(c.seq) FROM journal c WHERE c.ticket = tickets.id AND c.event = 'Called')) WHERE calls > 1
                AND channel <> 'import';
        UPDATE tickets SET items = json_array(service) WHERE state = 'finished' AND channel <> 'import';
        DROP INDEX tickets_next;
        DROP INDEX tickets_next_of_service;
        -- who is next
        CREATE INDEX tickets_heads ON tickets (target, service, klass, rank, id) WHERE state = 'waiting';
        -- the console's list; the day's end
        CREATE INDEX tickets_suspended ON tickets (id) WHERE state = 'suspended';
        -- checked in already?
        CREATE INDEX tickets_of_appointment ON tickets (day, appointment) WHERE appointment <> '';

        -- what it serves instead of config.toml's services, JSON
        ALTER TABLE counters ADD COLUMN bound TEXT;
        ALTER TABLE counters ADD COLUMN help_at REAL;
        ALTER TABLE counters ADD COLUMN help_text TEXT NOT NULL DEFAULT '';

        CREATE TABLE closures (           -- what the manager closed for a day: a service, or the hall ('')
            day TEXT NOT NULL, service TEXT NOT NULL, message TEXT NOT NULL, message_en TEXT NOT NULL,
                waiting TEXT NOT NULL,
            at REAL NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (day, service)
        ) WITHOUT ROWID;
        CREATE TABLE contacts (           -- 首问: who was asked first, and where the person was led
            id INTEGER PRIMARY KEY, at REAL NOT NULL, staff TEXT NOT NULL, ticket INTEGER, matter TEXT NOT NULL,
            result TEXT NOT NULL, led_to TEXT NOT NULL, closed_at REAL, closed_by TEXT, note TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX contacts_by_time ON contacts (at);
        CREATE INDEX contacts_open ON contacts (id) WHERE closed_at IS NULL;
        """)


@migrations()
def m003_people(db: Database) -> None:
    db.executescript("""
        ALTER TABLE staff ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE staff ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;          -- wrong passwords in a row
        ALTER TABLE staff ADD COLUMN locked_until REAL;
        -- the last sign of the person; 0: ended by us
        ALTER TABLE sessions ADD COLUMN seen REAL NOT NULL DEFAULT 0;
        UPDATE sessions SET seen = at;

        CREATE TABLE posts (              -- 岗位 as they are now; server/domain/post.py says what the columns mean
            id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, counter TEXT NOT NULL, a TEXT NOT NULL,
                b TEXT,
            since REAL NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE substitutions (      -- 代岗, one row for each sitting
            id INTEGER PRIMARY KEY, post TEXT NOT NULL, counter TEXT NOT NULL, from_staff TEXT NOT NULL,
                to_staff TEXT NOT NULL,
            reason TEXT NOT NULL, is_b INTEGER NOT NULL, began REAL NOT NULL, state TEXT NOT NULL,
            decided_by TEXT, decided_at REAL, note TEXT NOT NULL, ended REAL
        );
        CREATE INDEX substitutions_running ON substitutions (counter) WHERE ended IS NULL;       -- who stands in now
        -- what a manager has to decide
        CREATE INDEX substitutions_waiting ON substitutions (id) WHERE state = 'waiting';
        CREATE TABLE roster (             -- a manager's word on a post and day; later rows win
            id INTEGER PRIMARY KEY, day TEXT NOT NULL, post TEXT NOT NULL, staff TEXT, start INTEGER NOT NULL,
                "end" INTEGER NOT NULL,
            reason TEXT NOT NULL
        );
        CREATE INDEX roster_of_day ON roster (day);
        -- who was at which counter that day
        CREATE INDEX journal_by_time ON journal (event, at) WHERE ticket IS NULL;
        """)


@migrations()
def m004_live(db: Database) -> None:
    db.executescript("""
        -- the hall's live page
        -- who has waited longest
        CREATE INDEX tickets_waiting_since ON tickets (max(entered_at, coalesce(slot, 0)), id) WHERE state = 'waiting';
        -- served today, mean wait today
        CREATE INDEX tickets_today ON tickets (day, state, counter, number, issued_at, called_at);
        -- since when a counter is idle
        CREATE INDEX journal_of_counter ON journal (counter, at) WHERE counter IS NOT NULL;
        -- slips that nobody holds
        CREATE INDEX jobs_spoilt ON jobs (id) WHERE state IN ('failed', 'unknown');
        """)


@migrations()
def m005_bookings(db: Database) -> None:
    db.executescript("""
        CREATE TABLE bookings (           -- appointments and results to be collected, of another system; no names
            code TEXT PRIMARY KEY, kind TEXT NOT NULL, day TEXT NOT NULL, service TEXT NOT NULL, slot REAL
        ) WITHOUT ROWID;
        -- whose number it is, only where a quota asks for a card; gone at the turn of the day
        CREATE TABLE holders (
            ticket INTEGER PRIMARY KEY, day TEXT NOT NULL, service TEXT NOT NULL, hash TEXT NOT NULL, mask TEXT NOT NULL
        );
        CREATE INDEX holders_of_person ON holders (day, service, hash);  -- how many today?
        """)


@migrations()
def m006_slips(db: Database) -> None:
    db.executescript("""
        -- a job may be of any slip, and of no ticket; server/domain/ticket.py says what the columns mean,
        -- facts is canonical JSON
        CREATE TABLE jobs_of_any_slip (
            id INTEGER PRIMARY KEY, ticket INTEGER, printers TEXT NOT NULL, copy INTEGER NOT NULL,
            state TEXT NOT NULL, queued_at REAL NOT NULL, changed_at REAL NOT NULL, printer TEXT, reason TEXT NOT NULL,
            kind TEXT NOT NULL, facts TEXT NOT NULL
        );
        INSERT INTO jobs_of_any_slip SELECT id, ticket, printers, copy, state, queued_at, changed_at, printer,
            reason, 'ticket', '{}' FROM jobs;
        DROP TABLE jobs;
        ALTER TABLE jobs_of_any_slip RENAME TO jobs;
        CREATE INDEX jobs_of_ticket ON jobs (ticket) WHERE ticket IS NOT NULL;
        -- what the spool has to do
        CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('queued', 'sending');
        -- slips that nobody holds
        CREATE INDEX jobs_spoilt ON jobs (id) WHERE state IN ('failed', 'unknown');
        """)


@migrations()
def m007_printers(db: Database) -> None:
    db.executescript("""
        -- what is remembered of each, canonical JSON: the logo it keeps, its roll … (server/printing/spool/memory.py)
        CREATE TABLE printers (
            name TEXT PRIMARY KEY, memory TEXT NOT NULL
        ) WITHOUT ROWID;
        """)


@migrations()
def m008_ratings(db: Database) -> None:
    db.executescript("""
        -- 好差评, one for each round; server/domain/rating.py says what the columns mean
        CREATE TABLE ratings (
            ticket INTEGER NOT NULL, leg INTEGER NOT NULL, day TEXT NOT NULL, service TEXT NOT NULL, counter TEXT,
                staff TEXT,
            level INTEGER NOT NULL, source TEXT NOT NULL, is_default INTEGER NOT NULL, options TEXT NOT NULL,
                at REAL NOT NULL,
            PRIMARY KEY (ticket, leg)
        ) WITHOUT ROWID;
        CREATE INDEX ratings_of_day ON ratings (day);                                   -- reports
        -- what a manager should know at once
        CREATE INDEX ratings_bad ON ratings (at) WHERE level <= 2;
        """)


@migrations()
def m009_legs(db: Database) -> None:
    db.executescript("""
        -- what reports read, one day beside the other; server/domain/leg.py says what the columns mean
        CREATE TABLE legs (
            day TEXT NOT NULL, ticket INTEGER NOT NULL, leg INTEGER NOT NULL,
            service TEXT NOT NULL, klass TEXT NOT NULL, channel TEXT NOT NULL, counter TEXT, staff TEXT,
            entered REAL, called REAL, last_called REAL, started REAL, ended REAL,
            calls INTEGER NOT NULL, recalls INTEGER NOT NULL, away REAL NOT NULL, state TEXT NOT NULL,
            outcome TEXT, items INTEGER NOT NULL, reason TEXT NOT NULL, suspends TEXT NOT NULL,
            PRIMARY KEY (day, ticket, leg)
        ) WITHOUT ROWID;
        """)
    sql = f"INSERT INTO legs VALUES ({', '.join('?' * 21)})"
    for _, legs in told_legs(db.conn):
        db.conn.executemany(sql, (astuple(leg)[:21] for leg in legs))  # later columns come with their own migration


@migrations(name="m009_visitors")
def m010_visitors(db: Database) -> None:
    db.executescript("""
        -- reports: asked, told
        CREATE INDEX journal_of_visitors ON journal (event, at) WHERE event IN ('RatingInvited', 'NoticeIssued');
        """)


@migrations(name="m010_snapshots")
def m011_snapshots(db: Database) -> None:
    db.executescript("""
        -- reports as they were made; server/domain/snapshot.py says what the columns mean
        CREATE TABLE snapshots (
            period TEXT NOT NULL, version INTEGER NOT NULL, made_at REAL NOT NULL, actor TEXT NOT NULL,
            definition_version TEXT NOT NULL, sha256 TEXT NOT NULL, journal_seq INTEGER NOT NULL,
                journal_hash TEXT NOT NULL,
            reason TEXT NOT NULL, packed BLOB NOT NULL, PRIMARY KEY (period, version)
        );
        CREATE TRIGGER snapshots_are_never_changed BEFORE UPDATE ON snapshots
            BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
        CREATE TRIGGER snapshots_are_never_removed BEFORE DELETE ON snapshots
            BEGIN SELECT RAISE(ABORT, 'a snapshot is never removed'); END;
        CREATE TRIGGER snapshots_are_never_replaced BEFORE INSERT ON snapshots
            WHEN EXISTS (SELECT 1 FROM snapshots WHERE period = NEW.period AND version = NEW.version)
            BEGIN SELECT RAISE(ABORT, 'a snapshot is never replaced'); END;

        -- what is to be done with each snapshot: way is 'folder' or 'mail'; done_at NULL: still to do
        CREATE TABLE deliveries (
            period TEXT NOT NULL, version INTEGER NOT NULL, way TEXT NOT NULL, queued_at REAL NOT NULL,
                tries INTEGER NOT NULL,
            next_at REAL NOT NULL, done_at REAL, problem TEXT NOT NULL, problem_en TEXT NOT NULL,
                PRIMARY KEY (period, version, way)
        ) WITHOUT ROWID;
        CREATE INDEX deliveries_open ON deliveries (next_at) WHERE done_at IS NULL;
        """)


@migrations()
def m012_next_job(db: Database) -> None:
    db.executescript("""
        -- the next slip of the printers that may print it
        CREATE INDEX jobs_next ON jobs (printers, id) WHERE state = 'queued';
        """)


@migrations()
def m013_lines(db: Database) -> None:
    db.executescript("""
        DROP INDEX tickets_heads;
        -- who is next, and whom a counter may call: all that the rule of order asks, without looking at the row
        CREATE INDEX tickets_callable ON tickets (target, service, klass, rank, id, entered_at, slot, raised)
            WHERE state = 'waiting';
        -- what a person did last: undo
        CREATE INDEX journal_of_actor ON journal (actor, at) WHERE ticket IS NOT NULL;
        -- what a counter finished today
        CREATE INDEX tickets_finished_at ON tickets (counter, ended_at) WHERE state = 'finished';
        """)


@migrations()
def m014_codes(db: Database) -> None:
    """Outcomes and the sources of ratings are codes; the journal keeps the words, and events are read as codes."""
    for table, column, words in (
        ("tickets", "outcome", OUTCOMES),
        ("legs", "outcome", OUTCOMES),
        ("ratings", "source", RATING_SOURCES),
    ):
        db.conn.executemany(
            f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [(code, text.zh) for code, text in words.items()]
        )


@migrations()
def m015_given(db: Database) -> None:
    db.executescript("""
        DROP INDEX tickets_of_day;
        -- reports; how many numbers of a service a day has given out, without looking at the day's other ones
        CREATE INDEX tickets_of_day ON tickets (day, service);
        """)


@migrations()
def m016_taken(db: Database) -> None:
    db.executescript("""
        -- the row of the journal (BookingsTaken) that brought the newest word on a code; 0: before this was noted
        ALTER TABLE bookings ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;
        """)


@migrations()
def m017_login_failures(db: Database) -> None:
    db.executescript("""
        -- wrong passwords in a row for an account from one address, and the lock that they made there and nowhere else
        -- (staff.failed and staff.locked_until are of before it, and nobody's any more)
        CREATE TABLE login_failures (
            who TEXT NOT NULL,              -- staff number; of an unknown one a hash
            address TEXT NOT NULL,
            failed INTEGER NOT NULL,        -- since the last lock or right password
            locks INTEGER NOT NULL,         -- since the last right password: each is longer than the one before
            locked_until REAL,
            at REAL NOT NULL,               -- of the last; forgotten two days later
                PRIMARY KEY (who, address)
        ) WITHOUT ROWID;
        """)


@migrations()
def m018_records(db: Database) -> None:
    db.executescript("""
        -- registers (台账): each record now, a fold of its events; server/domain/register.py says what the columns mean
        CREATE TABLE records (
            id INTEGER PRIMARY KEY, register TEXT NOT NULL, version INTEGER NOT NULL, number TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL, kind TEXT NOT NULL, ticket INTEGER, service TEXT NOT NULL, owner TEXT NOT NULL,
            opened_at REAL NOT NULL, changed_at REAL NOT NULL, closed_at REAL,
            "values" TEXT NOT NULL, given TEXT NOT NULL, moves TEXT NOT NULL, verdicts TEXT NOT NULL, erased_at REAL
        );
        CREATE INDEX records_by_time ON records (register, opened_at);  -- the list of all, a month's ledger
        CREATE INDEX records_by_state ON records (register, state) WHERE closed_at IS NULL;  -- how many stand where
        CREATE INDEX records_of_owner ON records (owner, register) WHERE closed_at IS NULL;  -- mine
        CREATE INDEX records_of_ticket ON records (ticket) WHERE ticket IS NOT NULL;  -- what came of a visit
        -- what is private and whose time is over
        CREATE INDEX records_to_erase ON records (closed_at) WHERE closed_at IS NOT NULL AND given <> '{}';

        -- when each open record is due, as the calendar makes it: no history, worked out anew when that changes
        CREATE TABLE dues (
            record INTEGER PRIMARY KEY, register TEXT NOT NULL,
            due TEXT NOT NULL,            -- of the clock that is due first; 9999-12-31 while it is stopped
            every TEXT NOT NULL,          -- of all its clocks, JSON
            was TEXT NOT NULL             -- `every` before the last change of the calendar, if that moved it; else ''
        );
        CREATE INDEX dues_first ON dues (register, due, record);                        -- what is due first
        CREATE INDEX dues_moved ON dues (register, record) WHERE was <> '';             -- what the calendar moved

        -- what is private, sealed (server/store/private.py); no part of the history, and erased by its terms
        CREATE TABLE private_keys (record INTEGER PRIMARY KEY, box BLOB NOT NULL);
        CREATE TABLE private_fields (
            record INTEGER NOT NULL, field TEXT NOT NULL, box BLOB NOT NULL, PRIMARY KEY (record, field)
        ) WITHOUT ROWID;
        """)


@migrations()
def m019_opening_list(db: Database) -> None:
    """Halls that have given out numbers are open already: their list is put away."""
    db.executescript("""
        CREATE TABLE opening_list (       -- 开厅清单: steps that are done for good ('' the list itself), by whom
            step TEXT PRIMARY KEY, at REAL NOT NULL, actor TEXT NOT NULL
        );
        INSERT INTO opening_list SELECT '', 0, 'hub' WHERE EXISTS (SELECT 1 FROM tickets);
        """)


@migrations()
def m020_staff(db: Database) -> None:
    db.executescript("""
        -- 静默报警: since when, while nobody has dealt with it
        ALTER TABLE counters ADD COLUMN panic_at REAL;
        -- what members of staff can do: services (codes, NULL: every one) and languages, JSON; not in it: everything
        CREATE TABLE skills (
            staff TEXT PRIMARY KEY, services TEXT, languages TEXT NOT NULL
        ) WITHOUT ROWID;
        -- 留言 between places of the hall; forgotten at the turn of the day, no part of the history
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, staff TEXT NOT NULL, sender TEXT NOT NULL, "to" TEXT NOT NULL,
                text TEXT NOT NULL
        );
        """)


@migrations()
def m021_departments(db: Database) -> None:
    db.executescript("""
        -- whose records an account sees and moves; empty: the whole hall's
        ALTER TABLE staff ADD COLUMN department TEXT NOT NULL DEFAULT '';
        -- the open records of a department's services, and where they stand
        CREATE INDEX records_of_service ON records (service, register, state) WHERE closed_at IS NULL;
        """)


@migrations()
def m022_outbound(db: Database) -> None:
    db.executescript("""
        -- how far each other system was told of the journal (server/domain/outbound.py); no part of the history
        CREATE TABLE links (
            destination TEXT PRIMARY KEY, url TEXT NOT NULL,
            seq INTEGER NOT NULL,         -- every row of the journal up to it was told, or is none to tell
            sent INTEGER NOT NULL, heard_at REAL,
            tries INTEGER NOT NULL, failing_since REAL, next_at REAL NOT NULL, off_at REAL,
            status INTEGER NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL
        ) WITHOUT ROWID;
        -- what became of each message; those that were sent are forgotten after a month
        CREATE TABLE sendings (
            destination TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
            at REAL NOT NULL, tried_at REAL NOT NULL, tries INTEGER NOT NULL,
            state TEXT NOT NULL,          -- sent, refused, waiting, again
            status INTEGER NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, took_ms INTEGER NOT NULL,
            PRIMARY KEY (destination, seq)
        ) WITHOUT ROWID;
        CREATE INDEX sendings_by_state ON sendings (destination, state, tried_at);
        """)


@migrations()
def m023_platform(db: Database) -> None:
    db.executescript("""
        -- what the city's platform said (server/domain/platform.py): each message once; no part of the history
        CREATE TABLE letters (
            id TEXT PRIMARY KEY, type TEXT NOT NULL,
            subject TEXT NOT NULL,        -- our case's number where it is known, else what they call it
            at REAL NOT NULL, heard_at REAL NOT NULL,
            state TEXT NOT NULL,          -- taken, known, unmatched
            body TEXT NOT NULL,           -- JSON of one that is unmatched, to be tried again
            zh TEXT NOT NULL, en TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX letters_by_state ON letters (state, heard_at);
        CREATE INDEX letters_of_subject ON letters (subject, type, at);
        -- 预审号: papers that were looked at online; no names
        CREATE TABLE pretrials (
            code TEXT PRIMARY KEY, service TEXT NOT NULL, status TEXT NOT NULL, at REAL NOT NULL,
            platform TEXT NOT NULL, ticket INTEGER
        ) WITHOUT ROWID;
        -- cases by the platform's number
        CREATE INDEX records_on_platform ON records (json_extract("values", '$.platform'))
            WHERE json_extract("values", '$.platform') IS NOT NULL;
        """)


@migrations()
def m024_config(db: Database) -> None:
    db.executescript("""
        -- the hall's files as they were in force, the newest last; to go back to one. Who and why stands in the journal
        CREATE TABLE config_versions (
            id INTEGER PRIMARY KEY,
            version TEXT NOT NULL,        -- SHA-256 over the files (config/described.py)
            at REAL NOT NULL, actor TEXT NOT NULL, why TEXT NOT NULL, how TEXT NOT NULL,
            files BLOB NOT NULL           -- JSON name -> base64 of the content, zlib
        );
        -- changes that are not in force: one that is being written (starts_at NULL), others that wait for their moment
        CREATE TABLE config_drafts (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, actor TEXT NOT NULL,
            edits TEXT NOT NULL,          -- JSON [table, row, key, value] each (config/editing.py)
            why TEXT NOT NULL, starts_at REAL,
            problem TEXT NOT NULL         -- why it did not come into force at its moment, JSON [zh, en]; '' for nothing
        );
        """)


@migrations()
def m025_raised(db: Database) -> None:
    db.executescript("""
        -- those who were raised: hardly ever anybody, and asked for by every call
        CREATE INDEX tickets_raised ON tickets (rank, id) WHERE state = 'waiting' AND raised <> '';
        -- old keys are forgotten once a day, by a walk; each touch wrote a page for it
        DROP INDEX requests_by_age;
        """)


@migrations()
def m026_devices(db: Database) -> None:
    db.executescript("""
        -- devices that enrolled themselves (server/domain/enrolment.py), and what is known of each
        ALTER TABLE devices ADD COLUMN place TEXT NOT NULL DEFAULT '';    -- screen, counter; a kiosk's is its name
        ALTER TABLE devices ADD COLUMN label TEXT NOT NULL DEFAULT '';    -- what the page calls it; empty: by its place
        ALTER TABLE devices ADD COLUMN enrolled_at REAL;                  -- NULL: its token was made here, into a file
        ALTER TABLE devices ADD COLUMN locked_at REAL;
        ALTER TABLE devices ADD COLUMN ended_at REAL;                     -- its token is void, and none is made here
        ALTER TABLE devices ADD COLUMN seen_at REAL;                      -- at most a minute old while it asks
        ALTER TABLE devices ADD COLUMN version TEXT NOT NULL DEFAULT '';  -- of its program, as it says itself
        CREATE INDEX devices_by_token ON devices (token_hash);            -- every request of a device
        """)


@migrations()
def m027_sign_on(db: Database) -> None:
    db.executescript("""
        -- two-step login: the secret, sealed (server/store/private.py), and the newest step whose code was accepted
        CREATE TABLE second_factors (
            staff TEXT PRIMARY KEY, box BLOB NOT NULL, step INTEGER NOT NULL, set_at REAL NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE recovery_codes (     -- what is left of them: an HMAC of each under the hall's key
            staff TEXT NOT NULL, veiled TEXT NOT NULL, PRIMARY KEY (staff, veiled)
        ) WITHOUT ROWID;
        CREATE TABLE api_tokens (         -- of other programs; the token itself is nowhere
            id INTEGER PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            scope TEXT NOT NULL,          -- a column of docs/roles.md
            reads INTEGER NOT NULL,       -- 1: it changes nothing
            ends_at REAL NOT NULL, made_at REAL NOT NULL, made_by TEXT NOT NULL, ended_at REAL
        );
        -- whose account of the district's directory it is: a sha256 of issuer and subject; empty: an own one
        ALTER TABLE staff ADD COLUMN subject TEXT NOT NULL DEFAULT '';
        """)


@migrations()
def m028_agendas(db: Database) -> None:
    db.executescript("""
        -- 一号联办: numbers for several items, and what has become of each; server/domain/agenda.py
        CREATE TABLE agendas (
            ticket INTEGER PRIMARY KEY, day TEXT NOT NULL,
            package TEXT NOT NULL,        -- its id in the hall's file; empty: items chosen one by one
            items TEXT NOT NULL,          -- JSON [{service, outcome, counter, at}, …] in their order
            after TEXT NOT NULL,          -- JSON item -> those that come before it
            saved INTEGER NOT NULL        -- papers that are brought once instead of once for each item
        );
        CREATE INDEX agendas_of_day ON agendas (day);  -- reports
        """)


@migrations()
def m029_fair_ways(db: Database) -> None:
    db.executescript("""
        ALTER TABLE tickets ADD COLUMN ground TEXT NOT NULL DEFAULT '';  -- why a kiosk gave it its class
        ALTER TABLE tickets ADD COLUMN party TEXT NOT NULL DEFAULT '';   -- for whom it is: person, company, agent
        ALTER TABLE legs ADD COLUMN party TEXT NOT NULL DEFAULT '';      -- of its number
        -- how many numbers of a class kiosks have given out in a day
        CREATE INDEX tickets_of_class ON tickets (day, klass, channel) WHERE klass <> 'ordinary';
        """)


@migrations()
def m030_slots(db: Database) -> None:
    db.executescript("""
        -- the hall's own appointments, a fold of the journal (server/domain/slots.py); nothing of a person
        CREATE TABLE appointments (
            id INTEGER PRIMARY KEY, plan TEXT NOT NULL, service TEXT NOT NULL,
            day TEXT NOT NULL,            -- service day
            start REAL,                   -- epoch seconds; NULL on the waiting list
            minutes INTEGER NOT NULL,
            state TEXT NOT NULL,          -- booked, listed, offered, cancelled, withdrawn
            channel TEXT NOT NULL, language TEXT NOT NULL,
            made_at REAL NOT NULL, changed_at REAL NOT NULL, changes INTEGER NOT NULL,
            offer_until REAL, was_listed INTEGER NOT NULL
        );
        CREATE INDEX appointments_of_day ON appointments (day, plan, start);  -- what is taken; the day's plan
        -- who waits for a slot, or is offered one
        CREATE INDEX appointments_listed ON appointments (day) WHERE state IN ('listed', 'offered');
        -- whose bookings they are: an HMAC of a number under the hall's key; gone once it counts no more
        CREATE TABLE bookers (
            appointment INTEGER PRIMARY KEY, hash TEXT NOT NULL, day TEXT NOT NULL
        );
        CREATE INDEX bookers_by_hash ON bookers (hash);
    """)


@migrations()
def m031_notifications(db: Database) -> None:
    db.executescript("""
        -- 听障: called by sight
        ALTER TABLE tickets ADD COLUMN by_sight INTEGER NOT NULL DEFAULT 0;
        -- numbers that an address for 提醒 was left with; the address lies sealed in private_fields, under minus the
        -- number's id, where no record is
        CREATE TABLE telephones (
            ticket INTEGER PRIMARY KEY,
            given TEXT NOT NULL,          -- JSON field -> seal
            at REAL NOT NULL
        );
        -- what became of each 提醒, without its address
        CREATE TABLE notifications (
            about TEXT NOT NULL, occasion TEXT NOT NULL, field TEXT NOT NULL,
            ticket INTEGER, channel TEXT NOT NULL, outcome TEXT NOT NULL, parts INTEGER NOT NULL, at REAL NOT NULL,
            arrived INTEGER,              -- what the network says: 1, 0, NULL for nothing yet
            PRIMARY KEY (about, occasion, field)
        ) WITHOUT ROWID;
        CREATE INDEX notifications_by_time ON notifications (at);                        -- a report's week, today's sum
        CREATE INDEX notifications_by_channel ON notifications (channel, at);            -- a channel's newest
        -- how many an address got today, by an HMAC under the hall's key; forgotten at the turn of the day
        CREATE TABLE notification_counts (
            day TEXT NOT NULL, veiled TEXT NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (day, veiled)
        ) WITHOUT ROWID;
        """)


@migrations()
def m032_remote(db: Database) -> None:
    db.executescript("""
        -- 远程取号: places kept for whoever is on the way (server/domain/remote.py); the number comes with the arrival
        CREATE TABLE remotes (
            id INTEGER PRIMARY KEY, day TEXT NOT NULL, service TEXT NOT NULL, language TEXT NOT NULL,
            taken_at REAL NOT NULL, until REAL NOT NULL, renewed INTEGER NOT NULL, left INTEGER NOT NULL
        );
        CREATE INDEX remotes_of_day ON remotes (day, service, taken_at);  -- how many in the last half hour?
        """)


@migrations()
def m033_second_thoughts(db: Database) -> None:
    db.executescript("""
        -- 追评: what somebody thought later of the same round (server/domain/rating.py)
        ALTER TABLE ratings ADD COLUMN second INTEGER;
        ALTER TABLE ratings ADD COLUMN second_options TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE ratings ADD COLUMN second_at REAL;
        """)


@migrations()
def m034_voices(db: Database) -> None:
    db.executescript("""
        -- from where a record was lodged on the public page: HMACs of address and telephone under the hall's key, so
        -- that nobody drowns a register; forgotten a day after the record is over, and after thirty days in any case
        CREATE TABLE senders (
            record INTEGER NOT NULL, mark TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (mark, record)
        ) WITHOUT ROWID;
        CREATE INDEX senders_by_time ON senders (at);                                    -- this hour's; what is too old
        -- searches that found nothing: the word itself stands here once three occasions asked for it, before only its
        -- HMAC; no word that looks like a person's is ever taken (server/domain/voices.py)
        CREATE TABLE unfound (
            mark TEXT NOT NULL, occasion TEXT NOT NULL, day TEXT NOT NULL, word TEXT NOT NULL,
            PRIMARY KEY (mark, occasion)
        ) WITHOUT ROWID;
        CREATE INDEX unfound_by_day ON unfound (day);                                    -- a week's; what is too old
    """)


@migrations()
def m035_waits_told(db: Database) -> None:
    db.executescript("""
        -- what was told of each number's wait when it was given out (server/foresight/); the report says what came true
        CREATE TABLE waits_told (
            ticket INTEGER PRIMARY KEY,
            low INTEGER NOT NULL, high INTEGER NOT NULL,   -- minutes, as they were shown
            middle_s REAL NOT NULL, source TEXT NOT NULL   -- model, play, line, head
        );
        """)


@migrations()
def m036_items_of_legs(db: Database) -> None:
    """Each item of a number for several belongs to the counter that settled it: their legs are made anew."""
    several = {ticket for (ticket,) in db.conn.execute("SELECT ticket FROM agendas")}
    for ticket, legs in told_legs(db.conn) if several else ():
        for leg in legs if ticket in several else ():
            at = (leg.items, leg.day, leg.ticket, leg.leg)
            db.conn.execute("UPDATE legs SET items = ? WHERE day = ? AND ticket = ? AND leg = ?", at)


@migrations()
def m037_second(db: Database) -> None:
    db.executescript("""
        -- how far the second machine's copy goes: the mark of the newest batch (server/store/shipping.py)
        CREATE TABLE second_marks (id INTEGER PRIMARY KEY CHECK (id = 1), mark TEXT NOT NULL);
    """)


@migrations()
def m038_slot_telephones(db: Database) -> None:
    db.executescript("""
        -- bookings that an address for the reminder of their eve was left with; the address lies sealed in
        -- private_fields, under a place of its own below zero (server/verbs/telephones.py)
        CREATE TABLE slot_telephones (
            appointment INTEGER PRIMARY KEY,
            given TEXT NOT NULL,          -- JSON field -> seal
            at REAL NOT NULL
        );
        """)


@migrations()
def m039_rating_by_text(db: Database) -> None:
    db.executescript("""
        -- whether its holder agreed to be asked for a rating by text: its address is kept until that is settled
        ALTER TABLE telephones ADD COLUMN rate INTEGER NOT NULL DEFAULT 0;
        """)


@migrations()
def m040_records_of_contacts(db: Database) -> None:
    db.executescript("""
        -- the number of the record that a first contact became
        ALTER TABLE contacts ADD COLUMN record TEXT NOT NULL DEFAULT '';
        """)


@migrations()
def m041_offline(db: Database) -> None:
    db.executescript("""
        -- which numbers of a letter a book may give out without the hub, on each day (server/domain/offline.py)
        CREATE TABLE offline_blocks (
            prefix TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            book TEXT NOT NULL, device TEXT NOT NULL,   -- a kiosk's, or '' for those that are written by hand
            epoch INTEGER NOT NULL, until TEXT NOT NULL,
            PRIMARY KEY (prefix, first)
        ) WITHOUT ROWID;
        -- how far each device's book has been entered, so that none of its lines comes twice
        CREATE TABLE offline_books (
            book TEXT PRIMARY KEY, device TEXT NOT NULL, last INTEGER NOT NULL, at REAL NOT NULL
        ) WITHOUT ROWID;
        """)


@migrations()
def m042_punch_keys(db: Database) -> None:
    db.executescript("""
        -- what somebody punches with: a card's number or a PIN, as an HMAC of the hall's `punch` key and nothing else
        CREATE TABLE punch_keys (
            staff TEXT NOT NULL,
            kind TEXT NOT NULL,           -- card or pin
            veiled TEXT NOT NULL,         -- hex
            PRIMARY KEY (staff, kind)
        );
        CREATE UNIQUE INDEX punch_keys_by_veiled ON punch_keys (veiled); -- whose card it is
        """)
