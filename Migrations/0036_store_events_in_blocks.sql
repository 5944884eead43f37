-- Metered events in blocks: one row for the events of a batch, with an array for each of their columns.
--
-- Why: an event as a row of its own took 290 bytes and an index entry, and the database spent most of its
-- time on forming rows. In a block the events of a batch share what they share, and the columns compress.
-- The ledger's rules stay: a block is written once, in the transaction that records its keys and adds to
-- the roll-ups. Corrections of events, and rows of providers' reports, stay rows of usage_entries.
-- `ledger_entries` shows every entry as a row. Keys are kept as hashes, which is what they are compared by.
-- Locks: idempotency_keys and usage_entries, exclusively, while their rows are rewritten. Time: about 40
-- seconds for each million events that are there.

SET LOCAL ROLE tally_owner;

-- Adds the partitions of one month of UTC to the tables that are cut by month, where they are missing.
--
-- A partition is made apart and then attached: that waits for no writer and stops none, while
-- CREATE TABLE … PARTITION OF would wait for every transaction that wrote an entry.
CREATE OR REPLACE FUNCTION tally.add_usage_month(month date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    first_day constant timestamp := date_trunc('month', month::timestamp);
    suffix    constant text := to_char(first_day, '"_"YYYY"_"MM');
    roots     constant text[] := ARRAY['usage_entries', 'usage_event_blocks'];
    parents   constant text[] := CASE WHEN tally.sharded() THEN roots ELSE ARRAY(
        SELECT root || '_h' || part FROM unnest(roots) AS root, generate_series(0, 7) AS part
        ORDER BY root, part) END;
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
                ' INCLUDING INDEXES INCLUDING STORAGE INCLUDING COMPRESSION)',
                parent || suffix, parent);
            EXECUTE format(
                'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                parent, parent || suffix, first_day AT TIME ZONE 'UTC',
                (first_day + interval '1 month') AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
END
$$;

-- What an event, or a row of a report, is known by: 16 bytes of SHA-256, held as uuid, which has no
-- length of its own and compares fast. The length of the source keeps it and the id apart.
CREATE FUNCTION tally.entry_key(source text, event_id text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(substr(
    sha256(convert_to(octet_length(source) || ':' || source || event_id, 'UTF8')), 1, 16),
    'hex')::uuid;
GRANT EXECUTE ON FUNCTION tally.entry_key(text, text) TO tally_worker;

-- The guard of the usage tables, for blocks of events, too: those go when the last of their events may.
CREATE OR REPLACE FUNCTION tally.refuse_early_removal() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'tally_worker' THEN
        IF TG_ARGV[0] = 'bucket_start' THEN
            at := OLD.bucket_start;
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

-- As it was, for tables that name the time they are cut by.
DROP FUNCTION tally.create_usage_table(text, text);
CREATE FUNCTION tally.create_usage_table(table_name text, columns text, time_column text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE %I (%s) PARTITION BY %s', table_name, columns,
        CASE WHEN tally.sharded() THEN format('RANGE (%I)', time_column)
            ELSE 'HASH (org_id)' END);
    IF tally.sharded() THEN
        RETURN;
    END IF;
    FOR part IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 8, REMAINDER %s)'
            ' PARTITION BY RANGE (%I)',
            table_name || '_h' || part, table_name, part, time_column);
    END LOOP;
END
$$;

-- Events of one organization, batch, currency and month of UTC, of which the last 14 hours are apart:
-- there usage begins that is kept when what was before is removed (tally.usage_kept_from). Element n of each array is event n; an
-- array is null where no event of the block has a value.
SELECT tally.create_usage_table('usage_event_blocks', replace($columns$
    org_id            uuid NOT NULL,
    first_entry_id    bigint NOT NULL,
    first_event_time  timestamptz NOT NULL,
    last_event_time   timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL,
    currency          text NOT NULL,
    events            integer NOT NULL,
    -- Sum of the events' amounts, and how many have none.
    total_picos       numeric(38,0) NOT NULL,
    unpriced_events   integer NOT NULL,
    -- What to add to first_entry_id; null: 0, 1, 2 and so on.
    entry_offset      integer[] LZ4,
    event_time        timestamptz[] LZ4 NOT NULL,
    event_id          text[] LZ4 NOT NULL,
    dimension_set_id  bigint[] LZ4 NOT NULL,
    price_version_id  bigint[] LZ4,
    -- Null: unpriced, which is not zero. A metered event's cost has 64 bits.
    amount_picos      bigint[] LZ4,
    -- The numbers of the contract's UsageState and EventStatus; null: all reported, all ok.
    usage_state       smallint[] LZ4,
    status            smallint[] LZ4,
    latency_ms        bigint[] LZ4,
    attempt           integer[] LZ4,
    session           text[] LZ4,
    run               text[] LZ4,
    input             bigint[] LZ4,
    cache_read        bigint[] LZ4,
    cache_write_5m    bigint[] LZ4,
    cache_write_30m   bigint[] LZ4,
    cache_write_1h    bigint[] LZ4,
    cache_write_12h   bigint[] LZ4,
    output            bigint[] LZ4,
    reasoning         bigint[] LZ4,
    output_unsplit    bigint[] LZ4,
    input_audio       bigint[] LZ4,
    cache_read_audio  bigint[] LZ4,
    output_audio      bigint[] LZ4,
    input_image       bigint[] LZ4,
    cache_read_image  bigint[] LZ4,
    output_image      bigint[] LZ4,
    other_quantities  jsonb[] LZ4,
    -- The event's id comes first: a block is looked for by it.
    PRIMARY KEY (org_id, first_entry_id, first_event_time),
    CONSTRAINT usage_event_blocks_have_events CHECK (
        events > 0 AND cardinality(event_time) = events AND cardinality(event_id) = events
        AND cardinality(dimension_set_id) = events),
    CONSTRAINT usage_event_blocks_count_what_is_unpriced CHECK (
        unpriced_events BETWEEN 0 AND events)
$columns$, ' LZ4', CASE WHEN (
        SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression')
    THEN ' COMPRESSION lz4' ELSE '' END), 'first_event_time');
SELECT tally.distribute('usage_event_blocks');
SELECT tally.isolate('usage_event_blocks');
CREATE TRIGGER usage_event_blocks_are_append_only BEFORE UPDATE ON usage_event_blocks
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
CREATE TRIGGER usage_event_blocks_are_kept BEFORE DELETE ON usage_event_blocks
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('last_event_time');
DROP TRIGGER usage_event_blocks_go_with_their_organization ON usage_event_blocks;
GRANT SELECT, INSERT ON usage_event_blocks TO tally_service, tally_worker;
GRANT SELECT ON usage_event_blocks TO tally_reader;

-- Months that usage_entries has, and those that come next.
DO $months$
DECLARE
    month text;
BEGIN
    FOR month IN
        SELECT DISTINCT right(c.relname, 7) FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND c.relname ~ '^usage_entries(_h[0-7])?_[0-9]{4}_[0-9]{2}$'
    LOOP
        PERFORM tally.add_usage_month(to_date(month, 'YYYY_MM'));
    END LOOP;
    FOR distance IN -2..2 LOOP
        PERFORM tally.add_usage_month((now() + distance * interval '1 month')::date);
    END LOOP;
END
$months$;

-- The events that are there go from rows into blocks.
ALTER TABLE usage_entries NO FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_event_blocks NO FORCE ROW LEVEL SECURITY;
INSERT INTO usage_event_blocks
    (org_id, first_entry_id, first_event_time, last_event_time, recorded_at, currency, events,
     total_picos, unpriced_events, entry_offset, event_time, event_id, dimension_set_id,
     price_version_id, amount_picos, usage_state, status, latency_ms, attempt, session, run, input,
     cache_read, cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h, output, reasoning,
     output_unsplit, input_audio, cache_read_audio, output_audio, input_image, cache_read_image,
     output_image, other_quantities)
SELECT e.org_id, min(e.first_entry_id), min(e.event_time), max(e.event_time), e.recorded_at, e.currency,
    count(*), coalesce(sum(e.amount_picos), 0), count(*) - count(e.amount_picos),
    array_agg((e.entry_id - e.first_entry_id)::integer ORDER BY e.entry_id),
    array_agg(e.event_time ORDER BY e.entry_id), array_agg(e.event_id ORDER BY e.entry_id),
    array_agg(e.dimension_set_id ORDER BY e.entry_id),
    array_agg(e.price_version_id ORDER BY e.entry_id),
    array_agg(e.amount_picos::bigint ORDER BY e.entry_id),
    array_agg(e.usage_state ORDER BY e.entry_id), array_agg(e.status ORDER BY e.entry_id),
    array_agg(e.latency_ms ORDER BY e.entry_id), array_agg(e.attempt ORDER BY e.entry_id),
    array_agg(e.session ORDER BY e.entry_id), array_agg(e.run ORDER BY e.entry_id),
    array_agg(e.input ORDER BY e.entry_id), array_agg(e.cache_read ORDER BY e.entry_id),
    array_agg(e.cache_write_5m ORDER BY e.entry_id), array_agg(e.cache_write_30m ORDER BY e.entry_id),
    array_agg(e.cache_write_1h ORDER BY e.entry_id), array_agg(e.cache_write_12h ORDER BY e.entry_id),
    array_agg(e.output ORDER BY e.entry_id), array_agg(e.reasoning ORDER BY e.entry_id),
    array_agg(e.output_unsplit ORDER BY e.entry_id), array_agg(e.input_audio ORDER BY e.entry_id),
    array_agg(e.cache_read_audio ORDER BY e.entry_id), array_agg(e.output_audio ORDER BY e.entry_id),
    array_agg(e.input_image ORDER BY e.entry_id), array_agg(e.cache_read_image ORDER BY e.entry_id),
    array_agg(e.output_image ORDER BY e.entry_id), array_agg(e.other_quantities ORDER BY e.entry_id)
FROM (
    SELECT s.*, min(s.entry_id) OVER (PARTITION BY s.org_id, s.recorded_at, s.currency,
        date_trunc('month', s.utc), date_trunc('month', s.utc + interval '14 hours'),
        (s.entry_id - s.batch_entry_id) / 2500) AS first_entry_id
    FROM (
    SELECT u.*, u.event_time AT TIME ZONE 'UTC' AS utc,
        min(u.entry_id) OVER (PARTITION BY u.org_id, u.recorded_at, u.currency,
            date_trunc('month', u.event_time AT TIME ZONE 'UTC'),
            date_trunc('month', u.event_time AT TIME ZONE 'UTC' + interval '14 hours')
        ) AS batch_entry_id
    FROM usage_entries AS u
    -- Rows of reports are known by their sources, which no event may have.
    WHERE u.kind = 1 AND NOT starts_with(u.source, 'tally:')
    ) AS s
) AS e
GROUP BY e.org_id, e.recorded_at, e.currency, date_trunc('month', e.utc),
    date_trunc('month', e.utc + interval '14 hours'), e.first_entry_id;
ALTER TABLE usage_entries DISABLE TRIGGER usage_entries_are_kept;
DELETE FROM usage_entries WHERE kind = 1 AND NOT starts_with(source, 'tally:');
ALTER TABLE usage_entries ENABLE TRIGGER usage_entries_are_kept;
ALTER TABLE usage_event_blocks FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_entries FORCE ROW LEVEL SECURITY;

-- Keys as hashes: of what they are, and of the content they came with.
ALTER TABLE idempotency_keys NO FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys RENAME TO idempotency_keys_as_texts;
ALTER TABLE idempotency_keys_as_texts
    RENAME CONSTRAINT idempotency_keys_count_once TO idempotency_keys_as_texts_count_once;
DO $rename$
DECLARE
    part text;
BEGIN
    FOR part IN
        SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'idempotency_keys_as_texts'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %I RENAME TO %I', part, 'old_' || part);
    END LOOP;
END
$rename$;
DROP POLICY idempotency_keys_of_one_organization ON idempotency_keys_as_texts;
SELECT tally.create_hashed_table('idempotency_keys', $columns$
    org_id       uuid NOT NULL,
    -- tally.entry_key of the source and the event's id.
    key_hash     uuid NOT NULL,
    -- Over every field that the client sent: the same key with another hash is a conflict.
    content_hash uuid NOT NULL,
    entry_id     bigint NOT NULL,
    event_time   timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_count_once PRIMARY KEY (org_id, key_hash)
$columns$);
SELECT tally.distribute('idempotency_keys');
INSERT INTO idempotency_keys (org_id, key_hash, content_hash, entry_id, event_time)
SELECT org_id, tally.entry_key(source, event_id),
    encode(substr(content_hash, 1, 16), 'hex')::uuid, entry_id, event_time
FROM idempotency_keys_as_texts;
DROP TABLE idempotency_keys_as_texts;
SELECT tally.isolate('idempotency_keys');
CREATE TRIGGER idempotency_keys_are_kept BEFORE DELETE ON idempotency_keys
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('event_time');
DROP TRIGGER idempotency_keys_go_with_their_organization ON idempotency_keys;
-- Rows of a provider's report change; their key then remembers the newest content.
GRANT SELECT, INSERT, UPDATE (content_hash) ON idempotency_keys TO tally_service, tally_worker;
DO $fill$
DECLARE
    part text;
BEGIN
    -- Keys are hardly ever changed, so no room is left for that.
    FOR part IN
        SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'idempotency_keys'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %I SET (fillfactor = 100)', part);
    END LOOP;
END
$fill$;

-- Every entry as a row: events out of their blocks, and what was ever written as a row.
CREATE VIEW ledger_entries WITH (security_invoker = true) AS
SELECT e.org_id, e.entry_id, e.event_time, e.recorded_at, e.booked_at, e.kind, e.root_entry_id,
    e.correction_no, e.source, e.event_id, e.dimension_set_id, e.price_version_id, e.currency,
    e.amount_picos, e.usage_state, e.status, e.requests, e.latency_ms, e.attempt, e.session, e.run,
    e.input, e.cache_read, e.cache_write_5m, e.cache_write_30m, e.cache_write_1h, e.cache_write_12h,
    e.output, e.reasoning, e.output_unsplit, e.input_audio, e.cache_read_audio, e.output_audio,
    e.input_image, e.cache_read_image, e.output_image, e.other_quantities
FROM usage_entries AS e
UNION ALL
SELECT b.org_id, b.first_entry_id + coalesce(v.entry_offset, v.number - 1), v.event_time, b.recorded_at,
    v.event_time, 1::smallint, NULL, NULL, d.source, v.event_id, v.dimension_set_id, v.price_version_id,
    b.currency, v.amount_picos::numeric(38,0), coalesce(v.usage_state, 1::smallint),
    coalesce(v.status, 1::smallint), 1::bigint, v.latency_ms, v.attempt, v.session, v.run, v.input,
    v.cache_read, v.cache_write_5m, v.cache_write_30m, v.cache_write_1h, v.cache_write_12h, v.output,
    v.reasoning, v.output_unsplit, v.input_audio, v.cache_read_audio, v.output_audio, v.input_image,
    v.cache_read_image, v.output_image, v.other_quantities
FROM usage_event_blocks AS b
CROSS JOIN LATERAL unnest(
    b.entry_offset, b.event_time, b.event_id, b.dimension_set_id, b.price_version_id, b.amount_picos,
    b.usage_state, b.status, b.latency_ms, b.attempt, b.session, b.run, b.input, b.cache_read,
    b.cache_write_5m, b.cache_write_30m, b.cache_write_1h, b.cache_write_12h, b.output, b.reasoning,
    b.output_unsplit, b.input_audio, b.cache_read_audio, b.output_audio, b.input_image,
    b.cache_read_image, b.output_image, b.other_quantities)
    WITH ORDINALITY AS v (
        entry_offset, event_time, event_id, dimension_set_id, price_version_id, amount_picos,
        usage_state, status, latency_ms, attempt, session, run, input, cache_read, cache_write_5m,
        cache_write_30m, cache_write_1h, cache_write_12h, output, reasoning, output_unsplit,
        input_audio, cache_read_audio, output_audio, input_image, cache_read_image, output_image,
        other_quantities, number)
JOIN dimension_sets AS d ON d.org_id = b.org_id AND d.id = v.dimension_set_id;
GRANT SELECT ON ledger_entries TO tally_service, tally_worker, tally_reader;

-- What an export gives as texts: arrays of such numbers, too.
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
            WHEN a.atttypid = 'bigint[]'::regtype THEN 't.%1$I::text[] AS %1$I'
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

-- Takes all parts of a month out of the usage tables: the first month that ended before a time and has
-- no row of anybody. Says how many parts they were. Who is in the way for a second keeps them.
CREATE OR REPLACE FUNCTION tally.drop_empty_usage_month(before timestamptz) RETURNS integer
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
            AND c.relname ~ '^usage_(entries|event_blocks)(_h[0-9]+)?_[0-9]{4}_[0-9]{2}$'
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
