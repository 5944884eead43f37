-- Lets a connection have more reports than one of its usage and one of its bill.
--
-- Why: a provider tells of embeddings, images or searches in reports of their own, and each is read and
-- remembered apart. Their names begin with what they are of, so that how far all usage was read is told
-- without knowing the provider. A worker of before that claims a job of a further report fails it, and
-- one of now reads it then.
-- Locks: connection_checkpoints, exclusively. Time: one pass over it, a row a report of a connection.

SET LOCAL ROLE tally_owner;

ALTER TABLE connection_checkpoints
    DROP CONSTRAINT connection_checkpoints_stream_is_known,
    ADD CONSTRAINT connection_checkpoints_stream_names_a_report
        CHECK (stream ~ '^(usage|costs|names)(/[a-z0-9_]{1,31})?$');
