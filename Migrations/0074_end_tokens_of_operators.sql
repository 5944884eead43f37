-- Operators' tokens can be told apart, listed and revoked.
--
-- Why: the first one was made once, and nobody could make a second or end one that leaked. They stand in the
-- directory alone, so their names and last uses do, too: there are few, and theirs is the only use that is written
-- there.
-- Locks: token_directory, exclusively, while its checks read it. Time: about a second for a million rows.

SET LOCAL ROLE tally_owner;

ALTER TABLE token_directory ADD COLUMN display_name text;
ALTER TABLE token_directory ADD COLUMN last_used_at timestamptz;
-- Row security binds the owner, too.
ALTER TABLE token_directory NO FORCE ROW LEVEL SECURITY;
UPDATE token_directory SET display_name = 'First operator' WHERE org_id IS NULL;
ALTER TABLE token_directory FORCE ROW LEVEL SECURITY;
ALTER TABLE token_directory ADD CONSTRAINT token_directory_names_operators_tokens_alone
    CHECK (display_name IS NULL OR (org_id IS NULL AND char_length(display_name) BETWEEN 1 AND 200));
ALTER TABLE token_directory ADD CONSTRAINT token_directory_notes_uses_by_operators_alone
    CHECK (last_used_at IS NULL OR org_id IS NULL);
GRANT SELECT (created_at, expires_at, display_name, last_used_at), UPDATE (revoked_at, last_used_at)
    ON token_directory TO tally_operator;
-- Operators make an organization's first token, and change none of it afterwards.
CREATE POLICY token_directory_changed_by_operators ON token_directory AS RESTRICTIVE
    FOR UPDATE TO tally_operator USING (org_id IS NULL);
