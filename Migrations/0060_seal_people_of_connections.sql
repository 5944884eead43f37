-- Seals what connections say of people under the organization's data key: the ids of users at their
-- providers, and what the providers call the accounts.
--
-- Why: a user's id is a person's, and often an address; an account of one person is called after it. Once
-- the key is destroyed nobody reads either any more, in any backup. Users are found by a hash that is made
-- with the key and stands where the id stood; the id is sealed with the name. What is here already cannot be
-- sealed by a migration: it stays until the job that seals the users of usage (0052) has sealed it, too.
-- Where a worker of before has stored a user again meanwhile, the row in clear goes.
-- Locks: provider_objects and connections, exclusively, while an index of few rows is built. Time: some
-- milliseconds.

SET LOCAL ROLE tally_owner;

-- Whether id is the hash, in hexadecimal digits, and the id itself stands in sealed_name.
ALTER TABLE provider_objects ADD COLUMN id_is_sealed boolean NOT NULL DEFAULT false;
ALTER TABLE provider_objects ADD CONSTRAINT provider_objects_sealed_ids_are_of_users
    CHECK (NOT id_is_sealed OR (kind = 'user' AND id ~ '^[0-9a-f]{64}$'));
CREATE INDEX provider_objects_of_users_to_seal ON provider_objects (org_id, connection_id, id)
    WHERE kind = 'user' AND NOT id_is_sealed;
DROP TRIGGER provider_objects_go_with_their_organization ON provider_objects;
CREATE TRIGGER provider_objects_go_with_their_organization
    BEFORE DELETE ON provider_objects FOR EACH ROW
    WHEN (current_user = 'tally_worker' AND (OLD.kind <> 'user' OR OLD.id_is_sealed))
    EXECUTE FUNCTION tally.refuse_untimely_erasure();

-- The provider's name of the account; empty where it did not tell. What account_name has is from before.
ALTER TABLE connections ADD COLUMN sealed_account_name bytea NOT NULL DEFAULT '';
ALTER TABLE connections ADD CONSTRAINT connections_account_names_are_kept_once
    CHECK (account_name = '' OR sealed_account_name = '');
GRANT UPDATE (sealed_account_name) ON connections TO tally_worker;
