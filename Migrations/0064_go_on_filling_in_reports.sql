-- Lets the look for late prices go on within providers' usage reports, and find what has none.
--
-- Why: rows of usage reports get the prices that come after them, but each run of a look read all rows of its
-- span from the beginning to find those without a price, and looked again at what stays without one. Rows that
-- were ever without a price have an index now, and the look remembers behind which of them it is. What was looked
-- at before rows of reports were filled in is looked at once more, with the prices that there are.
-- Locks: usage_entries against writers, while its rows are read once; events are not in it, but rows of reports
-- and corrections. price_looks, of which only workers know, against them.
-- Time: about a minute for a hundred million rows.

SET LOCAL ROLE tally_owner;

-- By root, since a correction can take a price away, too. Rows are found by usage reports' sources only.
CREATE INDEX usage_entries_reported_without_a_price
    ON usage_entries (org_id, event_time, coalesce(root_entry_id, entry_id))
    WHERE amount_picos IS NULL AND source LIKE 'tally:report/%/usage';

-- Behind which row of a usage report the look under way goes on. Null: before the first.
ALTER TABLE price_looks ADD COLUMN report_time timestamptz;
ALTER TABLE price_looks ADD COLUMN after_report bigint NOT NULL DEFAULT -1;

ALTER TABLE price_looks NO FORCE ROW LEVEL SECURITY;
DELETE FROM price_looks;
ALTER TABLE price_looks FORCE ROW LEVEL SECURITY;
