-- The main database knows its database of data keys, and which keys were destroyed.
--
-- Why: the keys stand in a database of their own, which may be mistaken for another, and may be restored
-- from a backup that has keys again which were destroyed since. So both databases have the number of
-- their installation, and this one remembers whose key was destroyed: no program opens such a key, and
-- `tally-server keys destroy-again` destroys it in a restored database, too.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE installation (
    -- There is one row.
    is_only boolean NOT NULL DEFAULT true,
    id      uuid NOT NULL,
    CONSTRAINT installation_is_one PRIMARY KEY (is_only),
    CONSTRAINT installation_has_one_row CHECK (is_only)
);
SELECT tally.replicate('installation');
GRANT SELECT ON installation TO tally_directory;

CREATE TABLE destroyed_data_keys (
    -- No foreign key: the organization itself is gone.
    org_id       uuid NOT NULL,
    -- When it was decided; the key itself is overwritten right after.
    destroyed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT destroyed_data_keys_one_per_organization PRIMARY KEY (org_id)
);
SELECT tally.replicate('destroyed_data_keys');
ALTER TABLE destroyed_data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE destroyed_data_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY destroyed_data_keys_of_one_organization ON destroyed_data_keys
    TO tally_service, tally_worker, tally_operator
    USING (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
-- Whoever migrates destroys keys again that a restored database brought back.
CREATE POLICY destroyed_data_keys_destroyed_again ON destroyed_data_keys
    FOR SELECT TO tally_owner USING (true);
GRANT SELECT ON destroyed_data_keys TO tally_service, tally_worker, tally_operator;
GRANT INSERT (org_id) ON destroyed_data_keys TO tally_worker;
