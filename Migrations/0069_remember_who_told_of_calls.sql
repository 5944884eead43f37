-- Remembers which events told of a call that another event had told of before.
--
-- Why: of a call that several sources tell of, the first one's events count and the others' are suppressed. Where those
-- that count are reversed, the events of the source that told next count instead; for that it must be known which they are.
-- Of calls that were told of first before this, or by a server of before, it is not: there, everything stays as it was.
-- Where a server of before tells further of a call that a server of now was told of first, as may happen while a
-- deployment lasts, that event is not known here: it never comes to count in another's place, and where it is of the
-- source that counts, another source's may come to count beside it once the known ones of its source are reversed. So
-- of calls that were told of while servers of before and of now ran side by side, none should be reversed, or all. Nor
-- does a server of before know an event that came to count after it was taken back: it answers a reversal or correction
-- of it as one of an event that is reversed. Send those that such a server answered again.
-- Locks: idempotency_keys against everyone, for a moment. Time: constant.

SET LOCAL ROLE tally_owner;

-- Of a call whose further tellers stand in call_tellers; null otherwise.
ALTER TABLE idempotency_keys ADD COLUMN tellers_are_known boolean;

-- Events that told of a call, but for the one that its key names; that one, too, once it is reversed.
CREATE TABLE call_tellers (
    org_id     uuid NOT NULL,
    entry_id   bigint NOT NULL,
    event_time timestamptz NOT NULL,
    -- The key_hash of the call, whose content_hash is the source that counts, or itself where none does.
    call_key   uuid NOT NULL,
    -- Hash of its source.
    source_key uuid NOT NULL,
    -- It was reversed, and counts never again.
    withdrawn  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (org_id, entry_id)
);
SELECT tally.distribute('call_tellers');
SELECT tally.isolate('call_tellers');
-- Of a call, however many events told of it: which source is next, and whether, and which, of one's are left.
CREATE INDEX call_tellers_of_calls ON call_tellers (org_id, call_key, entry_id)
    WHERE NOT withdrawn;
CREATE INDEX call_tellers_of_sources ON call_tellers (org_id, call_key, source_key, entry_id)
    WHERE NOT withdrawn;
-- How those are found that are not kept any more.
CREATE INDEX call_tellers_by_time ON call_tellers (org_id, event_time);
CREATE TRIGGER call_tellers_are_kept BEFORE DELETE ON call_tellers
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_early_removal('event_time');
DROP TRIGGER call_tellers_go_with_their_organization ON call_tellers;
GRANT SELECT, INSERT, UPDATE (withdrawn) ON call_tellers TO tally_service, tally_worker;
