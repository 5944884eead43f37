-- Remembers what people are to be told of, once.
--
-- Why: who connects an account waits for its first figures. That they are there is an event, written by
-- the worker in the transaction that made them whole; whoever sends messages reads it from here, so that
-- none is lost or told twice. It names its subject only: no figures, no secrets.
-- Locks: none on tables in use. Time: some milliseconds for each thousand connections.

SET LOCAL ROLE tally_owner;

CREATE TABLE outbox_events (
    org_id       uuid NOT NULL,
    id           uuid NOT NULL,
    kind         text NOT NULL,
    -- What the event is about; each kind tells of it once.
    subject_id   uuid NOT NULL,
    created_at   timestamptz NOT NULL,
    -- When somebody was told; null while nobody was.
    delivered_at timestamptz,
    PRIMARY KEY (org_id, id),
    CONSTRAINT outbox_events_are_told_once UNIQUE (org_id, kind, subject_id),
    CONSTRAINT outbox_events_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT outbox_events_kind_is_known CHECK (kind IN ('connection.first_pull'))
);
SELECT tally.distribute('outbox_events');
SELECT tally.isolate('outbox_events');
GRANT SELECT ON outbox_events TO tally_service;
GRANT SELECT, INSERT ON outbox_events TO tally_worker;

-- Nobody waits for figures that have been there for long.
ALTER TABLE connections NO FORCE ROW LEVEL SECURITY;
ALTER TABLE outbox_events NO FORCE ROW LEVEL SECURITY;
INSERT INTO outbox_events (org_id, id, kind, subject_id, created_at, delivered_at)
SELECT org_id, gen_random_uuid(), 'connection.first_pull', id, last_success_at, now()
FROM connections WHERE last_success_at IS NOT NULL;
ALTER TABLE outbox_events FORCE ROW LEVEL SECURITY;
ALTER TABLE connections FORCE ROW LEVEL SECURITY;
