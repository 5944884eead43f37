-- Lets connections be renamed, labelled, paused and deleted, and say what they are the record of.
--
-- Why: an organization manages many accounts over years. One that is deleted keeps its row, without its
-- key, since reports go on naming it; only its name is free again, so names are unique among the others.
-- Locks: connections, exclusively, while an index of its few rows is built. Time: some milliseconds.

SET LOCAL ROLE tally_owner;

ALTER TABLE connections
    -- Grows with each change that somebody makes: what the contract calls its etag.
    ADD COLUMN revision   bigint NOT NULL DEFAULT 1,
    -- {"key": "value", …}
    ADD COLUMN labels     jsonb NOT NULL DEFAULT '{}',
    -- The numbers of the contract's RecordOf: 1 billing, 2 attribution, 3 both.
    ADD COLUMN record_of  smallint NOT NULL DEFAULT 3,
    ADD COLUMN paused_at  timestamptz,
    -- Then sealed_key is empty.
    ADD COLUMN deleted_at timestamptz,
    ADD CONSTRAINT connections_labels_are_an_object CHECK (jsonb_typeof(labels) = 'object'),
    ADD CONSTRAINT connections_record_is_known CHECK (record_of BETWEEN 1 AND 3),
    ADD CONSTRAINT connections_keys_end_with_them
        CHECK (deleted_at IS NULL OR length(sealed_key) = 0),
    DROP CONSTRAINT connections_display_name_is_unique;

CREATE UNIQUE INDEX connections_display_name_is_unique ON connections (org_id, display_name)
    WHERE deleted_at IS NULL;
