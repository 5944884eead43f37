-- Lets programs compare installations, and remembers destroyed keys in both databases, for good.
--
-- Why: who makes or ends a data key compares the numbers of both databases first, as the role that it
-- acts as. And either database may be restored from a backup that is older than a destruction: whoever
-- migrates tells this one what the keys' database has as destroyed. What is remembered is never
-- forgotten: the owner, whom no trigger of a shared table could stop, keeps no right to.
-- Locks: installation and destroyed_data_keys, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

GRANT SELECT ON installation TO tally_service, tally_worker, tally_operator;

CREATE POLICY destroyed_data_keys_remembered ON destroyed_data_keys
    FOR INSERT TO tally_owner WITH CHECK (true);
REVOKE UPDATE, DELETE, TRUNCATE ON destroyed_data_keys FROM tally_owner;
