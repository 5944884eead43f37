-- Keeps what providers call the projects, API keys and users whose ids stand in usage.
--
-- Why: a report by id says nothing to people. What vanishes at the provider stays here, since old usage
-- goes on naming it. Names and addresses of people are sealed, and those of projects and keys with them:
-- people put names of people into those too.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE provider_objects (
    org_id        uuid NOT NULL,
    connection_id uuid NOT NULL,
    kind          text NOT NULL,
    -- The provider's, as in the dimensions of usage.
    id            text NOT NULL,
    -- {"name": …, "email": …}, sealed under the organization's data key.
    sealed_name   bytea NOT NULL,
    -- The provider's own word, such as archived; empty where it says none.
    status        text NOT NULL DEFAULT '',
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    -- When a whole list lacked it first; null while it is listed.
    gone_at       timestamptz,
    PRIMARY KEY (org_id, connection_id, kind, id),
    CONSTRAINT provider_objects_belong_to_a_connection
        FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    CONSTRAINT provider_objects_kind_is_known CHECK (kind IN ('project', 'api_key', 'user'))
);
CREATE INDEX provider_objects_by_id ON provider_objects (org_id, kind, id);
SELECT tally.distribute('provider_objects');
SELECT tally.isolate('provider_objects');
GRANT SELECT ON provider_objects TO tally_service;
GRANT SELECT, INSERT, UPDATE ON provider_objects TO tally_worker;
