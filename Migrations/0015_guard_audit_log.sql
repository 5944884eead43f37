-- No row of the audit log goes without a trace, however it is taken away.
--
-- Why: the trigger of 0012 sees rows that are changed or deleted, but not TRUNCATE, and is off in a
-- session that plays a replica. Both would have emptied the log in passing.
-- Locks: audit_log, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- A cluster has no triggers on TRUNCATE of its tables; there the chain alone tells.
DO $guard$
BEGIN
    IF NOT tally.sharded() THEN
        CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
            FOR EACH STATEMENT EXECUTE FUNCTION tally.refuse_change();
        ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_is_not_emptied;
        ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_is_append_only;
    END IF;
END
$guard$;
