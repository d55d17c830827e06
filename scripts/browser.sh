#!/usr/bin/env bash
# Says which Chromium the end-to-end tests drive: the machine's own, so that nothing is downloaded where there is one.
# Prints nothing when only Playwright's own download is left, which Playwright finds by itself.
# With --install it sees to it that there is one: Debian's package where we may install it, else Playwright's.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

find_browser() {
    [[ -n ${DMM_TEST_CHROMIUM:-} ]] && { printf '%s\n' "$DMM_TEST_CHROMIUM"; return; }
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        # Ubuntu's chromium-browser is a stub that sends to a snap, which cannot start from a script.
        have "$name" && "$name" --version 2>/dev/null | grep -qE 'Chrom(e|ium) [0-9]' && { command -v "$name"; return; }
    done
    return 1
}

playwright_has_browser() {
    (cd end2end && node -e '
        const { chromium } = require("@playwright/test");
        process.exit(require("node:fs").existsSync(chromium.executablePath()) ? 0 : 1);')
}

if [[ ${1:-} != --install ]]; then
    find_browser || true
    exit
fi
find_browser >/dev/null && exit
playwright_has_browser && exit
say "Installing Chromium for the end-to-end tests"
# Ubuntu has a package of that name too, which installs no browser: only Debian's is taken.
if grep -q '^ID=debian' /etc/os-release 2>/dev/null && apt_install chromium && find_browser >/dev/null; then exit; fi
(cd end2end && npx playwright install chromium)
(cd end2end && as_root npx playwright install-deps chromium >/dev/null 2>&1) ||
    say "The libraries that Chromium needs could not be installed without root; trying with what is there"
