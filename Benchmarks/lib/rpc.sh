# Measures the RPC transport. Sourced by Benchmarks/run, which gives it a folder `scratch`; never run.

# As many connections as are held open at once, and what programs need beside.
rpc_descriptors=20000
rpc_in_flight=(1 16 64)
rpc_idle=10000

measure_rpc() {
    cd "$project"
    ulimit -n "$rpc_descriptors" 2>/dev/null ||
        fail "This shell may not open $rpc_descriptors files." "Raise its hard limit: ulimit -Hn."
    mkdir -p "$local_log" "$local_home/benchmarks"
    rpc_results=$local_home/benchmarks/rpc.txt
    : >"$rpc_results"
    rpc_server=''
    trap rpc_finish EXIT
    trap 'exit 130' INT TERM
    check_swift
    rpc_build
    make_certificate "$scratch/tls"
    local round
    for ((round = 1; round <= rounds; round++)); do
        rpc_round "$round"
    done
    rpc_describe >"$scratch/machine"
    python3 Benchmarks/lib/report.py "$rpc_results" "$scratch/machine" >&3
}

rpc_finish() {
    quiet_stop
    rpc_stop
    rm -rf "$scratch"
}

rpc_build() {
    local product
    for product in BenchmarkServer BenchmarkClient; do
        step "Build $product (log: ${local_log#"$project"/}/benchmark-$product.log)"
        quietly "$local_log/benchmark-$product.log" \
            swift build --configuration release --product "$product" ||
            { show_tail "$local_log/benchmark-$product.log"; fail "The build failed." "Its end is above."; }
    done
    programs=$(swift build --configuration release --show-bin-path)
    [ -n "$with_grpc" ] || return 0
    # Beside the other builds, so that no tool takes it for code of ours.
    local package=(--package-path Benchmarks --scratch-path .build/grpc-peer --configuration release)
    step "Build GRPCPeer (log: ${local_log#"$project"/}/benchmark-GRPCPeer.log)"
    quietly "$local_log/benchmark-GRPCPeer.log" swift build "${package[@]}" --product GRPCPeer ||
        { show_tail "$local_log/benchmark-GRPCPeer.log"; fail "The build failed." "Its end is above."; }
    grpc_programs=$(swift build "${package[@]}" --show-bin-path)
}

# rpc_round NUMBER: measures everything once, one server at a time.
rpc_round() {
    local server=$programs/BenchmarkServer
    local tls=(--certificate "$scratch/tls/server.pem" --key "$scratch/tls/server.key")
    step "Round $1 of $rounds: unary calls"
    if [ -n "$with_grpc" ]; then
        rpc_unary "$1" grpc "$grpc_programs/GRPCPeer" serve
    fi
    rpc_unary "$1" bare "$server" bare
    rpc_unary "$1" bare-wire "$server" bare --codec wire
    rpc_unary "$1" plain "$server" tallystick
    rpc_unary "$1" chain "$server" tallystick --chain
    rpc_unary "$1" chain-pool "$server" tallystick --chain --thread-pool
    rpc_unary "$1" chain-log "$server" tallystick --chain --access-log
    rpc_unary "$1" chain-tls "$server" tallystick --chain "${tls[@]}"
    step "Round $1 of $rounds: a stream of 1 GiB"
    rpc_once "$1" stream-bare stream "$server" bare
    rpc_once "$1" stream-chain stream "$server" tallystick --chain
    step "Round $1 of $rounds: $rpc_idle idle connections"
    rpc_once "$1" idle idle "$server" tallystick
}

# rpc_unary ROUND ROW COMMAND...: starts a server and loads it with unary calls.
rpc_unary() {
    local round=$1 row=$2 in_flight
    shift 2
    note "$row"
    rpc_start "$@"
    for in_flight in "${rpc_in_flight[@]}"; do
        rpc_load "$round" "$row" unary --in-flight "$in_flight" --seconds "$seconds"
    done
    rpc_stop
}

# rpc_once ROUND ROW LOAD COMMAND...: starts a server and loads it once.
rpc_once() {
    local round=$1 row=$2 load=$3
    shift 3
    note "$row"
    rpc_start "$@"
    rpc_load "$round" "$row" "$load"
    rpc_stop
}

# rpc_start COMMAND...: starts a server; its output tells the port and, where it wants one, the token.
rpc_start() {
    # Emptied here: the server's own process may come to it after we have read the last one's.
    : >"$scratch/server.out"
    "$@" >"$scratch/server.out" 2>"$scratch/server.err" &
    rpc_server=$!
    local waited=0
    until grep -q '^listening ' "$scratch/server.out"; do
        sleep 0.1
        waited=$((waited + 1))
        kill -0 "$rpc_server" 2>/dev/null && [ "$waited" -lt 100 ] || {
            show_tail "$scratch/server.err"
            fail "A server did not start: $*" "Its output is above."
        }
    done
    rpc_port=$(sed -n 's/^listening .*:\([0-9]*\)$/\1/p' "$scratch/server.out")
    rpc_token=$(sed -n 's/^token //p' "$scratch/server.out")
}

# rpc_load ROUND ROW LOAD [OPTION...]: runs the row's client and keeps what it measured.
rpc_load() {
    local round=$1 row=$2 load=$3 client=$programs/BenchmarkClient options=() line
    shift 3
    case $row in
        grpc) client=$grpc_programs/GRPCPeer ;;
        *-tls) options+=(--authority "$scratch/tls/ca.pem") ;;
    esac
    [ -z "$rpc_token" ] || options+=(--token "$rpc_token")
    line=$("$client" "$load" --port "$rpc_port" --server-pid "$rpc_server" "${options[@]}" "$@" \
        2>"$scratch/client.err") || {
        show_tail "$scratch/client.err"
        show_tail "$scratch/server.err"
        fail "The load $load of $row failed." "What the client and the server said is above."
    }
    printf 'round=%s row=%s load=%s %s %s\n' "$round" "$row" "$load" \
        "$(printf '%s' "$*" | sed -n 's/.*--in-flight \([0-9]*\).*/in_flight=\1/p')" "$line" >>"$rpc_results"
}

rpc_stop() {
    [ -n "$rpc_server" ] || return 0
    kill -KILL "$rpc_server" 2>/dev/null || true
    wait "$rpc_server" 2>/dev/null || true
    rpc_server=''
}

# rpc_describe: what the figures were measured on and with.
rpc_describe() {
    describe_machine
    rpc_versions Package.resolved swift-nio
    [ -z "$with_grpc" ] || rpc_versions Benchmarks/Package.resolved grpc-swift-2 grpc-swift-nio-transport
    printf '.\n'
}

# rpc_versions FILE PACKAGE...: the versions that a build resolved.
rpc_versions() {
    python3 - "$@" <<'PYTHON'
import json
import sys

pins = {pin["identity"]: pin["state"] for pin in json.load(open(sys.argv[1]))["pins"]}
for name in sys.argv[2:]:
    print(f"; {name} {pins[name]['version']}", end="")
PYTHON
}

# describe_machine: what every benchmark was measured on, as the beginning of a sentence.
describe_machine() {
    printf '%s cores (%s), Linux %s, %s; %s; rounds of %s s: %s' \
        "$(nproc)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(uname -r)" \
        "$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9.]+')" \
        "$(openssl version | cut -d' ' -f1,2)" "$seconds" "$rounds"
}
