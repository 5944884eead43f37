# Measures a report of a month over more and more entries. Sourced by Benchmarks/run; never run.

summary_days=31
summary_sets=1000

measure_summary() {
    server_benchmark summary BenchmarkIngestion
    local sizes=() size number round
    for ((size = 1000000; size <= entries; size *= 10)); do sizes+=("$size"); done
    # In the organizations' zone: a day of theirs is none of UTC, and so cuts two.
    from=$(TZ=Europe/Berlin date -d "$((summary_days - 1)) days ago" +%F)
    through=$(TZ=Europe/Berlin date +%F)
    step "${#sizes[@]} organizations, each with 30,000 events through the RPC"
    fresh_server
    ingestion_client prepare --operator-token "$(cat "$local_home/operator.token")" \
        --organizations "${#sizes[@]}" --sets "$((summary_sets * ${#sizes[@]}))" \
        --events "$((30000 * ${#sizes[@]}))" --hours 24 --connections 1 >/dev/null
    ingestion_client send --connections 1 >/dev/null
    for number in "${!sizes[@]}"; do
        step "Roll-ups of ${sizes[$number]} entries"
        summary_fill "$number" "${sizes[$number]}"
    done
    sql tally "VACUUM ANALYZE"
    sql tally "CHECKPOINT"
    for ((round = 1; round <= rounds; round++)); do
        for number in "${!sizes[@]}"; do
            step "Round $round: a month of ${sizes[$number]} entries"
            printf '%s entries=%s %s\n' \
                "$(ingestion_client summarize --recipient "$number" --from "$from" --through "$through")" \
                "${sizes[$number]}" "$(summary_stored "$number")" >>"$results"
        done
    done
    stop_program server
    cluster_stop
    if python3 -c 'import duckdb' 2>/dev/null; then
        step "DuckDB over as many events in Parquet"
        python3 Benchmarks/lib/summary_duckdb.py "$scratch/events.parquet" "${sizes[-1]}" \
            "$summary_sets" "$summary_days" >>"$results"
    fi
    print_tables summary_report.py
}

# summary_organization NUMBER: its id, as SQL.
summary_organization() {
    printf "(SELECT id FROM organizations WHERE slug = 'org-%s')" "$1"
}

# summary_fill NUMBER ENTRIES: roll-ups of so many entries of the organization's sets, spread over the days
# before today, as the ledger would have made and merged them; not the entries.
summary_fill() {
    local organization cells
    organization=$(summary_organization "$1")
    cells=$((summary_days * 96 * summary_sets))
    sql tally "
        INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency, entries,
            requests, amount_picos, last_recorded_at, input, cache_read, output, reasoning)
        SELECT c.org_id, c.bucket_start, c.id, 1, 'USD', c.n, c.n, c.n * 1234567890, c.bucket_start,
            c.n * 1900, c.n * 128, c.n * 400, c.n * 32
        FROM (
            SELECT d.org_id, b AS bucket_start, d.id, floor($2.0 / $cells + random())::bigint AS n
            FROM generate_series(
                date_trunc('day', now(), 'UTC') - interval '$summary_days days',
                date_trunc('day', now(), 'UTC') - interval '15 minutes', interval '15 minutes') AS b
            CROSS JOIN dimension_sets AS d
            WHERE d.org_id = $organization
            ORDER BY b, d.id) AS c
        WHERE c.n > 0"
    sql tally "
        INSERT INTO usage_rollups_daily (org_id, day_start, dimension_set_id, kind, currency, entries,
            requests, amount_picos, last_recorded_at, input, cache_read, output, reasoning)
        SELECT org_id, date_bin('1 day', bucket_start, '1970-01-01Z') AS day, dimension_set_id, kind,
            currency, sum(entries), sum(requests), sum(amount_picos), max(last_recorded_at), sum(input),
            sum(cache_read), sum(output), sum(reasoning)
        FROM usage_rollups WHERE org_id = $organization GROUP BY 1, 2, 3, 4, 5 ORDER BY day, 3"
    sql tally "
        INSERT INTO usage_rollups_monthly (org_id, month_start, dimension_set_id, kind, currency,
            entries, requests, amount_picos, last_recorded_at, tokens)
        SELECT org_id, date_trunc('month', day_start, 'UTC') AS month, dimension_set_id, kind,
            currency, sum(entries), sum(requests), sum(amount_picos), max(last_recorded_at),
            sum(input + cache_read + output + reasoning)
        FROM usage_rollups_daily WHERE org_id = $organization GROUP BY 1, 2, 3, 4, 5 ORDER BY month, 3"
}

# summary_stored NUMBER: what the organization has of roll-ups.
summary_stored() {
    local organization
    organization=$(summary_organization "$1")
    sql tally "SELECT 'quarters=' || (SELECT count(*) FROM usage_rollups WHERE org_id = $organization)
        || ' days=' || (SELECT count(*) FROM usage_rollups_daily WHERE org_id = $organization)
        || ' unmerged=' || (SELECT unmerged_rollups FROM ledger_clocks WHERE org_id = $organization)"
}
