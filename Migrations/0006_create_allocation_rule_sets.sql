-- Versions of the rules that send spend to business units.
--
-- Why: a set is replaced as a whole and every version stays, so that a past report can be explained.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE allocation_rule_sets (
    org_id     uuid NOT NULL,
    version    bigint NOT NULL,
    rules      jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT allocation_rule_sets_version_is_used_once PRIMARY KEY (org_id, version),
    CONSTRAINT allocation_rule_sets_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT allocation_rule_sets_count_from_1 CHECK (version >= 1)
);
SELECT tally.distribute('allocation_rule_sets');
SELECT tally.isolate('allocation_rule_sets');
CREATE TRIGGER allocation_rule_sets_are_append_only
    BEFORE UPDATE OR DELETE ON allocation_rule_sets
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
GRANT SELECT, INSERT ON allocation_rule_sets TO tally_service;
GRANT SELECT ON allocation_rule_sets TO tally_worker, tally_reader;
