-- Organizations that can be changed, suspended, deleted with a grace period, and limited by a plan.
--
-- Why: each call must know at once whether its organization is served and how often it may call,
-- before the organization is known; so that stands in a shared table beside the tokens. It has rows
-- for organizations with something to say only: one without a row is served, at the server's own
-- rates. Everything else stands with the organization.
-- Locks: organizations, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

ALTER TABLE organizations
    -- Counts the changes, against lost updates.
    ADD COLUMN revision bigint NOT NULL DEFAULT 1,
    ADD COLUMN fiscal_year_start_month smallint NOT NULL DEFAULT 1,
    -- 0: for ever.
    ADD COLUMN retention_months integer NOT NULL DEFAULT 0,
    -- Null: the server's own limit.
    ADD COLUMN connections_max integer,
    ADD COLUMN events_per_day_max bigint,
    ADD COLUMN suspended_at timestamptz,
    -- For the organization to read.
    ADD COLUMN suspension_reason text NOT NULL DEFAULT '';
ALTER TABLE organizations ADD CONSTRAINT organizations_fiscal_years_begin_with_a_month
    CHECK (fiscal_year_start_month BETWEEN 1 AND 12);
ALTER TABLE organizations ADD CONSTRAINT organizations_retention_is_at_most_100_years
    CHECK (retention_months BETWEEN 0 AND 1200);
ALTER TABLE organizations ADD CONSTRAINT organizations_connections_max_is_in_range
    CHECK (connections_max BETWEEN 1 AND 10000);
ALTER TABLE organizations ADD CONSTRAINT organizations_events_per_day_max_is_in_range
    CHECK (events_per_day_max BETWEEN 1 AND 1000000000000);
ALTER TABLE organizations ADD CONSTRAINT organizations_are_suspended_for_a_reason
    CHECK ((suspended_at IS NULL) = (suspension_reason = ''));
GRANT UPDATE (display_name, time_zone, reporting_currency, fiscal_year_start_month,
    retention_months, revision) ON organizations TO tally_service;
GRANT UPDATE (connections_max, events_per_day_max, suspended_at, suspension_reason, revision)
    ON organizations TO tally_operator;

CREATE TABLE organization_states (
    org_id               uuid,
    is_suspended         boolean NOT NULL DEFAULT false,
    -- Null: the server's own rate.
    calls_per_second_max integer,
    -- When its deletion becomes irrevocable; null where nobody asked for it.
    delete_after         timestamptz,
    -- When its erasure began, and when it was done. The row stays for ever: with the slug it is what
    -- is left of the organization.
    deleted_at           timestamptz,
    erased_at            timestamptz,
    CONSTRAINT organization_states_one_per_organization PRIMARY KEY (org_id),
    -- The platform is none, so nothing of it is ever erased.
    CONSTRAINT organization_states_are_of_organizations
        CHECK (org_id <> '00000000-0000-0000-0000-000000000000'),
    CONSTRAINT organization_states_calls_per_second_max_is_in_range
        CHECK (calls_per_second_max BETWEEN 1 AND 1000000),
    CONSTRAINT organization_states_grace_comes_first
        CHECK (deleted_at IS NULL OR (delete_after IS NOT NULL AND deleted_at >= delete_after)),
    CONSTRAINT organization_states_erasures_begin_before_they_end
        CHECK (erased_at IS NULL OR (deleted_at IS NOT NULL AND erased_at >= deleted_at))
);
SELECT tally.replicate('organization_states');
-- Of those that are to be erased.
CREATE INDEX organization_states_by_end ON organization_states (delete_after, org_id)
    WHERE delete_after IS NOT NULL AND erased_at IS NULL;
ALTER TABLE organization_states ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_states FORCE ROW LEVEL SECURITY;
CREATE POLICY organization_states_looked_up ON organization_states
    FOR SELECT TO tally_directory, tally_operator, tally_worker USING (true);
CREATE POLICY organization_states_of_one_organization ON organization_states
    TO tally_service, tally_operator, tally_worker
    USING (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
GRANT SELECT ON organization_states
    TO tally_directory, tally_service, tally_operator, tally_worker;
-- Organizations end themselves, but neither suspend themselves nor set their own rates.
GRANT INSERT (org_id, delete_after), UPDATE (delete_after)
    ON organization_states TO tally_service;
GRANT INSERT (org_id, is_suspended, calls_per_second_max, delete_after),
    UPDATE (is_suspended, calls_per_second_max, delete_after)
    ON organization_states TO tally_operator;
GRANT UPDATE (deleted_at, erased_at) ON organization_states TO tally_worker;
