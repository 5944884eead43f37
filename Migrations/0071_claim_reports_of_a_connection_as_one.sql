-- Claims the reports of a connection as one.
--
-- Why: each report of a connection was a job with a time and a claim of its own, twelve an hour for each. Those that
-- keep time with each other are due at the same instant now, are claimed under one lease, and one worker does them in
-- turn: for their key they are one. And one account that rests kept every other from being claimed at once.
-- Locks: jobs, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- When it is due as its rhythm says; whatever else becomes of it has another due_at.
ALTER TABLE jobs ADD COLUMN in_step_at timestamptz;

-- As in 0053, but jobs that one worker does in turn are one of their key.
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
        IF (SELECT count(DISTINCT lease_token) FROM jobs WHERE concurrency_key = job_key AND lease_token IS NOT NULL)
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

-- As in 0066, but for the first part.
--
-- Claims up to `amount` jobs: of the smallest priority that has any, from the organization after the one that
-- `after_orgs` names for the priority, the job that is due longest; then from the organization after that one,
-- and so on round.
-- Where `longest_due_first` says so, the first one is whichever is due longest of all: with that every
-- now and then, none waits for ever, whatever comes before it.
--
-- Where nothing is ready that could be claimed, and no more is due than that, all of it is claimed, but that of keys
-- which have no room for all that is due of them: of these, as before. There, jobs of an organization, kind and key that
-- are due at the same instant of their rhythm count as one, and get one lease, where the claim says that it does
-- such jobs in turn (tally.claim_jobs_in_step): a worker of before would do them all at once.
-- Else, before, up to a thousand jobs that have become due are made ready. Among them are those whose lease ran out,
-- which is thereby taken away for good; where that has now happened `deaths_max` times in a row, the job
-- is set aside instead, or, where nobody could ask for it again, waits for an hour.
CREATE OR REPLACE FUNCTION tally.claim_jobs(
    kinds text[], amount integer, owner text, lease interval, per_key integer,
    deaths_max integer, after_levels bigint[], after_orgs uuid[], longest_due_first boolean)
RETURNS SETOF jobs
LANGUAGE plpgsql
-- Whether few or many jobs are ready changes from minute to minute; the indexes are in the right order.
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    full_keys    text[];
    level        smallint;
    after_org    uuid;
    nobody       constant uuid := '00000000-0000-0000-0000-000000000000';
    -- Of one claim that does everything in step.
    rows_max     constant integer := 20 * amount;
    place        integer;
    candidate    record;
    claimed      jobs;
    due          uuid[];
    -- For each of them one of those that it is claimed with.
    due_firsts   uuid[];
    is_taken     boolean;
    unit_count   integer;
    open_keys    text[];
    fitting_keys text[];
BEGIN
    -- A worker that stops between this and its commit keeps what it locked for half a minute at most.
    PERFORM set_config('idle_in_transaction_session_timeout', '30000', true);

    SELECT coalesce(array_agg(concurrency_key), '{}') INTO full_keys FROM (
        SELECT concurrency_key FROM jobs
        WHERE lease_token IS NOT NULL AND concurrency_key IS NOT NULL
        GROUP BY concurrency_key HAVING count(DISTINCT lease_token) >= per_key
        UNION
        SELECT concurrency_key FROM job_holds WHERE held_until > now()) AS f;
    -- Where nothing waits from before that could be claimed, and all that is due fits, no order is to be kept.
    IF NOT EXISTS (
        SELECT FROM jobs AS q
        WHERE is_ready AND due_at <= now() AND kind = ANY(kinds)
            AND coalesce(concurrency_key <> ALL(full_keys), true)
            AND NOT coalesce((
                SELECT s.is_suspended OR s.delete_after IS NOT NULL
                FROM organization_states AS s WHERE s.org_id = q.org_id), false))
    THEN
        WITH locked AS MATERIALIZED (
            SELECT id, org_id, kind, concurrency_key, due_at, lease_token,
                coalesce(due_at = in_step_at AND priority = usual_priority
                    AND concurrency_key IS NOT NULL, false)
                    AND coalesce(current_setting('tally.claims_in_step', true) = 'on', false)
                    AS is_in_step
            FROM jobs AS q
            WHERE NOT is_ready AND dead_at IS NULL AND due_at <= now() AND kind = ANY(kinds)
                AND NOT coalesce((
                    SELECT s.is_suspended OR s.delete_after IS NOT NULL
                    FROM organization_states AS s WHERE s.org_id = q.org_id), false)
            ORDER BY due_at, id
            LIMIT rows_max + 1
            FOR UPDATE SKIP LOCKED)
        SELECT coalesce(array_agg(d.id), '{}'), array_agg(d.first), count(DISTINCT d.first),
            coalesce(bool_or(d.is_taken), false)
        INTO due, due_firsts, unit_count, is_taken
        FROM (
            SELECT id, lease_token IS NOT NULL AS is_taken,
                CASE WHEN is_in_step THEN first_value(id) OVER (
                        PARTITION BY is_in_step, org_id, kind, concurrency_key, due_at)
                    ELSE id END AS first
            FROM locked) AS d;
        IF cardinality(due) = 0 THEN
            RETURN;
        END IF;
        IF NOT is_taken AND cardinality(due) <= rows_max AND unit_count <= amount THEN
            open_keys := ARRAY(
                SELECT k.concurrency_key FROM (
                    SELECT DISTINCT concurrency_key FROM jobs
                    WHERE id = ANY(due) AND concurrency_key IS NOT NULL
                    OFFSET 0) AS k
                WHERE k.concurrency_key <> ALL(full_keys) AND pg_try_advisory_xact_lock(
                    hashtextextended('tally job ' || k.concurrency_key, 0)));
            -- A statement of its own: it sees what whoever had the locks before has committed.
            fitting_keys := ARRAY(
                SELECT j.concurrency_key
                FROM unnest(due, due_firsts) AS d (id, first) JOIN jobs AS j ON j.id = d.id
                WHERE j.concurrency_key = ANY(open_keys)
                GROUP BY j.concurrency_key
                HAVING count(DISTINCT d.first) <= per_key - (
                        SELECT count(DISTINCT r.lease_token) FROM jobs AS r
                        WHERE r.concurrency_key = j.concurrency_key
                            AND r.lease_token IS NOT NULL)
                    AND NOT EXISTS (
                        SELECT FROM job_holds AS h
                        WHERE h.concurrency_key = j.concurrency_key AND h.held_until > now()));
            RETURN QUERY
            WITH leases AS MATERIALIZED (
                SELECT f.first, gen_random_uuid() AS token
                FROM (SELECT DISTINCT first FROM unnest(due_firsts) AS first) AS f)
            UPDATE jobs AS j
            SET lease_token = l.token, lease_owner = owner, attempt = j.attempt + 1,
                due_at = now() + lease, updated_at = now()
            FROM unnest(due, due_firsts) AS d (id, first) JOIN leases AS l ON l.first = d.first
            WHERE j.id = d.id
                AND (j.concurrency_key IS NULL OR j.concurrency_key = ANY(fitting_keys))
            RETURNING j.*;
            -- The rest takes turns.
            UPDATE jobs AS j SET is_ready = true, updated_at = now()
            WHERE j.id = ANY(due) AND j.lease_token IS NULL;
            IF NOT FOUND THEN
                RETURN;
            END IF;
            amount := amount - (
                SELECT count(DISTINCT lease_token) FROM jobs
                WHERE id = ANY(due) AND lease_token IS NOT NULL);
        END IF;
    END IF;

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
            GROUP BY concurrency_key HAVING count(DISTINCT lease_token) >= per_key
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

-- The same for a worker that does the jobs of one lease in turn.
CREATE FUNCTION tally.claim_jobs_in_step(
    kinds text[], amount integer, owner text, lease interval, per_key integer,
    deaths_max integer, after_levels bigint[], after_orgs uuid[], longest_due_first boolean)
RETURNS SETOF jobs
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tally.claims_in_step', 'on', true);
    RETURN QUERY SELECT * FROM tally.claim_jobs(
        kinds, amount, owner, lease, per_key, deaths_max, after_levels, after_orgs,
        longest_due_first);
END
$$;
REVOKE EXECUTE ON FUNCTION tally.claim_jobs_in_step(
    text[], integer, text, interval, integer, integer, bigint[], uuid[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.claim_jobs_in_step(
    text[], integer, text, interval, integer, integer, bigint[], uuid[], boolean) TO tally_worker;
