-- Remembers apart which connections operators were told of for their lists, and which for their figures.
--
-- Why: there was one mark, so that a list that failed for weeks silenced a bill that failed after it.
-- Locks: connections, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Null: all lists and activity are well, or nobody was told yet; told_degraded_at is of figures.
ALTER TABLE connections ADD COLUMN told_lists_degraded_at timestamptz;
GRANT UPDATE (told_lists_degraded_at) ON connections TO tally_worker, tally_service;
