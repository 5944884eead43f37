-- The audit log says what was changed, and each of its rows vouches for the one before.
--
-- Why: who asks later wants the object before and after, and wants to know that no row was removed
-- or altered since. A row's hash covers the row and the hash before it. Where the chain ends stands
-- in audit_chains, sealed under a key that the database does not have, so that who writes tables
-- but has no key cannot make another chain pass for this one.
-- The table is made anew: no release has the one of 0011, and rows without a chain would break it.
-- Locks: audit_log, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

DROP TABLE audit_log;

CREATE TABLE audit_log (
    -- All zero where operators changed nothing of an organization; so no foreign key.
    org_id        uuid NOT NULL,
    -- 1, 2, 3, … without a gap.
    sequence      bigint NOT NULL,
    -- Version 7.
    id            uuid NOT NULL,
    -- Never before that of the row before.
    recorded_at   timestamptz NOT NULL,
    -- Who called: the token, what it might do, and the person it acted for, as the caller named them.
    token_id      text NOT NULL,
    roles         text NOT NULL,
    on_behalf_of  text NOT NULL,
    method        text NOT NULL,
    -- What was changed, as JSON of the contract's message; empty where it was not, or is no more.
    object_type   text NOT NULL,
    object_id     text NOT NULL,
    object_before text NOT NULL,
    object_after  text NOT NULL,
    -- IP address, or `unix`; and the subject of the caller's certificate, if it had one.
    peer_address  text NOT NULL,
    peer_subject  text NOT NULL,
    -- W3C trace id: the call's lines in the logs have it too.
    trace_id      text NOT NULL,
    previous_hash bytea NOT NULL,
    -- SHA-256 of all that stands before it.
    hash          bytea NOT NULL,
    CONSTRAINT audit_log_rows_are_written_once PRIMARY KEY (org_id, sequence),
    CONSTRAINT audit_log_sequence_begins_at_1 CHECK (sequence > 0),
    CONSTRAINT audit_log_hashes_have_32_bytes
        CHECK (octet_length(previous_hash) = 32 AND octet_length(hash) = 32),
    CONSTRAINT audit_log_trace_id_is_hexadecimal CHECK (trace_id ~ '^([0-9a-f]{32})?$')
);
SELECT tally.distribute('audit_log');
SELECT tally.isolate('audit_log');
CREATE POLICY audit_log_of_operators ON audit_log TO tally_operator
    USING (org_id = '00000000-0000-0000-0000-000000000000');
CREATE INDEX audit_log_by_object ON audit_log (org_id, object_type, object_id, sequence);
CREATE INDEX audit_log_by_token ON audit_log (org_id, token_id, sequence);
CREATE INDEX audit_log_by_time ON audit_log (org_id, recorded_at);
-- Not even its owner changes a row without leaving a trace in the schema.
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
GRANT SELECT, INSERT ON audit_log TO tally_service, tally_operator;

-- Where each chain ends: the row that writers of one organization's log lock, one after another, as
-- the last one that their transaction locks.
CREATE TABLE audit_chains (
    org_id           uuid PRIMARY KEY,
    last_sequence    bigint NOT NULL,
    last_hash        bytea NOT NULL,
    last_recorded_at timestamptz NOT NULL,
    -- Keyed hash of organization, sequence and hash. All zero from the moment that a writer found
    -- one that was not its own, so that it is never sealed again.
    seal             bytea NOT NULL,
    CONSTRAINT audit_chains_count_up CHECK (last_sequence >= 0),
    CONSTRAINT audit_chains_hashes_have_32_bytes
        CHECK (octet_length(last_hash) = 32 AND octet_length(seal) = 32)
);
SELECT tally.distribute('audit_chains');
SELECT tally.isolate('audit_chains');
CREATE POLICY audit_chains_of_operators ON audit_chains TO tally_operator
    USING (org_id = '00000000-0000-0000-0000-000000000000');
GRANT SELECT, INSERT, UPDATE ON audit_chains TO tally_service, tally_operator;
