-- Lets workers compare roll-ups with the entries that they are made of.
--
-- Why: every report reads roll-ups, and nothing but tests ever looked whether they say what the entries say.
-- A worker does now: the newest days of each organization every day, and those of before in turn. It repairs
-- nothing; where something differs, operators hear of it. How far it is, and which days differ, stands
-- here. Like the queue of jobs the tables serve all organizations, so they hold days and counts of rows only:
-- no figures.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE rollup_checks (
    org_id     uuid PRIMARY KEY,
    -- When the last look came to its end; null: none did.
    checked_at timestamptz,
    -- The day of UTC of the past that is compared next; null: the newest.
    next_day   timestamptz
);
ALTER TABLE rollup_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE rollup_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY rollup_checks_of_workers ON rollup_checks TO tally_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON rollup_checks TO tally_worker;

-- Days of UTC whose roll-ups were not what their entries come to when they were compared last.
CREATE TABLE rollup_differences (
    org_id    uuid NOT NULL,
    day_start timestamptz NOT NULL,
    -- How many roll-ups differ, up to a thousand, and in which of their columns.
    rollups   integer NOT NULL,
    fields    text[] NOT NULL,
    found_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, day_start)
);
ALTER TABLE rollup_differences ENABLE ROW LEVEL SECURITY;
ALTER TABLE rollup_differences FORCE ROW LEVEL SECURITY;
CREATE POLICY rollup_differences_of_workers ON rollup_differences TO tally_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON rollup_differences TO tally_worker;

-- The job that looks whose roll-ups were not compared for a day, and makes one for each; it is there from now
-- on.
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (id, org_id, kind, key, arguments, due_at, priority, usual_priority)
VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'verify_rollups',
    'all', '{}', now(), 40, 40);
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
