#!/usr/bin/env bash
# Installs what is missing: `tools.sh build` for `make run`, `tools.sh test` also for `make test`, `tools.sh audit` also
# for `make audit`.
# Everything is pinned; a second call finds its work done and takes well under a second.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

c_compiler() {
    have cc && return
    say "Installing a C compiler (for SQLite and the TLS library)"
    apt_install build-essential || die "no C compiler: install one (Debian: apt-get install build-essential)"
}

node_js() {
    if ! have node || ! have npm; then die "Node.js 20 or newer with npm is needed"; fi
    local major
    major=$(node -p 'process.versions.node.split(".")[0]')
    ((major >= 20)) || die "Node.js 20 or newer is needed, this is $(node --version)"
}

rust() {
    have rustup || die "rustup is needed: install it as its web site says, then open a new shell"
    if ! rustc --version >/dev/null 2>&1; then
        local channel
        channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
        say "Installing Rust $channel"
        rustup toolchain install "$channel" --profile minimal --component rustfmt --component clippy
    fi
}

rust_checks() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
    say "Adding rustfmt and clippy to the toolchain"
    rustup component add rustfmt clippy
}

wasm_std() {
    toolchain_has_wasm && return
    [[ -x $(debian_rustc) ]] && return
    say "Adding the standard library for WebAssembly to the toolchain"
    rustup target add "$wasm_target" && toolchain_has_wasm && return
    scripts/wasm-std-from-debian.sh
}

bindgen() {
    local binary version
    binary=$(wasm_bindgen)
    [[ -x $binary ]] && return
    version=$(locked_version wasm-bindgen)
    say "Compiling wasm-bindgen $version (once per machine, about two minutes)"
    # Without --locked: the lock file of the release can name versions that a registry mirror does not have.
    cargo install wasm-bindgen-cli --version "$version" --root "$cache/wasm-bindgen-$version" --quiet
}

# A Python with the libraries that the tests ask for a second opinion. The path holds every version it depends on.
python_client() {
    have python3 || apt_install python3 python3-venv || die "python3 is needed for the tests"
    local venv
    venv=$(scripts/python.sh --where)
    [[ -e $venv/complete ]] && return
    say "Installing Python packages for the tests"
    rm -rf "$venv"
    # Debian's python3 comes without ensurepip until python3-venv is installed.
    if ! python3 -m venv "$venv" >/dev/null 2>&1; then
        rm -rf "$venv"
        apt_install python3-venv || die "python3 cannot make virtual environments: install python3-venv"
        python3 -m venv "$venv"
    fi
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r end2end/second-opinion/requirements.txt
    touch "$venv/complete"
}

case ${1:-} in
build)
    c_compiler; node_js; rust; wasm_std; bindgen
    npm_install scripts/site
    ;;
test)
    "$0" build
    rust_checks
    npm_install end2end
    scripts/browser.sh --install
    scripts/firefox.sh --install
    scripts/postgres.sh --install
    python_client
    ;;
audit)
    "$0" test
    npm_install scripts/audit
    ;;
*) die "usage: scripts/tools.sh build|test|audit" ;;
esac
