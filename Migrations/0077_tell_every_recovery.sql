-- Counts the failures of each report, and remembers whose recovery operators are still to be told of.
--
-- Why: trouble that waiting does not mend was never counted, and so never told. A key that was replaced, or a rest, let
-- the next trouble be news by forgetting what had been told, and with it that its end is to be told.
-- Workers of before neither count nor know what is owed: of a trouble that they see they may say once more that it is over.
-- Locks: connections and connection_checkpoints, exclusively, for an instant, and while connections whose key is refused
-- are looked through. Time: a second for 100,000 of them.

SET LOCAL ROLE tally_owner;

-- Since a window of the report was last read to its end.
ALTER TABLE connection_checkpoints ADD COLUMN failures integer NOT NULL DEFAULT 0;
ALTER TABLE connection_backfills ADD COLUMN failures integer NOT NULL DEFAULT 0;

-- Operators were told that figures, or lists, fail; since then somebody gave the connection another key, or had it rest.
ALTER TABLE connections ADD COLUMN owes_figures_recovery boolean NOT NULL DEFAULT false;
ALTER TABLE connections ADD COLUMN owes_lists_recovery boolean NOT NULL DEFAULT false;
GRANT UPDATE (owes_figures_recovery, owes_lists_recovery) ON connections TO tally_worker;

-- Row security binds the owner, too.
ALTER TABLE connections NO FORCE ROW LEVEL SECURITY;
-- A refused key was told without a mark: its end is told by the mark alone from now on.
UPDATE connections SET told_degraded_at = now()
WHERE health = 4 AND told_degraded_at IS NULL AND deleted_at IS NULL;
ALTER TABLE connections FORCE ROW LEVEL SECURITY;
