-- Lets servers end the rest that a provider asked for, where somebody who may says so.
--
-- Why: a provider is left alone for as long as it asks, a day at most, and the whole account with it. Whoever knows
-- better, since the account's limit was raised meanwhile, had no way to have it asked again before.
-- Locks: job_holds, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

GRANT DELETE ON job_holds TO tally_service;
