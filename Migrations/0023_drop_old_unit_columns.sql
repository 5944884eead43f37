-- Business units without the columns that their versions have replaced.
--
-- Why: since 0013 what a unit is stands in business_unit_versions. What it was called, and where it
-- stood, before that has been kept here, unread and unwritten, for servers of the version before.
-- Locks: business_units, exclusively, for an instant. Time: constant; the space is freed as rows are
-- written anew.

SET LOCAL ROLE tally_owner;

-- With each column go the constraints that name it.
ALTER TABLE business_units DROP COLUMN display_name;
ALTER TABLE business_units DROP COLUMN parent_code;
ALTER TABLE business_units DROP COLUMN depth;
ALTER TABLE business_units DROP COLUMN owner_email;
