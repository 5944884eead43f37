-- Says which installation the data keys belong to.
--
-- Why: a program that is given another database of keys, or an empty one, finds no key of anything that
-- was sealed. The main database has the same number; `tally-server migrate` and readiness compare them.
-- Locks: none that anyone waits for. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE installation (
    -- There is one row.
    is_only boolean NOT NULL DEFAULT true,
    id      uuid NOT NULL,
    CONSTRAINT installation_is_one PRIMARY KEY (is_only),
    CONSTRAINT installation_has_one_row CHECK (is_only)
);
GRANT SELECT ON installation TO tally_directory;
