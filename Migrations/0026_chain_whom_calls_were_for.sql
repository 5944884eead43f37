-- The chain of an audit log covers the hash that rows of a person are found by.
--
-- Why: a row said whom its call was made for in two places: sealed, which its hash covered, and as a
-- keyed hash to find it by, which nothing covered. Who could write the database could hide a row from
-- whoever asks for a person's. Rows from now on are of version 3, whose hash covers both; older ones
-- stay as they were hashed.
-- Locks: audit_log, exclusively, while its rows are looked through. Time: as long as that takes.

SET LOCAL ROLE tally_owner;

-- Of what is hashed. Servers of the version before write 2.
ALTER TABLE audit_log ADD COLUMN chain_version smallint NOT NULL DEFAULT 2;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_chain_version_is_known
    CHECK (chain_version IN (2, 3));
