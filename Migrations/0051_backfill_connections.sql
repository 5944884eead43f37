-- Lets a chosen span of a connection's past be read, beside the pulls that follow the present.
--
-- Why: what a pull reads begins where the connection began, and goes on from there; a gap, or the years
-- before, could not be read at all. A back-fill has a row for each report, with a checkpoint of its own, so
-- that the pulls do not notice it, and so that it can be paused, goes on where it was, and tells how far it is.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE connection_backfills (
    org_id        uuid NOT NULL,
    connection_id uuid NOT NULL,
    -- One for all reports of a back-fill. UUIDv7: by when somebody asked for it.
    id            uuid NOT NULL,
    stream        text NOT NULL,
    -- Whole days of UTC.
    range_start   timestamptz NOT NULL,
    range_end     timestamptz NOT NULL,
    -- The numbers of the contract's ConnectionBackfill.State.
    state         smallint NOT NULL DEFAULT 1,
    -- Read from here up to there; null before the first page.
    read_from     timestamptz,
    through       timestamptz,
    -- The first row that the provider told of; null where it told of none. What was recorded before is kept.
    told_from     timestamptz,
    -- The window being read, as in connection_checkpoints; null between windows.
    window_start  timestamptz,
    window_end    timestamptz,
    opened_at     timestamptz,
    cursor        text,
    pages         bigint NOT NULL DEFAULT 0,
    recorded      bigint NOT NULL DEFAULT 0,
    corrected     bigint NOT NULL DEFAULT 0,
    unchanged     bigint NOT NULL DEFAULT 0,
    retracted     bigint NOT NULL DEFAULT 0,
    last_error    text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    PRIMARY KEY (org_id, id, stream),
    CONSTRAINT connection_backfills_belong_to_a_connection
        FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    CONSTRAINT connection_backfills_state_is_known CHECK (state BETWEEN 1 AND 4),
    CONSTRAINT connection_backfills_end_once CHECK ((state IN (3, 4)) = (ended_at IS NOT NULL)),
    CONSTRAINT connection_backfills_range_has_an_order CHECK (range_start < range_end),
    CONSTRAINT connection_backfills_window_is_whole
        CHECK (num_nulls(window_start, window_end, opened_at) IN (0, 3)),
    CONSTRAINT connection_backfills_window_has_an_order CHECK (window_start < window_end)
);
SELECT tally.distribute('connection_backfills');
SELECT tally.isolate('connection_backfills');
CREATE INDEX connection_backfills_of_a_connection
    ON connection_backfills (org_id, connection_id, id);
CREATE INDEX connection_backfills_not_over ON connection_backfills (org_id, connection_id)
    WHERE ended_at IS NULL;
-- Services make them, and let old ones go; workers say how far they are.
GRANT SELECT, INSERT, UPDATE, DELETE ON connection_backfills TO tally_service;
GRANT SELECT, UPDATE ON connection_backfills TO tally_worker;
