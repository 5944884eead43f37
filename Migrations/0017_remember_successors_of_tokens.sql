-- Remembers by which token another one was replaced, and gives lists the order of their keys.
--
-- Why: a token that has a successor and still works for a while must not get a second one, which
-- nobody would miss. Lists are by bytes, whatever the collation of the database is; an index helps
-- only where it has the same order.
-- Locks: organizations, tokens, members, budgets and connections against writing while their
-- indexes are built. Time: as long as reading those tables takes, a few rows for each organization.

SET LOCAL ROLE tally_owner;

-- No foreign key: a token is never deleted, and one to its own table would fix the number of shards.
ALTER TABLE tokens ADD COLUMN successor_id text;
ALTER TABLE tokens ADD CONSTRAINT tokens_successor_is_another CHECK (successor_id <> id);
GRANT UPDATE (successor_id) ON tokens TO tally_service;

DROP INDEX tokens_by_age;
CREATE INDEX tokens_by_age ON tokens (org_id, created_at DESC, id COLLATE "C");
CREATE INDEX organizations_by_slug ON organizations (slug COLLATE "C");
CREATE INDEX budgets_by_unit ON budgets (org_id, unit_code COLLATE "C");
CREATE INDEX connections_by_name ON connections (org_id, display_name COLLATE "C");
-- A change of a member locks the owners; there are few of them among many.
CREATE INDEX members_who_are_owners ON members (org_id, id) WHERE roles & 2 <> 0;
