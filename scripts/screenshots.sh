#!/usr/bin/env bash
# Takes pictures of every state at three widths, light and dark, into target/screenshots, and the one of the README
# (docs/dashboard.png), so that it always shows the program as it is. ARGS goes to Playwright.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

mkdir -p target/screenshots docs
DMM_TEST_CHROMIUM=$(scripts/browser.sh)
export DMM_TEST_CHROMIUM
(cd end2end && npx playwright test --config screenshots.config.ts "$@")
say "Pictures are in target/screenshots; docs/dashboard.png is the one of the README"
