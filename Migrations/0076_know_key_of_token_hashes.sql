-- Knows the key of the token hashes when it sees it.
--
-- Why: given another installation's key, operators' commands made tokens that no server takes, and wrote an audit log
-- that nobody can seal again. The database keeps a keyed hash of a fixed text now, which tells nothing of the key and
-- is compared before anything is written; `tally-server migrate` stores it.
-- Locks: installation, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

ALTER TABLE installation ADD COLUMN token_hash_check bytea;
ALTER TABLE installation ADD CONSTRAINT installation_token_hash_check_has_32_bytes
    CHECK (octet_length(token_hash_check) = 32);
