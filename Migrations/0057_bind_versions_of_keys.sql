-- Binds a provider's key to its number among the keys of its connection.
--
-- Why: a sealed key opened wherever its connection stood, so that one which somebody had replaced, perhaps since
-- it was known, was used again once it was put back from a backup. Now each key is sealed with its version, and
-- the row says which one is in use. Keys from before have version 0 until the hourly job has sealed them anew.
-- A version never comes back: the guard refuses a lower one, and another key under the same one.
-- Locks: connections, exclusively, for an instant. Time: constant, but for the index, a second for a million
-- connections.

SET LOCAL ROLE tally_owner;

-- 0: sealed before versions were bound.
ALTER TABLE connections ADD COLUMN sealed_key_version bigint NOT NULL DEFAULT 0;
CREATE INDEX connections_with_keys_to_seal ON connections (org_id, id)
    WHERE sealed_key_version = 0 AND sealed_key <> '';
GRANT UPDATE (sealed_key, sealed_key_version) ON connections TO tally_worker;

CREATE FUNCTION tally.refuse_old_key() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- A deleted connection keeps its version and has no key.
    IF NEW.sealed_key_version >= OLD.sealed_key_version AND (
        OLD.sealed_key_version = 0 OR NEW.sealed_key = OLD.sealed_key OR NEW.sealed_key = ''
        OR NEW.sealed_key_version > OLD.sealed_key_version)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a key of % comes after version %', TG_TABLE_NAME, OLD.sealed_key_version
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'KEY_VERSION_IS_OLD';
END
$$;
CREATE TRIGGER connections_keys_grow BEFORE UPDATE OF sealed_key, sealed_key_version ON connections
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_old_key();
