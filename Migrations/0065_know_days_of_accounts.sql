-- Remembers which days each report of a connection was read of, and which connections are of one account.
--
-- Why: an account that one connection reads the bill of and another one the usage, or that was connected anew,
-- counted twice. Of each day of an account one bill counts and one connection's usage, so it has to be known who
-- read which days: a bill covers what was read of it, not all before its end, and its back-fills are forgotten one
-- day. That two connections are of one account is known by the provider's name of it, or the key, which
-- change, and end with the connection; what was read does not.
-- Locks: connections and connection_checkpoints, exclusively, while the few rows of the latter are written.
-- Time: below a second for 100,000 of them.

SET LOCAL ROLE tally_owner;

-- Accounts and keyed hashes of keys that a connection had before it got another key or lost it.
ALTER TABLE connections ADD COLUMN former_identities text[] NOT NULL DEFAULT '{}';

-- What was read, in UTC; as precise as what was read. Kept of usage and costs.
ALTER TABLE connection_checkpoints ADD COLUMN read_spans tstzmultirange NOT NULL DEFAULT '{}';
-- The day of the first row that the provider ever told of: that there was nothing before is also what it says of days
-- that it has forgotten. Null: it has told of nothing.
ALTER TABLE connection_checkpoints ADD COLUMN told_from timestamptz;

ALTER TABLE connections NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_checkpoints NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_backfills NO FORCE ROW LEVEL SECURITY;
-- Pulls began where the connection began, OpenRouter's at most 30 days before it was made; back-fills where they were
-- asked to, and told from their first row. Of what pulls were told first, nothing is known by now.
UPDATE connection_checkpoints AS k
SET read_spans = s.pulled + coalesce(s.filled, '{}'),
    told_from = least(lower(s.pulled), s.told_from)
FROM (
    SELECT o.org_id, o.connection_id, o.stream,
        CASE WHEN o.through > o.pulled_from
            THEN tstzmultirange(tstzrange(o.pulled_from, o.through)) ELSE '{}' END AS pulled,
        f.filled, f.told_from
    FROM (
        SELECT p.org_id, p.connection_id, p.stream, p.through,
            CASE WHEN c.provider = 'openrouter'
                THEN greatest(c.backfill_from, c.created_at - interval '30 days')
                ELSE c.backfill_from END AS pulled_from
        FROM connection_checkpoints AS p
        JOIN connections AS c ON c.org_id = p.org_id AND c.id = p.connection_id
        WHERE split_part(p.stream, '/', 1) IN ('usage', 'costs')) AS o
    LEFT JOIN LATERAL (
        SELECT range_agg(tstzrange(b.read_from, b.through)) AS filled,
            to_timestamp(floor(extract(epoch FROM min(b.told_from)) / 86400) * 86400) AS told_from
        FROM connection_backfills AS b
        WHERE b.org_id = o.org_id AND b.connection_id = o.connection_id AND b.stream = o.stream
            AND b.read_from < b.through) AS f ON true) AS s
WHERE s.org_id = k.org_id AND s.connection_id = k.connection_id AND s.stream = k.stream;
ALTER TABLE connections FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_checkpoints FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_backfills FORCE ROW LEVEL SECURITY;
