-- Counts, of each pull, rows whose total contradicts its own parts.
--
-- Why: such a row is kept, as its parts say, and only the worker's log told of it. Its entries say so now, in their
-- reason, and so does the run. Workers of before leave the count at 0.
-- Locks: connection_runs, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

ALTER TABLE connection_runs ADD COLUMN contradicted bigint NOT NULL DEFAULT 0;
