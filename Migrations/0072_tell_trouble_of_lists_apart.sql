-- Remembers apart which connections operators were told of for their lists, and which for their figures.
--
-- Why: there was one mark, so that a list that failed for weeks silenced a bill that failed after it.
-- Workers of before know no mark of lists, so that they may tell of such a list once more.
-- Locks: connections and connection_checkpoints, exclusively, while those that operators were told of are looked
-- through. Time: a second for 100,000 of them.

SET LOCAL ROLE tally_owner;

-- Null: all lists and activity are well, or nobody was told yet; told_degraded_at is of figures.
ALTER TABLE connections ADD COLUMN told_lists_degraded_at timestamptz;
GRANT UPDATE (told_lists_degraded_at) ON connections TO tally_worker, tally_service;

-- These tables' policies are switched off for their owner while it looks.
ALTER TABLE connections NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connection_checkpoints NO FORCE ROW LEVEL SECURITY;
-- A mark from before is of lists where no figures fail: else the next good pull of figures would call it over.
UPDATE connections AS c SET told_lists_degraded_at = told_degraded_at, told_degraded_at = NULL
WHERE told_degraded_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM connection_checkpoints AS k
    WHERE k.org_id = c.org_id AND k.connection_id = c.id AND k.health IN (3, 4)
        AND split_part(k.stream, '/', 1) IN ('usage', 'costs')
        AND c.record_of & CASE split_part(k.stream, '/', 1) WHEN 'costs' THEN 1 ELSE 2 END <> 0);
ALTER TABLE connection_checkpoints FORCE ROW LEVEL SECURITY;
ALTER TABLE connections FORCE ROW LEVEL SECURITY;
