-- What the audit log says of people is sealed under the organization's data key.
--
-- Why: the log outlives what it is about, in every backup. Once an organization's key is destroyed,
-- nobody reads any more whom a call was made for, from where, and what the object was; that the rows
-- are all there and unaltered can still be shown, since a row's hash covers the hash of those fields.
-- Rows that are here already cannot be sealed by a migration: no release wrote any, so a database
-- that has some is refused.
-- Locks: audit_log, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Row security binds the owner too, and would hide what is asked for.
ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY;
DO $guard$
BEGIN
    IF EXISTS (SELECT FROM audit_log) THEN
        RAISE EXCEPTION 'this database was made before the first release: begin with a new one'
            USING ERRCODE = 'feature_not_supported';
    END IF;
END
$guard$;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;

ALTER TABLE audit_log DROP COLUMN on_behalf_of;
ALTER TABLE audit_log DROP COLUMN object_before;
ALTER TABLE audit_log DROP COLUMN object_after;
ALTER TABLE audit_log DROP COLUMN peer_address;
ALTER TABLE audit_log DROP COLUMN peer_subject;
-- Keyed hash of the person whom the call was made for, to find its rows by; empty for nobody.
ALTER TABLE audit_log ADD COLUMN on_behalf_of_key bytea NOT NULL;
-- The person, the object before and after, and the caller's address and certificate.
ALTER TABLE audit_log ADD COLUMN sealed bytea NOT NULL;
-- SHA-256 of what is sealed, which begins with random bytes; the row's hash covers it.
ALTER TABLE audit_log ADD COLUMN personal_hash bytea NOT NULL;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_personal_hash_has_32_bytes
    CHECK (octet_length(personal_hash) = 32);
