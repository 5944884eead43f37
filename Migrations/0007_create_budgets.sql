-- What business units may spend in a month.
--
-- Why: one budget per unit, replaced in place; the spend it is compared with is derived from time
-- and never stored, so no job resets it.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE budgets (
    org_id       uuid NOT NULL,
    id           uuid NOT NULL,
    unit_code    text NOT NULL,
    currency     text NOT NULL,
    -- Per calendar month in the organization's time zone.
    amount_picos numeric(38,0) NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT budgets_one_per_unit UNIQUE (org_id, unit_code),
    CONSTRAINT budgets_unit_exists
        FOREIGN KEY (org_id, unit_code) REFERENCES business_units (org_id, code),
    CONSTRAINT budgets_currency_is_iso_4217 CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT budgets_are_not_negative CHECK (amount_picos >= 0)
);
SELECT tally.distribute('budgets');
SELECT tally.isolate('budgets');
GRANT SELECT, INSERT, UPDATE (currency, amount_picos, updated_at) ON budgets TO tally_service;
GRANT SELECT ON budgets TO tally_worker, tally_reader;
