# Messages of the local commands. Sourced, never run.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    console_bold=$'\033[1m' console_dim=$'\033[2m' console_red=$'\033[31m' console_off=$'\033[0m'
else
    console_bold='' console_dim='' console_red='' console_off=''
fi

console_started=$SECONDS

# say TEXT: a line for people.
say() { printf '%s\n' "$*"; }

# step TEXT: the heading of a step, with the seconds since the start.
step() { printf '%s[%4ds] %s%s\n' "$console_bold" "$((SECONDS - console_started))" "$*" "$console_off"; }

# note TEXT: a detail under a step.
note() { printf '%s        %s%s\n' "$console_dim" "$*" "$console_off"; }

# fail PROBLEM REMEDY: says what is wrong and what to do about it, and ends.
fail() {
    printf '%serror:%s %s\n' "$console_red" "$console_off" "$1" >&2
    [ -n "${2:-}" ] && printf '       %s\n' "$2" >&2
    exit 1
}

# show_tail FILE: the last lines of a log, indented, where it exists.
show_tail() { [ -s "$1" ] && tail -n "${2:-15}" "$1" | sed 's/^/        | /' >&2; return 0; }

# quietly LOG COMMAND...: runs a command with its output in LOG; a terminal sees its last line pass
# by, anything else a line every 30 seconds.
quietly() {
    local log=$1 pid waited=0 status=0
    shift
    "$@" >"$log" 2>&1 9>&- &
    pid=$!
    quiet_pid=$pid
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        waited=$((waited + 1))
        if [ -t 1 ]; then
            printf '\r\033[K%s        %4ds  %s%s' "$console_dim" "$waited" \
                "$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-70)" "$console_off"
        elif [ $((waited % 30)) -eq 0 ]; then
            note "$waited s: $(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-90)"
        fi
    done
    [ -t 1 ] && printf '\r\033[K'
    wait "$pid" || status=$?
    quiet_pid=''
    return "$status"
}

# quiet_stop: ends what quietly runs, which hears no Ctrl-C of its own.
quiet_stop() {
    [ -z "${quiet_pid:-}" ] || kill -TERM "$quiet_pid" 2>/dev/null || true
}
