# Measures what an organization notices of others. Sourced by Benchmarks/run; never run.

tenancy_sizes=(10 10000)
tenancy_flood=256

measure_tenancy() {
    server_benchmark tenancy BenchmarkTenancy
    local size
    for size in "${tenancy_sizes[@]}"; do
        tenancy_size "$size"
    done
    print_tables tenancy_report.py "${tenancy_sizes[@]}"
}

# tenancy_size ORGANIZATIONS: fills a server of its own, and measures it.
tenancy_size() {
    local size=$1
    step "$size organizations, one with as many rows as all others together"
    fresh_server
    local filled=$SECONDS
    tenancy_client fill --operator-token "$(cat "$local_home/operator.token")" --organizations "$size"
    note "filled in $((SECONDS - filled)) s"
    sql tally "VACUUM ANALYZE"
    # With the settings that hold where nobody set others, unlike while it was filled.
    stop_program server
    start_server
    step "Listing and lookup beside $((size - 1)) others"
    local round
    # Each round has every row once, so that a machine that is slower for a while is so for all of them.
    for ((round = 1; round <= rounds; round++)); do
        tenancy_measure "$size" ''
    done
    step "A neighbour's calls alone, and under a flood"
    for ((round = 1; round <= rounds; round++)); do
        tenancy_measure "$size" -alone --only-neighbour
        tenancy_client flood --in-flight "$tenancy_flood" --seconds $((seconds + 3)) >"$scratch/flood" &
        local flood=$!
        sleep 1
        tenancy_measure "$size" -flooded --only-neighbour
        wait "$flood"
        sed "s/^/organizations=$size /" "$scratch/flood" >>"$results"
    done
    stop_program server
    cluster_stop
}

# tenancy_measure ORGANIZATIONS SUFFIX [OPTION...]: keeps what was measured, by rows with a suffix.
tenancy_measure() {
    local size=$1 suffix=$2
    shift 2
    tenancy_client measure --seconds "$seconds" "$@" |
        sed "s/^row=[^ ]*/organizations=$size &$suffix/" >>"$results"
}

tenancy_client() {
    local command=$1
    shift
    benchmark_client BenchmarkTenancy "$command" --filling "$scratch/filling.json" "$@"
}
