-- Closing a month and changing business units follow one another.
--
-- Why: the guard of 0013 looks for closed months, but a month that is closed at the same time, in a
-- transaction that has not ended, shows to nobody: a change could slip into it. Now both lock one
-- row of the organization first, so that the later one sees what the earlier one did. Whoever closes
-- a month calls tally.lock_unit_tree before reading what the month comes to. The triggers are for
-- those who forget; on a cluster, where a trigger's own statement may run on another connection and
-- would wait for its own transaction, they leave it to the callers.
-- Locks: period_closures, against writers, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Lets one transaction after another change the organization's units or close its months.
CREATE FUNCTION tally.lock_unit_tree(organization uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO counters (org_id, name, n) VALUES (organization, 'unit_tree_change', 0)
    ON CONFLICT (org_id, name) DO NOTHING;
    PERFORM FROM counters
    WHERE org_id = organization AND name = 'unit_tree_change'
    FOR UPDATE;
END
$$;

CREATE FUNCTION tally.let_unit_changes_end() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT tally.sharded() THEN
        PERFORM tally.lock_unit_tree(NEW.org_id);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER period_closures_wait_for_unit_changes
    BEFORE INSERT ON period_closures
    FOR EACH ROW EXECUTE FUNCTION tally.let_unit_changes_end();

CREATE OR REPLACE FUNCTION tally.refuse_change_before_open_month() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT tally.sharded() THEN
        PERFORM tally.lock_unit_tree(NEW.org_id);
    END IF;
    IF EXISTS (
        SELECT FROM period_closures AS c
        WHERE c.org_id = NEW.org_id AND c.month + interval '1 month' > NEW.effective_from
    ) THEN
        RAISE EXCEPTION '% would change a closed month', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'PERIOD_CLOSED';
    END IF;
    RETURN NEW;
END
$$;
