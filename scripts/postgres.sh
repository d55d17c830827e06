#!/usr/bin/env bash
# A private PostgreSQL for tests and benches: a cluster of its own in a directory, on a free port, that nothing else uses.
#   postgres.sh --install        sees to it that there is a PostgreSQL of version 15 or newer, where it may
#   postgres.sh start DIRECTORY  makes a cluster there if there is none, starts it, prints the address of its database;
#                                settings that follow, such as fsync=on, overrule the tests' in a new one
#   postgres.sh pool DIRECTORY   starts PgBouncer in front of it, a connection for each transaction, and prints its address
#   postgres.sh stop DIRECTORY   stops both at once
# The server refuses to run as root, so root runs it as Debian's user postgres.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

oldest=15

# The directory with initdb and pg_ctl.
find_postgres() {
    local initdb version
    for initdb in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb || true)"; do
        [[ -x $initdb && -x ${initdb%/*}/pg_ctl ]] || continue
        version=$("$initdb" --version | sed -nE 's/.* ([0-9]+).*/\1/p')
        if ((${version:-0} >= oldest)); then printf '%s\n' "${initdb%/*}"; return; fi
    done
    return 1
}

# Debian keeps it where only administrators look.
find_pgbouncer() { PATH=$PATH:/usr/sbin command -v pgbouncer; }

as_owner() {
    if [[ $(id -u) == 0 ]]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

install() {
    find_postgres >/dev/null && find_pgbouncer >/dev/null && return
    say "Installing PostgreSQL for the tests"
    # Debian would make and start a cluster, and start both services, which nobody asked for.
    local settings=/etc/postgresql-common/createcluster.conf
    if [[ $(id -u) == 0 && ! -e $settings ]]; then
        mkdir -p "${settings%/*}"
        echo 'create_main_cluster = false' >"$settings"
    fi
    if RUNLEVEL=1 apt_install postgresql pgbouncer && find_postgres >/dev/null; then return; fi
    [[ -z ${CI:-} ]] || die "no PostgreSQL $oldest or newer with PgBouncer, and neither can be installed: their tests cannot run"
    say "NO POSTGRESQL: install PostgreSQL $oldest or newer and PgBouncer; the tests that need them fail until then"
}

start() {
    local directory=$1 bin port
    shift
    bin=$(find_postgres) || die "no PostgreSQL $oldest or newer: install it (Debian: apt-get install postgresql)"
    mkdir -p "$directory"
    [[ -e $directory/data/PG_VERSION || -z $(ls -A "$directory") ]] || die "$directory is not empty and no cluster of ours"
    [[ $(id -u) != 0 ]] || chown postgres:postgres "$directory"
    cd "$directory"
    if [[ ! -e $directory/data/PG_VERSION ]]; then
        as_owner "$bin/initdb" -D "$directory/data" -U dmm_owner --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
            --no-sync >"$directory/initdb.log" 2>&1 || { cat "$directory/initdb.log" >&2; die "initdb failed"; }
        port=$(free_port)
        cat >>"$directory/data/postgresql.conf" <<EOF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$directory'
max_connections = 400
shared_buffers = '256MB'
# Nothing here outlives the tests.
fsync = off
full_page_writes = off
EOF
        printf '%s\n' "$@" >>"$directory/data/postgresql.conf"
    fi
    as_owner "$bin/pg_ctl" -D "$directory/data" -w -l "$directory/server.log" start >/dev/null ||
        { cat "$directory/server.log" >&2; die "PostgreSQL does not start"; }
    port=$(sed -n 's/^port = //p' "$directory/data/postgresql.conf" | tail -1)
    printf 'postgres://dmm_owner@127.0.0.1:%s/postgres\n' "$port"
}

pool() {
    local directory=$1 port server
    find_pgbouncer >/dev/null || die "no PgBouncer: install it (Debian: apt-get install pgbouncer)"
    server=$(sed -n 's/^port = //p' "$directory/data/postgresql.conf" | tail -1)
    port=$(free_port)
    cat >"$directory/pgbouncer.ini" <<EOF
[databases]
* = host=127.0.0.1 port=$server
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = trust
auth_file = $directory/users.txt
pool_mode = transaction
default_pool_size = 5
max_client_conn = 200
logfile = $directory/pgbouncer.log
pidfile = $directory/pgbouncer.pid
EOF
    printf '"dmm_owner" ""\n' >"$directory/users.txt"
    cd "$directory"
    as_owner "$(find_pgbouncer)" --quiet --daemon "$directory/pgbouncer.ini" ||
        { cat "$directory/pgbouncer.log" >&2; die "PgBouncer does not start"; }
    printf 'postgres://dmm_owner@127.0.0.1:%s/postgres\n' "$port"
}

stop() {
    local bin
    local pooler
    pooler=$(cat "$1/pgbouncer.pid" 2>/dev/null || true)
    # The number may be another program's by now.
    if [[ -n $pooler && $(cat "/proc/$pooler/comm" 2>/dev/null || true) == pgbouncer ]]; then
        as_owner kill "$pooler" 2>/dev/null || true
    fi
    bin=$(find_postgres) || return 0
    cd "$1"
    as_owner "$bin/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1 || true
}

case ${1:-} in
--install) install ;;
start) start "$(realpath -m "$2")" "${@:3}" ;;
pool) pool "$(realpath -m "$2")" ;;
stop) stop "$(realpath -m "$2")" ;;
*) die "usage: scripts/postgres.sh --install | start DIRECTORY [SETTING=VALUE…] | pool DIRECTORY | stop DIRECTORY" ;;
esac
