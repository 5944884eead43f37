-- Lets workers fill in prices that come after the events that they are for.
--
-- Why: an event whose price is not known stays unpriced until somebody asks for it to be priced anew. A
-- worker does so by itself, once for each organization and each change of the catalogue or of its
-- overrides; what it looked with last, and how far it came, is remembered here. Like the queue of jobs
-- the table serves all organizations, so it holds numbers and schedules only: no figures.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE price_looks (
    org_id            uuid PRIMARY KEY,
    -- Number of the import that the organization's unpriced events were, or are, looked at with.
    catalogue_version bigint NOT NULL,
    -- SHA-256 over the numbers and ends of its overrides.
    overrides_hash    bytea NOT NULL,
    -- When they were first looked at with these.
    begun_at          timestamptz NOT NULL DEFAULT now(),
    -- Looks that came to their end. The second one finds what was priced by older prices meanwhile.
    looks             smallint NOT NULL DEFAULT 0,
    -- Where the look under way goes on: from an instant, behind a block of events. Null: not begun.
    next_time         timestamptz,
    after_block       bigint NOT NULL DEFAULT -1,
    CONSTRAINT price_looks_are_two_at_most CHECK (looks BETWEEN 0 AND 2)
);
ALTER TABLE price_looks ENABLE ROW LEVEL SECURITY;
ALTER TABLE price_looks FORCE ROW LEVEL SECURITY;
CREATE POLICY price_looks_of_workers ON price_looks TO tally_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON price_looks TO tally_worker;

-- Whose events to look at: workers learn which organizations there are, not what they are called.
GRANT SELECT (org_id) ON organization_slugs TO tally_worker;

-- The job that looks whose events were not looked at with the newest prices, and makes one for each; it is
-- there from now on.
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (id, org_id, kind, key, arguments, due_at)
VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'fill_in_prices',
    'all', '{}', now());
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
