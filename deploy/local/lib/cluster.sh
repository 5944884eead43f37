# A private PostgreSQL cluster: its own data folder, a Unix socket, no TCP port. Sourced, never run.
#
# cluster_data, cluster_socket and cluster_log are set by cluster_paths; nothing here looks at, starts
# or stops any other cluster of the machine.

# cluster_paths FOLDER: where the cluster of this checkout lives.
cluster_paths() {
    cluster_home=$1
    cluster_data=$1/data
    cluster_log=$1/postgresql.log
    cluster_password_file=$1/../superuser.password
    cluster_socket=$1/socket
    # A socket's path may hold 107 bytes; a checkout that lies deeper gets a short one elsewhere.
    if [ ${#cluster_socket} -gt 85 ]; then
        cluster_socket=${TMPDIR:-/tmp}/tally-$(id -u)-$(printf '%s' "$1" | cksum | cut -d' ' -f1)
    fi
}

# cluster_user_id: who runs PostgreSQL, which refuses to run as root.
cluster_user_id() {
    if [ "$(id -u)" -ne 0 ]; then id -u; else id -u postgres 2>/dev/null || id -u nobody; fi
}

# as_cluster_user COMMAND...: as that user.
as_cluster_user() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
        return
    fi
    local user group drop
    user=$(cluster_user_id)
    group=$(id -g "$user")
    drop=(setpriv "--reuid=$user" "--regid=$group" --clear-groups)
    # A checkout below a folder that only root may enter (such as root's home) stays out of reach for
    # that user; the right to pass folders, and nothing else, is then left to it.
    if ! "${drop[@]}" test -x "$cluster_home"; then
        drop+=(--inh-caps=+dac_read_search --ambient-caps=+dac_read_search)
        "${drop[@]}" test -x "$cluster_home" 2>/dev/null ||
            fail "The user that runs PostgreSQL cannot reach $cluster_home." \
                "Move the checkout to a folder that every user may enter, such as /srv or /tmp."
    fi
    "${drop[@]}" "$@"
}

# cluster_start [SETTING...]: makes the cluster on its first start, and starts it.
cluster_start() {
    local bin setting options=''
    bin=$(postgresql_bin)
    [ -n "$bin" ] || fail "No PostgreSQL server 15 or newer was found." \
        "Install the package postgresql, or set TALLY_POSTGRESQL_BIN to the folder of its programs."
    mkdir -p "$cluster_home" "$cluster_socket"
    if [ "$(id -u)" -eq 0 ]; then
        chown "$(cluster_user_id)" "$cluster_home" "$cluster_socket"
    fi
    if [ ! -s "$cluster_data/PG_VERSION" ]; then
        (umask 077 && openssl rand -hex 24 >"$cluster_password_file")
        # initdb reads the password as the user that PostgreSQL runs as; the copy goes at once.
        install -m 0600 -o "$(cluster_user_id)" "$cluster_password_file" "$cluster_home/password"
        as_cluster_user "$bin/initdb" --pgdata="$cluster_data" --username=postgres --encoding=UTF8 \
            --locale=C --auth=scram-sha-256 --pwfile="$cluster_home/password" \
            >"$cluster_home/../initdb.log" 2>&1 || {
            rm -rf "$cluster_home/password" "$cluster_data"
            show_tail "$cluster_home/../initdb.log"
            fail "initdb failed." "Its output is above."
        }
        rm -f "$cluster_home/password"
    fi
    for setting in "$@"; do options+=" -c $setting"; done
    local attempt
    # After a crash of its parent, PostgreSQL's other processes take a moment to leave.
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        as_cluster_user "$bin/pg_ctl" start --wait --silent --pgdata="$cluster_data" --log="$cluster_log" \
            --options="-k '$cluster_socket' -c listen_addresses='' -c unix_socket_permissions=0777$options" \
            >/dev/null 2>&1 && return 0
        cluster_is_up && return 0
        sleep 1
    done
    show_tail "$cluster_log"
    fail "PostgreSQL did not start." "Its log is $cluster_log."
}

cluster_is_up() {
    "$(postgresql_bin)/pg_isready" --quiet --host="$cluster_socket" 2>/dev/null
}

cluster_stop() {
    local bin
    bin=$(postgresql_bin)
    [ -s "$cluster_data/postmaster.pid" ] || return 0
    as_cluster_user "$bin/pg_ctl" stop --wait --silent --mode=fast --pgdata="$cluster_data" >/dev/null 2>&1 || true
}

# cluster_url DATABASE: the superuser's address of a database.
cluster_url() {
    printf 'postgresql://postgres:%s@/%s?host=%s' "$(cat "$cluster_password_file")" "$1" "$cluster_socket"
}
