-- Roll-ups by the month of UTC, of what reports sum.
--
-- Why: a report of a month read each day of each set of dimensions, 31,000 of them for 1,000 sets, which was most
-- of the database's time for it. Now it reads whole months, and days only of months that it cuts. They are merged
-- into with days and quarters of an hour. The months of organizations that are there already are summed from
-- their days by a worker, which looks once a day, one month a transaction, and the clock says from which month on
-- all are there; no report reads those of before. A server of before this merges into no months, which the clock
-- shows, too: then reports read days until a worker of now has summed the months anew. A worker of before must not
-- run beside servers of now for longer than a deployment takes: where it removes usage that is not kept any more,
-- months of it stay.
-- Locks: ledger_clocks, exclusively, for an instant; none on roll-ups. Time: constant.

SET LOCAL ROLE tally_owner;

ALTER TABLE ledger_clocks
    -- From then on, months are what their days come to; 'infinity': none is summed.
    ADD COLUMN rollup_months_from timestamptz NOT NULL DEFAULT 'infinity',
    -- Months from before are cut by retention, or gone, and are not summed.
    ADD COLUMN rollup_months_kept_from timestamptz NOT NULL DEFAULT '-infinity',
    -- rollups_merged_through, as far as months were merged into.
    ADD COLUMN rollup_months_merged_through timestamptz NOT NULL DEFAULT '-infinity';
-- Whoever comes from now on has nothing to sum.
ALTER TABLE ledger_clocks ALTER COLUMN rollup_months_from SET DEFAULT '-infinity';

-- The guard of the usage tables, for months of roll-ups, too.
CREATE OR REPLACE FUNCTION tally.refuse_early_removal() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'tally_worker' THEN
        IF TG_ARGV[0] = 'bucket_start' THEN
            at := OLD.bucket_start;
        ELSIF TG_ARGV[0] = 'day_start' THEN
            at := OLD.day_start;
        ELSIF TG_ARGV[0] = 'month_start' THEN
            at := OLD.month_start;
        ELSIF TG_ARGV[0] = 'last_event_time' THEN
            at := OLD.last_event_time;
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

-- Sums of usage_rollups_daily by month of UTC.
SELECT tally.create_hashed_table('usage_rollups_monthly', $columns$
    org_id            uuid NOT NULL,
    month_start       timestamptz NOT NULL,
    dimension_set_id  bigint NOT NULL,
    kind              smallint NOT NULL,
    currency          text NOT NULL,
    entries           bigint NOT NULL DEFAULT 0,
    requests          bigint NOT NULL DEFAULT 0,
    amount_picos      numeric(38,0) NOT NULL DEFAULT 0,
    unpriced_entries  bigint NOT NULL DEFAULT 0,
    unpriced_tokens   bigint NOT NULL DEFAULT 0,
    -- Of all classes.
    tokens            bigint NOT NULL DEFAULT 0,
    last_recorded_at  timestamptz NOT NULL,
    CONSTRAINT usage_rollups_monthly_have_one_row_per_key
        PRIMARY KEY (org_id, month_start, dimension_set_id, kind, currency),
    CONSTRAINT usage_rollups_monthly_kind_is_known CHECK (kind BETWEEN 1 AND 4),
    CONSTRAINT usage_rollups_monthly_begin_with_their_month
        CHECK (month_start = date_trunc('month', month_start AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
$columns$);
SELECT tally.distribute('usage_rollups_monthly');
SELECT tally.isolate('usage_rollups_monthly');
CREATE TRIGGER usage_rollups_monthly_are_kept BEFORE DELETE ON usage_rollups_monthly
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('month_start');
DROP TRIGGER usage_rollups_monthly_go_with_their_organization ON usage_rollups_monthly;
GRANT SELECT, INSERT, UPDATE ON usage_rollups_monthly TO tally_service, tally_worker;
GRANT SELECT ON usage_rollups_monthly TO tally_reader;
