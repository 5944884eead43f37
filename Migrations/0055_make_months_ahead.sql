-- Lets workers make the months of usage before they begin.
--
-- Why: migrations made the months around their own time, and whoever writes entries makes those that are
-- missing. So the first writers of a month, on every server at once, waited for its tables to be made.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

-- The job that makes them; it is there from now on.
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (id, org_id, kind, key, arguments, due_at, priority, usual_priority)
VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'make_usage_months',
    'all', '{}', now(), 40, 40);
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
