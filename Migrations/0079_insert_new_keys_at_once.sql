-- Records many keys of events without a look at each, where all of them are new.
--
-- Why: ON CONFLICT DO NOTHING looks each key up before it inserts it, and writes to the log that it did insert it: more than
-- the insertion itself. Nearly all large batches bring events that nobody recorded before. A key that is known stops
-- the function, and leaves nothing of it but room for VACUUM; its caller then inserts the others as before.
-- A function, since what fails in one is neither logged as an error nor undoes the transaction.
-- Locks: none. Time: constant.

SET LOCAL ROLE tally_owner;

-- Whether all keys were new, and are recorded. For who has locked the organization's clock. A cluster says no at once: what
-- it inserts by queries is looked at by the coordinator, and a savepoint would be one on each node.
CREATE FUNCTION tally.insert_new_keys(
    organization uuid, keys uuid[], contents uuid[], entries bigint[], times timestamptz[])
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF tally.sharded() THEN
        RETURN false;
    END IF;
    -- A block of its own, since one that catches what fails begins with a savepoint.
    BEGIN
        -- Side by side in the list of what is selected, and not FROM unnest(…), which would store all rows before the first is inserted.
        INSERT INTO public.idempotency_keys (org_id, key_hash, content_hash, entry_id, event_time)
        SELECT organization, unnest(keys), unnest(contents), unnest(entries), unnest(times);
        RETURN true;
    EXCEPTION
        WHEN unique_violation THEN
            RETURN false;
    END;
END
$$;
REVOKE EXECUTE ON FUNCTION tally.insert_new_keys(uuid, uuid[], uuid[], bigint[], timestamptz[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.insert_new_keys(uuid, uuid[], uuid[], bigint[], timestamptz[])
    TO tally_service, tally_worker;
