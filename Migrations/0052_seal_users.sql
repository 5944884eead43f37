-- The users of usage are sealed under the organization's data key.
--
-- Why: as the addresses of members and of units' owners: a user is a person, and once the key is destroyed
-- nobody reads any more, in any backup, whose usage it was. Sets are found by a hash that is made with the
-- key where they have a user, and users are told apart by one, so that neither helps who only guesses.
-- Users that are here already cannot be sealed by a migration: they stay in user_id, and what rules
-- replaced in derived_by, until the job that this makes has sealed them. New sets have nothing there.
-- What content_hash says of events from before, it goes on saying until they are removed.
-- Locks: dimension_sets, exclusively, while the checks read it and the index is built. Time: a few seconds
-- for a few million sets.

SET LOCAL ROLE tally_owner;

-- Keyed hash of the user; empty where there is none.
ALTER TABLE dimension_sets ADD COLUMN user_key bytea NOT NULL DEFAULT '';
-- The user and, behind a byte of zero, what was sent in its place where a rule derived it; empty where there
-- is none.
ALTER TABLE dimension_sets ADD COLUMN sealed_user bytea NOT NULL DEFAULT '';
ALTER TABLE dimension_sets ADD CONSTRAINT dimension_sets_user_key_has_32_bytes
    CHECK (octet_length(user_key) IN (0, 32));
ALTER TABLE dimension_sets ADD CONSTRAINT dimension_sets_users_are_sealed_whole
    CHECK ((user_key = '') = (sealed_user = '') AND (user_id = '' OR sealed_user = ''));
CREATE INDEX dimension_sets_with_users_to_seal ON dimension_sets (org_id, id) WHERE user_id <> '';
GRANT UPDATE (hash, user_id, user_key, sealed_user, derived_by) ON dimension_sets TO tally_worker;

-- The job that seals them; it is there from now on.
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (id, org_id, kind, key, arguments, due_at, priority, usual_priority)
VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'seal_users',
    'all', '{}', now(), 40, 40);
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
