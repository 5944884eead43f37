# System packages that Tallystick builds with and runs on. Sourced, never run.

# as_root COMMAND...: as root, by sudo where we are not.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "This needs root: $*" "Run it as root, or install sudo and let $(id -un) use it."
    fi
}

# One line a package: name, what tells that it is there, and what it is for.
packages_needed() {
    cat <<'LIST'
pkg-config          command:pkg-config                            finds the C libraries
libprotobuf-c-dev   file:/usr/include/protobuf-c/protobuf-c.h     protobuf messages in C
protobuf-c-compiler command:protoc-c                              generates them from proto/
protobuf-compiler   command:protoc                                describes proto/ to the generator
libprotobuf-dev     file:/usr/include/google/protobuf/timestamp.proto   protobuf's own types
libpq-dev           file:/usr/include/postgresql/libpq-fe.h       PostgreSQL's client library
libssl-dev          file:/usr/include/openssl/ssl.h               TLS and encryption
zlib1g-dev          file:/usr/include/zlib.h                      compressed answers of providers
openssl             command:openssl                               makes the development certificate
tzdata              file:/usr/share/zoneinfo/Europe/Berlin        the time zones of organizations
python3             command:python3                               the independent calculation in the tests
python3-protobuf    python:google.protobuf                        the Python client of proto/python
util-linux          command:setpriv                               lets PostgreSQL run without root
LIST
}

# postgresql_bin: the folder of PostgreSQL's server programs, 15 or newer; empty where there is none.
postgresql_bin() {
    local candidate best='' best_version=0 version
    for candidate in ${TALLY_POSTGRESQL_BIN:-} /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        "$(pg_config --bindir 2>/dev/null)"; do
        [ -x "$candidate/initdb" ] && [ -x "$candidate/postgres" ] || continue
        version=$("$candidate/postgres" --version | grep -oE '[0-9]+' | head -n 1)
        if [ "$version" -ge 15 ] && [ "$version" -gt "$best_version" ]; then
            best=$candidate best_version=$version
        fi
    done
    printf '%s' "$best"
}

package_is_there() {
    case $1 in
        command:*) command -v "${1#command:}" >/dev/null 2>&1 ;;
        file:*) [ -e "${1#file:}" ] ;;
        python:*) /usr/bin/python3 -c "import ${1#python:}" >/dev/null 2>&1 ;;
    esac
}

package_settings=/etc/postgresql-common/createcluster.conf

# restore_package_settings: PostgreSQL's packages as they were, also after an installation cut short.
restore_package_settings() {
    [ ! -e "$package_settings.tally" ] || as_root mv "$package_settings.tally" "$package_settings"
}

# install_packages LOG: installs by name what is missing, and says what and why.
install_packages() {
    local name mark why missing=() server=''
    restore_package_settings
    while read -r name mark why; do
        package_is_there "$mark" && continue
        note "missing: $name ($why)"
        missing+=("$name")
    done < <(packages_needed)
    if [ -z "$(postgresql_bin)" ]; then
        note "missing: postgresql (the database server, 15 or newer)"
        server=yes
    fi
    [ ${#missing[@]} -eq 0 ] && [ -z "$server" ] && return 0
    command -v apt-get >/dev/null 2>&1 ||
        fail "Packages are missing and this is neither Debian nor Ubuntu." \
            "Install the packages named above (PostgreSQL 15 or newer) and run this again."
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >"$1" 2>&1 ||
        { show_tail "$1"; fail "apt-get update failed." "Mend the package sources and run this again."; }
    if [ -n "$server" ]; then
        # The server's package would create and start a cluster of its own on this machine; ours is
        # private, so it is told not to, for the length of the installation.
        missing+=(postgresql)
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -yq postgresql-common >>"$1" 2>&1 ||
            { show_tail "$1"; fail "apt-get could not install: postgresql-common" "Its output is in $1."; }
        as_root sed -i.tally 's/^#\? *create_main_cluster.*/create_main_cluster = false/' "$package_settings"
    fi
    local status=0
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -yq --no-install-recommends "${missing[@]}" >>"$1" 2>&1 || status=$?
    restore_package_settings
    [ "$status" -eq 0 ] ||
        { show_tail "$1"; fail "apt-get could not install: ${missing[*]}" "Its output is in $1."; }
    note "installed: ${missing[*]}"
}

# check_swift: Swift 6.2 or newer.
check_swift() {
    command -v swift >/dev/null 2>&1 ||
        fail "Swift is not on the PATH." "Install Swift 6.2 or newer from https://www.swift.org/install."
    local version
    version=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9]+\.[0-9]+')
    case $version in
        [0-5].* | 6.0 | 6.1 | '')
            fail "Swift ${version:-of unknown version} is too old." "Install Swift 6.2 or newer from https://www.swift.org/install." ;;
    esac
}
