# shellcheck shell=bash
# Sourced by the other scripts: where things are kept, how they speak, and the few checks that more than one needs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# What is compiled or downloaded once per machine, so that a second clone does not do it again.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dmm

# The scripts look for results under target/, whatever the environment says.
export CARGO_TARGET_DIR="$root/target"

wasm_target=wasm32-unknown-unknown

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: as we are, or by a sudo that asks for no password. Fails when there is neither.
as_root() {
    if [[ $(id -u) == 0 ]]; then "$@"; elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

# apt_install PACKAGE…: fails quietly where there is no apt or no root; the caller knows what to say then.
apt_install() {
    have apt-get || return 1
    # A machine that was just installed has no package lists yet, and an old image has lists of browsers that are too old.
    as_root apt-get update -q >/dev/null 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$@" >/dev/null 2>&1
}

# npm_install DIRECTORY: `npm ci`, but only when the lock file changed since the last time.
npm_install() {
    local stamp=$1/node_modules/.dmm-lock
    cmp -s "$1/package-lock.json" "$stamp" && return
    say "Installing the npm packages of $1"
    # Playwright is told not to download a browser here: scripts/browser.sh decides about that.
    (cd "$1" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error)
    cp "$1/package-lock.json" "$stamp"
}

# The version of a crate in Cargo.lock.
locked_version() {
    awk -v crate="$1" '$1 == "name" && $3 == "\"" crate "\"" { getline; gsub(/"/, "", $3); print $3; exit }' Cargo.lock
}

wasm_bindgen() { printf '%s/wasm-bindgen-%s/bin/wasm-bindgen' "$cache" "$(locked_version wasm-bindgen)"; }

# Does the project's own toolchain bring the standard library for WebAssembly?
toolchain_has_wasm() {
    compgen -G "$(rustc --print target-libdir --target $wasm_target)/libcore-*.rlib" >/dev/null
}

# Debian's compiler with a standard library for WebAssembly, as scripts/wasm-std-from-debian.sh leaves it.
debian_rustc() { printf '%s/debian-rust/bin/rustc' "$cache"; }

# Chooses the compiler for WebAssembly: the project's own, else the one from Debian.
use_wasm_compiler() {
    toolchain_has_wasm && return
    [[ -x $(debian_rustc) ]] || die "no standard library for $wasm_target; run 'make tools'"
    local sysroot host
    sysroot=$(rustc --print sysroot)
    host=$(rustc -vV | sed -n 's/^host: //p')
    # Debian's package has no linker for WebAssembly, every rustup toolchain has one.
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$sysroot/lib/rustlib/$host/bin/rust-lld"
    RUSTC=$(debian_rustc)
    export RUSTC
}

# A PostgreSQL for the tests alone, gone afterwards. In a directory of its own in /tmp, since the path of a socket is short.
start_postgres() {
    postgres=$(mktemp -d /tmp/dmm-postgres.XXXXXX)
    DMM_TEST_POSTGRES=$(scripts/postgres.sh start "$postgres") || return 1
    DMM_TEST_POOLER=$(scripts/postgres.sh pool "$postgres") || return 1
    export DMM_TEST_POSTGRES DMM_TEST_POOLER
}

stop_postgres() {
    [[ -n ${postgres:-} ]] || return 0
    scripts/postgres.sh stop "$postgres"
    rm -rf "$postgres"
}
