-- Removes usage that an organization does not want kept any more.
--
-- Why: how many months of usage an organization wants kept was stored, and enforced by nothing. It now
-- stands beside what every call knows of an organization too, so that events which are too old are refused
-- without another question, and the guards of the usage tables let workers delete what is older than
-- that, and nothing else. Fewer months than 13 would leave no year to compare with; whoever asked for
-- fewer gets 13. A shorter time than before counts a week after it was asked for, so that a mistake can be
-- taken back; of organizations that asked before this, a week from now.
-- Locks: organizations and the usage tables, exclusively, for an instant. Time: constant, but for one
-- look through organizations.

SET LOCAL ROLE tally_owner;

ALTER TABLE organization_states
    -- Null: all.
    ADD COLUMN retention_months integer,
    -- Before then nothing is removed.
    ADD COLUMN retention_begins_at timestamptz,
    -- Usage from before it has been removed; null where none was.
    ADD COLUMN usage_removed_before timestamptz;
ALTER TABLE organization_states ADD CONSTRAINT organization_states_keep_a_year_to_compare
    CHECK (retention_months BETWEEN 13 AND 1200);
ALTER TABLE organization_states ADD CONSTRAINT organization_states_retention_has_a_beginning
    CHECK ((retention_months IS NULL) = (retention_begins_at IS NULL));
CREATE INDEX organization_states_by_retention ON organization_states (org_id)
    WHERE retention_months IS NOT NULL;
GRANT INSERT (retention_months, retention_begins_at),
    UPDATE (retention_months, retention_begins_at) ON organization_states TO tally_service;
GRANT UPDATE (usage_removed_before) ON organization_states TO tally_worker;

ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
UPDATE organizations SET retention_months = 13 WHERE retention_months BETWEEN 1 AND 12;
ALTER TABLE organization_states NO FORCE ROW LEVEL SECURITY;
INSERT INTO organization_states AS s (org_id, retention_months, retention_begins_at)
SELECT id, retention_months, now() + interval '7 days' FROM organizations
WHERE retention_months > 0
ON CONFLICT (org_id) DO UPDATE
SET retention_months = excluded.retention_months,
    retention_begins_at = excluded.retention_begins_at;
ALTER TABLE organization_states FORCE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
ALTER TABLE organizations ADD CONSTRAINT organizations_keep_a_year_to_compare
    CHECK (retention_months = 0 OR retention_months >= 13);

-- From when on usage is kept at a time, of so many months beside the present one. Months are those of
-- UTC, and each begins up to 14 hours earlier elsewhere.
CREATE FUNCTION tally.usage_kept_from(retention_months integer, at timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE
RETURN (date_trunc('month', at AT TIME ZONE 'UTC') - make_interval(months => retention_months))
    AT TIME ZONE 'UTC' - interval '14 hours';
GRANT EXECUTE ON FUNCTION tally.usage_kept_from(integer, timestamptz) TO tally_worker;

-- The guard of the usage tables: rows go with their organization, or once they are not kept any more.
CREATE FUNCTION tally.refuse_early_removal() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'tally_worker' THEN
        IF TG_ARGV[0] = 'bucket_start' THEN
            at := OLD.bucket_start;
        ELSE
            at := OLD.event_time;
        END IF;
        IF tally.is_erased(OLD.org_id) OR EXISTS (
            SELECT FROM public.organization_states
            WHERE org_id = OLD.org_id AND retention_begins_at <= now()
                AND at < tally.usage_kept_from(retention_months, now()))
        THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is kept', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'USAGE_IS_KEPT';
END
$$;

-- Rows of the ledger stay append-only; and all rows of usage are kept while they are to be.
DROP TRIGGER usage_entries_are_append_only ON usage_entries;
CREATE TRIGGER usage_entries_are_append_only BEFORE UPDATE ON usage_entries
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
CREATE TRIGGER usage_entries_are_kept BEFORE DELETE ON usage_entries
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('event_time');
DROP TRIGGER usage_entries_go_with_their_organization ON usage_entries;
DROP TRIGGER idempotency_keys_go_with_their_organization ON idempotency_keys;
CREATE TRIGGER idempotency_keys_are_kept BEFORE DELETE ON idempotency_keys
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('event_time');
DROP TRIGGER usage_rollups_go_with_their_organization ON usage_rollups;
CREATE TRIGGER usage_rollups_are_kept BEFORE DELETE ON usage_rollups
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('bucket_start');

-- Takes all parts of a month out of the usage tables: the first month that ended before a time and has
-- no row of anybody. Says how many parts they were. Who is in the way for a second keeps them.
CREATE FUNCTION tally.drop_empty_usage_month(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '1s' AS $$
DECLARE
    month   text;
    parts   text[];
    parents text[];
    queries text;
    is_used boolean;
BEGIN
    FOR month, parts, parents IN
        SELECT right(c.relname, 7), array_agg(c.oid::regclass::text ORDER BY c.relname),
            array_agg(p.oid::regclass::text ORDER BY c.relname)
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        JOIN pg_class AS p ON p.oid = i.inhparent
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND c.relname ~ '^usage_entries(_h[0-9]+)?_[0-9]{4}_[0-9]{2}$'
            AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC'
                <= before
        GROUP BY 1 ORDER BY 1
    LOOP
        SELECT string_agg(format('EXISTS (SELECT FROM %s)', part), ' OR ')
        INTO queries FROM unnest(parts) AS part;
        EXECUTE 'SELECT ' || queries INTO is_used;
        CONTINUE WHEN is_used;
        FOR number IN 1..array_length(parts, 1) LOOP
            EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', parents[number]);
            EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', parts[number]);
        END LOOP;
        EXECUTE 'SELECT ' || queries INTO is_used;
        CONTINUE WHEN is_used;
        FOR number IN 1..array_length(parts, 1) LOOP
            EXECUTE format(
                'ALTER TABLE %s DETACH PARTITION %s', parents[number], parts[number]);
            EXECUTE format('DROP TABLE %s', parts[number]);
        END LOOP;
        RETURN array_length(parts, 1);
    END LOOP;
    RETURN 0;
END
$$;
REVOKE EXECUTE ON FUNCTION tally.drop_empty_usage_month(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.drop_empty_usage_month(timestamptz) TO tally_worker;

-- The job that looks whose usage is too old, and makes one for each; it is there from now on.
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (id, org_id, kind, key, arguments, due_at)
VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'remove_old_usage',
    'all', '{}', now());
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
