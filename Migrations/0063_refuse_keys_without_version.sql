-- Refuses connections that come with a key which is not bound to its version.
--
-- Why: such a key opens by its connection alone. The guard of 0057 refuses it where a version was there before, but not
-- where the connection's row was deleted and put back from a backup. Only rows that have had none since then have
-- none, until the hourly job has sealed their keys.
-- Locks: connections, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

ALTER TABLE connections ALTER COLUMN sealed_key_version SET DEFAULT 1;

CREATE FUNCTION tally.refuse_unbound_key() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sealed_key_version >= 1 OR NEW.sealed_key = '' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a key of % comes with no version', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'KEY_VERSION_IS_MISSING';
END
$$;
CREATE TRIGGER connections_keys_have_versions BEFORE INSERT ON connections
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_unbound_key();
