-- A recorded answer may be sealed by another organization's key than its owner's.
--
-- Why: what CreateOrganization answered holds the first owner's address and token, and was sealed by the
-- platform's key, which outlives the organization's: with a backup of those 24 hours it could be read
-- after the organization's key was destroyed. Now it is sealed by the new organization's key. A request
-- is known by a hash under the same key, and the answer opens for that request alone.
-- Locks: recorded_calls, exclusively, for an instant. Time: constant. Calls that servers of the version
-- before recorded are refused for 24 hours, if they are repeated: IDEMPOTENCY_KEY_REUSED.

SET LOCAL ROLE tally_owner;

-- Null: the owner's key, as with servers of the version before.
ALTER TABLE recorded_calls ADD COLUMN sealed_for uuid;
GRANT UPDATE (sealed_for) ON recorded_calls TO tally_service, tally_operator;
