# Where the local files of this checkout lie, and its processes. Sourced, never run.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
local_home=${TALLY_LOCAL_HOME:-$project/.local}
local_log=$local_home/log
local_run=$local_home/run

# take_lock: one deploy/local/run of this checkout at a time. The file stays: another start waits at
# the same one. What we start closes the descriptor, so that nobody holds the lock in our stead.
take_lock() {
    mkdir -p "$local_home"
    exec 9>"$local_home/lock"
    flock --nonblock 9 ||
        fail "Another deploy/local/run of this checkout is running." "End it with Ctrl-C in its terminal first."
}

# forget_everything: what a demo has made, and nothing else that somebody keeps in the folder.
forget_everything() {
    local entry
    [ -L "$local_home/postgresql" ] && rm -rf "$(readlink -f "$local_home/postgresql")"
    for entry in log run demo postgresql tls env database.env initdb.log master.key token-hash.key         operator.token owner.token superuser.password tally_server_login.password         tally_worker_login.password; do
        rm -rf "${local_home:?}/$entry"
    done
}

# start_program NAME COMMAND...: starts a program in the background; its output goes to its log and
# its process id to a file, from which stop_program and a later start know it.
start_program() {
    local name=$1
    shift
    "$@" >>"$local_log/$name.log" 2>&1 9>&- &
    printf '%s' "$!" >"$local_run/$name.pid"
}

# program_pid NAME: its process id while it runs as what we started, else nothing.
program_pid() {
    local pid
    pid=$(cat "$local_run/$1.pid" 2>/dev/null) || return 0
    # The number may belong to somebody else's process by now: the command line must be ours.
    { tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "tally-$1" && printf '%s' "$pid"; } 2>/dev/null
    return 0
}

# stop_program NAME: asks it to end, insists after 35 seconds.
stop_program() {
    local pid waited=0
    pid=$(program_pid "$1")
    [ -n "$pid" ] || { rm -f "$local_run/$1.pid"; return 0; }
    kill -TERM "$pid" 2>/dev/null || true
    while [ -n "$(program_pid "$1")" ] && [ "$waited" -lt 350 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    [ -z "$(program_pid "$1")" ] || kill -KILL "$pid" 2>/dev/null || true
    rm -f "$local_run/$1.pid"
}

# free_port: a TCP port of the loopback address that nobody uses now.
free_port() {
    python3 - <<'PYTHON'
import socket
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    print(probe.getsockname()[1])
PYTHON
}

# wait_for SECONDS WHAT NAME COMMAND...: until the command succeeds; fails with the log of NAME when
# it does not in time, or when that program has ended.
wait_for() {
    local limit=$1 what=$2 name=$3 waited=0
    shift 3
    until "$@" >/dev/null 2>&1; do
        sleep 0.2
        waited=$((waited + 1))
        if [ -z "$(program_pid "$name")" ]; then
            show_tail "$local_log/$name.log"
            fail "tally-$name ended while we waited for $what." "Its log is $local_log/$name.log."
        fi
        if [ "$waited" -gt $((limit * 5)) ]; then
            show_tail "$local_log/$name.log"
            fail "$what did not come within $limit s." "The log is $local_log/$name.log."
        fi
    done
}

# make_secret FILE BYTES: a random secret in base64 that only we can read, made once.
make_secret() {
    [ -s "$1" ] || (umask 077 && openssl rand -base64 "$2" | tr -d '\n' >"$1")
}

# make_certificate FOLDER: a development authority and a certificate of it for this machine.
make_certificate() {
    [ -s "$1/server.pem" ] && openssl x509 -checkend 86400 -noout -in "$1/server.pem" >/dev/null 2>&1 && return 0
    mkdir -p "$1"
    (
        umask 077
        cd "$1" &&
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
                -keyout ca.key -out ca.pem -subj "/CN=Tallystick development authority" \
                -addext "keyUsage=critical,keyCertSign,cRLSign" &&
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
                -keyout server.key -out server.csr -subj "/CN=localhost" &&
            printf '%s\n' 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' \
                'basicConstraints=CA:FALSE' 'extendedKeyUsage=serverAuth' >server.ext &&
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 \
                -extfile server.ext -out server.pem
    ) >"$local_log/certificate.log" 2>&1 ||
        { show_tail "$local_log/certificate.log"; fail "openssl could not make the development certificate." "Its output is above."; }
    chmod 0644 "$1/ca.pem" "$1/server.pem"
}
