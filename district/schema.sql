-- The district's database (PostgreSQL 15 and later). Applied again at each start: every statement may be repeated.
-- Truth: `journal`, the halls' own rows. All else follows from it (python -m district refold) or is the district's own.

CREATE TABLE IF NOT EXISTS places (         -- 区 → 街道 → hall → 社区
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('district', 'street', 'hall', 'community')),
    parent text REFERENCES places,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    residents integer NOT NULL DEFAULT 0    -- who live there; 0: not known
);

ALTER TABLE places ADD COLUMN IF NOT EXISTS longitude double precision;   -- degrees; NULL: not known
ALTER TABLE places ADD COLUMN IF NOT EXISTS latitude double precision;

CREATE TABLE IF NOT EXISTS halls (
    id text PRIMARY KEY REFERENCES places,
    key text UNIQUE,                        -- public NKEY; NULL: nobody enrolled yet
    code_hash text,                         -- of the one-time code, while one is good
    code_until double precision,
    revoked_at double precision,
    head_seq bigint NOT NULL DEFAULT 0,     -- the newest row that is kept
    head_hash text NOT NULL DEFAULT repeat('0', 64),
    incarnation integer NOT NULL DEFAULT 1, -- + 1 by a person's decision after a fork
    folded bigint NOT NULL DEFAULT 0,       -- rows up to here are in `legs`
    heard_at double precision,
    skew_s double precision,                -- the hall's clock minus the district's
    version text NOT NULL DEFAULT '',
    own_head bigint NOT NULL DEFAULT 0,     -- how far the hall itself says that it is
    trouble text NOT NULL DEFAULT '',       -- '', or fork, behind, damaged: what the last ask was refused for
    trouble_at bigint NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS journal (        -- by month, so that an old one is detached whole
    hall text NOT NULL,
    seq bigint NOT NULL,
    at double precision NOT NULL,
    event text NOT NULL,
    actor text NOT NULL,
    ticket bigint,
    counter text,
    data text NOT NULL,
    hash text NOT NULL,
    month date NOT NULL,
    PRIMARY KEY (hall, seq, month)
) PARTITION BY RANGE (month);
CREATE TABLE IF NOT EXISTS journal_other PARTITION OF journal DEFAULT;
CREATE INDEX IF NOT EXISTS journal_ticket ON journal (hall, ticket, seq) WHERE ticket IS NOT NULL;

CREATE TABLE IF NOT EXISTS aside (          -- rows of another history of a hall, kept and never counted
    hall text NOT NULL REFERENCES halls,
    incarnation integer NOT NULL,
    seq bigint NOT NULL,
    at double precision NOT NULL,
    event text NOT NULL,
    actor text NOT NULL,
    ticket bigint,
    counter text,
    data text NOT NULL,
    hash text NOT NULL,
    kept_at double precision NOT NULL,
    PRIMARY KEY (hall, seq, hash)
);

CREATE TABLE IF NOT EXISTS unread (         -- names that this version does not know: kept, counted, read after an upgrade
    hall text NOT NULL REFERENCES halls,
    event text NOT NULL,
    rows bigint NOT NULL,
    first_seq bigint NOT NULL,
    PRIMARY KEY (hall, event)
);

CREATE TABLE IF NOT EXISTS legs (
    hall text NOT NULL REFERENCES halls,
    day text NOT NULL,
    ticket bigint NOT NULL,
    leg integer NOT NULL,
    service text NOT NULL,
    told text NOT NULL,                     -- server.domain.leg.Leg as JSON
    PRIMARY KEY (hall, ticket, leg)
);
CREATE INDEX IF NOT EXISTS legs_day ON legs (hall, day);

CREATE TABLE IF NOT EXISTS daily (          -- roll-up: what crosses the city's edge
    hall text NOT NULL REFERENCES halls,
    day text NOT NULL,
    service text NOT NULL,
    visits integer NOT NULL,
    finished integer NOT NULL,
    passed integer NOT NULL,
    away integer NOT NULL,                  -- left or expired
    waited integer NOT NULL,                -- visits with a wait that is known
    wait_s double precision NOT NULL,       -- sum
    waits integer[] NOT NULL,               -- 24 bins, edges in rollup.py
    served integer NOT NULL,
    service_s double precision NOT NULL,
    PRIMARY KEY (hall, day, service)
);

CREATE TABLE IF NOT EXISTS weekly (         -- the same of a week, one row a hall: what the page of many halls reads
    hall text NOT NULL REFERENCES halls,
    monday text NOT NULL,
    days integer NOT NULL,
    visits integer NOT NULL,
    waited integer NOT NULL,
    wait_s double precision NOT NULL,
    waits integer[] NOT NULL,
    services text[] NOT NULL,
    their_waited integer[] NOT NULL,
    their_long integer[] NOT NULL,
    PRIMARY KEY (monday, hall)
);

CREATE TABLE IF NOT EXISTS reports (        -- kept by the halls themselves, held against the rows (kept_reports.py)
    hall text NOT NULL REFERENCES halls,
    period text NOT NULL,                   -- 2026-W48
    version integer NOT NULL,
    seq bigint NOT NULL,                    -- of the row that tells of it
    sha256 text NOT NULL,                   -- as that row says
    counted bigint NOT NULL,                -- up to which row the hall counted
    first_day text NOT NULL DEFAULT '',     -- '' until it has come
    figures text,                           -- JSON, without a name (reported.py); NULL until it has come
    shown text NOT NULL DEFAULT '{}',       -- JSON: those of them that the page shows
    held text NOT NULL DEFAULT '' CHECK (held IN ('', 'equal', 'apart')),
    apart text NOT NULL DEFAULT '[]',       -- JSON: [figure, what the report says, what the rows say]
    PRIMARY KEY (hall, period, version)
);
CREATE INDEX IF NOT EXISTS reports_day ON reports (first_day, hall);
CREATE INDEX IF NOT EXISTS reports_open ON reports (hall) WHERE held = '';

CREATE TABLE IF NOT EXISTS people (
    name text PRIMARY KEY,
    password text NOT NULL,                 -- argon2id; '*': the directory vouches for her (统一登录), no password is one
    place text NOT NULL REFERENCES places,
    role text NOT NULL CHECK (role IN ('manager', 'inspector'))
);
ALTER TABLE people ADD COLUMN IF NOT EXISTS subject text UNIQUE;    -- sha256 of the directory's issuer and subject; NULL: own
ALTER TABLE people ADD COLUMN IF NOT EXISTS ended_at double precision NOT NULL DEFAULT 0;  -- who logged in before is out

CREATE TABLE IF NOT EXISTS exports (        -- who took what out of here
    id bigserial PRIMARY KEY,
    at double precision NOT NULL,
    who text NOT NULL,
    place text NOT NULL,
    what text NOT NULL,
    sha256 text NOT NULL
);

CREATE TABLE IF NOT EXISTS circulars (      -- 下发: what goes down (publishing.py)
    number bigserial PRIMARY KEY,
    place text NOT NULL REFERENCES places,  -- for it and what is below
    part text NOT NULL,
    rows text NOT NULL,                     -- JSON: table -> row -> key -> value
    effective_at double precision,          -- NULL of a draft: at once
    note text NOT NULL,                     -- why
    reverts bigint NOT NULL DEFAULT 0,      -- the older one whose content it has again
    drafted_by text NOT NULL,
    drafted_at double precision NOT NULL,
    paper text NOT NULL DEFAULT '',         -- 审批单号
    approved_by text CHECK (approved_by <> drafted_by),
    approved_at double precision,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'stopped', 'withdrawn')),
    stage integer NOT NULL DEFAULT 0,       -- how often it was widened (staging.py)
    stopped_by text NOT NULL DEFAULT '',    -- the hall that refused it
    halls text[] NOT NULL DEFAULT '{}',     -- whom it was for, the first to have it first
    text text NOT NULL DEFAULT '',          -- as it goes down
    sha256 text NOT NULL DEFAULT '',
    CHECK (state = 'draft' OR (approved_by IS NOT NULL AND paper <> '' AND sha256 <> ''))
);
ALTER TABLE circulars ADD COLUMN IF NOT EXISTS drafted_subject text NOT NULL DEFAULT '';   -- people.subject; '': own account
CREATE INDEX IF NOT EXISTS circulars_sha256 ON circulars (sha256) WHERE sha256 <> '';
CREATE INDEX IF NOT EXISTS journal_answers ON journal (hall, seq) WHERE event = 'CircularAnswered';

CREATE TABLE IF NOT EXISTS orders (         -- which circulars stand for a hall, as it was signed last
    hall text PRIMARY KEY REFERENCES halls,
    issue bigint NOT NULL,
    says text NOT NULL,                     -- JSON: signers, [number, sha256, depth]
    signed text NOT NULL
);

CREATE TABLE IF NOT EXISTS findings (       -- 督查整改: what an inspector found in a hall (findings.py)
    id bigserial PRIMARY KEY,
    hall text NOT NULL REFERENCES halls,
    line text NOT NULL,                     -- what is not met, by the hall's register district_finding
    what text NOT NULL,                     -- in words; goes down to the hall, and is in no row
    source text NOT NULL,                   -- sample or visit that it is of
    due text NOT NULL,                      -- day by which it is put right
    raised_by text NOT NULL,
    raised_subject text NOT NULL DEFAULT '',    -- people.subject; '': own account
    raised_at double precision NOT NULL,
    changed_at double precision NOT NULL,
    round integer NOT NULL DEFAULT 0,       -- how often the hall's answer was sent back
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'withdrawn')),
    settled_by text,
    CHECK (state = 'open' OR settled_by IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS findings_hall ON findings (hall);
-- What a hall knows it by: `id` is for people, and this database may give one again after a restore. '' of older ones.
ALTER TABLE findings ADD COLUMN IF NOT EXISTS ref text NOT NULL DEFAULT '';
ALTER TABLE findings ALTER COLUMN ref SET DEFAULT left(replace(gen_random_uuid()::text, '-', ''), 12);
-- Settled, and the hall has heard so and has no record of it: it goes down no more (the others end by their record).
ALTER TABLE findings ADD COLUMN IF NOT EXISTS let_go boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX IF NOT EXISTS findings_ref ON findings (ref) WHERE ref <> '';

CREATE TABLE IF NOT EXISTS rectifications ( -- the halls' records of them, by their rows; follows from `journal`
    hall text NOT NULL REFERENCES halls,
    record bigint NOT NULL,
    finding bigint NOT NULL,
    number text NOT NULL,                   -- DC20261130-001
    state text NOT NULL,                    -- open, answered, closed, withdrawn
    measure text NOT NULL DEFAULT '',       -- what the hall says that it did
    returned integer NOT NULL DEFAULT 0,    -- how often it took its answer back
    opened_at double precision NOT NULL,
    changed_at double precision NOT NULL,
    PRIMARY KEY (hall, record)
);
ALTER TABLE rectifications ADD COLUMN IF NOT EXISTS ref text NOT NULL DEFAULT '';    -- as it was opened, '' by an older hall
ALTER TABLE rectifications ADD COLUMN IF NOT EXISTS line text NOT NULL DEFAULT '';   -- '' of a row folded by a version before
DROP INDEX IF EXISTS rectifications_finding;
CREATE UNIQUE INDEX IF NOT EXISTS rectifications_one ON rectifications (hall, finding, ref);

ALTER TABLE halls ADD COLUMN IF NOT EXISTS fold_error text NOT NULL DEFAULT '';  -- kind of the error that its folding ends in
ALTER TABLE halls ADD COLUMN IF NOT EXISTS untaken integer NOT NULL DEFAULT 0;  -- of its order, unanswered though it is heard
ALTER TABLE halls ADD COLUMN IF NOT EXISTS enrolled boolean GENERATED ALWAYS AS (key IS NOT NULL) STORED;

-- Whether somebody is who the session says, under another name too (`district.subject`: of the directory, '' of an own
-- account). The pages ask it before they offer what a second person does, the triggers before it is done.
CREATE OR REPLACE FUNCTION themselves(name text, subject text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT name IS NOT DISTINCT FROM current_setting('district.name', true)
           OR subject <> '' AND subject IS NOT DISTINCT FROM current_setting('district.subject', true)
$$;

-- Two people, by the database: who approves is who the session says, and not who drafted it. What was approved stays as
-- it was approved.
CREATE OR REPLACE FUNCTION approving() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'draft' OR NEW.approved_by IS DISTINCT FROM current_setting('district.name', true)
       OR themselves(OLD.drafted_by, OLD.drafted_subject) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a circular is approved once, by somebody who did not draft it';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS approving ON circulars;
CREATE TRIGGER approving BEFORE UPDATE ON circulars FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND NEW.state = 'draft' OR OLD.state = 'draft' AND NEW.state <> 'draft'
          OR (OLD.place, OLD.part, OLD.rows, OLD.effective_at, OLD.note, OLD.reverts, OLD.drafted_by, OLD.drafted_subject,
              OLD.paper, OLD.approved_by, OLD.approved_at, OLD.halls, OLD.text, OLD.sha256)
             IS DISTINCT FROM
             (NEW.place, NEW.part, NEW.rows, NEW.effective_at, NEW.note, NEW.reverts, NEW.drafted_by, NEW.drafted_subject,
              NEW.paper, NEW.approved_by, NEW.approved_at, NEW.halls, NEW.text, NEW.sha256))
    EXECUTE FUNCTION approving();

CREATE OR REPLACE FUNCTION settling() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'open' OR OLD.hall IS NOT DISTINCT FROM current_setting('district.place', true)
       OR NEW.state <> 'open' AND (
        NEW.settled_by IS DISTINCT FROM current_setting('district.name', true)
        OR themselves(OLD.raised_by, OLD.raised_subject)) THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'a finding is settled once, by somebody above its hall who did not raise it';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS settling ON findings;
CREATE TRIGGER settling BEFORE UPDATE ON findings FOR EACH ROW
    WHEN (NOT (NEW.let_go AND NOT OLD.let_go AND OLD.state <> 'open'     -- the worker's own, and nothing else with it
               AND (OLD.hall, OLD.line, OLD.what, OLD.due, OLD.raised_by, OLD.raised_subject, OLD.round, OLD.state,
                    OLD.settled_by, OLD.changed_at, OLD.ref)
                   IS NOT DISTINCT FROM
                   (NEW.hall, NEW.line, NEW.what, NEW.due, NEW.raised_by, NEW.raised_subject, NEW.round, NEW.state,
                    NEW.settled_by, NEW.changed_at, NEW.ref)))
    EXECUTE FUNCTION settling();

-- Whose rows a session may see: those of `district.place` and below, by PostgreSQL and not by a WHERE in Python.
-- district_pages is a manager's session (figures; codes and keys of her halls), district_inspectors 督查's (rows, samples
-- and the list of exports; raises findings and changes nothing else). Either settles what somebody else found, in a
-- hall below her place; nobody whose place is that hall.
-- district_publishers is a manager's session while she drafts, approves or moves a circular.

DO $$ BEGIN
    CREATE ROLE district_pages NOLOGIN;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN
    CREATE ROLE district_inspectors NOLOGIN;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN
    CREATE ROLE district_publishers NOLOGIN;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT district_pages TO district_publishers;

CREATE OR REPLACE FUNCTION below() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    WITH RECURSIVE tree AS (
        SELECT id FROM places WHERE id = current_setting('district.place', true)
        UNION ALL SELECT places.id FROM places JOIN tree ON places.parent = tree.id
    ) SELECT id FROM tree
$$;

CREATE OR REPLACE FUNCTION above() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    WITH RECURSIVE path AS (
        SELECT id, parent FROM places WHERE id = current_setting('district.place', true)
        UNION ALL SELECT places.id, places.parent FROM places JOIN path ON places.id = path.parent
    ) SELECT id FROM path
$$;

-- whose figures: a community (社区) has no rows of its own and sees the figures of the hall that serves it
CREATE OR REPLACE FUNCTION shown() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT below() UNION SELECT hall.id FROM places mine JOIN places hall ON hall.id = mine.parent
    WHERE mine.id = current_setting('district.place', true) AND mine.kind = 'community' AND hall.kind = 'hall'
$$;

-- how long each service is waited for in all halls together: what a hall is compared with, whoever looks at it
CREATE OR REPLACE FUNCTION everywhere(week text) RETURNS TABLE (service text, waited bigint, long bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.service, sum(one.n), sum(one.late) FROM weekly,
        LATERAL unnest(services, their_waited, their_long) AS one (service, n, late)
    WHERE monday = week GROUP BY one.service
$$;

REVOKE ALL ON places, halls, journal, aside, unread, legs, daily, weekly, reports, people, exports, circulars, orders,
              findings, rectifications
    FROM district_pages, district_inspectors, district_publishers;
REVOKE ALL ON FUNCTION below(), above(), shown(), everywhere(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION below(), above(), shown(), everywhere(text) TO district_pages, district_inspectors;
GRANT SELECT ON places, unread, daily, weekly, reports, circulars TO district_pages, district_inspectors;
GRANT SELECT (id, enrolled, revoked_at, head_seq, head_hash, incarnation, folded, heard_at, skew_s, version, own_head,
              trouble, trouble_at, fold_error, untaken) ON halls TO district_pages, district_inspectors;
GRANT UPDATE (key, code_hash, code_until, revoked_at) ON halls TO district_pages;
GRANT SELECT (hall, seq, at, event, data) ON journal TO district_pages;     -- what halls answer to circulars, see below
GRANT SELECT ON journal, aside, legs, exports TO district_inspectors;
GRANT SELECT ON findings, rectifications TO district_pages, district_inspectors;
GRANT INSERT (hall, line, what, source, due, raised_by, raised_subject, raised_at, changed_at) ON findings TO district_inspectors;
GRANT UPDATE (state, settled_by, round, due, changed_at) ON findings TO district_pages, district_inspectors;
GRANT USAGE ON SEQUENCE findings_id_seq TO district_inspectors;
GRANT INSERT ON exports TO district_pages, district_inspectors;
GRANT USAGE ON SEQUENCE exports_id_seq TO district_pages, district_inspectors;
GRANT INSERT (place, part, rows, effective_at, note, reverts, drafted_by, drafted_subject, drafted_at)
    ON circulars TO district_publishers;
GRANT UPDATE (state, approved_by, approved_at, paper, effective_at, text, sha256, halls, stage) ON circulars TO district_publishers;
GRANT DELETE ON circulars TO district_publishers;
GRANT USAGE ON SEQUENCE circulars_number_seq TO district_publishers;

DO $$
DECLARE one text; mine text; whose text;
BEGIN
    FOREACH one IN ARRAY ARRAY['places', 'halls', 'journal', 'aside', 'unread', 'legs', 'daily', 'weekly', 'reports',
                           'findings', 'rectifications'] LOOP
        mine := CASE WHEN one IN ('places', 'halls') THEN 'id' ELSE 'hall' END;
        whose := CASE WHEN one IN ('journal', 'aside', 'unread', 'legs', 'findings', 'rectifications') THEN 'below' ELSE 'shown' END;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS within ON %I', one);
        EXECUTE format('CREATE POLICY within ON %I FOR SELECT TO %s USING (%I IN (SELECT %I()))', one,
                       CASE WHEN one = 'journal' THEN 'district_inspectors' ELSE 'district_pages, district_inspectors' END,
                       mine, whose);
    END LOOP;
    DROP POLICY IF EXISTS upward ON places;     -- what a circular for one of them is for, and by what way it came
    CREATE POLICY upward ON places FOR SELECT TO district_pages, district_inspectors USING (id IN (SELECT above()));
    DROP POLICY IF EXISTS answers ON journal;   -- they name nobody: how far a circular is, managers see as well
    CREATE POLICY answers ON journal FOR SELECT TO district_pages, district_inspectors
        USING (event = 'CircularAnswered' AND hall IN (SELECT shown()));
    ALTER TABLE circulars ENABLE ROW LEVEL SECURITY;
    DROP POLICY IF EXISTS seen ON circulars;
    CREATE POLICY seen ON circulars FOR SELECT TO district_pages, district_inspectors
        USING (place IN (SELECT below()) OR place IN (SELECT above()));
    DROP POLICY IF EXISTS drafted ON circulars;
    CREATE POLICY drafted ON circulars FOR INSERT TO district_publishers
        WITH CHECK (place IN (SELECT below()) AND state = 'draft' AND drafted_by = current_setting('district.name', true)
                    AND drafted_subject = coalesce(current_setting('district.subject', true), ''));
    DROP POLICY IF EXISTS moved ON circulars;
    CREATE POLICY moved ON circulars FOR UPDATE TO district_publishers USING (place IN (SELECT below()));
    DROP POLICY IF EXISTS dropped ON circulars;
    CREATE POLICY dropped ON circulars FOR DELETE TO district_publishers
        USING (place IN (SELECT below()) AND state = 'draft');
    DROP POLICY IF EXISTS raised ON findings;
    CREATE POLICY raised ON findings FOR INSERT TO district_inspectors
        WITH CHECK (hall IN (SELECT below()) AND raised_by = current_setting('district.name', true)
                    AND raised_subject = coalesce(current_setting('district.subject', true), ''));
    DROP POLICY IF EXISTS settled ON findings;
    CREATE POLICY settled ON findings FOR UPDATE TO district_pages, district_inspectors
        USING (hall IN (SELECT below()));
    DROP POLICY IF EXISTS keys ON halls;
    CREATE POLICY keys ON halls FOR UPDATE TO district_pages
        USING (id IN (SELECT below())) WITH CHECK (id IN (SELECT below()));
    ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
    DROP POLICY IF EXISTS own ON exports;
    CREATE POLICY own ON exports FOR INSERT TO district_pages, district_inspectors
        WITH CHECK (place IN (SELECT below()) AND who = current_setting('district.name', true));
    DROP POLICY IF EXISTS taken ON exports;
    CREATE POLICY taken ON exports FOR SELECT TO district_inspectors USING (place IN (SELECT below()));
END $$;
