-- Business units that change from a day on, and the months that no change may reach.
--
-- Why: a unit can be renamed, moved, merged or retired from a date on, while the past keeps its
-- shape and names. What a unit is stands in one row for each day on which it changed; what remains
-- of `business_units` is who it is: id and code. Its other columns are neither read nor written any
-- more and leave with a later migration; servers from before this one can create no units.
-- A month that is closed keeps the tree that it was closed with, whoever writes.
-- Locks: business_units against everything, for as long as its rows are copied once.
-- Time: a few microseconds a unit.

SET LOCAL ROLE tally_owner;

-- Months whose figures are final. Nothing closes one yet but whoever owns the ledger.
CREATE TABLE period_closures (
    org_id    uuid NOT NULL,
    -- The first day of the month.
    month     date NOT NULL,
    closed_at timestamptz NOT NULL,
    CONSTRAINT period_closures_close_a_month_once PRIMARY KEY (org_id, month),
    CONSTRAINT period_closures_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT period_closures_are_of_whole_months CHECK (EXTRACT(day FROM month) = 1)
);
SELECT tally.distribute('period_closures');
SELECT tally.isolate('period_closures');
GRANT SELECT ON period_closures TO tally_service, tally_worker, tally_reader;

CREATE TABLE business_unit_versions (
    org_id           uuid NOT NULL,
    unit_code        text NOT NULL COLLATE "C",
    -- A day in the organization's time zone; the version holds from its start until the next
    -- version's. 1970-01-01: always.
    effective_from   date NOT NULL,
    display_name     text NOT NULL,
    parent_code      text COLLATE "C",
    owner_email      text NOT NULL,
    -- 0 other, 1 company, 2 division, 3 department, 4 team, 5 cost center.
    kind             smallint NOT NULL,
    cost_center_code text NOT NULL,
    -- 1 active, 2 retired, 3 merged.
    state            smallint NOT NULL,
    -- Who took over where it is not active.
    successor_code   text COLLATE "C",
    CONSTRAINT business_unit_versions_one_a_day PRIMARY KEY (org_id, unit_code, effective_from),
    CONSTRAINT business_unit_versions_unit_exists
        FOREIGN KEY (org_id, unit_code) REFERENCES business_units (org_id, code),
    CONSTRAINT business_unit_versions_parent_exists
        FOREIGN KEY (org_id, parent_code) REFERENCES business_units (org_id, code),
    CONSTRAINT business_unit_versions_successor_exists
        FOREIGN KEY (org_id, successor_code) REFERENCES business_units (org_id, code),
    CONSTRAINT business_unit_versions_are_not_their_own_parent CHECK (parent_code <> unit_code),
    CONSTRAINT business_unit_versions_do_not_succeed_themselves
        CHECK (successor_code <> unit_code),
    CONSTRAINT business_unit_versions_begin_in_1970
        CHECK (effective_from BETWEEN '1970-01-01' AND '9999-12-31'),
    CONSTRAINT business_unit_versions_display_name_has_1_to_200_characters
        CHECK (char_length(display_name) BETWEEN 1 AND 200),
    CONSTRAINT business_unit_versions_kind_is_known CHECK (kind BETWEEN 0 AND 5),
    CONSTRAINT business_unit_versions_cost_center_code_is_short
        CHECK (char_length(cost_center_code) <= 64),
    CONSTRAINT business_unit_versions_state_is_known CHECK (state BETWEEN 1 AND 3),
    CONSTRAINT business_unit_versions_merged_have_a_successor
        CHECK (state = 2 OR (state = 3) = (successor_code IS NOT NULL))
);
SELECT tally.distribute('business_unit_versions');
SELECT tally.isolate('business_unit_versions');

-- The copy is of all organizations, and row security binds the owner as well.
ALTER TABLE business_units NO FORCE ROW LEVEL SECURITY;
ALTER TABLE business_unit_versions NO FORCE ROW LEVEL SECURITY;
INSERT INTO business_unit_versions
    (org_id, unit_code, effective_from, display_name, parent_code, owner_email, kind,
     cost_center_code, state)
SELECT org_id, code, '1970-01-01', display_name, parent_code, owner_email, 0, '', 1
FROM business_units;
ALTER TABLE business_units FORCE ROW LEVEL SECURITY;
ALTER TABLE business_unit_versions FORCE ROW LEVEL SECURITY;

ALTER TABLE business_units ALTER COLUMN display_name DROP NOT NULL;
ALTER TABLE business_units ALTER COLUMN depth DROP NOT NULL;
-- Counts the changes of the unit's versions, against lost updates.
ALTER TABLE business_units ADD COLUMN revision bigint NOT NULL DEFAULT 1;
REVOKE INSERT ON business_units FROM tally_service;
GRANT INSERT (org_id, id, code, created_at), UPDATE (revision) ON business_units TO tally_service;

CREATE FUNCTION tally.refuse_change_before_open_month() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
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
CREATE TRIGGER business_unit_versions_leave_closed_months
    BEFORE INSERT OR UPDATE ON business_unit_versions
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change_before_open_month();
-- A version is never taken back, and its day never changes.
GRANT SELECT, INSERT,
    UPDATE (display_name, parent_code, owner_email, kind, cost_center_code, state, successor_code)
    ON business_unit_versions TO tally_service;
GRANT SELECT ON business_unit_versions TO tally_worker, tally_reader;
