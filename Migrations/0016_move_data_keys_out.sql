-- Data keys leave for a database of their own (keys/0001_create_data_keys.sql).
--
-- Why: a key that stands beside what it sealed is in every backup of it, and destroying the key
-- destroys nothing. Which key sealed a text stands in the text.
-- Keys that are here already cannot be moved by a migration: no release wrote any, so a database
-- that has some is refused.
-- Locks: connections and organization_keys, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Row security binds the owner too, and would hide what is asked for.
ALTER TABLE organization_keys NO FORCE ROW LEVEL SECURITY;
DO $guard$
BEGIN
    IF EXISTS (SELECT FROM organization_keys) THEN
        RAISE EXCEPTION 'this database was made before the first release: begin with a new one'
            USING ERRCODE = 'feature_not_supported';
    END IF;
END
$guard$;

ALTER TABLE connections DROP CONSTRAINT connections_key_is_known;
ALTER TABLE connections DROP COLUMN key_version;
DROP TABLE organization_keys;
