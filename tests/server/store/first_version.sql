BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'jiaohao','m001_first','2026-11-24 11:33:24.616340+00:00');
CREATE TABLE counters (
            id TEXT PRIMARY KEY, state TEXT NOT NULL, staff TEXT, since REAL, reason TEXT NOT NULL
        ) WITHOUT ROWID;
INSERT INTO "counters" VALUES('1','open','08',1795395600.0,'');
CREATE TABLE devices (            -- kiosks and board programs; the token itself is only in the device's file
            name TEXT PRIMARY KEY, token_hash TEXT NOT NULL
        ) WITHOUT ROWID;
CREATE TABLE jobs (               -- slips on their way to paper
            id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, printers TEXT NOT NULL, copy INTEGER NOT NULL,
            state TEXT NOT NULL, queued_at REAL NOT NULL, changed_at REAL NOT NULL, printer TEXT, reason TEXT NOT NULL
        );
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
INSERT INTO "journal" VALUES(1,1795395600.0,'DayTurned','hub',NULL,NULL,'{"day":"2026-11-23","waiting":0}','672b1e9fd6325c453be3df864b28ab6cb9c8fd18f42fd8baaa142a83b7c690fa');
INSERT INTO "journal" VALUES(2,1795395600.0,'IssuingChanged','hub',NULL,NULL,'{"issuing":true}','156ee232e87e542370a330bfa7fa6a1a629f765d5b1150ed779ae3b36dde4c2d');
INSERT INTO "journal" VALUES(3,1795395600.0,'CounterOpened','08',NULL,'1','{"staff":"08"}','f5c1d82fef0949828c5de0ac6ea944d941f9fcbbda163e014cebe685f303d028');
INSERT INTO "journal" VALUES(4,1795395600.0,'Issued','kiosk',1,NULL,'{"channel":"kiosk","day":"2026-11-23","klass":"ordinary","language":"zh","large_print":false,"number":1,"prefix":"A","rank":1795395600.0,"service":"SB01"}','890a6fad305b52843f5dbbc3707cd1bea35f4e2dd46849a4456e3dede74a239e');
INSERT INTO "journal" VALUES(5,1795395660.0,'Issued','kiosk',2,NULL,'{"channel":"kiosk","day":"2026-11-23","klass":"ordinary","language":"zh","large_print":false,"number":1,"prefix":"S","rank":1795395660.0,"service":"MZ01"}','321cd1ba1db16a0f61beae9e229cf002e988f82e75c8c7a2e1e1497a4547c72d');
INSERT INTO "journal" VALUES(6,1795395720.0,'Issued','kiosk',3,NULL,'{"channel":"kiosk","day":"2026-11-23","klass":"ordinary","language":"zh","large_print":false,"number":1,"prefix":"L","rank":1795395720.0,"service":"LQ01"}','0d1183568faab2b7f87820b6d4fd69c96a5f8c19b93427383dd45b8324f4fa65');
INSERT INTO "journal" VALUES(7,1795395780.0,'Issued','kiosk',4,NULL,'{"channel":"kiosk","day":"2026-11-23","klass":"ordinary","language":"zh","large_print":false,"number":2,"prefix":"A","rank":1795395780.0,"service":"SB01"}','975dd8039b359db1ebd269a3a1a28d4b1c4f4b9cf8989228e00f6338814f2557');
INSERT INTO "journal" VALUES(8,1795395840.0,'Issued','kiosk',5,NULL,'{"channel":"kiosk","day":"2026-11-23","klass":"ordinary","language":"zh","large_print":false,"number":3,"prefix":"A","rank":1795395840.0,"service":"SB01"}','ea364ec2e75a1d3c2cde0ac3aaabfe0ce680900c255cbcca59f39ed73fb3926a');
INSERT INTO "journal" VALUES(9,1795395900.0,'Called','08',1,'1','{"staff":"08","why":"取号最早，已等候5分钟。"}','3460ea07f86d278a7d1e2c3ecdfcc2065a1fcdacf3ffd3268d67af3908c864d0');
INSERT INTO "journal" VALUES(10,1795395920.0,'Started','08',1,'1','{}','5c30fc3ea1e041aabafc579b04e05e3fb89e04fefc54887574261c8e2448e5e6');
INSERT INTO "journal" VALUES(11,1795396120.0,'Finished','08',1,'1','{"outcome":"现场办结"}','9dd39a535cc4340b45725082754da750ca0e2b9ac500c98df304bc8a8bfae84e');
INSERT INTO "journal" VALUES(12,1795396120.0,'Called','08',2,'1','{"staff":"08","why":"取号最早，已等候8分钟。"}','d3c332c1072f952808ffdd8769446a7301083e8cd02f9086f6cd98c5e94ad552');
INSERT INTO "journal" VALUES(13,1795396140.0,'Recalled','08',2,'1','{}','b4acf26c962e8589fa765142c090e630a54f3b3c75dc9e693d929e699128d104');
INSERT INTO "journal" VALUES(14,1795396160.0,'Passed','08',2,'1','{}','cd074863d841b55703126def7027001ae1c637ba25a365559fb22794fa532b68');
INSERT INTO "journal" VALUES(15,1795396160.0,'Called','08',4,'1','{"staff":"08","why":"取号最早，已等候6分钟。"}','e6a07e2258cf3b7450c5a8fd3e4033600f2fc201c12a8fe91024c92ce1cbb0ee');
INSERT INTO "journal" VALUES(16,1795396180.0,'Started','08',4,'1','{}','f2025bf27574fdad7c166d4e7c470d9497364ba50644c8791de03f428887d78e');
CREATE TABLE numbers (            -- the last number given out
            day TEXT NOT NULL, prefix TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (day, prefix)
        ) WITHOUT ROWID;
INSERT INTO "numbers" VALUES('2026-11-23','A',3);
INSERT INTO "numbers" VALUES('2026-11-23','L',1);
INSERT INTO "numbers" VALUES('2026-11-23','S',1);
CREATE TABLE requests (           -- commands already carried out, by idempotency key
            actor TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, ticket INTEGER NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (actor, key)
        ) WITHOUT ROWID;
INSERT INTO "requests" VALUES('kiosk','touch-LQ01-1795395720.0','55457ba4d55caec9b22046774225b06d25708edcb753138aed2a76958bf3d326',3,1795395720.0);
INSERT INTO "requests" VALUES('kiosk','touch-MZ01-1795395660.0','3e464563fc8a2c01e40fc29c898eb733bdb2ac5d13cec4bc14bdf0c861d64cfc',2,1795395660.0);
INSERT INTO "requests" VALUES('kiosk','touch-SB01-1795395600.0','c227b3d69b00c995fa544e044aabd00af5614c2f141b4a2ed2d27dfd5bab9442',1,1795395600.0);
INSERT INTO "requests" VALUES('kiosk','touch-SB01-1795395780.0','c227b3d69b00c995fa544e044aabd00af5614c2f141b4a2ed2d27dfd5bab9442',4,1795395780.0);
INSERT INTO "requests" VALUES('kiosk','touch-SB01-1795395840.0','c227b3d69b00c995fa544e044aabd00af5614c2f141b4a2ed2d27dfd5bab9442',5,1795395840.0);
CREATE TABLE sessions (           -- staff who are logged in; the cookie holds the token, we its sha256
            token_hash TEXT PRIMARY KEY, staff TEXT NOT NULL, counter TEXT, at REAL NOT NULL
        ) WITHOUT ROWID;
CREATE TABLE staff (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL
        ) WITHOUT ROWID;
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
INSERT INTO "tickets" VALUES(1,'2026-11-23','A',1,'SB01','ordinary','kiosk','zh',0,'finished',1795395600.0,1795395600.0,'1','08',1795395900.0,1795395900.0,1795395920.0,1795396120.0,1,0,'现场办结');
INSERT INTO "tickets" VALUES(2,'2026-11-23','S',1,'MZ01','ordinary','kiosk','zh',0,'passed',1795395660.0,1795395660.0,'1','08',1795396120.0,1795396140.0,NULL,1795396160.0,2,1,NULL);
INSERT INTO "tickets" VALUES(3,'2026-11-23','L',1,'LQ01','ordinary','kiosk','zh',0,'waiting',1795395720.0,1795395720.0,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "tickets" VALUES(4,'2026-11-23','A',2,'SB01','ordinary','kiosk','zh',0,'serving',1795395780.0,1795395780.0,'1','08',1795396160.0,1795396160.0,1795396180.0,NULL,1,0,NULL);
INSERT INTO "tickets" VALUES(5,'2026-11-23','A',3,'SB01','ordinary','kiosk','zh',0,'waiting',1795395840.0,1795395840.0,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX journal_of_ticket ON journal (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX journal_of_hall ON journal (event, seq) WHERE ticket IS NULL;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX tickets_of_day ON tickets (day);
CREATE INDEX tickets_next ON tickets (klass, rank, id) WHERE state = 'waiting';
CREATE INDEX tickets_next_of_service ON tickets (service, klass, rank, id) WHERE state = 'waiting';
CREATE INDEX tickets_in_order ON tickets (rank, id, service) WHERE state = 'waiting';
CREATE INDEX tickets_at_counter ON tickets (counter) WHERE state IN ('called', 'serving');
CREATE INDEX tickets_called ON tickets (last_called_at) WHERE last_called_at IS NOT NULL;
CREATE INDEX tickets_ended ON tickets (ended_at) WHERE state = 'finished';
CREATE INDEX jobs_of_ticket ON jobs (ticket);
CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('queued', 'sending');
CREATE INDEX requests_by_age ON requests (at);
COMMIT;
