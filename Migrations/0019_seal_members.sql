-- Members' e-mail addresses are sealed under the organization's data key.
--
-- Why: once an organization's key is destroyed, nobody reads any more, in any backup, who its people
-- were. A member is found, and an address kept unique, by a hash under the same key.
-- Addresses that are here already cannot be sealed by a migration: no release wrote any, so a database
-- that has some is refused.
-- Locks: members, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Row security binds the owner too, and would hide what is asked for.
ALTER TABLE members NO FORCE ROW LEVEL SECURITY;
DO $guard$
BEGIN
    IF EXISTS (SELECT FROM members) THEN
        RAISE EXCEPTION 'this database was made before the first release: begin with a new one'
            USING ERRCODE = 'feature_not_supported';
    END IF;
END
$guard$;
ALTER TABLE members FORCE ROW LEVEL SECURITY;

ALTER TABLE members DROP CONSTRAINT members_email_is_unique;
ALTER TABLE members DROP COLUMN email_key;
ALTER TABLE members DROP COLUMN email;
ALTER TABLE members ADD COLUMN sealed_email bytea NOT NULL;
-- Keyed hash of the address in lower case: what makes an address the same address.
ALTER TABLE members ADD COLUMN email_key bytea NOT NULL;
ALTER TABLE members ADD CONSTRAINT members_email_key_has_32_bytes
    CHECK (octet_length(email_key) = 32);
ALTER TABLE members ADD CONSTRAINT members_email_is_unique UNIQUE (org_id, email_key);
