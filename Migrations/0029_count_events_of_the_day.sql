-- How many events an organization has brought today.
--
-- Why: a plan may limit the events of a day, exactly and across servers. Every writer of events locks
-- and moves the organization's clock anyway, so the count stands there and costs no statement.
-- Locks: ledger_clocks, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

ALTER TABLE ledger_clocks
    -- Days of UTC since 1970; never runs back.
    ADD COLUMN event_day integer NOT NULL DEFAULT 0,
    -- Events recorded on that day; those that were known already do not count.
    ADD COLUMN event_day_count bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger_clocks ADD CONSTRAINT ledger_clocks_count_events
    CHECK (event_day >= 0 AND event_day_count >= 0);
