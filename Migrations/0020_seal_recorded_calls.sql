-- Recorded answers are sealed under the organization's data key, as everything else of it.
--
-- Why: each had a key of its own beside it, which the master key wrapped: who holds the master key
-- could read the answers of an organization in a backup after its data key was destroyed.
-- Answers that are here already cannot be sealed by a migration: no release wrote any, so a database
-- that has some is refused.
-- Locks: recorded_calls, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Row security binds the owner too, and would hide what is asked for.
ALTER TABLE recorded_calls NO FORCE ROW LEVEL SECURITY;
DO $guard$
BEGIN
    IF EXISTS (SELECT FROM recorded_calls) THEN
        RAISE EXCEPTION 'this database was made before the first release: begin with a new one'
            USING ERRCODE = 'feature_not_supported';
    END IF;
END
$guard$;
ALTER TABLE recorded_calls FORCE ROW LEVEL SECURITY;

ALTER TABLE recorded_calls DROP CONSTRAINT recorded_calls_answers_have_their_key;
ALTER TABLE recorded_calls DROP COLUMN wrapped_key;
