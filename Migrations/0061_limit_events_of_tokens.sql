-- A token may have a quota of events of a day.
--
-- Why: an organization gives each of its programs a token, and one that runs wild must not use up what all of
-- them may bring together. Writers of events have the organization's clock locked, so that a count that
-- they read and write behind it is exact, across servers; only tokens with a quota have one.
-- Locks: tokens and token_directory, exclusively, while their rows are looked through. Time: as long as
-- that takes, a few rows for each organization.

SET LOCAL ROLE tally_owner;

-- Null: no quota of its own.
ALTER TABLE tokens ADD COLUMN events_per_day_max bigint;
ALTER TABLE tokens ADD CONSTRAINT tokens_events_per_day_max_is_in_range
    CHECK (events_per_day_max BETWEEN 1 AND 1000000000000);
-- The token whose count it goes on with, having been made in its place; null: it has its own.
ALTER TABLE tokens ADD COLUMN counted_as text;
ALTER TABLE token_directory ADD COLUMN events_per_day_max bigint;
ALTER TABLE token_directory ADD CONSTRAINT token_directory_events_per_day_max_is_in_range
    CHECK (events_per_day_max BETWEEN 1 AND 1000000000000);

CREATE TABLE token_event_counts (
    org_id      uuid NOT NULL,
    token_id    text NOT NULL,
    -- Days of UTC since 1970.
    event_day   integer NOT NULL,
    -- Events recorded on that day, by this token and those that were made in its place; those that were known
    -- already do not count.
    event_count bigint NOT NULL,
    PRIMARY KEY (org_id, token_id),
    CONSTRAINT token_event_counts_belong_to_a_token
        FOREIGN KEY (org_id, token_id) REFERENCES tokens (org_id, id),
    CONSTRAINT token_event_counts_count_events CHECK (event_day >= 0 AND event_count >= 0)
);
SELECT tally.distribute('token_event_counts');
SELECT tally.isolate('token_event_counts');
GRANT SELECT, INSERT, UPDATE ON token_event_counts TO tally_service;
