-- Rules by which events get dimensions that their senders left out.
--
-- Why: spend without a team has no owner, and what tells the team is often there: a project's id, the
-- beginning of a key. A set of rules is replaced as a whole, holds from an instant on, and every version
-- stays: what was recorded names the version and the rule that gave it its value, and keeps both.
-- Locks: dimension_sets, exclusively, for an instant, and while the check reads it. Time: a second for a
-- few million sets.

SET LOCAL ROLE tally_owner;

CREATE TABLE attribution_rule_sets (
    org_id         uuid NOT NULL,
    version        bigint NOT NULL,
    -- Of the versions that hold at an instant, the newest counts.
    effective_from timestamptz NOT NULL,
    -- AttributionRuleSet of the contract, of which it has the rules alone.
    rules          jsonb NOT NULL,
    rule_count     integer NOT NULL,
    note           text NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT attribution_rule_sets_version_is_used_once PRIMARY KEY (org_id, version),
    CONSTRAINT attribution_rule_sets_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT attribution_rule_sets_count_from_1 CHECK (version >= 1)
);
SELECT tally.distribute('attribution_rule_sets');
SELECT tally.isolate('attribution_rule_sets');
CREATE TRIGGER attribution_rule_sets_are_append_only
    BEFORE UPDATE OR DELETE ON attribution_rule_sets
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
GRANT SELECT, INSERT ON attribution_rule_sets TO tally_service;
GRANT SELECT ON attribution_rule_sets TO tally_worker, tally_reader;

-- The version whose rules derived something of the set; null where nothing is derived.
ALTER TABLE dimension_sets ADD COLUMN rule_set_version bigint;
-- By the derived dimension, such as team or tag:env: the rule's name, and what was sent in its place, if
-- anything was.
ALTER TABLE dimension_sets ADD COLUMN derived_by jsonb;
ALTER TABLE dimension_sets ADD CONSTRAINT dimension_sets_name_the_rules_of_what_is_derived
    CHECK ((rule_set_version IS NULL) = (derived_by IS NULL));
