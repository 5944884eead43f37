-- Remembers what reports rested on beside entries, so that any of them can be asked for as known at an instant.
--
-- Why: entries say when they were recorded, and so what was known of usage at any time. How far each connection had been
-- read, which decides whether a bill counts, was overwritten by each pull; and that a contract was ended showed
-- nowhere. Both are kept from now on, each change in the transaction that makes it. What connections had read before
-- is not known: a report as known before this is refused where there are any. Servers and workers of before write
-- none: what they change is remembered with the next change that one of now makes of the same connection. A contract that was
-- ended before this counts as if its end had always been known.
-- A connection that is pulled each hour of three reports has some 26,000 rows a year, of 300 bytes each. They go with the
-- usage that is not kept any more.
-- Locks: connections and connection_checkpoints, exclusively, while a row for each connection is written;
-- price_overrides, exclusively, for an instant. Time: below a second for 10,000 connections.

SET LOCAL ROLE tally_owner;

-- What a connection had read, and which account it was of, from an instant until the next row's.
CREATE TABLE connection_readings (
    org_id                   uuid NOT NULL,
    connection_id            uuid NOT NULL,
    -- Of the same clock as usage_entries.recorded_at, and later than whatever its transaction recorded.
    known_from               timestamptz NOT NULL,
    display_name             text NOT NULL,
    -- How far all usage reports, and the bill, were read; null where one never was.
    usage_through            timestamptz,
    costs_through            timestamptz,
    last_read_at             timestamptz,
    is_record_of_billing     boolean NOT NULL,
    is_record_of_attribution boolean NOT NULL,
    is_deleted               boolean NOT NULL,
    -- When each was last read to its end.
    usage_read_at            timestamptz,
    costs_read_at            timestamptz,
    -- Where what was read begins and ends, and begins again, in seconds since 1970.
    usage_spans              bigint[] NOT NULL,
    costs_spans              bigint[] NOT NULL,
    -- As of `connections`: the account, what tells that two connections are of one, and what did so before.
    account                  text,
    identities               text[] NOT NULL,
    former_identities        text[] NOT NULL,
    CONSTRAINT connection_readings_follow_one_another
        PRIMARY KEY (org_id, connection_id, known_from),
    CONSTRAINT connection_readings_belong_to_a_connection
        FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id)
);
SELECT tally.distribute('connection_readings');
SELECT tally.isolate('connection_readings');
CREATE TRIGGER connection_readings_are_append_only BEFORE UPDATE ON connection_readings
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
GRANT SELECT, INSERT ON connection_readings TO tally_service, tally_worker;

-- The guard of the usage tables, for readings, too.
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
        ELSIF TG_ARGV[0] = 'known_from' THEN
            at := OLD.known_from;
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
CREATE TRIGGER connection_readings_are_kept BEFORE DELETE ON connection_readings
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('known_from');
DROP TRIGGER connection_readings_go_with_their_organization ON connection_readings;
GRANT EXECUTE ON FUNCTION tally.usage_kept_from(integer, timestamptz) TO tally_service;

-- When it was told that the override ends, and what its end was until then ('infinity': none), a place for each time.
ALTER TABLE price_overrides
    ADD COLUMN ends_told_at timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN former_ends timestamptz[] NOT NULL DEFAULT '{}';
ALTER TABLE price_overrides ADD CONSTRAINT price_overrides_remember_each_end
    CHECK (cardinality(ends_told_at) = cardinality(former_ends));
GRANT UPDATE (ends_told_at, former_ends) ON price_overrides TO tally_service;

-- What each connection has read by now: as far as the report that was read least, of all that are usage, and of all that
-- are its bill. Spans are where what all reports of a kind were read of begins and ends, from the first day that any of
-- them told of: that there was nothing before is also what a provider says of days that it has forgotten. Of what was
-- stored without them, all before its end counts as read.
CREATE VIEW current_connection_readings WITH (security_invoker = true) AS
SELECT c.org_id, c.id AS connection_id, c.display_name,
    (SELECT CASE WHEN count(*) = count(p.through) THEN min(p.through) END
        FROM connection_checkpoints AS p
        WHERE p.org_id = c.org_id AND p.connection_id = c.id
            AND split_part(p.stream, '/', 1) = 'usage') AS usage_through,
    (SELECT CASE WHEN count(*) = count(p.through) THEN min(p.through) END
        FROM connection_checkpoints AS p
        WHERE p.org_id = c.org_id AND p.connection_id = c.id
            AND split_part(p.stream, '/', 1) = 'costs') AS costs_through,
    c.last_success_at AS last_read_at, c.record_of & 1 <> 0 AS is_record_of_billing,
    c.record_of & 2 <> 0 AS is_record_of_attribution, c.deleted_at IS NOT NULL AS is_deleted,
    (SELECT CASE WHEN count(*) = count(p.last_success_at) THEN min(p.last_success_at) END
        FROM connection_checkpoints AS p
        WHERE p.org_id = c.org_id AND p.connection_id = c.id
            AND split_part(p.stream, '/', 1) = 'usage') AS usage_read_at,
    (SELECT CASE WHEN count(*) = count(p.last_success_at) THEN min(p.last_success_at) END
        FROM connection_checkpoints AS p
        WHERE p.org_id = c.org_id AND p.connection_id = c.id
            AND split_part(p.stream, '/', 1) = 'costs') AS costs_read_at,
    ARRAY(
        SELECT floor(extract(epoch FROM b))::bigint
        FROM (
            SELECT range_intersect_agg(CASE WHEN o.is_old
                    THEN tstzmultirange(tstzrange('epoch', o.through)) ELSE o.read_spans END)
                * tstzmultirange(tstzrange(min(o.told_from), NULL)) AS spans,
                count(o.told_from) AS told_count
            FROM (
                SELECT p.through, p.read_spans, p.is_old,
                    CASE WHEN p.is_old THEN 'epoch' ELSE p.told_from END AS told_from
                FROM (
                    SELECT *, isempty(read_spans) AND through > 'epoch' AS is_old
                    FROM connection_checkpoints) AS p
                WHERE p.org_id = c.org_id AND p.connection_id = c.id
                    AND split_part(p.stream, '/', 1) = 'usage') AS o) AS r
        CROSS JOIN LATERAL unnest(r.spans) AS s
        CROSS JOIN LATERAL (VALUES (lower(s)), (upper(s))) AS v (b)
        WHERE r.told_count > 0
        ORDER BY b) AS usage_spans,
    ARRAY(
        SELECT floor(extract(epoch FROM b))::bigint
        FROM (
            SELECT range_intersect_agg(CASE WHEN o.is_old
                    THEN tstzmultirange(tstzrange('epoch', o.through)) ELSE o.read_spans END)
                * tstzmultirange(tstzrange(min(o.told_from), NULL)) AS spans,
                count(o.told_from) AS told_count
            FROM (
                SELECT p.through, p.read_spans, p.is_old,
                    CASE WHEN p.is_old THEN 'epoch' ELSE p.told_from END AS told_from
                FROM (
                    SELECT *, isempty(read_spans) AND through > 'epoch' AS is_old
                    FROM connection_checkpoints) AS p
                WHERE p.org_id = c.org_id AND p.connection_id = c.id
                    AND split_part(p.stream, '/', 1) = 'costs') AS o) AS r
        CROSS JOIN LATERAL unnest(r.spans) AS s
        CROSS JOIN LATERAL (VALUES (lower(s)), (upper(s))) AS v (b)
        WHERE r.told_count > 0
        ORDER BY b) AS costs_spans,
    c.provider || '/account/' || c.account_id AS account,
    array_remove(ARRAY[c.provider || '/account/' || c.account_id,
        c.provider || '/key/' || encode(c.key_index, 'hex')], NULL) AS identities,
    ARRAY(SELECT c.provider || '/' || i FROM unnest(c.former_identities) AS i ORDER BY 1)
        AS former_identities
FROM connections AS c;
GRANT SELECT ON current_connection_readings TO tally_service, tally_worker;

-- Where each connection stands, of all organizations: row security binds the owner as well.
ALTER TABLE connections NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_checkpoints NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_readings NO FORCE ROW LEVEL SECURITY;
INSERT INTO connection_readings
    (org_id, connection_id, known_from, display_name, usage_through, costs_through, last_read_at,
     is_record_of_billing, is_record_of_attribution, is_deleted, usage_read_at, costs_read_at,
     usage_spans, costs_spans, account, identities, former_identities)
SELECT org_id, connection_id, now(), display_name, usage_through, costs_through, last_read_at,
    is_record_of_billing, is_record_of_attribution, is_deleted, usage_read_at, costs_read_at,
    usage_spans, costs_spans, account, identities, former_identities
FROM current_connection_readings;
ALTER TABLE connections FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_checkpoints FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_readings FORCE ROW LEVEL SECURITY;
