// Which browser, and how it is started: shared by the tests and the screenshots.
import { existsSync } from 'node:fs';
import type { LaunchOptions } from '@playwright/test';

/** The machine's own Chromium; `undefined` lets Playwright use the one it downloaded. */
function executablePath(): string | undefined {
  if (process.env.DMM_TEST_CHROMIUM) return process.env.DMM_TEST_CHROMIUM;
  return ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'].find((path) => existsSync(path));
}

/** Playwright starts every browser with a fresh profile; the flags keep it from calling home. */
export const launchOptions: LaunchOptions = {
  executablePath: executablePath(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/**
 * Debian's Firefox, or another that was not patched for Playwright; empty when there is none. `scripts/firefox.sh` decides,
 * and for a Playwright that is called by hand Debian's is taken.
 */
export const firefox: string =
  process.env.DMM_TEST_FIREFOX ?? (existsSync('/usr/bin/firefox-esr') ? '/usr/bin/firefox-esr' : '');
