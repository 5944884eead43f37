-- Frontends' tokens hand on what the tokens were limited in that made them.
--
-- Why: a frontend acts for members, and what it makes for them works elsewhere and longer than itself. So an
-- owner's token that is limited to some networks, a time or a rate made a frontend's within its limits, and with
-- that, for an owner, a token without any. Now those kinds of limits hold of what a frontend makes in which its own
-- maker was limited. Tokens of before hand nothing on but their quota, since what made them was not kept: where one is
-- a frontend's and its networks, end or rate shall hold of what it makes, rotate it by a token that is limited in the
-- same kinds, or make it anew by one. Tokens that it has made keep what they have: revoke those that are not wanted.
-- Servers of before make such tokens as long as one of them runs, so do this once the last one has stopped, for all
-- tokens that were made until then.
-- Locks: tokens and token_directory, exclusively, while the checks read them. Time: a second or so for a million.

SET LOCAL ROLE tally_owner;

-- Bits: 1 networks, 2 expiry, 4 rate of calls.
ALTER TABLE tokens ADD COLUMN handed_on smallint NOT NULL DEFAULT 0;
ALTER TABLE token_directory ADD COLUMN handed_on smallint NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD CONSTRAINT tokens_handed_on_is_known CHECK (handed_on BETWEEN 0 AND 7);
ALTER TABLE token_directory ADD CONSTRAINT token_directory_handed_on_is_known
    CHECK (handed_on BETWEEN 0 AND 7);
