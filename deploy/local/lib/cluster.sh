# A private PostgreSQL cluster: its own data folder, a Unix socket, no TCP port. Sourced, never run.
#
# cluster_data, cluster_socket and cluster_log are set by cluster_paths; nothing here looks at, starts
# or stops any other cluster of the machine.

# cluster_paths FOLDER: where the cluster of this checkout lives.
cluster_paths() {
    cluster_home=$1
    cluster_data=$1/data
    cluster_log=$1/postgresql.log
    cluster_password_file=${1%/*}/superuser.password
    cluster_socket=$1/socket
    # A socket's path may hold 107 bytes, and stands in URLs and options; a checkout whose path is
    # longer or has unusual characters gets a short one elsewhere.
    if [ ${#cluster_socket} -gt 85 ] || [[ $cluster_socket = *[!A-Za-z0-9/._-]* ]]; then
        cluster_socket=/tmp/tally-$(cluster_number "$1")
    fi
}

# cluster_number FOLDER: tells the clusters of users and checkouts apart.
cluster_number() { printf '%s-%s' "$(id -u)" "$(printf '%s' "$1" | cksum | cut -d' ' -f1)"; }

# cluster_user_id: who runs PostgreSQL, which refuses to run as root.
cluster_user_id() {
    if [ "$(id -u)" -ne 0 ]; then id -u; else id -u postgres 2>/dev/null || id -u nobody; fi
}

# as_cluster_user COMMAND...: as that user, without the lock that we hold.
as_cluster_user() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@" 9>&-
        return
    fi
    local user
    user=$(cluster_user_id)
    setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups \
        ${cluster_may_pass_folders:+--inh-caps=+dac_read_search --ambient-caps=+dac_read_search} \
        "$@" 9>&-
}

# cluster_make_reachable: lets PostgreSQL's user reach the cluster's folder below a checkout that
# only root may enter, such as one in root's home.
cluster_make_reachable() {
    cluster_may_pass_folders=''
    [ "$(id -u)" -eq 0 ] && ! as_cluster_user test -x "$cluster_home" 2>/dev/null || return 0
    # The right to pass folders, and nothing else, is left to it where the system lets us.
    cluster_may_pass_folders=yes
    as_cluster_user test -x "$cluster_home" 2>/dev/null && return 0
    # Else, as in most containers, the cluster lies outside and the checkout points there.
    cluster_may_pass_folders=''
    local elsewhere
    elsewhere=/var/tmp/tallystick-$(cluster_number "$cluster_home")
    if [ ! -L "$cluster_home" ]; then
        rmdir "$cluster_socket" 2>/dev/null || true
        rmdir "$cluster_home" 2>/dev/null && mkdir -m 0755 "$elsewhere" 2>/dev/null &&
            ln -s "$elsewhere" "$cluster_home" ||
            fail "The user that runs PostgreSQL cannot reach $cluster_home." \
                "Move the checkout to a folder that every user may enter, such as /srv."
        note "the cluster lies in $elsewhere, since only root may enter this checkout"
    fi
    local password_file=$cluster_password_file
    cluster_paths "$elsewhere"
    cluster_password_file=$password_file
    as_cluster_user test -x "$cluster_home" ||
        fail "The user that runs PostgreSQL cannot reach $cluster_home." \
            "Move the checkout to a folder that every user may enter, such as /srv."
}

# cluster_own FOLDER: hands it over, and fails where it is somebody else's, who could listen in.
cluster_own() {
    local owner user
    user=$(cluster_user_id)
    owner=$(stat -c %u "$1")
    [ "$owner" = "$user" ] || [ "$owner" = "$(id -u)" ] ||
        fail "$1 belongs to another user." "Remove it and run this again."
    [ "$owner" = "$user" ] || chown "$user" "$1"
}

# cluster_start [SETTING...]: makes the cluster on its first start, and starts it.
cluster_start() {
    local bin setting options=''
    bin=$(postgresql_bin)
    [ -n "$bin" ] || fail "No PostgreSQL server 15 or newer was found." \
        "Install the package postgresql, or set TALLY_POSTGRESQL_BIN to the folder of its programs."
    mkdir -p "$cluster_home"
    cluster_make_reachable
    mkdir -p "$cluster_socket"
    cluster_own "$cluster_socket"
    cluster_own "$cluster_home"
    if [ ! -d "$cluster_data" ]; then
        (umask 077 && openssl rand -hex 24 >"$cluster_password_file")
        # initdb reads the password as the user that PostgreSQL runs as; the copy goes at once.
        as_cluster_user sh -c 'umask 077 && cat >"$1"' - "$cluster_home/password" <"$cluster_password_file"
        # Made beside its place: a folder of the right name is a whole cluster.
        as_cluster_user rm -rf "$cluster_data.new"
        as_cluster_user "$bin/initdb" --pgdata="$cluster_data.new" --username=postgres --encoding=UTF8 \
            --locale=C --auth=scram-sha-256 --pwfile="$cluster_home/password" \
            >"${cluster_password_file%/*}/initdb.log" 2>&1 || {
            as_cluster_user rm -rf "$cluster_home/password" "$cluster_data.new"
            show_tail "${cluster_password_file%/*}/initdb.log"
            fail "initdb failed." "Its output is above."
        }
        as_cluster_user rm -f "$cluster_home/password"
        as_cluster_user mv "$cluster_data.new" "$cluster_data"
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
