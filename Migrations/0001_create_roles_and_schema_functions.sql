-- Roles, and the functions that let one set of migrations serve one PostgreSQL and a Citus cluster.
--
-- Why: every later migration owns its tables as tally_owner, protects them with tally.isolate and
-- says with tally.distribute or tally.replicate where their rows live.
-- Locks: none that anyone waits for. Time: constant.

-- Roles belong to the whole server, so another database may have made them already, or be making
-- them at this moment. None can log in: a login is a member of those it needs.
DO $roles$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'tally_owner', 'tally_service', 'tally_directory', 'tally_worker', 'tally_operator',
        'tally_reader']
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

CREATE SCHEMA tally;
ALTER SCHEMA tally OWNER TO tally_owner;
GRANT USAGE ON SCHEMA tally
    TO tally_service, tally_directory, tally_worker, tally_operator, tally_reader;
GRANT CREATE, USAGE ON SCHEMA public TO tally_owner;
GRANT USAGE ON SCHEMA public
    TO tally_service, tally_directory, tally_worker, tally_operator, tally_reader;

-- Readiness compares this history with the files, before any organization is known.
GRANT SELECT ON public.schema_migrations
    TO tally_service, tally_directory, tally_worker, tally_operator;

SET LOCAL ROLE tally_owner;

-- Whether this database is the coordinator of a Citus cluster.
CREATE FUNCTION tally.sharded() RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus');

-- Makes a tenant table: its rows live with those of their organization.
CREATE FUNCTION tally.distribute(table_name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT tally.sharded() THEN
        RETURN;
    END IF;
    IF table_name = 'organizations' THEN
        EXECUTE 'SELECT create_distributed_table($1::regclass, $2)' USING table_name, 'id';
    ELSE
        EXECUTE 'SELECT create_distributed_table($1::regclass, $2, colocate_with => $3)'
            USING table_name, 'org_id', 'organizations';
    END IF;
END
$$;

-- Makes a shared table: every server has a copy.
CREATE FUNCTION tally.replicate(table_name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF tally.sharded() THEN
        EXECUTE 'SELECT create_reference_table($1::regclass)' USING table_name;
    END IF;
END
$$;

-- Closes a tenant table to everyone, its owner included, but for the rows of the organization that
-- the transaction named.
CREATE FUNCTION tally.isolate(table_name text, key text DEFAULT 'org_id') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
        'CREATE POLICY %I ON %I USING '
        '(%I = nullif(current_setting(''app.org_id'', true), '''')::uuid)',
        table_name || '_of_one_organization', table_name, key);
END
$$;

-- Guards a table whose rows are written once.
CREATE FUNCTION tally.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'TABLE_IS_APPEND_ONLY';
END
$$;
