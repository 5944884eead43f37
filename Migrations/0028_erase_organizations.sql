-- Lets workers erase an organization whose grace period is over, and nothing else.
--
-- Why: a deletion must reach every row that an organization has, of tables that come later, too, and
-- those that are otherwise written once. So workers may delete from every tenant table, and a guard
-- on each refuses it until the erasure of that organization has begun, which needs a deletion that
-- was asked for and whose time is over. `tally.isolate` puts the guard on tables that come later.
-- Locks: every tenant table, exclusively; no writer of business units' versions until their indexes
-- are made. Time: a second for a million versions.

SET LOCAL ROLE tally_owner;

-- Each unit that goes is looked for among what referred to it.
CREATE INDEX business_unit_versions_by_parent ON business_unit_versions (org_id, parent_code);
CREATE INDEX business_unit_versions_by_successor
    ON business_unit_versions (org_id, successor_code);

-- Whether an organization's erasure has begun.
CREATE FUNCTION tally.is_erased(organization uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (
    SELECT FROM public.organization_states
    WHERE org_id = organization AND delete_after <= now() AND deleted_at IS NOT NULL);

-- The guard; `id` as its argument where that is the organization's key.
CREATE FUNCTION tally.refuse_untimely_erasure() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    organization uuid;
BEGIN
    IF TG_NARGS > 0 THEN
        organization := OLD.id;
    ELSE
        organization := OLD.org_id;
    END IF;
    IF NOT tally.is_erased(organization) THEN
        RAISE EXCEPTION '% keeps the rows of an organization that is not being erased', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'ORGANIZATION_IS_KEPT';
    END IF;
    RETURN OLD;
END
$$;

-- Rows that are written once go with their organization, by workers alone.
CREATE OR REPLACE FUNCTION tally.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' AND current_user = 'tally_worker' THEN
        IF tally.is_erased(OLD.org_id) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'TABLE_IS_APPEND_ONLY';
END
$$;

-- The primary key of a table: its columns, the same as texts, and, of a key given as a JSON array of
-- such texts, its values; each a list for a statement.
CREATE FUNCTION tally.key_of(table_name text, given text DEFAULT '')
RETURNS TABLE (columns text, texts text, "values" text)
LANGUAGE sql STABLE AS $$
    SELECT string_agg(format('%I', a.attname), ', ' ORDER BY k.position),
        string_agg(format('%I::text', a.attname), ', ' ORDER BY k.position),
        string_agg(
            format('%L::%s', nullif(given, '')::jsonb ->> (k.position - 1)::integer,
                format_type(a.atttypid, a.atttypmod)),
            ', ' ORDER BY k.position)
    FROM pg_catalog.pg_index AS i
    CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, position)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE i.indrelid = format('public.%I', table_name)::regclass AND i.indisprimary
$$;

-- Lets workers erase an organization's rows of a tenant table.
CREATE FUNCTION tally.let_erase(table_name text, key text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'GRANT SELECT (%s), DELETE ON public.%I TO tally_worker',
        (tally.key_of(table_name)).columns, table_name);
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE DELETE ON public.%I FOR EACH ROW '
        'WHEN (current_user = ''tally_worker'') EXECUTE FUNCTION tally.refuse_untimely_erasure(%s)',
        table_name || '_go_with_their_organization', table_name,
        CASE WHEN key = 'org_id' THEN '' ELSE quote_literal(key) END);
END
$$;

CREATE OR REPLACE FUNCTION tally.isolate(table_name text, key text DEFAULT 'org_id') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
        'CREATE POLICY %I ON %I USING '
        '(%I = nullif(current_setting(''app.org_id'', true), '''')::uuid)',
        table_name || '_of_one_organization', table_name, key);
    PERFORM tally.let_erase(table_name, key);
END
$$;

DO $existing$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_class AS c
        JOIN pg_policy AS p ON p.polrelid = c.oid AND p.polcmd = '*' AND p.polroles = '{0}'
        WHERE c.relnamespace = 'public'::regnamespace
            -- Workers delete what has expired there, whoever it belongs to.
            AND c.relname <> 'recorded_calls'
    LOOP
        PERFORM tally.let_erase(name, CASE WHEN name = 'organizations' THEN 'id' ELSE 'org_id' END);
    END LOOP;
END
$existing$;

-- Deletes at most so many rows of an organization from one of its tables, in the order of its primary
-- key, beginning after the one that is given: a JSON array of texts, or nothing. Says how many, and the
-- key of the last one where there may be more. All at once where rows of the table refer to one another,
-- since any part of them may be referred to.
CREATE FUNCTION tally.erase_rows(
    organization uuid, table_name text, after text, row_limit bigint)
RETURNS TABLE (erased bigint, last_key text)
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    source constant regclass := format('public.%I', table_name)::regclass;
    tenant constant text := CASE WHEN table_name = 'organizations' THEN 'id' ELSE 'org_id' END;
    key    record;
    range  text := '';
BEGIN
    SELECT * INTO key FROM tally.key_of(table_name, after);
    IF after <> '' THEN
        range := format(' AND (%s) > (%s)', key.columns, key."values");
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint
        WHERE contype = 'f' AND conrelid = source AND confrelid = source
    ) THEN
        EXECUTE format(
            'SELECT jsonb_build_array(%s)::text FROM %s WHERE %I = $1%s ORDER BY %s '
            'OFFSET $2 - 1 LIMIT 1',
            key.texts, source, tenant, range, key.columns)
            INTO last_key USING organization, row_limit;
    END IF;
    IF last_key IS NOT NULL THEN
        SELECT * INTO key FROM tally.key_of(table_name, last_key);
        range := range || format(' AND (%s) <= (%s)', key.columns, key."values");
    END IF;
    EXECUTE format('DELETE FROM %s WHERE %I = $1%s', source, tenant, range) USING organization;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN NEXT;
END
$$;
REVOKE EXECUTE ON FUNCTION tally.erase_rows(uuid, text, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.erase_rows(uuid, text, text, bigint) TO tally_worker;

-- What calls are known by goes, too; the slug stays, so that nobody takes it over.
CREATE POLICY token_directory_erased_by_workers ON token_directory TO tally_worker
    USING (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
GRANT SELECT (id, org_id), DELETE ON token_directory TO tally_worker;

-- The job that looks which organizations are to be erased, and makes one for each; it is there from now
-- on.
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (id, org_id, kind, key, arguments, due_at)
VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'erase_organizations',
    'all', '{}', now());
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
