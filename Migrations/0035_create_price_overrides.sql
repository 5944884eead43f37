-- What organizations' contracts say of prices.
--
-- Why: who pays other than list prices wants their events priced so. An override is a factor, or fixed
-- prices, for models that a pattern names, within a span of time. Entries name the one that priced them
-- by the negative of its number, so none is deleted and only its end is ever changed.
-- Locks: none on tables in use. Time: constant.

SET LOCAL ROLE tally_owner;

CREATE TABLE price_overrides (
    org_id        uuid NOT NULL,
    number        bigint NOT NULL,
    provider      text NOT NULL,
    -- A model, or, with a last *, all that begin so.
    model_pattern text NOT NULL,
    -- Empty for every tier.
    service_tier  text NOT NULL,
    -- A decimal; null where prices are fixed.
    multiplier    text,
    -- Rates as decimal texts by class; null where a factor holds.
    rates         jsonb,
    valid_from    timestamptz NOT NULL,
    -- Null while it has no end. Where it is valid_from, it never held.
    valid_to      timestamptz,
    note          text NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT price_overrides_number_is_used_once PRIMARY KEY (org_id, number),
    CONSTRAINT price_overrides_belong_to_an_organization
        FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT price_overrides_count_from_1 CHECK (number >= 1),
    CONSTRAINT price_overrides_are_a_factor_or_prices
        CHECK ((multiplier IS NULL) <> (rates IS NULL)),
    CONSTRAINT price_overrides_do_not_end_before_they_begin CHECK (valid_to >= valid_from)
);
SELECT tally.distribute('price_overrides');
SELECT tally.isolate('price_overrides');
GRANT SELECT, INSERT, UPDATE (valid_to) ON price_overrides TO tally_service;
GRANT SELECT ON price_overrides TO tally_worker, tally_reader;
