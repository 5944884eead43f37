-- Lets services make jobs of their organization due at once.
--
-- Why: a pull that waits because its key was refused is due at once when the key is replaced, and
-- one that runs with the old key gives its job up. Row security keeps to the organization.
-- Locks: jobs, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

GRANT UPDATE (due_at, lease_token, lease_owner, attempt, updated_at) ON jobs TO tally_service;
