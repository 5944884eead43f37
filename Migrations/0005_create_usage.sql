-- Entries of the ledger, their idempotency keys, and the roll-ups that reports read.
--
-- Why: entries are append-only and partitioned by organization and month, so that they can be retired
-- by the month. Whether an event was seen before is asked whatever its time, so those keys stand in
-- a table without time. Entries have no foreign key: only the ledger writes them, in the transaction
-- that makes what they refer to, and a check per row and key is what ingestion can least afford.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

-- Everything an amount can be broken down by, once per organization; '' is absent.
CREATE TABLE dimension_sets (
    org_id          uuid NOT NULL,
    id              bigint NOT NULL,
    -- SHA-256 over all that follows.
    hash            bytea NOT NULL,
    provider        text NOT NULL,
    model           text NOT NULL,
    requested_model text NOT NULL DEFAULT '',
    operation       text NOT NULL DEFAULT '',
    region          text NOT NULL DEFAULT '',
    service_tier    text NOT NULL DEFAULT '',
    context_tier    text NOT NULL DEFAULT '',
    project         text NOT NULL DEFAULT '',
    api_key_id      text NOT NULL DEFAULT '',
    user_id         text NOT NULL DEFAULT '',
    feature         text NOT NULL DEFAULT '',
    customer        text NOT NULL DEFAULT '',
    team            text NOT NULL DEFAULT '',
    environment     text NOT NULL DEFAULT '',
    source          text NOT NULL DEFAULT '',
    connection_id   uuid,
    line_item       text NOT NULL DEFAULT '',
    charge_class    text NOT NULL DEFAULT '',
    -- Object of texts.
    tags            jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (org_id, id),
    CONSTRAINT dimension_sets_are_stored_once UNIQUE (org_id, hash),
    CONSTRAINT dimension_sets_hash_has_32_bytes CHECK (octet_length(hash) = 32)
);
SELECT tally.distribute('dimension_sets');
SELECT tally.isolate('dimension_sets');
GRANT SELECT, INSERT ON dimension_sets TO tally_service, tally_worker;
GRANT SELECT ON dimension_sets TO tally_reader;

-- Makes a table by a list of columns: in 8 parts by organization on one server, whole on Citus, whose
-- shards are such parts.
CREATE FUNCTION tally.create_hashed_table(table_name text, columns text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF tally.sharded() THEN
        EXECUTE format('CREATE TABLE %I (%s)', table_name, columns);
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (%s) PARTITION BY HASH (org_id)', table_name, columns);
    FOR part IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 8, REMAINDER %s)'
            ' WITH (fillfactor = 80)',
            table_name || '_h' || part, table_name, part);
    END LOOP;
END
$$;

-- The same for a table that is also cut by month; the months come with tally.add_usage_month.
CREATE FUNCTION tally.create_usage_table(table_name text, columns text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE %I (%s) PARTITION BY %s', table_name, columns,
        CASE WHEN tally.sharded() THEN 'RANGE (event_time)' ELSE 'HASH (org_id)' END);
    IF tally.sharded() THEN
        RETURN;
    END IF;
    FOR part IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 8, REMAINDER %s)'
            ' PARTITION BY RANGE (event_time)',
            table_name || '_h' || part, table_name, part);
    END LOOP;
END
$$;

-- Adds the partitions of one month of UTC to usage_entries, where they are missing.
--
-- A partition is made apart and then attached: that waits for no writer and stops none, while
-- CREATE TABLE … PARTITION OF would wait for every transaction that wrote an entry.
CREATE FUNCTION tally.add_usage_month(month date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    first_day constant timestamp := date_trunc('month', month::timestamp);
    suffix    constant text := to_char(first_day, '"_"YYYY"_"MM');
    parents   constant text[] := CASE WHEN tally.sharded() THEN ARRAY['usage_entries']
        ELSE ARRAY(SELECT 'usage_entries_h' || part FROM generate_series(0, 7) AS part) END;
    parent    text;
BEGIN
    IF month < '1970-01-01' OR month > '2100-12-31' THEN
        RAISE EXCEPTION 'no usage month outside of 1970 to 2100'
            USING ERRCODE = 'datetime_field_overflow', HINT = 'MONTH_OUT_OF_RANGE';
    END IF;
    IF to_regclass('public.' || parents[array_upper(parents, 1)] || suffix) IS NOT NULL THEN
        RETURN;
    END IF;
    -- One at a time; whoever waited sees what the other made.
    PERFORM pg_advisory_xact_lock(7258201635);
    FOREACH parent IN ARRAY parents LOOP
        IF to_regclass('public.' || parent || suffix) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS'
                ' INCLUDING INDEXES INCLUDING STORAGE)',
                parent || suffix, parent);
            EXECUTE format(
                'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                parent, parent || suffix, first_day AT TIME ZONE 'UTC',
                (first_day + interval '1 month') AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
END
$$;

-- Adds the months from one instant's to another's, at most 240. Whoever writes entries calls it
-- first, in a transaction of its own: the rows of a month that is missing are refused.
CREATE FUNCTION tally.ensure_usage_months(from_time timestamptz, to_time timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    month timestamp := date_trunc('month', from_time AT TIME ZONE 'UTC');
    last  constant timestamp := date_trunc('month', to_time AT TIME ZONE 'UTC');
BEGIN
    IF from_time IS NULL OR to_time IS NULL OR last < month
        OR last > month + interval '240 months'
    THEN
        RAISE EXCEPTION 'usage months want two instants, in order, at most 240 months apart'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'MONTHS_OUT_OF_RANGE';
    END IF;
    WHILE month <= last LOOP
        PERFORM tally.add_usage_month(month::date);
        month := month + interval '1 month';
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION tally.ensure_usage_months(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.ensure_usage_months(timestamptz, timestamptz)
    TO tally_service, tally_worker;

-- Sum of two objects of counts. For roll-ups, which add up what they cannot name in advance.
CREATE FUNCTION tally.add_quantities(a jsonb, b jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN a IS NULL OR a = '{}' THEN b
    WHEN b IS NULL OR b = '{}' THEN a
    ELSE (
        SELECT jsonb_object_agg(key, n)
        FROM (
            SELECT key, sum(value::numeric) AS n
            FROM (SELECT * FROM jsonb_each_text(a) UNION ALL SELECT * FROM jsonb_each_text(b))
                AS parts
            GROUP BY key
        ) AS sums)
END;
GRANT EXECUTE ON FUNCTION tally.add_quantities(jsonb, jsonb) TO tally_service, tally_worker;

-- An event or a row of a report counts once per organization and source, whatever its time.
SELECT tally.create_hashed_table('idempotency_keys', $columns$
    org_id       uuid NOT NULL,
    source       text NOT NULL,
    event_id     text NOT NULL,
    -- Over every field that the client sent: the same id with another hash is a conflict.
    content_hash bytea NOT NULL,
    entry_id     bigint NOT NULL,
    event_time   timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_count_once PRIMARY KEY (org_id, source, event_id)
$columns$);
SELECT tally.distribute('idempotency_keys');
SELECT tally.isolate('idempotency_keys');
-- Rows of a provider's report change; their key then remembers the newest content.
GRANT SELECT, INSERT, UPDATE (content_hash) ON idempotency_keys TO tally_service, tally_worker;

SELECT tally.create_usage_table('usage_entries', $columns$
    org_id           uuid NOT NULL,
    entry_id         bigint NOT NULL,
    event_time       timestamptz NOT NULL,
    recorded_at      timestamptz NOT NULL,
    booked_at        timestamptz NOT NULL,
    -- 1 usage, 2 charge, 3 credit, 4 seat, 5 cloud, 6 correction, 7 reversal, 8 adjustment.
    kind             smallint NOT NULL,
    -- What a correction or reversal is of; its event_time is the same.
    root_entry_id    bigint,
    correction_no    integer,
    source           text NOT NULL,
    event_id         text NOT NULL,
    dimension_set_id bigint NOT NULL,
    price_version_id bigint,
    currency         text NOT NULL,
    -- Null: unpriced, which is not zero.
    amount_picos     numeric(38,0),
    -- The numbers of the contract's UsageState and EventStatus.
    usage_state      smallint NOT NULL,
    status           smallint NOT NULL,
    requests         bigint NOT NULL DEFAULT 0,
    latency_ms       bigint,
    attempt          integer,
    session          text,
    run              text,
    input            bigint,
    cache_read       bigint,
    cache_write_5m   bigint,
    cache_write_30m  bigint,
    cache_write_1h   bigint,
    cache_write_12h  bigint,
    output           bigint,
    reasoning        bigint,
    output_unsplit   bigint,
    input_audio      bigint,
    cache_read_audio bigint,
    output_audio     bigint,
    input_image      bigint,
    cache_read_image bigint,
    output_image     bigint,
    -- Counted things that are not tokens, by class.
    other_quantities jsonb,
    PRIMARY KEY (org_id, event_time, entry_id),
    CONSTRAINT usage_entries_kind_is_known CHECK (kind BETWEEN 1 AND 8),
    CONSTRAINT usage_entries_corrections_name_their_root
        CHECK ((kind IN (6, 7)) = (root_entry_id IS NOT NULL)),
    CONSTRAINT usage_entries_corrections_are_numbered
        CHECK ((root_entry_id IS NULL) = (correction_no IS NULL))
$columns$);
SELECT tally.distribute('usage_entries');
CREATE UNIQUE INDEX usage_entries_correction_number_is_used_once
    ON usage_entries (org_id, event_time, root_entry_id, correction_no)
    WHERE root_entry_id IS NOT NULL;
SELECT tally.isolate('usage_entries');
CREATE TRIGGER usage_entries_are_append_only BEFORE UPDATE OR DELETE ON usage_entries
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
GRANT SELECT, INSERT ON usage_entries TO tally_service, tally_worker;
GRANT SELECT ON usage_entries TO tally_reader;
DO $$
BEGIN
    -- The months around the migration, so that a fresh installation takes events at once.
    FOR distance IN -2..2 LOOP
        PERFORM tally.add_usage_month((now() + distance * interval '1 month')::date);
    END LOOP;
END
$$;

-- Sums by quarter of an hour of UTC, from which every zone's hours, days and months can be built.
SELECT tally.create_hashed_table('usage_rollups', $columns$
    org_id            uuid NOT NULL,
    bucket_start      timestamptz NOT NULL,
    dimension_set_id  bigint NOT NULL,
    -- 1 events, 2 a provider's usage report, 3 a provider's bill.
    kind              smallint NOT NULL,
    currency          text NOT NULL,
    -- Root entries; corrections change sums, not this count.
    entries           bigint NOT NULL DEFAULT 0,
    requests          bigint NOT NULL DEFAULT 0,
    amount_picos      numeric(38,0) NOT NULL DEFAULT 0,
    unpriced_entries  bigint NOT NULL DEFAULT 0,
    unpriced_tokens   bigint NOT NULL DEFAULT 0,
    input            bigint NOT NULL DEFAULT 0,
    cache_read       bigint NOT NULL DEFAULT 0,
    cache_write_5m   bigint NOT NULL DEFAULT 0,
    cache_write_30m  bigint NOT NULL DEFAULT 0,
    cache_write_1h   bigint NOT NULL DEFAULT 0,
    cache_write_12h  bigint NOT NULL DEFAULT 0,
    output           bigint NOT NULL DEFAULT 0,
    reasoning        bigint NOT NULL DEFAULT 0,
    output_unsplit   bigint NOT NULL DEFAULT 0,
    input_audio      bigint NOT NULL DEFAULT 0,
    cache_read_audio bigint NOT NULL DEFAULT 0,
    output_audio     bigint NOT NULL DEFAULT 0,
    input_image      bigint NOT NULL DEFAULT 0,
    cache_read_image bigint NOT NULL DEFAULT 0,
    output_image     bigint NOT NULL DEFAULT 0,
    other_quantities  jsonb NOT NULL DEFAULT '{}',
    last_recorded_at  timestamptz NOT NULL,
    -- When an entry of the bucket was last corrected; null where none ever was.
    last_corrected_at timestamptz,
    CONSTRAINT usage_rollups_have_one_row_per_key
        PRIMARY KEY (org_id, bucket_start, dimension_set_id, kind, currency),
    CONSTRAINT usage_rollups_kind_is_known CHECK (kind BETWEEN 1 AND 3)
$columns$);
SELECT tally.distribute('usage_rollups');
SELECT tally.isolate('usage_rollups');
GRANT SELECT, INSERT, UPDATE ON usage_rollups TO tally_service, tally_worker;
GRANT SELECT ON usage_rollups TO tally_reader;
