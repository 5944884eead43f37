-- Of which day each imported price file was, and what it was written in.
--
-- Why: a file of an earlier day than the prices that are known is stale, and is refused; and whoever
-- looks at a price wants to know how old it is. What was imported before has no day.
-- Locks: price_catalogues, a short table, for as long as the migration takes. Time: constant.

SET LOCAL ROLE tally_owner;

ALTER TABLE price_catalogues ADD COLUMN as_of date;
-- csv or litellm.
ALTER TABLE price_catalogues ADD COLUMN format text NOT NULL DEFAULT 'csv';
