-- Remembers which connections operators were told of that are degraded.
--
-- Why: they were told after exactly three failures in a row of a report, by the worker that happened to have it,
-- unless another report of the connection had been told of in the ten minutes before: then never. Now they
-- are told once, after three or more, until all reports of the connection are well again.
-- Locks: connections, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Null: all is well, or nobody was told yet.
ALTER TABLE connections ADD COLUMN told_degraded_at timestamptz;
GRANT UPDATE (told_degraded_at) ON connections TO tally_worker;
