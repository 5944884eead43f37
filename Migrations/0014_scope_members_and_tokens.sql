-- Several roles, limits to units and networks, and last use, of members and tokens.
--
-- Why: one role was all that a member or a token could have, for the whole organization and from
-- anywhere. Roles become bits, 1 shifted by the role's number, so that a call's permission is one
-- comparison. Units stand by their codes, which never change; the shared directory has what must be
-- known before the organization is. When a token was used last is written often, so it stands in
-- the tenant table alone.
-- Locks: members, tokens and token_directory, exclusively, while they are written anew.
-- Time: about a second for a million rows.

SET LOCAL ROLE tally_owner;

ALTER TABLE members DROP CONSTRAINT members_role_is_one_of_an_organization;
ALTER TABLE members ALTER COLUMN role TYPE integer USING (1 << role);
ALTER TABLE members RENAME COLUMN role TO roles;
ALTER TABLE members ADD COLUMN unit_codes text[] NOT NULL DEFAULT '{}';
ALTER TABLE members ADD COLUMN revision bigint NOT NULL DEFAULT 1;
-- Ingest is there for members of before; people get it no longer.
ALTER TABLE members ADD CONSTRAINT members_have_roles_of_people
    CHECK (roles > 0 AND roles & ~446 = 0);
ALTER TABLE members ADD CONSTRAINT members_own_some_units_or_none
    CHECK (roles & 128 = 0 OR cardinality(unit_codes) > 0);
ALTER TABLE members ADD CONSTRAINT members_who_are_owners_are_not_limited
    CHECK (roles & 2 = 0 OR cardinality(unit_codes) = 0);
ALTER TABLE members ADD CONSTRAINT members_have_at_most_100_units
    CHECK (cardinality(unit_codes) <= 100);
GRANT UPDATE (roles, unit_codes, revision), DELETE ON members TO tally_service;

ALTER TABLE tokens DROP CONSTRAINT tokens_role_is_one_of_an_organization;
ALTER TABLE tokens ALTER COLUMN role TYPE integer USING (1 << role);
ALTER TABLE tokens RENAME COLUMN role TO roles;
ALTER TABLE tokens ADD COLUMN unit_codes text[] NOT NULL DEFAULT '{}';
ALTER TABLE tokens ADD COLUMN source_networks text[] NOT NULL DEFAULT '{}';
ALTER TABLE tokens ADD COLUMN last_used_at timestamptz;
ALTER TABLE tokens ADD CONSTRAINT tokens_have_roles_of_an_organization
    CHECK (roles > 0 AND roles & ~1982 = 0);
ALTER TABLE tokens ADD CONSTRAINT tokens_of_frontends_have_no_other_role
    CHECK (roles & 1024 = 0 OR roles = 1024);
ALTER TABLE tokens ADD CONSTRAINT tokens_own_some_units_or_none
    CHECK (roles & 128 = 0 OR cardinality(unit_codes) > 0);
ALTER TABLE tokens ADD CONSTRAINT tokens_of_owners_and_frontends_are_not_limited
    CHECK (roles & 1026 = 0 OR cardinality(unit_codes) = 0);
ALTER TABLE tokens ADD CONSTRAINT tokens_have_at_most_100_units
    CHECK (cardinality(unit_codes) <= 100);
ALTER TABLE tokens ADD CONSTRAINT tokens_have_at_most_32_networks
    CHECK (cardinality(source_networks) <= 32);
GRANT UPDATE (expires_at, last_used_at) ON tokens TO tally_service;

ALTER TABLE token_directory DROP CONSTRAINT token_directory_operators_have_no_organization;
ALTER TABLE token_directory ALTER COLUMN role TYPE integer USING (1 << role);
ALTER TABLE token_directory RENAME COLUMN role TO roles;
ALTER TABLE token_directory ADD COLUMN unit_codes text[] NOT NULL DEFAULT '{}';
ALTER TABLE token_directory ADD COLUMN source_networks text[] NOT NULL DEFAULT '{}';
ALTER TABLE token_directory ADD CONSTRAINT token_directory_operators_have_no_organization
    CHECK (CASE WHEN org_id IS NULL THEN roles = 64 ELSE roles > 0 AND roles & ~1982 = 0 END);
GRANT UPDATE (expires_at) ON token_directory TO tally_service;
