-- Remembers whose account a connection reads, so that two on the same account are noticed.
--
-- Why: an account that is connected twice counts twice. A provider that tells whose a key is names the
-- account; where it does not, the same key is the same account, found by a hash under the organization's
-- own key. Connections that are there learn either when their key is replaced.
-- Locks: connections, exclusively, while two indexes of its few rows are built. Time: some milliseconds.

SET LOCAL ROLE tally_owner;

ALTER TABLE connections
    -- The provider's own id and name of it; null and empty where it did not tell.
    ADD COLUMN account_id   text,
    ADD COLUMN account_name text NOT NULL DEFAULT '',
    -- Keyed hash of the provider's key; null once it is destroyed.
    ADD COLUMN key_index    bytea,
    ADD CONSTRAINT connections_account_id_is_short CHECK (length(account_id) BETWEEN 1 AND 200),
    ADD CONSTRAINT connections_account_name_is_short CHECK (char_length(account_name) <= 200),
    ADD CONSTRAINT connections_key_indexes_end_with_them
        CHECK (deleted_at IS NULL OR key_index IS NULL);

CREATE INDEX connections_by_account ON connections (org_id, provider, account_id)
    WHERE account_id IS NOT NULL;
CREATE INDEX connections_by_key ON connections (org_id, provider, key_index)
    WHERE key_index IS NOT NULL;
