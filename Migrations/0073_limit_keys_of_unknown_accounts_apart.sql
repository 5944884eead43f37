-- Limits the pulls of a key whose account its provider has not told by that key, and not by the account of the key before.
--
-- Why: a connection keeps the account that is known of it when its key is replaced, for its figures. Pulls of an account
-- share a limit and a rest, whichever organizations' they are; where the new key is of another account, and its provider
-- never tells which, what befell that one would hold up whoever reads the old one.
-- Servers of before forget the account then, and leave this false. Where a worker of before learns the account of such a
-- key, it stays true, and the key keeps a limit of its own until it is replaced.
-- Locks: connections, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Whether account_id is what was told of a key before.
ALTER TABLE connections ADD COLUMN account_is_former boolean NOT NULL DEFAULT false;
GRANT UPDATE (account_is_former) ON connections TO tally_worker;
