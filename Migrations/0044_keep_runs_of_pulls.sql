-- Keeps what each pull of a connection's report came to, for a while.
--
-- Why: the last error and the number of pages are all that was known of the past, so that nobody could say
-- since when a report failed, or which pull changed figures. Each pull has a row now, written in the
-- transactions of its pages, and ended by whoever pulls next where its worker died. The worker keeps
-- the newest 1,000 of each report, of the last 90 days. And each success says when the next one would be
-- late, which only the worker knows: how often it pulls is its setting.
-- Locks: connection_checkpoints, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE connection_runs (
    org_id        uuid NOT NULL,
    connection_id uuid NOT NULL,
    -- UUIDv7: by when it began.
    id            uuid NOT NULL,
    stream        text NOT NULL,
    began_at      timestamptz NOT NULL,
    -- Null while it runs.
    ended_at      timestamptz,
    -- The numbers of the contract's RunOutcome.
    outcome       smallint NOT NULL,
    -- Of one that failed: a stable reason, and words with a remedy.
    reason        text NOT NULL DEFAULT '',
    detail        text NOT NULL DEFAULT '',
    pages         bigint NOT NULL,
    recorded      bigint NOT NULL,
    corrected     bigint NOT NULL,
    unchanged     bigint NOT NULL,
    retracted     bigint NOT NULL,
    -- How far the report had been read at its end.
    through       timestamptz,
    -- Host, process and a random part.
    worker        text NOT NULL,
    PRIMARY KEY (org_id, connection_id, id),
    CONSTRAINT connection_runs_belong_to_a_connection
        FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    CONSTRAINT connection_runs_outcome_is_known CHECK (outcome BETWEEN 1 AND 6),
    CONSTRAINT connection_runs_run_until_they_end CHECK ((outcome = 1) = (ended_at IS NULL))
);
SELECT tally.distribute('connection_runs');
SELECT tally.isolate('connection_runs');
-- The guard: a run goes with its organization, or once a thousand newer ones of its report are there, or
-- one that began 90 days later.
CREATE FUNCTION tally.refuse_removal_of_new_runs() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'tally_worker' AND (
        tally.is_erased(OLD.org_id)
        OR OLD.began_at < (
            SELECT max(began_at) - interval '90 days' FROM public.connection_runs
            WHERE org_id = OLD.org_id AND connection_id = OLD.connection_id)
        OR EXISTS (
            SELECT FROM public.connection_runs
            WHERE org_id = OLD.org_id AND connection_id = OLD.connection_id AND stream = OLD.stream
                AND id > OLD.id
            ORDER BY id OFFSET 999 LIMIT 1))
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is kept', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'TABLE_IS_APPEND_ONLY';
END
$$;
CREATE TRIGGER connection_runs_are_kept BEFORE DELETE ON connection_runs
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_removal_of_new_runs();
DROP TRIGGER connection_runs_go_with_their_organization ON connection_runs;
CREATE INDEX connection_runs_of_a_report ON connection_runs (org_id, connection_id, stream, id);
CREATE INDEX connection_runs_that_run ON connection_runs (org_id, connection_id, stream)
    WHERE ended_at IS NULL;
GRANT SELECT ON connection_runs TO tally_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON connection_runs TO tally_worker;

-- When the report is late unless a pull succeeds before; null before the first success.
ALTER TABLE connection_checkpoints ADD COLUMN late_at timestamptz;

-- When somebody asked for its reports last: who asks again and again gets nothing sooner.
ALTER TABLE connections ADD COLUMN synced_at timestamptz;

-- Operators of the platform see how the queue stands, and revive what was set aside. They see ids, kinds
-- and reasons: no arguments.
CREATE POLICY jobs_seen_by_operators ON jobs TO tally_operator USING (true);
GRANT SELECT (id, org_id, kind, due_at, priority, usual_priority, is_ready, lease_token, lease_owner,
    updated_at, dead_at, dead_reason) ON jobs TO tally_operator;
GRANT UPDATE (due_at, is_ready, attempt, refusals, deaths, dead_at, dead_reason, updated_at)
    ON jobs TO tally_operator;
