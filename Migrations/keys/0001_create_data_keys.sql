-- The organizations' data keys, in a database of their own.
--
-- Why: what an organization's key sealed is unreadable everywhere, in every backup too, once the key
-- is destroyed; so the keys must not stand in those backups. This database is backed up apart, and
-- its backups are kept for days, not months. A key is itself encrypted with the master key, which no
-- database has.
-- Locks: none that anyone waits for. Time: constant.

-- Roles belong to the whole server, so the main database may have made them already.
DO $roles$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'tally_owner', 'tally_service', 'tally_directory', 'tally_worker', 'tally_operator']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format(
                    'CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS',
                    role_name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- made by someone else in the meantime
            END;
        END IF;
    END LOOP;
END
$roles$;

GRANT CREATE, USAGE ON SCHEMA public TO tally_owner;
GRANT USAGE ON SCHEMA public TO tally_service, tally_directory, tally_worker, tally_operator;
-- Readiness compares this history with the files.
GRANT SELECT ON public.schema_migrations TO tally_directory;

SET LOCAL ROLE tally_owner;

CREATE TABLE data_keys (
    -- All zero for the platform's own log; so, and for want of the table, no foreign key.
    org_id       uuid NOT NULL,
    version      integer NOT NULL,
    -- Encrypted with the master key; empty where it was destroyed.
    wrapped_key  bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- The row stays, so that an organization whose key was destroyed never gets another.
    destroyed_at timestamptz,
    CONSTRAINT data_keys_have_one_of_a_version PRIMARY KEY (org_id, version),
    CONSTRAINT data_keys_count_from_1 CHECK (version >= 1),
    CONSTRAINT data_keys_are_empty_once_destroyed
        CHECK ((destroyed_at IS NULL) = (octet_length(wrapped_key) > 0))
);
-- A destroyed key leaves its old row behind until the table is vacuumed: at the next look of
-- autovacuum, which comes each minute.
ALTER TABLE data_keys SET (
    autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 0);

ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE data_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY data_keys_of_one_organization ON data_keys
    TO tally_service, tally_worker, tally_operator
    USING (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
-- Whoever migrates also wraps the keys anew under another master key.
CREATE POLICY data_keys_wrapped_anew ON data_keys TO tally_owner USING (true);
GRANT SELECT, INSERT, UPDATE (wrapped_key, destroyed_at)
    ON data_keys TO tally_service, tally_worker, tally_operator;

CREATE FUNCTION refuse_to_revive_key() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.destroyed_at IS NOT NULL THEN
        RAISE EXCEPTION 'data keys are neither revived nor forgotten'
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'DATA_KEY_IS_GONE_FOR_GOOD';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER data_keys_stay_destroyed BEFORE UPDATE OR DELETE ON data_keys
    FOR EACH ROW EXECUTE FUNCTION refuse_to_revive_key();
CREATE TRIGGER data_keys_are_not_emptied BEFORE TRUNCATE ON data_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_revive_key();
