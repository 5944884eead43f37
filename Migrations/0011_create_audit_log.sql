-- Who changed what: a row for each call that changed something, in the transaction of the change.
--
-- Why: an organization asks later who did it, and the row must be there exactly if the change is.
-- Rows are written once: no role may change or delete one. Ingestion leaves none, for the ledger
-- is its record.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE audit_log (
    -- All zero where operators changed nothing of an organization; so no foreign key.
    org_id       uuid NOT NULL,
    -- Version 7: in the order of time, as far as clocks agree.
    id           uuid NOT NULL,
    recorded_at  timestamptz NOT NULL,
    -- Who called: the token, what it might do, and the person it acted for, as the caller named them.
    token_id     text NOT NULL,
    role         smallint NOT NULL,
    on_behalf_of text,
    method       text NOT NULL,
    -- IP address, or `unix`; and the subject of the caller's certificate, if it had one.
    peer_address text NOT NULL,
    peer_subject text,
    -- W3C trace id: the call's lines in the logs have it too.
    trace_id     text,
    CONSTRAINT audit_log_rows_are_written_once PRIMARY KEY (org_id, id),
    CONSTRAINT audit_log_role_is_known CHECK (role BETWEEN 1 AND 6),
    CONSTRAINT audit_log_trace_id_is_hexadecimal CHECK (trace_id ~ '^[0-9a-f]{32}$')
);
SELECT tally.distribute('audit_log');
SELECT tally.isolate('audit_log');
CREATE POLICY audit_log_of_operators ON audit_log TO tally_operator
    USING (org_id = '00000000-0000-0000-0000-000000000000');
GRANT SELECT, INSERT ON audit_log TO tally_service;
GRANT INSERT ON audit_log TO tally_operator;
