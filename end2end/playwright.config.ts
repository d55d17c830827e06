import { defineConfig } from '@playwright/test';
import { firefox, launchOptions } from './browser.ts';

export default defineConfig({
  testDir: 'tests',
  outputDir: '../target/e2e/results',
  // Every test has its own server and database, so they can share the machine's two cores.
  fullyParallel: true,
  workers: 2,
  // A test that fails now and then is a fault to find, not to repeat.
  retries: 0,
  forbidOnly: !!process.env.CI,
  // Against a test that hangs, not one that is slow: machines differ by a factor of three.
  timeout: 60_000,
  globalTimeout: 40 * 60_000,
  // The ARIA snapshots hold for every size of screen and name only what must be there.
  expect: { timeout: 10_000, toMatchAriaSnapshot: { pathTemplate: '{testDir}/aria/{arg}{ext}' } },
  // `scripts/test.sh` counts by the JSON file.
  reporter: [['list'], ['json', { outputFile: '../target/e2e/report.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions,
    trace: 'retain-on-failure',
    locale: 'en-GB',
    timezoneId: 'UTC',
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 } } },
    { name: 'phone', use: { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } },
    // Not Playwright's own Firefox but the one people have: the channel speaks WebDriver BiDi to it.
    ...(firefox
      ? [
          {
            name: 'firefox',
            grep: /@firefox/,
            // It starts slowly, and is driven by a protocol that takes more steps.
            timeout: 90_000,
            use: {
              browserName: 'firefox' as const,
              channel: 'moz-firefox',
              launchOptions: { executablePath: firefox },
              viewport: { width: 1440, height: 900 },
            },
          },
        ]
      : []),
  ],
});
