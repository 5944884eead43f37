-- Takes no revocation of a token back.
--
-- Why: whoever may end a token in the directory could let it be valid again in the database: who has a token that was
-- revoked, and a server's login, but not the key of the hashes, would need no other.
-- Locks: token_directory, against writers, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TRIGGER token_directory_keeps_revocations BEFORE UPDATE ON token_directory
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL)
    EXECUTE FUNCTION tally.refuse_change();
