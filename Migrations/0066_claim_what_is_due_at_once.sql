-- Lets a look at the queue claim all that is due at once, where all of it fits.
--
-- Why: each job was first made ready, in the order that is fair, and then claimed by itself: two new versions of its
-- row, and some ten statements. There is no order to keep where nothing waits from before and a worker has places for
-- all that is due, which is so but in a rush.
-- Locks: none. Time: constant.

SET LOCAL ROLE tally_owner;

-- As in 0053, but for the first part.
--
-- Claims up to `amount` jobs: of the smallest priority that has any, from the organization after the one that
-- `after_orgs` names for the priority, the job that is due longest; then from the organization after that one,
-- and so on round.
-- Where `longest_due_first` says so, the first one is whichever is due longest of all: with that every
-- now and then, none waits for ever, whatever comes before it.
--
-- Where nothing is ready, and no more is due than that, all of it is claimed, but what its key has no room for.
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
    full_keys text[];
    level     smallint;
    after_org uuid;
    nobody    constant uuid := '00000000-0000-0000-0000-000000000000';
    place     integer;
    candidate record;
    claimed   jobs;
    due       uuid[];
    is_taken  boolean;
    open_keys text[];
    free      uuid[];
BEGIN
    -- A worker that stops between this and its commit keeps what it locked for half a minute at most.
    PERFORM set_config('idle_in_transaction_session_timeout', '30000', true);

    -- Where nothing waits from before, and all that is due fits, no order is to be kept: it is claimed as it is.
    IF NOT EXISTS (SELECT FROM jobs WHERE is_ready AND kind = ANY(kinds)) THEN
        SELECT coalesce(array_agg(d.id), '{}'), coalesce(bool_or(d.lease_token IS NOT NULL), false)
        INTO due, is_taken
        FROM (
            SELECT id, lease_token FROM jobs AS q
            WHERE NOT is_ready AND dead_at IS NULL AND due_at <= now() AND kind = ANY(kinds)
                AND NOT coalesce((
                    SELECT s.is_suspended OR s.delete_after IS NOT NULL
                    FROM organization_states AS s WHERE s.org_id = q.org_id), false)
            ORDER BY due_at, id
            LIMIT amount + 1
            FOR UPDATE SKIP LOCKED) AS d;
        IF cardinality(due) = 0 THEN
            RETURN;
        END IF;
        IF cardinality(due) <= amount AND NOT is_taken THEN
            open_keys := ARRAY(
                SELECT k.concurrency_key FROM (
                    SELECT DISTINCT concurrency_key FROM jobs
                    WHERE id = ANY(due) AND concurrency_key IS NOT NULL
                    OFFSET 0) AS k
                WHERE pg_try_advisory_xact_lock(
                    hashtextextended('tally job ' || k.concurrency_key, 0)));
            -- A statement of its own: it sees what whoever had the locks before has committed.
            free := ARRAY(
                SELECT f.id FROM (
                    SELECT j.id, j.concurrency_key, row_number() OVER (
                        PARTITION BY j.concurrency_key
                        ORDER BY j.priority, j.due_at, j.id) AS place
                    FROM jobs AS j WHERE j.id = ANY(due)) AS f
                WHERE f.concurrency_key IS NULL
                    OR f.concurrency_key = ANY(open_keys)
                        AND f.place <= per_key - (
                            SELECT count(*) FROM jobs AS r
                            WHERE r.concurrency_key = f.concurrency_key
                                AND r.lease_token IS NOT NULL)
                        AND NOT EXISTS (
                            SELECT FROM job_holds AS h
                            WHERE h.concurrency_key = f.concurrency_key AND h.held_until > now()));
            RETURN QUERY
            UPDATE jobs AS j
            SET lease_token = gen_random_uuid(), lease_owner = owner, attempt = j.attempt + 1,
                due_at = now() + lease, updated_at = now()
            WHERE j.id = ANY(free)
            RETURNING j.*;
            -- The rest waits for others of its key to end.
            IF cardinality(free) < cardinality(due) THEN
                UPDATE jobs AS j SET is_ready = true, updated_at = now()
                WHERE j.id = ANY(due) AND j.lease_token IS NULL;
            END IF;
            RETURN;
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
