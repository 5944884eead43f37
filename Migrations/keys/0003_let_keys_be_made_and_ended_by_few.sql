-- Data keys are made by who makes organizations, and ended by who erases them.
--
-- Why: whoever serves organizations reads their keys all day, and had the right to make and to overwrite
-- them, too: one mistaken statement, or a thief of that login, could have ended every organization's
-- data for good. Now `tally_service` reads, `tally_operator` makes the first key of an organization, and
-- `tally_worker`, which erases organizations, overwrites keys with nothing, and can do nothing else to
-- them. The owner wraps keys anew, and brings further versions.
-- Locks: data_keys, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

REVOKE INSERT, UPDATE (wrapped_key, destroyed_at) ON data_keys FROM tally_service;
REVOKE UPDATE (wrapped_key, destroyed_at) ON data_keys FROM tally_operator;

CREATE OR REPLACE FUNCTION refuse_to_revive_key() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.destroyed_at IS NOT NULL THEN
        RAISE EXCEPTION 'data keys are neither revived nor forgotten'
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'DATA_KEY_IS_GONE_FOR_GOOD';
    END IF;
    IF current_user = 'tally_worker' AND NEW.destroyed_at IS NULL THEN
        RAISE EXCEPTION 'workers overwrite data keys with nothing, or not at all'
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'DATA_KEY_IS_NOT_REPLACED';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION refuse_to_bring_key() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'tally_worker' AND NEW.destroyed_at IS NULL THEN
        RAISE EXCEPTION 'workers make no data keys'
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'DATA_KEY_IS_NOT_MADE_HERE';
    END IF;
    IF current_user = 'tally_operator' AND (NEW.version <> 1 OR NEW.destroyed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'operators make the first data key of an organization, and no other'
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'DATA_KEY_IS_NOT_THE_FIRST';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER data_keys_are_made_with_organizations BEFORE INSERT ON data_keys
    FOR EACH ROW EXECUTE FUNCTION refuse_to_bring_key();
