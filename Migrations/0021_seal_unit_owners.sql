-- The e-mail addresses of business units' owners are sealed under the organization's data key.
--
-- Why: as those of members.
-- Addresses that are here already cannot be sealed by a migration: no release wrote any, so a database
-- that has some is refused.
-- Locks: business_unit_versions, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Row security binds the owner too, and would hide what is asked for.
ALTER TABLE business_unit_versions NO FORCE ROW LEVEL SECURITY;
DO $guard$
BEGIN
    IF EXISTS (SELECT FROM business_unit_versions WHERE owner_email <> '') THEN
        RAISE EXCEPTION 'this database was made before the first release: begin with a new one'
            USING ERRCODE = 'feature_not_supported';
    END IF;
END
$guard$;
ALTER TABLE business_unit_versions FORCE ROW LEVEL SECURITY;

ALTER TABLE business_unit_versions DROP COLUMN owner_email;
-- Empty where nobody is named.
ALTER TABLE business_unit_versions ADD COLUMN sealed_owner_email bytea NOT NULL DEFAULT '';
GRANT UPDATE (sealed_owner_email) ON business_unit_versions TO tally_service;
