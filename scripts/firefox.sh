#!/usr/bin/env bash
# Says which Firefox the end-to-end tests drive beside Chromium. Prints nothing when there is none, or one too old to be
# driven by WebDriver BiDi, which Playwright speaks to a Firefox that it has not patched.
# With --install it sees to it that there is one where it may. Without one the main flows go untested in Firefox, which
# is said aloud, and is a failure in CI.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The first long-term release that knows all that Playwright says to it (network.addDataCollector).
oldest=153

find_firefox() {
    [[ -n ${DMM_TEST_FIREFOX:-} ]] && { printf '%s\n' "$DMM_TEST_FIREFOX"; return; }
    local name version
    for name in firefox-esr firefox; do
        have "$name" || continue
        # Ubuntu's firefox is a stub that sends to a snap, which says no version.
        version=$("$name" --version 2>/dev/null | sed -nE 's/.*Firefox ([0-9]+).*/\1/p')
        if ((${version:-0} >= oldest)); then command -v "$name"; return; fi
    done
    return 1
}

if [[ ${1:-} != --install ]]; then
    find_firefox || true
    exit
fi
find_firefox >/dev/null && exit
say "Installing Firefox for the end-to-end tests"
if apt_install firefox-esr && find_firefox >/dev/null; then exit; fi
[[ -z ${CI:-} ]] || die "no Firefox $oldest or newer, and firefox-esr cannot be installed: its tests cannot run"
say "NO FIREFOX: the main flows will not be tested in it. Install firefox-esr or Firefox $oldest or newer"
