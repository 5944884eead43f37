# Measures ingestion against COPY. Sourced by Benchmarks/run; never run.

ingestion_organizations=20
ingestion_sets=20000
ingestion_connections=4

measure_ingestion() {
    server_benchmark ingestion BenchmarkIngestion
    local round
    for ((round = 1; round <= rounds; round++)); do
        step "Round $round: organizations and their events"
        fresh_server
        ingestion_client prepare --operator-token "$(cat "$local_home/operator.token")" \
            --organizations "$ingestion_organizations" --sets "$ingestion_sets" --events "$events" \
            --connections "$ingestion_connections" >"$scratch/attributes"
        step "Round $round: COPY into a flat table"
        ingestion_copy
        step "Round $round: through the RPC"
        sql tally "CHECKPOINT"
        ingestion_measured send --connections "$ingestion_connections"
        ingestion_size
        ingestion_check
        step "Round $round: one event to a call"
        ingestion_measured single --seconds "$seconds" --round "$round"
    done
    stop_program server
    cluster_stop
    print_tables ingestion_report.py "$events"
}

# ingestion_copy: one stream of \copy into a table with a column for each attribute, partitioned as the
# entries are, with one unique index.
ingestion_copy() {
    local file=$scratch/events/events.tsv
    {
        printf 'CREATE TABLE flat_events (org_id uuid, %s) PARTITION BY HASH (org_id);\n' \
            "$(cat "$scratch/attributes")"
        # A unique key of a partitioned table holds what it is partitioned by.
        printf 'CREATE UNIQUE INDEX flat_events_count_once\n'
        printf '    ON flat_events (org_id, source, event_id, event_time);\n'
        cat <<'SQL'
DO $$
BEGIN
    FOR part IN 0..7 LOOP
        EXECUTE format('CREATE TABLE flat_events_h%s PARTITION OF flat_events'
            ' FOR VALUES WITH (MODULUS 8, REMAINDER %s) PARTITION BY RANGE (event_time)', part, part);
        FOR distance IN -1..0 LOOP
            EXECUTE format('CREATE TABLE flat_events_h%s_%s PARTITION OF flat_events_h%s'
                ' FOR VALUES FROM (%L) TO (%L)', part, distance + 1, part,
                date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    + distance * interval '1 month',
                date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    + (distance + 1) * interval '1 month');
        END LOOP;
    END LOOP;
END
$$;
SQL
    } >"$scratch/flat.sql"
    sql postgres "CREATE DATABASE flat"
    ingestion_psql -q -f "$scratch/flat.sql"
    ingestion_psql -q -c "CHECKPOINT"
    local before after ticks
    ticks=$(ingestion_ticks "$(head -n 1 "$cluster_data/postmaster.pid")")
    before=$(date +%s.%N)
    ingestion_psql -q -c "\\copy flat_events FROM '$file'"
    after=$(date +%s.%N)
    ticks=$(($(ingestion_ticks "$(head -n 1 "$cluster_data/postmaster.pid")") - ticks))
    printf 'row=copy events=%s seconds=%s database_us=%s bytes=%s\n' "$events" \
        "$(awk "BEGIN { print $after - $before }")" \
        "$(awk "BEGIN { print $ticks * 1000000 / $(getconf CLK_TCK) / $events }")" \
        "$(ingestion_psql -At -c "SELECT sum(pg_total_relation_size(oid)) FROM pg_class
            WHERE relname LIKE 'flat_events%' AND relkind = 'r'")" >>"$results"
    sql postgres "DROP DATABASE flat"
}

ingestion_psql() {
    PGPASSWORD=$(cat "$cluster_password_file") "$(postgresql_bin)/psql" --no-psqlrc --set=ON_ERROR_STOP=1 \
        "$@" "$(cluster_url flat)"
}

# ingestion_measured COMMAND [OPTION...]: what the client prints, with the processors' time that server
# and database took for each event, those included that were sent to warm up.
ingestion_measured() {
    local server database line count
    server=$(ingestion_ticks "$(program_pid server)")
    database=$(ingestion_ticks "$(head -n 1 "$cluster_data/postmaster.pid")")
    line=$(ingestion_client "$@")
    server=$(($(ingestion_ticks "$(program_pid server)") - server))
    database=$(($(ingestion_ticks "$(head -n 1 "$cluster_data/postmaster.pid")") - database))
    count=$(sed 's/.*events=\([0-9]*\).*/\1/' <<<"$line")
    [[ $line == *sent=* ]] && count=$(sed 's/.*sent=\([0-9]*\).*/\1/' <<<"$line")
    printf '%s server_us=%s database_us=%s\n' "$line" \
        "$(awk "BEGIN { print $server * 1000000 / $(getconf CLK_TCK) / $count }")" \
        "$(awk "BEGIN { print $database * 1000000 / $(getconf CLK_TCK) / $count }")" >>"$results"
}

# ingestion_ticks PID: processor time of a process, of its children that live, and of those that ended.
ingestion_ticks() {
    local pid
    { cat "/proc/$1/stat"; for pid in $(pgrep -P "$1"); do cat "/proc/$pid/stat" 2>/dev/null; done; } |
        sed 's/^[0-9]* (.*) //' | awk -v own=1 '{ sum += $12 + $13; if (own) { sum += $14 + $15; own = 0 } }
            END { print sum }'
}

# ingestion_size: what the events take on disk, keys, indexes and roll-ups included.
ingestion_size() {
    printf 'row=size bytes=%s\n' "$(sql tally "SELECT sum(pg_total_relation_size(oid)) FROM pg_class
        WHERE relkind = 'r' AND (relname LIKE 'usage\\_%' OR relname LIKE 'idempotency\\_keys%'
            OR relname LIKE 'dimension\\_sets%')")" >>"$results"
}

# ingestion_check: what was acknowledged is stored, and the roll-ups are its sums.
ingestion_check() {
    local stored
    stored=$(sql tally "SELECT (SELECT sum(events) FROM usage_event_blocks) || ' ' ||
        (SELECT sum(entries) FROM current_usage_rollups) || ' ' ||
        ((SELECT sum(total_picos) FROM usage_event_blocks) = (SELECT sum(amount_picos) FROM current_usage_rollups))")
    [ "$stored" = "$events $events true" ] ||
        fail "The ledger has $stored." "It should have $events entries, and as many in its roll-ups."
}

ingestion_client() {
    local command=$1
    shift
    benchmark_client BenchmarkIngestion "$command" --folder "$scratch/events" "$@"
}
