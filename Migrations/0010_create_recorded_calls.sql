-- Answers of calls that carried an idempotency key, so that repeating one gives the same answer.
--
-- Why: a caller who lost an answer repeats the call under its key. The row is claimed and filled in
-- the transaction of the call's own effect, so that either both are there or neither is; a second
-- call with the key waits at the row. What an answer holds may be secret (a new token), so it is
-- sealed by a key of its own, which the master key wraps. Rows outlive nothing: after 24 hours the
-- key is free again, and the workers delete what is left.
-- Locks: jobs, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE recorded_calls (
    -- All zero for operators, who have no organization; so no foreign key.
    org_id          uuid NOT NULL,
    key             text NOT NULL,
    -- Keyed hash of caller, method and request: the same key with another one is refused.
    request_hash    bytea NOT NULL,
    -- Null only within the transaction that carries the call out.
    wrapped_key     bytea,
    sealed_answer   bytea,
    recorded_at     timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    CONSTRAINT recorded_calls_happen_once PRIMARY KEY (org_id, key),
    CONSTRAINT recorded_calls_key_is_1_to_255_of_printable_ascii CHECK (key ~ '^[ -~]{1,255}$'),
    CONSTRAINT recorded_calls_hash_has_32_bytes CHECK (octet_length(request_hash) = 32),
    CONSTRAINT recorded_calls_answers_have_their_key
        CHECK ((wrapped_key IS NULL) = (sealed_answer IS NULL)),
    CONSTRAINT recorded_calls_expire_after_they_begin CHECK (expires_at > recorded_at)
);
SELECT tally.distribute('recorded_calls');
SELECT tally.isolate('recorded_calls');
CREATE INDEX recorded_calls_by_expiry ON recorded_calls (expires_at);
CREATE POLICY recorded_calls_of_operators ON recorded_calls TO tally_operator
    USING (org_id = '00000000-0000-0000-0000-000000000000');
-- Not those of an organization that an operator acts for.
CREATE POLICY recorded_calls_of_operators_only ON recorded_calls AS RESTRICTIVE TO tally_operator
    USING (org_id = '00000000-0000-0000-0000-000000000000');
-- Workers see when a key ends, and only of those that have; never a hash or an answer.
CREATE POLICY recorded_calls_expired ON recorded_calls TO tally_worker
    USING (expires_at <= now());
GRANT SELECT, INSERT,
    UPDATE (request_hash, wrapped_key, sealed_answer, recorded_at, expires_at)
    ON recorded_calls TO tally_service, tally_operator;
GRANT SELECT (org_id, key, expires_at), DELETE ON recorded_calls TO tally_worker;

-- The one job that deletes them, for all organizations; it is there from now on.
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (id, org_id, kind, key, arguments, due_at)
VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'delete_expired_calls',
    'all', '{}', now());
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
