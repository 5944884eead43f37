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

-- Connections that were seen to be of the same account before a key was replaced or destroyed.
ALTER TABLE connections ADD COLUMN same_account_as uuid[] NOT NULL DEFAULT '{}';

-- What was read, in UTC; as precise as what was read. Kept of usage and costs.
ALTER TABLE connection_checkpoints ADD COLUMN read_spans tstzmultirange NOT NULL DEFAULT '{}';

ALTER TABLE connections NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_checkpoints NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_backfills NO FORCE ROW LEVEL SECURITY;
-- Pulls began where the connection began; of a back-fill, what comes before its first row is not known to be told.
UPDATE connection_checkpoints AS k
SET read_spans =
    CASE WHEN k.through > c.backfill_from
        THEN tstzmultirange(tstzrange(c.backfill_from, k.through)) ELSE '{}' END
    + coalesce((
        SELECT range_agg(tstzrange(date_trunc('day', b.told_from, 'UTC'), b.through))
        FROM connection_backfills AS b
        WHERE b.org_id = k.org_id AND b.connection_id = k.connection_id AND b.stream = k.stream
            AND b.told_from < b.through), '{}')
FROM connections AS c
WHERE c.org_id = k.org_id AND c.id = k.connection_id
    AND split_part(k.stream, '/', 1) IN ('usage', 'costs');
ALTER TABLE connections FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_checkpoints FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_backfills FORCE ROW LEVEL SECURITY;
