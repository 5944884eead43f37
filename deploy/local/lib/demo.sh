# The demo: its database, programs, organization, data and reports. Sourced, never run.

# The tests run the same demo smaller, faster and at a fixed time, with programs built already.
demo_seed=${TALLY_DEMO_SEED:-20231116}
demo_days=${TALLY_DEMO_DAYS:-90}
demo_events_per_day=${TALLY_DEMO_EVENTS_PER_DAY:-1200}
demo_batch_size=${TALLY_DEMO_BATCH_SIZE:-}
demo_now=${TALLY_DEMO_NOW:-}
[ -z "$demo_now" ] || export TALLY_FIXED_NOW=$demo_now
demo_organization=deploy/local/demo/organization.json
demo_trace=deploy/traces/azure-llm-2023-conversation.csv

# display_path PATH: from the checkout's root where it lies below it.
display_path() { printf '%s' "${1#"$project"/}"; }

# put_env FILE NAME=VALUE...: a file of settings that only we can read.
put_env() {
    local file=$1 pair
    shift
    (
        umask 077
        for pair in "$@"; do printf '%s\n' "$pair"; done >"$file.new"
    )
    mv "$file.new" "$file"
}

# build_programs: builds in release, unless TALLY_LOCAL_PROGRAMS names a folder of built programs.
build_programs() {
    programs=${TALLY_LOCAL_PROGRAMS:-}
    [ -n "$programs" ] && return 0
    check_swift
    step "Build in release (the first one takes minutes; log: $(display_path "$local_log")/build.log)"
    quietly "$local_log/build.log" swift build --configuration release || {
        grep -E 'error:' "$local_log/build.log" | head -n 20 >&2
        fail "The build failed." "Its output is in $local_log/build.log."
    }
    programs=$(swift build --configuration release --show-bin-path)
}

# demo_date FORMAT [WHEN]: a UTC date relative to the demo's now.
demo_date() {
    if [ -n "$demo_now" ]; then
        date -u -d "$(date -u -d "$demo_now" '+%F %T UTC') ${2:-}" "$1"
    else
        date -u -d "${2:-now}" "$1"
    fi
}

tally() { "$programs/tally" "$@"; }

write_database_env() {
    put_env "$local_home/database.env" "TALLY_DATABASE_URL=$(cluster_url tally)" \
        "TALLY_KEYS_DATABASE_URL=$(cluster_url tally_keys)"
}

# sql DATABASE TEXT: runs SQL as the cluster's superuser.
sql() {
    PGPASSWORD=$(cat "$cluster_password_file") "$(postgresql_bin)/psql" --no-psqlrc --quiet \
        --tuples-only --no-align --set=ON_ERROR_STOP=1 --host="$cluster_socket" --username=postgres \
        --dbname="$1" <<<"$2" 2>>"$local_log/sql.log" ||
        { show_tail "$local_log/sql.log"; fail "PostgreSQL refused a statement." "Its answer is above."; }
}

# login_url NAME DATABASE: the address that a program logs in with; its login may act as the roles it
# needs and owns nothing.
login_url() {
    printf 'postgresql://%s:%s@/%s?host=%s' "$1" "$(cat "$local_home/$1.password")" "$2" "$cluster_socket"
}

# make_login NAME ROLES
make_login() {
    [ -s "$local_home/$1.password" ] || (umask 077 && openssl rand -hex 24 >"$local_home/$1.password")
    sql tally "DO \$\$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$1') THEN
            CREATE ROLE $1 LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
        END IF; END \$\$;
        ALTER ROLE $1 NOINHERIT PASSWORD '$(cat "$local_home/$1.password")';
        GRANT $2 TO $1;"
}

prepare_database() {
    local database
    for database in tally tally_keys; do
        [ -n "$(sql postgres "SELECT 1 FROM pg_database WHERE datname = '$database'")" ] ||
            sql postgres "CREATE DATABASE $database"
    done
    TALLY_DATABASE_URL=$(cluster_url tally) TALLY_KEYS_DATABASE_URL=$(cluster_url tally_keys) \
        TALLY_MASTER_KEY_FILE="$local_home/master.key" \
        TALLY_MIGRATIONS_DIRECTORY=$project/Migrations \
        "$programs/tally-server" migrate --operator-token-file "$local_home/operator.token" \
        --token-hash-key-file "$local_home/token-hash.key" >"$local_log/migrate.log" 2>&1 ||
        { show_tail "$local_log/migrate.log"; fail "The migrations failed." "Their log is $local_log/migrate.log."; }
    local applied
    applied=$(grep -oE '(keys/)?[0-9]{4}_[a-z0-9_]+\.sql' "$local_log/migrate.log" | sort -u | wc -l || true)
    if [ "$applied" -gt 0 ]; then note "applied $applied migrations"; else note "the databases are current"; fi
    make_login tally_server_login 'tally_service, tally_directory, tally_operator'
    make_login tally_worker_login tally_worker
    TALLY_DATABASE_URL=$(cluster_url tally) "$programs/tally-server" prices import \
        "$project/deploy/catalogue/prices.csv" >"$local_log/prices.log" 2>&1 ||
        { show_tail "$local_log/prices.log"; fail "The price catalogue was refused." "Its log is $local_log/prices.log."; }
    note "$(tail -n 1 "$local_log/prices.log")"
}

start_simulator() {
    rm -f "$local_run/simulator.port"
    start_program simulator "$programs/tally-simulator" serve --port 0 --seed "$demo_seed" \
        --days $((demo_days + 30)) --port-file "$local_run/simulator.port" \
        ${demo_now:+--now "$demo_now"}
    wait_for 20 "the simulator's port" simulator test -s "$local_run/simulator.port"
    simulator_url=http://127.0.0.1:$(cat "$local_run/simulator.port")
    note "tally-simulator, a stand-in for the providers' admin APIs: $simulator_url"
}

start_server() {
    server_port=$(free_port)
    # Without a simulator, as benchmarks have it, no provider is asked: port 9 is nobody's.
    local providers_url=${simulator_url:-http://127.0.0.1:9}
    # By the environment: every process of the machine can read the arguments of another.
    TALLY_LISTEN="127.0.0.1:$server_port" \
        TALLY_TLS_CERTIFICATE_FILE="$local_home/tls/server.pem" \
        TALLY_TLS_KEY_FILE="$local_home/tls/server.key" \
        TALLY_DATABASE_URL="$(login_url tally_server_login tally)" \
        TALLY_KEYS_DATABASE_URL="$(login_url tally_server_login tally_keys)" \
        TALLY_MASTER_KEY_FILE="$local_home/master.key" \
        TALLY_TOKEN_HASH_KEY_FILE="$local_home/token-hash.key" \
        TALLY_MIGRATIONS_DIRECTORY="$project/Migrations" \
        TALLY_OPENAI_BASE_URL="$providers_url" \
        TALLY_ANTHROPIC_BASE_URL="$providers_url" \
        TALLY_OPENROUTER_BASE_URL="$providers_url" \
        start_program server "$programs/tally-server" serve
    export TALLY_ADDRESS=127.0.0.1:$server_port TALLY_CA_FILE=$local_home/tls/ca.pem
    wait_for 30 "an answer of the server" server tally call tally.v1.HealthService/Check '{}'
    note "tally-server, Tally RPC over TLS: $TALLY_ADDRESS"
}

start_worker() {
    TALLY_DATABASE_URL="$(login_url tally_worker_login tally)" \
        TALLY_KEYS_DATABASE_URL="$(login_url tally_worker_login tally_keys)" \
        TALLY_MASTER_KEY_FILE="$local_home/master.key" \
        TALLY_OPENAI_BASE_URL="$simulator_url" \
        TALLY_ANTHROPIC_BASE_URL="$simulator_url" \
        TALLY_OPENROUTER_BASE_URL="$simulator_url" \
        TALLY_PAGE_PAUSE_MILLISECONDS=0 \
        start_program worker "$programs/tally-worker"
    note "tally-worker, pulling from the simulator"
}

write_client_env() {
    put_env "$local_home/env" "TALLY_ADDRESS=$TALLY_ADDRESS" "TALLY_CA_FILE=$TALLY_CA_FILE" \
        "TALLY_TOKEN=$(cat "$local_home/owner.token" 2>/dev/null)"
    TALLY_TOKEN=$(cat "$local_home/owner.token" 2>/dev/null || true)
    export TALLY_TOKEN
}

# recover_owner_token: an earlier start was killed after the organization was made and before its
# owner's token, which is shown once, was kept.
recover_owner_token() {
    grep -q SLUG_TAKEN "$local_log/organization.log" || return 1
    TALLY_DATABASE_URL=$(cluster_url tally) TALLY_KEYS_DATABASE_URL=$(cluster_url tally_keys) \
        TALLY_MASTER_KEY_FILE="$local_home/master.key" "$programs/tally-server" issue-owner-token \
        --organization "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["organization"]["slug"])' "$demo_organization")" \
        --owner-token-file "$local_home/owner.token" --token-hash-key-file "$local_home/token-hash.key" \
        >>"$local_log/organization.log" 2>&1
}

create_demo_organization() {
    if [ ! -s "$local_home/owner.token" ]; then
        rm -f "$local_home/owner.token"
        (
            umask 077
            TALLY_TOKEN=$(cat "$local_home/operator.token") tally org create \
                --from "$demo_organization" --owner-token-file "$local_home/owner.token"
        ) >"$local_log/organization.log" 2>&1 || recover_owner_token ||
            { show_tail "$local_log/organization.log"; fail "The demo organization was not created." "The answer is above."; }
        write_client_env
    fi
    tally org apply "$demo_organization" >"$local_log/organization.log" 2>&1 ||
        { show_tail "$local_log/organization.log"; fail "The demo organization could not be set up." "The answer is above."; }
    note "$(tail -n 1 "$local_log/organization.log")"
}

# create_demo_connections: a simulated account of each provider; the names tell which exist already.
create_demo_connections() {
    local provider name key
    for provider in openai anthropic; do
        name="$provider (simulated)"
        tally connection list --format csv | grep -qF "$name" && continue
        case $provider in
            openai) key=sk-admin-sim-northwind-0001 ;;
            anthropic) key=sk-ant-admin01-sim-northwind-0001 ;;
        esac
        printf '%s\n' "$key" | tally connection create --provider "$provider" --name "$name" \
            --backfill-days "$demo_days" --key-file - >"$local_log/connection.log" 2>&1 ||
            { show_tail "$local_log/connection.log"; fail "The connection $name was not created." "The answer is above."; }
    done
    note "connected: openai (simulated), anthropic (simulated)"
}

# ingest_demo_trace: the trace of yesterday's date is made and ingested once; events that an earlier
# start ingested are duplicates, and count once.
ingest_demo_trace() {
    local through from events
    [ -s "$local_home/demo/from" ] || demo_date +%F "-$demo_days days" >"$local_home/demo/from"
    from=$(cat "$local_home/demo/from")
    through=$(demo_date +%F "-1 day")
    events=$local_home/demo/events-$through.jsonl
    [ -e "$events.done" ] && return 0
    step "A real request trace, shifted and repeated over $from to $through"
    "$programs/tally-simulator" trace --input "$demo_trace" --output "$events" \
        --from "$from" --through "$through" --seed "$demo_seed" \
        --events-per-day "$demo_events_per_day" ${demo_now:+--now "$demo_now"} 2>&1 | while read -r line; do note "$line"; done
    tally ingest ${demo_batch_size:+--batch-size "$demo_batch_size"} "$events" || fail "The trace was not ingested." "Run this again: it goes on where it stopped."
    : >"$events.done"
}

# pulls_state SINCE: "PENDING PAGES": how many connections are not healthy or have a report that was
# read before SINCE, and how many pages were read so far.
pulls_state() {
    tally connection list --format csv >"$local_run/connections.csv" || return 1
    python3 - "$local_run/connections.csv" "$1" <<'PYTHON'
import csv, sys
with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
pending = sum(
    row["health"] != "healthy" or min(row["usage_through"], row["costs_through"]) < sys.argv[2]
    for row in rows)
print(pending, sum(int(row["pages_read"]) for row in rows))
PYTHON
}

# wait_for_pulls: until every report is read to within the worker's interval between two pulls.
wait_for_pulls() {
    local state pending pages waited=0 since
    since=${demo_now:-$(demo_date +%FT%T '-10 minutes')}
    step "Pulling $demo_days days from the simulated providers"
    while :; do
        state=$(pulls_state "${since%Z}") ||
            fail "The connections could not be listed." "See $local_log/server.log."
        read -r pending pages <<<"$state"
        [ "$pending" -eq 0 ] && break
        [ -n "$(program_pid worker)" ] || { show_tail "$local_log/worker.log"; fail "tally-worker has ended." "Run this again: it goes on where it stopped."; }
        [ "$waited" -lt 600 ] || fail "The pulls did not finish within 10 minutes." "See $local_log/worker.log."
        [ -t 1 ] && printf '\r\033[K        %4ds  %s pages' "$waited" "$pages"
        sleep 1
        waited=$((waited + 1))
    done
    [ -t 1 ] && printf '\r\033[K'
    note "read to the present: $pages pages"
}

print_reports() {
    local month
    # The last full month in the demo organization's zone.
    month=$(demo_date +%s)
    month=$(TZ=Europe/Berlin date -d "@$month" +%Y-%m-01)
    month=$(date -u -d "$month -1 day" +%Y-%m)
    say
    tally report chargeback --month "$month"
    say
    tally report trend --days "$demo_days"
    say
    tally report models --month "$month"
    say
    tally report budget
    say
    tally report forecast
    say
}
