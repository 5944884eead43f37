-- Lists the organizations of one state without reading all others, and lets operators say at the creation of
-- an organization how long its usage is kept.
--
-- Why: those that are suspended, and what is left of those that were erased, were found by looking at each
-- organization in the order of the slugs, so that the list took the longer the more there were. Those that
-- are to be erased have an index already.
-- Locks: organization_states, shared, against writers, while its indexes are made. Time: a few milliseconds for
-- ten thousand organizations.

SET LOCAL ROLE tally_owner;

CREATE INDEX organization_states_by_suspension ON organization_states (org_id) WHERE is_suspended;
CREATE INDEX organization_states_by_erasure ON organization_states (org_id) WHERE erased_at IS NOT NULL;

GRANT INSERT (retention_months, retention_begins_at) ON organization_states TO tally_operator;
