-- Organizations with their units, people and tokens, and the lookups needed before one is known.
--
-- Why: everything else belongs to an organization. What must be unique across organizations (slugs,
-- ids of tokens) stands in shared tables, which hold ids and schedules only.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE organizations (
    id                 uuid PRIMARY KEY,
    slug               text NOT NULL,
    display_name       text NOT NULL,
    time_zone          text NOT NULL,
    reporting_currency text NOT NULL,
    created_at         timestamptz NOT NULL,
    CONSTRAINT organizations_slug_is_well_formed
        CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    CONSTRAINT organizations_display_name_has_1_to_200_characters
        CHECK (char_length(display_name) BETWEEN 1 AND 200),
    CONSTRAINT organizations_reporting_currency_is_iso_4217
        CHECK (reporting_currency ~ '^[A-Z]{3}$')
);
SELECT tally.distribute('organizations');
SELECT tally.isolate('organizations', 'id');
-- Operators list organizations; they read no figures.
CREATE POLICY organizations_listed_by_operators ON organizations
    FOR SELECT TO tally_operator USING (true);
GRANT SELECT ON organizations TO tally_service, tally_worker, tally_reader;
GRANT SELECT, INSERT ON organizations TO tally_operator;

CREATE TABLE organization_slugs (
    slug   text,
    org_id uuid NOT NULL,
    CONSTRAINT organization_slugs_name_one_organization PRIMARY KEY (slug),
    CONSTRAINT organization_slugs_one_per_organization UNIQUE (org_id)
);
SELECT tally.replicate('organization_slugs');
GRANT SELECT ON organization_slugs TO tally_directory;
GRANT SELECT, INSERT ON organization_slugs TO tally_operator;

CREATE TABLE business_units (
    org_id       uuid NOT NULL,
    id           uuid NOT NULL,
    code         text NOT NULL,
    display_name text NOT NULL,
    parent_code  text,
    -- 0 at the top. Parents come first and never change, so a cycle cannot arise.
    depth        smallint NOT NULL,
    owner_email  text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT business_units_code_is_unique UNIQUE (org_id, code),
    CONSTRAINT business_units_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT business_units_parent_exists
        FOREIGN KEY (org_id, parent_code) REFERENCES business_units (org_id, code),
    CONSTRAINT business_units_code_is_well_formed CHECK (code ~ '^[a-z0-9-]{1,63}$'),
    CONSTRAINT business_units_are_not_their_own_parent CHECK (parent_code <> code),
    CONSTRAINT business_units_display_name_has_1_to_200_characters
        CHECK (char_length(display_name) BETWEEN 1 AND 200),
    CONSTRAINT business_units_are_at_most_32_deep CHECK (depth BETWEEN 0 AND 31),
    CONSTRAINT business_units_at_the_top_have_no_parent
        CHECK ((parent_code IS NULL) = (depth = 0))
);
SELECT tally.distribute('business_units');
SELECT tally.isolate('business_units');
GRANT SELECT, INSERT ON business_units TO tally_service;
GRANT SELECT ON business_units TO tally_worker, tally_reader;

CREATE TABLE members (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    email      text NOT NULL,
    -- What makes an address the same address.
    email_key  text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
    role       smallint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT members_email_is_unique UNIQUE (org_id, email_key),
    CONSTRAINT members_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT members_role_is_one_of_an_organization CHECK (role BETWEEN 1 AND 5)
);
SELECT tally.distribute('members');
SELECT tally.isolate('members');
GRANT SELECT, INSERT ON members TO tally_service, tally_operator;
GRANT SELECT ON members TO tally_worker, tally_reader;

CREATE TABLE tokens (
    org_id       uuid NOT NULL,
    id           text NOT NULL,
    display_name text NOT NULL,
    role         smallint NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    PRIMARY KEY (org_id, id),
    CONSTRAINT tokens_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT tokens_role_is_one_of_an_organization CHECK (role BETWEEN 1 AND 5),
    CONSTRAINT tokens_display_name_has_1_to_200_characters
        CHECK (char_length(display_name) BETWEEN 1 AND 200),
    CONSTRAINT tokens_expire_after_they_begin CHECK (expires_at > created_at)
);
SELECT tally.distribute('tokens');
SELECT tally.isolate('tokens');
CREATE INDEX tokens_by_age ON tokens (org_id, created_at DESC, id);
GRANT SELECT, INSERT, UPDATE (revoked_at) ON tokens TO tally_service;
GRANT SELECT, INSERT ON tokens TO tally_operator;

-- What a call's token is checked against, before its organization is known. The secret itself is
-- stored nowhere: only its hash under a key that the database does not have.
CREATE TABLE token_directory (
    id         text,
    -- Null for operators, who belong to the platform.
    org_id     uuid,
    keyed_hash bytea NOT NULL,
    role       smallint NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT token_directory_id_is_unique PRIMARY KEY (id),
    CONSTRAINT token_directory_id_is_base32 CHECK (id ~ '^[a-z2-7]{16}$'),
    CONSTRAINT token_directory_hash_has_32_bytes CHECK (octet_length(keyed_hash) = 32),
    CONSTRAINT token_directory_operators_have_no_organization
        CHECK (role BETWEEN 1 AND 6 AND (role = 6) = (org_id IS NULL))
);
SELECT tally.replicate('token_directory');
ALTER TABLE token_directory ENABLE ROW LEVEL SECURITY;
ALTER TABLE token_directory FORCE ROW LEVEL SECURITY;
CREATE POLICY token_directory_looked_up ON token_directory
    FOR SELECT TO tally_directory USING (true);
CREATE POLICY token_directory_of_one_organization ON token_directory
    TO tally_service, tally_operator
    USING (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
CREATE POLICY token_directory_of_operators ON token_directory
    TO tally_operator USING (org_id IS NULL);
GRANT SELECT ON token_directory TO tally_directory;
-- A service ends tokens but never sees a hash.
GRANT SELECT (id, org_id, revoked_at), INSERT, UPDATE (revoked_at)
    ON token_directory TO tally_service;
GRANT SELECT (id, org_id, role, revoked_at), INSERT ON token_directory TO tally_operator;

-- Numbers handed out within an organization, by name.
CREATE TABLE counters (
    org_id uuid NOT NULL,
    name   text NOT NULL,
    n      bigint NOT NULL,
    PRIMARY KEY (org_id, name),
    CONSTRAINT counters_are_not_negative CHECK (n >= 0)
);
SELECT tally.distribute('counters');
SELECT tally.isolate('counters');
GRANT SELECT, INSERT, UPDATE (n) ON counters TO tally_service, tally_worker;

-- The row that writers of one organization's ledger lock, one after another: it numbers entries and
-- makes the times of their recording grow.
CREATE TABLE ledger_clocks (
    org_id           uuid PRIMARY KEY,
    last_entry_id    bigint NOT NULL DEFAULT 0,
    last_recorded_at timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT ledger_clocks_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT ledger_clocks_count_up CHECK (last_entry_id >= 0)
);
SELECT tally.distribute('ledger_clocks');
SELECT tally.isolate('ledger_clocks');
GRANT SELECT, UPDATE ON ledger_clocks TO tally_service, tally_worker;
GRANT INSERT ON ledger_clocks TO tally_operator;
