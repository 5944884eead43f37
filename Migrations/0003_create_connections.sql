-- Accounts at providers, how far each was read, and the keys that protect their secrets.
--
-- Why: the worker pulls usage and costs of each connection and remembers, in the same transaction as
-- the entries, how far it came.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

-- An organization's data key, itself encrypted with the master key, which the database never has.
CREATE TABLE organization_keys (
    org_id      uuid NOT NULL,
    version     integer NOT NULL,
    wrapped_key bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, version),
    CONSTRAINT organization_keys_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT organization_keys_count_from_1 CHECK (version >= 1)
);
SELECT tally.distribute('organization_keys');
SELECT tally.isolate('organization_keys');
GRANT SELECT, INSERT ON organization_keys TO tally_service;
GRANT SELECT ON organization_keys TO tally_worker;

CREATE TABLE connections (
    org_id          uuid NOT NULL,
    id              uuid NOT NULL,
    provider        text NOT NULL,
    display_name    text NOT NULL,
    -- The numbers of the contract's ConnectionHealth. This and the three at the end sum up the
    -- connection's checkpoints, and change with them.
    health          smallint NOT NULL DEFAULT 1,
    -- The provider's key, encrypted with the organization's data key of that version.
    sealed_key      bytea NOT NULL,
    key_version     integer NOT NULL,
    key_hint        text NOT NULL,
    backfill_from   timestamptz NOT NULL,
    created_at      timestamptz NOT NULL,
    last_success_at timestamptz,
    last_error      text NOT NULL DEFAULT '',
    pages_read      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id),
    CONSTRAINT connections_display_name_is_unique UNIQUE (org_id, display_name),
    CONSTRAINT connections_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT connections_key_is_known
        FOREIGN KEY (org_id, key_version) REFERENCES organization_keys (org_id, version),
    CONSTRAINT connections_display_name_has_1_to_200_characters
        CHECK (char_length(display_name) BETWEEN 1 AND 200),
    CONSTRAINT connections_health_is_known CHECK (health BETWEEN 1 AND 4),
    CONSTRAINT connections_key_hint_is_short CHECK (char_length(key_hint) <= 4)
);
SELECT tally.distribute('connections');
SELECT tally.isolate('connections');
GRANT SELECT, INSERT, UPDATE ON connections TO tally_service;
GRANT SELECT, UPDATE (health, last_success_at, last_error, pages_read)
    ON connections TO tally_worker;
GRANT SELECT (org_id, id, provider, display_name, health, created_at, last_success_at)
    ON connections TO tally_reader;

CREATE TABLE connection_checkpoints (
    org_id        uuid NOT NULL,
    connection_id uuid NOT NULL,
    stream        text NOT NULL,
    -- Everything before this instant was read; null before the first page.
    through       timestamptz,
    -- The window being read, when it was opened, and where in it the next page begins; null between
    -- windows.
    window_start  timestamptz,
    window_end    timestamptz,
    opened_at     timestamptz,
    cursor        text,
    health        smallint NOT NULL DEFAULT 1,
    last_success_at timestamptz,
    last_error    text NOT NULL DEFAULT '',
    pages_read    bigint NOT NULL DEFAULT 0,
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, connection_id, stream),
    CONSTRAINT connection_checkpoints_belong_to_a_connection
        FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    CONSTRAINT connection_checkpoints_stream_is_known CHECK (stream IN ('usage', 'costs')),
    CONSTRAINT connection_checkpoints_window_is_whole
        CHECK (num_nulls(window_start, window_end, opened_at) IN (0, 3)),
    CONSTRAINT connection_checkpoints_window_has_an_order CHECK (window_start < window_end),
    CONSTRAINT connection_checkpoints_health_is_known CHECK (health BETWEEN 1 AND 4)
);
SELECT tally.distribute('connection_checkpoints');
SELECT tally.isolate('connection_checkpoints');
GRANT SELECT, INSERT, UPDATE ON connection_checkpoints TO tally_service, tally_worker;
