-- Keeps what people did with coding tools, as their providers count it by day and person.
--
-- Why: whoever pays for such a tool asks who uses it, and how much, seat by seat. Its tokens stand in usage
-- and in the bill already, or are a seat's, so they are no entries: nothing here is in any total. Who it
-- was is sealed; rows are told apart, and found by person, by hashes under the organization's key.
-- Locks: connection_checkpoints, exclusively, while a check of its few rows is made. Time: milliseconds.

SET LOCAL ROLE tally_owner;

ALTER TABLE connection_checkpoints
    DROP CONSTRAINT connection_checkpoints_stream_names_a_report,
    ADD CONSTRAINT connection_checkpoints_stream_names_a_report
        CHECK (stream ~ '^(usage|costs|names|activity)(/[a-z0-9_]{1,31})?$');

CREATE TABLE coding_activity (
    org_id         uuid NOT NULL,
    connection_id  uuid NOT NULL,
    -- Keyed hash of the day and of who worked how: names the row, whatever its figures.
    row_key        bytea NOT NULL,
    -- Midnight of UTC that the day begins with.
    bucket_start   timestamptz NOT NULL,
    -- Keyed hash of who it was; the same on every day and of every connection.
    actor_key      bytea NOT NULL,
    -- A person's address, or the name of a program's key; sealed under the organization's data key.
    sealed_actor   bytea NOT NULL,
    is_person      boolean NOT NULL,
    -- How the account pays, and for which subscription, in the provider's words; empty for none.
    customer       text NOT NULL,
    subscription   text NOT NULL,
    terminal       text NOT NULL,
    is_remote      boolean NOT NULL,
    sessions       bigint NOT NULL,
    lines_added    bigint NOT NULL,
    lines_removed  bigint NOT NULL,
    commits        bigint NOT NULL,
    pull_requests  bigint NOT NULL,
    -- [{"tool", "accepted", "rejected"}]
    suggestions    jsonb NOT NULL,
    -- [{"model", "input", "cache_read", "cache_write", "output", "estimated_picos", "currency"}]; picos are
    -- a text of digits, and an estimate of the provider.
    models         jsonb NOT NULL,
    -- When the reading began that told it last.
    told_at        timestamptz NOT NULL,
    -- When the whole day lacked it first; null while it is told. What is taken back counts nowhere.
    taken_back_at  timestamptz,
    PRIMARY KEY (org_id, connection_id, row_key),
    CONSTRAINT coding_activity_belongs_to_a_connection
        FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    CONSTRAINT coding_activity_is_by_the_day
        CHECK (bucket_start = date_bin('1 day', bucket_start, '1970-01-01 00:00+00')),
    CONSTRAINT coding_activity_is_never_negative CHECK (
        least(sessions, lines_added, lines_removed, commits, pull_requests) >= 0)
);
SELECT tally.distribute('coding_activity');
SELECT tally.isolate('coding_activity');
CREATE INDEX coding_activity_by_day ON coding_activity (org_id, bucket_start);
-- It is kept as long as usage is.
CREATE TRIGGER coding_activity_is_kept BEFORE DELETE ON coding_activity
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('bucket_start');
DROP TRIGGER coding_activity_go_with_their_organization ON coding_activity;
GRANT SELECT ON coding_activity TO tally_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON coding_activity TO tally_worker;
