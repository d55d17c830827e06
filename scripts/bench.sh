#!/usr/bin/env bash
# `make bench`: the bench, with a PostgreSQL of its own that is gone afterwards. Its arguments go to the bench.
# The tests' PostgreSQL writes nothing down; this one keeps what a commit promises, as a real one does.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

trap stop_postgres EXIT

# Only some parts need it.
wants_postgres() { [[ " $* " != *" --parts"* || " $* " == *postgres* ]]; }

start_durable_postgres() {
    scripts/postgres.sh --install || return 1
    postgres=$(mktemp -d /tmp/dmm-bench.XXXXXX)
    DMM_BENCH_POSTGRES=$(scripts/postgres.sh start "$postgres" fsync=on full_page_writes=on) || return 1
    export DMM_BENCH_POSTGRES
}

if [[ -z ${DMM_BENCH_POSTGRES:-} ]] && wants_postgres "$@"; then
    start_durable_postgres || say "NO POSTGRESQL: its part of the bench is left out"
fi
cargo bench --bench sync -- "$@"
