-- Limits pulls by the provider account, not by the connection, and lets an account rest as a whole.
--
-- Why: providers count the requests of an account. Two connections on one account asked twice as often as
-- may be, and an account that answered 429 to one report was asked for the next one at once. Jobs of
-- connections whose account is known share its key, a hash that names no account, whichever organization's
-- they are; where it is not known, those with the same key of the provider do. And whoever is told to
-- leave an account alone holds the key: no job of it is claimed before the hold is over. A worker learns
-- the account of a connection with its first pull, where the provider tells it.
-- Locks: none for long; jobs of pulls are written once. Time: below a second for 100,000 jobs.

SET LOCAL ROLE tally_owner;

-- Keys of which no job is claimed for a while. A local table, like jobs.
CREATE TABLE job_holds (
    concurrency_key text PRIMARY KEY,
    held_until      timestamptz NOT NULL
);
CREATE INDEX job_holds_by_end ON job_holds (held_until);
GRANT SELECT, INSERT, UPDATE, DELETE ON job_holds TO tally_worker;
GRANT SELECT ON job_holds TO tally_service;

GRANT UPDATE (concurrency_key) ON jobs TO tally_service;
GRANT UPDATE (account_id, account_name) ON connections TO tally_worker;

ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connections NO FORCE ROW LEVEL SECURITY;
UPDATE jobs AS j
SET concurrency_key = CASE
    WHEN c.account_id IS NOT NULL THEN 'account/'
        || encode(sha256(convert_to(c.provider || '/' || c.account_id, 'UTF8')), 'hex')
    ELSE 'key/' || encode(c.key_index, 'hex') END
FROM connections AS c
WHERE j.kind IN ('pull_connection', 'read_backfill') AND j.org_id = c.org_id
    AND j.arguments ->> 'connection' = c.id::text
    AND (c.account_id IS NOT NULL OR c.key_index IS NOT NULL);
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE connections FORCE ROW LEVEL SECURITY;

-- As in 0043, but for keys that are held.
--
-- Claims one job that is ready, where no other worker has it and its key has room; else says null. Whoever
-- claims for a key holds its advisory lock until the claim is committed, and counts after it has it: so
-- two workers cannot both take the last place. The lock is tried, never waited for.
CREATE OR REPLACE FUNCTION tally.claim_job(
    job_id uuid, job_key text, owner text, lease interval, per_key integer) RETURNS jobs
LANGUAGE plpgsql AS $$
DECLARE
    claimed jobs;
BEGIN
    IF job_key IS NOT NULL THEN
        IF NOT pg_try_advisory_xact_lock(hashtextextended('tally job ' || job_key, 0)) THEN
            RETURN NULL;
        END IF;
        IF (SELECT count(*) FROM jobs WHERE concurrency_key = job_key AND lease_token IS NOT NULL)
            >= per_key
        THEN
            RETURN NULL;
        END IF;
        IF EXISTS (
            SELECT FROM job_holds WHERE concurrency_key = job_key AND held_until > now())
        THEN
            RETURN NULL;
        END IF;
    END IF;
    SELECT * INTO claimed FROM jobs WHERE id = job_id FOR UPDATE SKIP LOCKED;
    IF claimed.id IS NULL OR NOT claimed.is_ready OR claimed.due_at > now() THEN
        RETURN NULL;
    END IF;
    UPDATE jobs AS j
    SET is_ready = false, lease_token = gen_random_uuid(), lease_owner = owner,
        attempt = j.attempt + 1, due_at = now() + lease, updated_at = now()
    WHERE j.id = job_id
    RETURNING j.* INTO claimed;
    RETURN claimed;
END
$$;

-- Claims up to `amount` jobs: of the smallest priority that has any, from the organization after the one that
-- `after_orgs` names for the priority, the job that is due longest; then from the organization after that one,
-- and so on round.
-- Where `longest_due_first` says so, the first one is whichever is due longest of all: with that every
-- now and then, none waits for ever, whatever comes before it.
--
-- Before, up to a thousand jobs that have become due are made ready. Among them are those whose lease ran out,
-- which is thereby taken away for good; where that has now happened `deaths_max` times in a row, the job
-- is set aside instead, or, where nobody could ask for it again, waits for an hour.
CREATE OR REPLACE FUNCTION tally.claim_jobs(
    kinds text[], amount integer, owner text, lease interval, per_key integer,
    deaths_max integer, after_levels bigint[], after_orgs uuid[], longest_due_first boolean)
RETURNS SETOF jobs
LANGUAGE plpgsql
-- Whether few or many jobs are ready changes from minute to minute; the indexes are in the right order.
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    full_keys text[];
    level     smallint;
    after_org uuid;
    nobody    constant uuid := '00000000-0000-0000-0000-000000000000';
    place     integer;
    candidate record;
    claimed   jobs;
BEGIN
    -- A worker that stops between this and its commit keeps what it locked for half a minute at most.
    PERFORM set_config('idle_in_transaction_session_timeout', '30000', true);

    WITH due AS MATERIALIZED (
        SELECT id FROM jobs AS q
        WHERE NOT is_ready AND dead_at IS NULL AND due_at <= now() AND kind = ANY(kinds)
            AND NOT coalesce((
                SELECT s.is_suspended OR s.delete_after IS NOT NULL
                FROM organization_states AS s WHERE s.org_id = q.org_id), false)
        ORDER BY due_at, id
        LIMIT 1000
        FOR UPDATE SKIP LOCKED),
    looked_at AS (
        SELECT j.id, j.deaths + (j.lease_token IS NOT NULL)::integer AS deaths,
            j.lease_token IS NOT NULL AND j.deaths + 1 >= deaths_max AS is_given_up,
            j.usual_priority >= 40 AS is_housekeeping
        FROM due JOIN jobs AS j USING (id))
    UPDATE jobs AS j
    SET deaths = l.deaths, is_ready = NOT l.is_given_up,
        due_at = CASE WHEN l.is_given_up AND l.is_housekeeping THEN now() + interval '1 hour'
            ELSE j.due_at END,
        dead_at = CASE WHEN l.is_given_up AND NOT l.is_housekeeping THEN now() END,
        dead_reason = CASE WHEN l.is_given_up AND NOT l.is_housekeeping THEN 'WORKERS_DIED' END,
        lease_token = NULL, lease_owner = NULL, updated_at = now()
    FROM looked_at AS l WHERE j.id = l.id;

    FOR number IN 1..amount LOOP
        claimed := NULL;
        SELECT coalesce(array_agg(concurrency_key), '{}') INTO full_keys FROM (
            SELECT concurrency_key FROM jobs
            WHERE lease_token IS NOT NULL AND concurrency_key IS NOT NULL
            GROUP BY concurrency_key HAVING count(*) >= per_key
            UNION
            SELECT concurrency_key FROM job_holds WHERE held_until > now()) AS f;
        IF longest_due_first AND number = 1 THEN
            FOR candidate IN
                SELECT id, org_id, concurrency_key FROM jobs AS q
                WHERE is_ready AND due_at <= now() AND kind = ANY(kinds)
                    AND coalesce(concurrency_key <> ALL(full_keys), true)
                    AND NOT coalesce((
                        SELECT s.is_suspended OR s.delete_after IS NOT NULL
                        FROM organization_states AS s WHERE s.org_id = q.org_id), false)
                ORDER BY due_at, id LIMIT 100
            LOOP
                claimed := tally.claim_job(
                    candidate.id, candidate.concurrency_key, owner, lease, per_key);
                EXIT WHEN claimed.id IS NOT NULL;
            END LOOP;
        END IF;
        level := (SELECT priority FROM jobs WHERE is_ready ORDER BY priority LIMIT 1);
        WHILE claimed.id IS NULL AND level IS NOT NULL LOOP
            after_org := coalesce(after_orgs[array_position(after_levels, level)], nobody);
            FOR candidate IN
                SELECT id, org_id, concurrency_key FROM jobs AS q
                WHERE is_ready AND priority = level AND org_id > after_org AND due_at <= now()
                    AND kind = ANY(kinds) AND coalesce(concurrency_key <> ALL(full_keys), true)
                    AND NOT coalesce((
                        SELECT s.is_suspended OR s.delete_after IS NOT NULL
                        FROM organization_states AS s WHERE s.org_id = q.org_id), false)
                ORDER BY org_id, due_at, id LIMIT 100
            LOOP
                claimed := tally.claim_job(
                    candidate.id, candidate.concurrency_key, owner, lease, per_key);
                EXIT WHEN claimed.id IS NOT NULL;
            END LOOP;
            IF claimed.id IS NULL THEN
                FOR candidate IN
                    SELECT id, org_id, concurrency_key FROM jobs AS q
                    WHERE is_ready AND priority = level AND org_id <= after_org
                        AND due_at <= now() AND kind = ANY(kinds)
                        AND coalesce(concurrency_key <> ALL(full_keys), true)
                        AND NOT coalesce((
                            SELECT s.is_suspended OR s.delete_after IS NOT NULL
                            FROM organization_states AS s WHERE s.org_id = q.org_id), false)
                    ORDER BY org_id, due_at, id LIMIT 100
                LOOP
                    claimed := tally.claim_job(
                        candidate.id, candidate.concurrency_key, owner, lease, per_key);
                    EXIT WHEN claimed.id IS NOT NULL;
                END LOOP;
            END IF;
            level := (
                SELECT priority FROM jobs WHERE is_ready AND priority > level
                ORDER BY priority LIMIT 1);
        END LOOP;
        EXIT WHEN claimed.id IS NULL;
        IF NOT (longest_due_first AND number = 1) THEN
            place := coalesce(
                array_position(after_levels, claimed.priority), cardinality(after_levels) + 1);
            after_levels[place] := claimed.priority;
            after_orgs[place] := claimed.org_id;
        END IF;
        RETURN NEXT claimed;
    END LOOP;
END
$$;
