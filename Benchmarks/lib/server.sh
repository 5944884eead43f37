# A tally-server with a database of its own, for benchmarks that need one. Sourced by Benchmarks/run;
# never run.

# server_benchmark NAME PRODUCT...: builds in release, and gives the benchmark a folder of its own. What
# is measured goes to $results.
server_benchmark() {
    local name=$1
    shift
    cd "$project"
    mkdir -p "$local_log" "$local_home/benchmarks"
    results=$local_home/benchmarks/$name.txt
    : >"$results"
    trap server_benchmark_end EXIT
    trap 'exit 130' INT TERM
    step "System packages"
    install_packages "$local_log/packages.log"
    check_swift
    local product
    for product in tally-server tally "$@"; do
        step "Build $product (log: ${local_log#"$project"/}/benchmark-$product.log)"
        quietly "$local_log/benchmark-$product.log" \
            swift build --configuration release --product "$product" ||
            { show_tail "$local_log/benchmark-$product.log"; fail "The build failed." "Its end is above."; }
    done
    programs=$(swift build --configuration release --show-bin-path)
    # Everything that the servers need lies in a folder that each of them begins anew.
    local_home=$project/.local/benchmarks/$name
    local_log=$local_home/log
    local_run=$local_home/run
    cluster_paths "$local_home/postgresql"
}

server_benchmark_end() {
    quiet_stop
    restore_package_settings
    stop_program server
    cluster_stop
    rm -rf "$scratch"
}

# fresh_server: a server with an empty database, fsync on as it comes.
fresh_server() {
    stop_program server
    cluster_stop
    forget_everything
    mkdir -p "$local_log" "$local_run"
    cluster_start
    make_secret "$local_home/master.key" 32
    make_secret "$local_home/token-hash.key" 32
    make_certificate "$local_home/tls"
    prepare_database
    # What fills it is one organization's calls for a while.
    TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_TOKEN=1000000 \
        TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_ORGANIZATION=1000000 start_server
}

# benchmark_client PROGRAM COMMAND [OPTION...]: runs it against the server.
benchmark_client() {
    local program=$1 command=$2
    shift 2
    "$programs/$program" "$command" --address "$TALLY_ADDRESS" --authority "$TALLY_CA_FILE" "$@" \
        2>"$scratch/client.err" || {
        show_tail "$scratch/client.err"
        show_tail "$local_log/server.log"
        fail "The client's $command failed." "What it and the server said is above."
    }
}

# print_tables REPORT ARGUMENT...: the report's tables, to standard output.
print_tables() {
    local report=$1
    shift
    describe_machine >"$scratch/machine"
    printf '.\n' >>"$scratch/machine"
    python3 "Benchmarks/lib/$report" "$results" "$scratch/machine" "$@" >&3
}
