-- Roll-ups by the day, and what commits add to roll-ups, before it is merged into them.
--
-- Why: a commit changed one row of the roll-ups for each quarter of an hour and set of dimensions that it
-- had events of, which was most of the database's time for an event. Now it appends one row, with an array
-- for each column, and the writer whose commit makes them too many merges them, each roll-up once.
-- `current_usage_rollups` shows what roll-ups come to, merged or not. A report of a month read each quarter
-- of an hour of it; now it reads days, and quarters of an hour only of days that it cuts, and for the
-- sets of connections, whose bills are shared out by them.
-- Locks: usage_rollups and ledger_clocks, exclusively, while days are summed; dimension_sets against
-- writers while its index is made. Time: about 5 seconds for each million roll-ups that are there.

SET LOCAL ROLE tally_owner;

-- Sum of objects of counts; null where there is none.
CREATE AGGREGATE tally.sum_quantities(jsonb) (
    SFUNC = tally.add_quantities, STYPE = jsonb, PARALLEL = SAFE);
GRANT EXECUTE ON FUNCTION tally.sum_quantities(jsonb) TO tally_service, tally_worker, tally_reader;

-- Counts of roll-ups stay at 2^59 - 1 and its negative: beyond what there is, and the sum of all classes still
-- fits. A count that fails instead would stop all that is recorded after it, since roll-ups are added to later.
-- Amounts of money are exact always.
CREATE FUNCTION tally.bounded_count(n numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(greatest(n, -576460752303423487), 576460752303423487)::bigint;
CREATE FUNCTION tally.bounded_count(n bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(greatest(n, -576460752303423487), 576460752303423487);
GRANT EXECUTE ON FUNCTION tally.bounded_count(numeric), tally.bounded_count(bigint)
    TO tally_service, tally_worker, tally_reader;

-- The guard of the usage tables, for days of roll-ups, too: what is left of one goes when nothing of it is
-- kept.
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

ALTER TABLE ledger_clocks
    -- How many rows of usage_rollup_deltas the organization has, and how many roll-ups they add to.
    ADD COLUMN unmerged_commits integer NOT NULL DEFAULT 0,
    ADD COLUMN unmerged_rollups integer NOT NULL DEFAULT 0,
    -- Those that were recorded until then are merged.
    ADD COLUMN rollups_merged_through timestamptz NOT NULL DEFAULT '-infinity';

-- The guard of what is added to roll-ups: it goes with its organization, or once the clock says that it is
-- merged.
CREATE FUNCTION tally.refuse_unmerged_removal() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF tally.is_erased(OLD.org_id) OR EXISTS (
        SELECT FROM public.ledger_clocks
        WHERE org_id = OLD.org_id AND rollups_merged_through >= OLD.recorded_at)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is kept until it is merged', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'USAGE_IS_KEPT';
END
$$;

-- Sums of usage_rollups by day of UTC.
SELECT tally.create_hashed_table('usage_rollups_daily', $columns$
    org_id            uuid NOT NULL,
    day_start         timestamptz NOT NULL,
    dimension_set_id  bigint NOT NULL,
    kind              smallint NOT NULL,
    currency          text NOT NULL,
    entries           bigint NOT NULL DEFAULT 0,
    requests          bigint NOT NULL DEFAULT 0,
    amount_picos      numeric(38,0) NOT NULL DEFAULT 0,
    unpriced_entries  bigint NOT NULL DEFAULT 0,
    unpriced_tokens   bigint NOT NULL DEFAULT 0,
    last_recorded_at  timestamptz NOT NULL,
    last_corrected_at timestamptz,
    input             bigint NOT NULL DEFAULT 0,
    cache_read        bigint NOT NULL DEFAULT 0,
    cache_write_5m    bigint NOT NULL DEFAULT 0,
    cache_write_30m   bigint NOT NULL DEFAULT 0,
    cache_write_1h    bigint NOT NULL DEFAULT 0,
    cache_write_12h   bigint NOT NULL DEFAULT 0,
    output            bigint NOT NULL DEFAULT 0,
    reasoning         bigint NOT NULL DEFAULT 0,
    output_unsplit    bigint NOT NULL DEFAULT 0,
    input_audio       bigint NOT NULL DEFAULT 0,
    cache_read_audio  bigint NOT NULL DEFAULT 0,
    output_audio      bigint NOT NULL DEFAULT 0,
    input_image       bigint NOT NULL DEFAULT 0,
    cache_read_image  bigint NOT NULL DEFAULT 0,
    output_image      bigint NOT NULL DEFAULT 0,
    other_quantities  jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT usage_rollups_daily_have_one_row_per_key
        PRIMARY KEY (org_id, day_start, dimension_set_id, kind, currency),
    CONSTRAINT usage_rollups_daily_kind_is_known CHECK (kind BETWEEN 1 AND 3),
    CONSTRAINT usage_rollups_daily_begin_at_midnight
        CHECK (day_start = date_bin('1 day', day_start, '1970-01-01 00:00+00'))
$columns$);
SELECT tally.distribute('usage_rollups_daily');
SELECT tally.isolate('usage_rollups_daily');
CREATE TRIGGER usage_rollups_daily_are_kept BEFORE DELETE ON usage_rollups_daily
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('day_start');
DROP TRIGGER usage_rollups_daily_go_with_their_organization ON usage_rollups_daily;
GRANT SELECT, INSERT, UPDATE ON usage_rollups_daily TO tally_service, tally_worker;
GRANT SELECT ON usage_rollups_daily TO tally_reader;

LOCK TABLE usage_rollups IN ACCESS EXCLUSIVE MODE;
ALTER TABLE usage_rollups NO FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_rollups_daily NO FORCE ROW LEVEL SECURITY;
INSERT INTO usage_rollups_daily
    (org_id, day_start, dimension_set_id, kind, currency, entries, requests, amount_picos,
     unpriced_entries, unpriced_tokens, last_recorded_at, last_corrected_at, input, cache_read,
     cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h, output, reasoning,
     output_unsplit, input_audio, cache_read_audio, output_audio, input_image, cache_read_image,
     output_image, other_quantities)
SELECT org_id, date_bin('1 day', bucket_start, '1970-01-01 00:00+00'), dimension_set_id, kind,
    currency, tally.bounded_count(sum(entries)), tally.bounded_count(sum(requests)),
    sum(amount_picos), tally.bounded_count(sum(unpriced_entries)),
    tally.bounded_count(sum(unpriced_tokens)), max(last_recorded_at), max(last_corrected_at),
    tally.bounded_count(sum(input)),
    tally.bounded_count(sum(cache_read)), tally.bounded_count(sum(cache_write_5m)),
    tally.bounded_count(sum(cache_write_30m)), tally.bounded_count(sum(cache_write_1h)),
    tally.bounded_count(sum(cache_write_12h)), tally.bounded_count(sum(output)),
    tally.bounded_count(sum(reasoning)), tally.bounded_count(sum(output_unsplit)),
    tally.bounded_count(sum(input_audio)),
    tally.bounded_count(sum(cache_read_audio)), tally.bounded_count(sum(output_audio)),
    tally.bounded_count(sum(input_image)), tally.bounded_count(sum(cache_read_image)),
    tally.bounded_count(sum(output_image)),
    coalesce(tally.sum_quantities(other_quantities) FILTER (WHERE other_quantities <> '{}'), '{}')
FROM usage_rollups GROUP BY 1, 2, 3, 4, 5;
ALTER TABLE usage_rollups_daily FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_rollups FORCE ROW LEVEL SECURITY;

-- What commits add to roll-ups: one row for each commit, of which nothing is merged yet. Element n of each
-- array is of one roll-up; an array is null where nothing is added to any.
SELECT tally.create_hashed_table('usage_rollup_deltas', replace($columns$
    org_id             uuid NOT NULL,
    -- That of the entries; times of recording grow, so each commit has one of its own.
    recorded_at        timestamptz NOT NULL,
    first_bucket_start timestamptz NOT NULL,
    last_bucket_start  timestamptz NOT NULL,
    bucket_start       timestamptz[] LZ4 NOT NULL,
    dimension_set_id   bigint[] LZ4 NOT NULL,
    kind               smallint[] LZ4 NOT NULL,
    currency           text[] LZ4 NOT NULL,
    entries            bigint[] LZ4,
    requests           bigint[] LZ4,
    amount_picos       numeric[] LZ4,
    unpriced_entries   bigint[] LZ4,
    unpriced_tokens    bigint[] LZ4,
    -- Whether it is of corrections.
    is_correction      boolean[] LZ4,
    input              bigint[] LZ4,
    cache_read         bigint[] LZ4,
    cache_write_5m     bigint[] LZ4,
    cache_write_30m    bigint[] LZ4,
    cache_write_1h     bigint[] LZ4,
    cache_write_12h    bigint[] LZ4,
    output             bigint[] LZ4,
    reasoning          bigint[] LZ4,
    output_unsplit     bigint[] LZ4,
    input_audio        bigint[] LZ4,
    cache_read_audio   bigint[] LZ4,
    output_audio       bigint[] LZ4,
    input_image        bigint[] LZ4,
    cache_read_image   bigint[] LZ4,
    output_image       bigint[] LZ4,
    other_quantities   jsonb[] LZ4,
    PRIMARY KEY (org_id, recorded_at),
    CONSTRAINT usage_rollup_deltas_have_one_key_each CHECK (
        cardinality(bucket_start) > 0 AND cardinality(dimension_set_id) = cardinality(bucket_start)
        AND cardinality(kind) = cardinality(bucket_start)
        AND cardinality(currency) = cardinality(bucket_start))
$columns$, ' LZ4', CASE WHEN (
        SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression')
    THEN ' COMPRESSION lz4' ELSE '' END));
SELECT tally.distribute('usage_rollup_deltas');
SELECT tally.isolate('usage_rollup_deltas');
CREATE TRIGGER usage_rollup_deltas_are_append_only BEFORE UPDATE ON usage_rollup_deltas
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
CREATE TRIGGER usage_rollup_deltas_are_merged BEFORE DELETE ON usage_rollup_deltas
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_unmerged_removal();
DROP TRIGGER usage_rollup_deltas_go_with_their_organization ON usage_rollup_deltas;
GRANT SELECT, INSERT, DELETE ON usage_rollup_deltas TO tally_service, tally_worker;
GRANT SELECT ON usage_rollup_deltas TO tally_reader;

-- What is added to roll-ups, as rows.
CREATE VIEW unmerged_usage_rollups WITH (security_invoker = true) AS
SELECT d.org_id, d.recorded_at, d.first_bucket_start, d.last_bucket_start, v.bucket_start,
    v.dimension_set_id, v.kind, v.currency,
    coalesce(v.entries, 0) AS entries, coalesce(v.requests, 0) AS requests, coalesce(v.amount_picos,
    0) AS amount_picos, coalesce(v.unpriced_entries, 0) AS unpriced_entries,
    coalesce(v.unpriced_tokens, 0) AS unpriced_tokens, coalesce(v.is_correction, false) AS
    is_correction, coalesce(v.input, 0) AS input, coalesce(v.cache_read, 0) AS cache_read,
    coalesce(v.cache_write_5m, 0) AS cache_write_5m, coalesce(v.cache_write_30m, 0) AS
    cache_write_30m, coalesce(v.cache_write_1h, 0) AS cache_write_1h, coalesce(v.cache_write_12h, 0)
    AS cache_write_12h, coalesce(v.output, 0) AS output, coalesce(v.reasoning, 0) AS reasoning,
    coalesce(v.output_unsplit, 0) AS output_unsplit, coalesce(v.input_audio, 0) AS input_audio,
    coalesce(v.cache_read_audio, 0) AS cache_read_audio, coalesce(v.output_audio, 0) AS
    output_audio, coalesce(v.input_image, 0) AS input_image, coalesce(v.cache_read_image, 0) AS
    cache_read_image, coalesce(v.output_image, 0) AS output_image, v.other_quantities
FROM usage_rollup_deltas AS d
CROSS JOIN LATERAL unnest(
    d.bucket_start, d.dimension_set_id, d.kind, d.currency, d.entries, d.requests, d.amount_picos,
    d.unpriced_entries, d.unpriced_tokens, d.is_correction, d.input, d.cache_read, d.cache_write_5m,
    d.cache_write_30m, d.cache_write_1h, d.cache_write_12h, d.output, d.reasoning, d.output_unsplit,
    d.input_audio, d.cache_read_audio, d.output_audio, d.input_image, d.cache_read_image,
    d.output_image, d.other_quantities)
    AS v (
        bucket_start, dimension_set_id, kind, currency, entries, requests, amount_picos,
        unpriced_entries, unpriced_tokens, is_correction, input, cache_read, cache_write_5m,
        cache_write_30m, cache_write_1h, cache_write_12h, output, reasoning, output_unsplit,
        input_audio, cache_read_audio, output_audio, input_image, cache_read_image, output_image,
        other_quantities);
GRANT SELECT ON unmerged_usage_rollups TO tally_service, tally_worker, tally_reader;

-- What roll-ups come to: those that are merged, with what is not merged yet.
CREATE VIEW current_usage_rollups WITH (security_invoker = true) AS
SELECT r.org_id, r.bucket_start, r.dimension_set_id, r.kind, r.currency,
    tally.bounded_count(sum(r.entries)) AS entries,
    tally.bounded_count(sum(r.requests)) AS requests,
    sum(r.amount_picos)::numeric(38,0) AS amount_picos,
    tally.bounded_count(sum(r.unpriced_entries)) AS unpriced_entries,
    tally.bounded_count(sum(r.unpriced_tokens)) AS unpriced_tokens,
    tally.bounded_count(sum(r.input)) AS input,
    tally.bounded_count(sum(r.cache_read)) AS cache_read,
    tally.bounded_count(sum(r.cache_write_5m)) AS cache_write_5m,
    tally.bounded_count(sum(r.cache_write_30m)) AS cache_write_30m,
    tally.bounded_count(sum(r.cache_write_1h)) AS cache_write_1h,
    tally.bounded_count(sum(r.cache_write_12h)) AS cache_write_12h,
    tally.bounded_count(sum(r.output)) AS output,
    tally.bounded_count(sum(r.reasoning)) AS reasoning,
    tally.bounded_count(sum(r.output_unsplit)) AS output_unsplit,
    tally.bounded_count(sum(r.input_audio)) AS input_audio,
    tally.bounded_count(sum(r.cache_read_audio)) AS cache_read_audio,
    tally.bounded_count(sum(r.output_audio)) AS output_audio,
    tally.bounded_count(sum(r.input_image)) AS input_image,
    tally.bounded_count(sum(r.cache_read_image)) AS cache_read_image,
    tally.bounded_count(sum(r.output_image)) AS output_image,
    coalesce(tally.sum_quantities(r.other_quantities) FILTER (WHERE r.other_quantities <> '{}'), '{}')
        AS other_quantities,
    max(r.last_recorded_at) AS last_recorded_at, max(r.last_corrected_at) AS last_corrected_at
FROM (
    SELECT org_id, bucket_start, dimension_set_id, kind, currency, entries, requests, amount_picos,
        unpriced_entries, unpriced_tokens, input, cache_read, cache_write_5m, cache_write_30m,
        cache_write_1h, cache_write_12h, output, reasoning, output_unsplit, input_audio,
        cache_read_audio, output_audio, input_image, cache_read_image, output_image,
        other_quantities, last_recorded_at, last_corrected_at
    FROM usage_rollups
    UNION ALL
    SELECT org_id, bucket_start, dimension_set_id, kind, currency, entries, requests, amount_picos,
        unpriced_entries, unpriced_tokens, input, cache_read, cache_write_5m, cache_write_30m,
        cache_write_1h, cache_write_12h, output, reasoning, output_unsplit, input_audio,
        cache_read_audio, output_audio, input_image, cache_read_image, output_image,
        other_quantities, recorded_at, CASE WHEN is_correction THEN recorded_at END
    FROM unmerged_usage_rollups
) AS r
GROUP BY r.org_id, r.bucket_start, r.dimension_set_id, r.kind, r.currency;
GRANT SELECT ON current_usage_rollups TO tally_service, tally_worker, tally_reader;

-- Sets of connections, whose days are resolved by quarters of an hour.
CREATE INDEX dimension_sets_of_connections ON dimension_sets (org_id, id)
    WHERE connection_id IS NOT NULL;

-- What an export gives as texts: numbers of any size in arrays, too.
CREATE OR REPLACE FUNCTION tally.export_rows(
    organization uuid, table_name text, fields text[], sealed_fields text[], after text,
    row_limit bigint)
RETURNS TABLE (row_key text, content text, sealed text[])
LANGUAGE plpgsql STABLE SET timezone = 'UTC' AS $$
DECLARE
    source constant regclass := format('public.%I', table_name)::regclass;
    tenant constant text := CASE WHEN table_name = 'organizations' THEN 'id' ELSE 'org_id' END;
    key    record;
    plain  text;
    hidden text;
BEGIN
    SELECT * INTO key FROM tally.key_of(table_name, after);
    SELECT string_agg(
        format(CASE WHEN a.atttypid IN ('numeric'::regtype, 'bigint'::regtype)
            THEN 't.%1$I::text AS %1$I'
            WHEN a.atttypid IN ('bigint[]'::regtype, 'numeric[]'::regtype)
                THEN 't.%1$I::text[] AS %1$I'
            ELSE 't.%I' END, f.name), ', ' ORDER BY f.position)
    INTO plain
    FROM unnest(fields) WITH ORDINALITY AS f (name, position)
    JOIN pg_attribute AS a ON a.attrelid = source AND a.attname = f.name;
    SELECT string_agg(
        format('coalesce(encode(t.%I, ''hex''), '''')', f.name), ', ' ORDER BY f.position)
    INTO hidden
    FROM unnest(sealed_fields) WITH ORDINALITY AS f (name, position);
    RETURN QUERY EXECUTE format(
        'SELECT jsonb_build_array(%s)::text, '
        '(SELECT to_jsonb(c)::text FROM (SELECT %s) AS c), ARRAY[%s]::text[] '
        'FROM %s AS t WHERE %I = $1%s ORDER BY %s LIMIT $2',
        key.texts, plain, hidden, source, tenant,
        CASE WHEN after = '' THEN ''
            ELSE format(' AND (%s) > (%s)', key.columns, key."values") END,
        key.columns)
        USING organization, row_limit;
END
$$;
