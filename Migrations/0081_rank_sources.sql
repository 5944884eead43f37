-- Lets an organization say which of its sources counts where several tell of the same call.
--
-- Why: the source that told first counted, so that which feed was faster decided what a call cost and whom it counted
-- under. Of sources that are ranked, the highest counts, whoever tells first.
-- Servers of before know of no ranks: with them, and in the calls that they are told of, the first goes on to count. So
-- ranks are set once the last of them is gone.
-- Events that were reversed before this while they were suppressed, or are by servers of before, stay among what is shown as
-- suppressed; whoever compares roll-ups with entries names their days.
-- Locks: organizations, against writers, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE source_ranks (
    org_id     uuid NOT NULL,
    -- How often they were set.
    version    bigint NOT NULL,
    -- The highest first. Those that are not among them are behind all, and equal.
    sources    text[] NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT source_ranks_are_one_list PRIMARY KEY (org_id),
    CONSTRAINT source_ranks_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT source_ranks_count_from_1 CHECK (version >= 1),
    CONSTRAINT source_ranks_are_of_few CHECK (cardinality(sources) <= 100)
);
SELECT tally.distribute('source_ranks');
SELECT tally.isolate('source_ranks');
GRANT SELECT, INSERT, UPDATE (version, sources, updated_at) ON source_ranks TO tally_service;
GRANT SELECT ON source_ranks TO tally_worker, tally_reader;
-- By which a rank is found of what call_tellers says of a source.
GRANT EXECUTE ON FUNCTION tally.entry_key(text, text) TO tally_service;
