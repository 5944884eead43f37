-- What the provider itself said that a call cost, beside the price that the ledger gives the event.
--
-- Why: gateways and providers that tell a call's cost (OpenRouter, LiteLLM) are an answer to whether the
-- ledger's price is right. It is shown with the event, and no total counts it.
-- Locks: usage_event_blocks, exclusively, for an instant. Time: constant; blocks that are there have none.

SET LOCAL ROLE tally_owner;

-- Both null where no event of the block has one. Of an event both are there or neither.
ALTER TABLE usage_event_blocks
    ADD COLUMN provider_cost_picos bigint[],
    ADD COLUMN provider_cost_currency text[];

CREATE OR REPLACE VIEW ledger_entries WITH (security_invoker = true) AS
SELECT e.org_id, e.entry_id, e.event_time, e.recorded_at, e.booked_at, e.kind, e.root_entry_id,
    e.correction_no, e.source, e.event_id, e.dimension_set_id, e.price_version_id, e.currency,
    e.amount_picos, e.usage_state, e.status, e.requests, e.latency_ms, e.attempt, e.session, e.run,
    e.input, e.cache_read, e.cache_write_5m, e.cache_write_30m, e.cache_write_1h, e.cache_write_12h,
    e.output, e.reasoning, e.output_unsplit, e.input_audio, e.cache_read_audio, e.output_audio,
    e.input_image, e.cache_read_image, e.output_image, e.other_quantities, e.reason,
    NULL::bigint AS provider_cost_picos, NULL::text AS provider_cost_currency
FROM usage_entries AS e
UNION ALL
SELECT b.org_id, b.first_entry_id + coalesce(v.entry_offset, v.number - 1), v.event_time, b.recorded_at,
    v.event_time, 1::smallint, NULL, NULL, d.source, v.event_id, v.dimension_set_id, v.price_version_id,
    b.currency, v.amount_picos::numeric(38,0), coalesce(v.usage_state, 1::smallint),
    coalesce(v.status, 1::smallint), 1::bigint, v.latency_ms, v.attempt, v.session, v.run, v.input,
    v.cache_read, v.cache_write_5m, v.cache_write_30m, v.cache_write_1h, v.cache_write_12h, v.output,
    v.reasoning, v.output_unsplit, v.input_audio, v.cache_read_audio, v.output_audio, v.input_image,
    v.cache_read_image, v.output_image, v.other_quantities, NULL,
    v.provider_cost_picos, v.provider_cost_currency
FROM usage_event_blocks AS b
CROSS JOIN LATERAL unnest(
    b.entry_offset, b.event_time, b.event_id, b.dimension_set_id, b.price_version_id, b.amount_picos,
    b.usage_state, b.status, b.latency_ms, b.attempt, b.session, b.run, b.input, b.cache_read,
    b.cache_write_5m, b.cache_write_30m, b.cache_write_1h, b.cache_write_12h, b.output, b.reasoning,
    b.output_unsplit, b.input_audio, b.cache_read_audio, b.output_audio, b.input_image,
    b.cache_read_image, b.output_image, b.other_quantities, b.provider_cost_picos,
    b.provider_cost_currency)
    WITH ORDINALITY AS v (
        entry_offset, event_time, event_id, dimension_set_id, price_version_id, amount_picos,
        usage_state, status, latency_ms, attempt, session, run, input, cache_read, cache_write_5m,
        cache_write_30m, cache_write_1h, cache_write_12h, output, reasoning, output_unsplit,
        input_audio, cache_read_audio, output_audio, input_image, cache_read_image, output_image,
        other_quantities, provider_cost_picos, provider_cost_currency, number)
JOIN dimension_sets AS d ON d.org_id = b.org_id AND d.id = v.dimension_set_id;
