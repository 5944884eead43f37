-- Lets programs see whose keys a database has.
--
-- Why: who makes or ends a key compares the installations first, as the role that it acts as; only
-- `tally_directory` could, which workers' logins are not here.
-- Locks: installation, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

GRANT SELECT ON installation TO tally_service, tally_worker, tally_operator;
