-- The queue of work for the workers.
--
-- Why: a service enqueues work in its own transaction; any worker claims it under a lease and may die
-- at any instant. The queue is local to the coordinator and serves all organizations, so it holds
-- ids and schedules only.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE jobs (
    id          uuid PRIMARY KEY,
    org_id      uuid NOT NULL,
    kind        text NOT NULL,
    -- What the job is about; an organization has one job of a kind and key.
    key         text NOT NULL,
    arguments   jsonb NOT NULL,
    -- When a waiting job may be claimed, and when the lease of a running one ends.
    due_at      timestamptz NOT NULL,
    lease_token uuid,
    lease_owner text,
    -- Tries since the last success.
    attempt     integer NOT NULL DEFAULT 0,
    last_error  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT jobs_are_enqueued_once UNIQUE (org_id, kind, key),
    CONSTRAINT jobs_leases_have_an_owner CHECK ((lease_token IS NULL) = (lease_owner IS NULL))
);
CREATE INDEX jobs_by_time_due ON jobs (due_at, id);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs_of_one_organization ON jobs TO tally_service
    USING (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
CREATE POLICY jobs_claimed_by_workers ON jobs TO tally_worker USING (true);
GRANT SELECT, INSERT ON jobs TO tally_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO tally_worker;
