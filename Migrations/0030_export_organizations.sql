-- Gives out everything that an organization has, table by table.
--
-- Why: an organization may take its data with it. Rows are read as JSON, in the order of the primary
-- key, so many at a time, with the columns that are asked for and no other, by whoever may read the
-- table, under row security as always. Numbers that may have more digits than a binary floating-point
-- number, money among them, are given as texts.
-- Locks: none. Time: constant.

SET LOCAL ROLE tally_owner;

-- Rows of an organization from one of its tables, after the one whose key is given, each with its own
-- key, a JSON array of texts, and with its sealed columns in hexadecimal.
CREATE FUNCTION tally.export_rows(
    organization uuid, table_name text, fields text[], sealed_fields text[], after text,
    row_limit bigint)
RETURNS TABLE (row_key text, content text, sealed text[])
LANGUAGE plpgsql STABLE SET timezone = 'UTC' AS $$
DECLARE
    source constant regclass := format('public.%I', table_name)::regclass;
    tenant constant text := CASE WHEN table_name = 'organizations' THEN 'id' ELSE 'org_id' END;
    key    record;
    plain  text;
    hidden text;
BEGIN
    SELECT * INTO key FROM tally.key_of(table_name, after);
    SELECT string_agg(
        format(CASE WHEN a.atttypid IN ('numeric'::regtype, 'bigint'::regtype)
            THEN 't.%1$I::text AS %1$I' ELSE 't.%I' END, f.name), ', ' ORDER BY f.position)
    INTO plain
    FROM unnest(fields) WITH ORDINALITY AS f (name, position)
    JOIN pg_attribute AS a ON a.attrelid = source AND a.attname = f.name;
    SELECT string_agg(
        format('coalesce(encode(t.%I, ''hex''), '''')', f.name), ', ' ORDER BY f.position)
    INTO hidden
    FROM unnest(sealed_fields) WITH ORDINALITY AS f (name, position);
    RETURN QUERY EXECUTE format(
        'SELECT jsonb_build_array(%s)::text, '
        '(SELECT to_jsonb(c)::text FROM (SELECT %s) AS c), ARRAY[%s]::text[] '
        'FROM %s AS t WHERE %I = $1%s ORDER BY %s LIMIT $2',
        key.texts, plain, hidden, source, tenant,
        CASE WHEN after = '' THEN ''
            ELSE format(' AND (%s) > (%s)', key.columns, key."values") END,
        key.columns)
        USING organization, row_limit;
END
$$;
REVOKE EXECUTE ON FUNCTION tally.export_rows(uuid, text, text[], text[], text, bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.export_rows(uuid, text, text[], text[], text, bigint)
    TO tally_service;
