# Measures tally-worker beside a provider that answers at once. Sourced by Benchmarks/run; never run.

worker_connections=10000
worker_organizations=200
worker_first_days=30
# Of one account: so many keys in each hour of three years.
worker_results=20
worker_years=3
worker_schedule_seconds=120

measure_worker() {
    server_benchmark worker tally-worker
    trap worker_benchmark_end EXIT
    local round seconds_taken
    step "The first figures of an account"
    worker_fresh "$worker_results"
    start_worker
    for ((round = 1; round <= rounds; round++)); do
        seconds_taken=$(worker_client first "$worker_first_days")
        printf 'row=first seconds=%s\n' "$seconds_taken" >>"$results"
    done
    stop_program worker
    for ((round = 1; round <= rounds; round++)); do
        step "Round $round of $rounds: $worker_years years of one account"
        worker_fresh "$worker_results"
        worker_backfill
    done
    step "$worker_connections connections, each report once an hour"
    worker_fresh 0
    worker_schedule
    print_tables worker_report.py
}

worker_benchmark_end() {
    stop_program worker
    worker_peer_stop
    server_benchmark_end
}

# worker_fresh RESULTS: an empty database, and a peer with so many results in each hour.
worker_fresh() {
    stop_program worker
    worker_peer_stop
    fresh_server
    python3 Benchmarks/lib/worker_peer.py "$scratch/peer.port" "$1" 2>"$local_log/peer.log" &
    worker_peer=$!
    wait_for 20 "the peer's port" server test -s "$scratch/peer.port"
    simulator_url=http://127.0.0.1:$(cat "$scratch/peer.port")
}

worker_peer_stop() {
    [ -z "${worker_peer:-}" ] || kill "$worker_peer" 2>/dev/null || true
    worker_peer=''
    rm -f "$scratch/peer.port"
}

worker_client() {
    # Debian's, which has the protobuf package that was installed.
    TALLY_TOKEN=$(cat "$local_home/operator.token") /usr/bin/python3 Benchmarks/lib/worker_client.py "$@" ||
        { show_tail "$local_log/server.log"; fail "The client failed: $1." "What it said is above."; }
}

# worker_memory: kB that the worker holds.
worker_memory() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(program_pid worker)/status"
}

# worker_ticks: processor time so far, in hundredths of a second, of the worker and of the database's
# processes.
worker_ticks() {
    python3 - "$(program_pid worker)" "$(head -n 1 "$cluster_data/postmaster.pid")" <<'PYTHON'
import os
import sys


def fields(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()


worker, postmaster = sys.argv[1:3]
database = 0
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        stat = fields(pid)
    except (FileNotFoundError, ProcessLookupError):
        continue
    if pid == postmaster or stat[1] == postmaster:
        database += int(stat[11]) + int(stat[12])
own = fields(worker)
print(int(own[11]) + int(own[12]), database)
PYTHON
}

# worker_backfill: one account, read from its beginning; a report every second.
worker_backfill() {
    worker_client fill 1 1 366
    sql tally "UPDATE connections SET backfill_from = now() - interval '$worker_years years'"
    local began now recorded
    began=$(date +%s%N)
    start_worker
    while :; do
        sleep 1
        recorded=$(sql tally "SELECT coalesce(sum(recorded), 0) FROM connection_runs WHERE stream = 'usage'")
        now=$(date +%s%N)
        printf 'row=backfill round=%s seconds=%s memory_kb=%s recorded=%s\n' "$round" \
            "$(((now - began) / 1000000))e-3" "$(worker_memory)" "$recorded" >>"$results"
        [ "$(sql tally "SELECT count(*) FROM connection_checkpoints WHERE stream = 'usage' AND last_success_at IS NOT NULL AND through > now() - interval '1 day'")" = 0 ] || break
        [ -n "$(program_pid worker)" ] || { show_tail "$local_log/worker.log"; fail "tally-worker has ended." "Its log is above."; }
        [ $((now - began)) -lt 1200000000000 ] || fail "The back-fill did not end within 20 minutes." "See $local_log/worker.log."
    done
    stop_program worker
}

# worker_idle: until the worker has nothing to do, whenever it is looked at within eight seconds.
worker_idle() {
    local idle=0 began
    began=$(date +%s)
    while [ "$idle" -lt 4 ]; do
        sleep 2
        idle=$((idle + 1))
        [ "$(sql tally "SELECT count(*) FROM jobs WHERE lease_token IS NOT NULL OR dead_at IS NULL AND due_at <= now()")" = 0 ] || idle=0
        [ $(($(date +%s) - began)) -lt 600 ] || fail "The worker did not come to rest within 10 minutes." "See $local_log/worker.log."
    done
}

# worker_schedule: all connections have been read to the present, and are due at random instants of the hour to
# come, all reports of a connection in step, as workers leave them; names once a day. What a worker does with new
# organizations is over before.
worker_schedule() {
    sql postgres "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'"
    stop_program server
    cluster_stop
    cluster_start
    sql tally "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"
    TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_ORGANIZATION=1000000 start_server
    note "connecting, which takes a minute or two"
    worker_client fill "$worker_organizations" "$worker_connections" 1
    sql tally "
        INSERT INTO connection_checkpoints (org_id, connection_id, stream, through, health, last_success_at)
        SELECT org_id, (arguments ->> 'connection')::uuid, arguments ->> 'stream',
            date_trunc('hour', now()), 2, now()
        FROM jobs WHERE kind = 'pull_connection'
        ON CONFLICT (org_id, connection_id, stream) DO UPDATE
        SET through = excluded.through, health = 2, last_success_at = now();
        UPDATE jobs SET is_ready = false, due_at = now() + interval '1 day' WHERE kind = 'pull_connection'"
    TALLY_POLL_INTERVAL_SECONDS=3600 start_worker
    worker_idle
    sql tally "
        CREATE TABLE benchmark_times AS
        SELECT id::text AS connection, now() + interval '10 seconds' + random() * interval '1 hour' AS due_at
        FROM connections;
        UPDATE jobs AS j SET due_at = t.due_at, in_step_at = t.due_at
        FROM (
            SELECT q.id, c.due_at + CASE WHEN q.arguments ->> 'stream' LIKE 'names/%'
                THEN floor(random() * 24) * interval '1 hour' ELSE interval '0' END AS due_at
            FROM jobs AS q JOIN benchmark_times AS c ON c.connection = q.arguments ->> 'connection'
            WHERE q.kind = 'pull_connection') AS t
        WHERE j.id = t.id;
        CREATE TABLE benchmark_due AS SELECT id, org_id, due_at, (arguments ->> 'connection')::uuid
            AS connection_id, arguments ->> 'stream' AS stream FROM jobs WHERE kind = 'pull_connection'"
    sql tally "VACUUM ANALYZE"
    sleep 10
    sql tally "SELECT pg_stat_statements_reset()" >"$scratch/reset"
    local before after began
    before=$(worker_ticks)
    began=$(date +%s%N)
    sleep "$worker_schedule_seconds"
    after=$(worker_ticks)
    printf 'row=ticks seconds=%s before=%s after=%s\n' "$((($(date +%s%N) - began) / 1000000))e-3" \
        "${before/ /,}" "${after/ /,}" >>"$results"
    sql tally "
        SELECT 'row=statements queue_ms=' || coalesce(sum(total_exec_time) FILTER (WHERE query ~ '\mjobs\M|claim_job'), 0)
            || ' all_ms=' || sum(total_exec_time)
        FROM pg_stat_statements AS s JOIN pg_roles AS r ON r.oid = s.userid
        WHERE r.rolname IN ('tally_worker', 'tally_worker_login');
        SELECT 'row=late jobs=' || count(*) || ' pulls=' || count(began)
            || ' p50_s=' || percentile_cont(0.5) WITHIN GROUP (ORDER BY late)
            || ' p99_s=' || percentile_cont(0.99) WITHIN GROUP (ORDER BY late)
            || ' max_s=' || max(late)
        FROM (
            SELECT began, extract(epoch FROM coalesce(began, now()) - due_at) AS late
            FROM benchmark_due AS d CROSS JOIN LATERAL (
                SELECT min(began_at) AS began FROM connection_runs AS r
                WHERE r.org_id = d.org_id AND r.connection_id = d.connection_id AND r.stream = d.stream
                    AND r.began_at >= d.due_at - interval '1 second') AS run
            WHERE d.due_at < now()) AS due" >>"$results"
    stop_program worker
}
