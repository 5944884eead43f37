-- Remembers the days whose roll-ups could not be compared when their turn came.
--
-- Why: a day whose comparison takes longer than a statement may is passed, so that it keeps no other waiting, and
-- whoever did not read the log took it for compared.
-- Locks: rollup_checks, of which only workers know, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Days of UTC, the last one passed at the end.
ALTER TABLE rollup_checks ADD COLUMN passed_days timestamptz[] NOT NULL DEFAULT '{}';
