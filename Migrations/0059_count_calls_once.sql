-- Lets two sources tell of the same call, which counts once.
--
-- Why: a gateway and a library within the caller's program may both send an event of one call. Where both
-- give the provider's request id, the call has a key of its own beside those of the events; who comes second is
-- kept and reversed in the same transaction, and what it came to is summed in roll-ups of kind 4.
-- Locks: idempotency_keys and the roll-ups against everyone, for a moment: nothing is rewritten, the index is
-- of rows that there are none of yet, and rows that kept to the narrower rule are not read again.
-- Time: below a second.

SET LOCAL ROLE tally_owner;

-- Null for events and rows of reports. Of a call content_hash is of the source that told of it first.
ALTER TABLE idempotency_keys ADD COLUMN of_call boolean;
-- How those of calls are found when what they are of is not kept any more; others pay nothing for it.
CREATE INDEX idempotency_keys_of_calls ON idempotency_keys (org_id, event_time) WHERE of_call;

ALTER TABLE usage_rollups DROP CONSTRAINT usage_rollups_kind_is_known;
ALTER TABLE usage_rollups ADD CONSTRAINT usage_rollups_kind_is_known
    CHECK (kind BETWEEN 1 AND 4) NOT VALID;
ALTER TABLE usage_rollups_daily DROP CONSTRAINT usage_rollups_daily_kind_is_known;
ALTER TABLE usage_rollups_daily ADD CONSTRAINT usage_rollups_daily_kind_is_known
    CHECK (kind BETWEEN 1 AND 4) NOT VALID;
