#!/usr/bin/env bash
# `make mutations`: breaks the engine on purpose, in one way after another, and shows that a test fails for each.
# Every patch in tests/mutations/ begins with what it breaks and with the tests that must notice, as arguments of
# `cargo test`. With names as arguments only those. The patches are applied to a copy of the last commit.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

tree=$root/target/mutations/tree
export CARGO_INCREMENTAL=1
# What is to be shown does not depend on speed, and unoptimised code of our own compiles in seconds.
cargo_test=(cargo test --release --config 'profile.release.package.dmm.opt-level=0'
    --config 'profile.release.package.dmm.codegen-units=64' --quiet --lib --test integration)

git worktree remove --force "$tree" 2>/dev/null || true
git worktree add --quiet --detach "$tree" HEAD
trap 'cd "$root"; git worktree remove --force "$tree" 2>/dev/null || true; stop_postgres' EXIT
start_postgres
patches=$root/tests/mutations
mkdir -p "$tree/target"
ln -sfn "$root/target/site" "$tree/target/site"

noticed=0
missed=()
cd "$tree"
for patch in "$patches"/*.patch; do
    name=$(basename "$patch" .patch)
    if (($# > 0)) && [[ " $* " != *" $name "* ]]; then continue; fi
    what=$(sed -n 's/^# breaks: //p' "$patch")
    read -ra tests < <(sed -n 's/^# tests: //p' "$patch")
    git apply --whitespace=nowarn "$patch" || { missed+=("$name (the patch does not apply any more)"); continue; }
    log=$CARGO_TARGET_DIR/mutations/$name.log
    if ! timeout 900 "${cargo_test[@]}" --no-run >"$log" 2>&1; then
        missed+=("$name (it does not compile, see $log)")
    elif timeout 600 "${cargo_test[@]}" --no-fail-fast -- "${tests[@]}" >>"$log" 2>&1; then
        missed+=("$name")
    else
        noticed=$((noticed + 1))
        by=$(sed -nE 's/^---- (.*) stdout ----$/\1/p' "$log" | head -3 | paste -sd ' ')
        printf '%-28s noticed by %s\n    %s\n' "$name" "${by:-a test that hung or crashed}" "$what"
    fi
    git checkout --quiet -- .
done
printf '%d mutations noticed, %d not noticed\n' "$noticed" "${#missed[@]}"
if ((${#missed[@]} > 0)); then
    printf 'NOT NOTICED: %s\n' "${missed[@]}"
    exit 1
fi
