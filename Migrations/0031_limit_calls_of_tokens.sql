-- A token may have a rate of calls of its own.
--
-- Why: an organization gives each of its programs a token, and one that runs wild must not use up what
-- all of them may do together.
-- Locks: tokens and token_directory, exclusively, while their rows are looked through. Time: as long as
-- that takes, a few rows for each organization.

SET LOCAL ROLE tally_owner;

-- Null: the server's own limit.
ALTER TABLE tokens ADD COLUMN calls_per_second_max integer;
ALTER TABLE tokens ADD CONSTRAINT tokens_calls_per_second_max_is_in_range
    CHECK (calls_per_second_max BETWEEN 1 AND 1000000);
ALTER TABLE token_directory ADD COLUMN calls_per_second_max integer;
ALTER TABLE token_directory ADD CONSTRAINT token_directory_calls_per_second_max_is_in_range
    CHECK (calls_per_second_max BETWEEN 1 AND 1000000);
