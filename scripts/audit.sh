#!/usr/bin/env bash
# `make audit`: Lighthouse over the pages of target/release/dmm, and the longest task during a sync at ten events a
# second. Not a part of `make test`, because both depend on the speed of the machine and on what else it does.
# The argument is how many loads of each page are measured; the median counts. Reports go to target/audit.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

DMM_TEST_CHROMIUM=$(scripts/browser.sh)
export DMM_TEST_CHROMIUM
[[ -n $DMM_TEST_CHROMIUM ]] || die "Lighthouse needs a Chromium of the machine's own: install chromium"
failed=0
say "Long tasks during a sync"
(cd end2end && npx playwright test --config audit.config.ts) || failed=1
say "Lighthouse, mobile profile, median of ${1:-5}"
node scripts/audit/audit.mjs target/release/dmm "$DMM_TEST_CHROMIUM" "${1:-5}" target/audit || failed=1
exit $failed
