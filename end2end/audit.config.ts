import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser.ts';

// What is measured in milliseconds: one at a time, and not a part of `make test`.
export default defineConfig({
  testDir: 'audit',
  outputDir: '../target/audit/results',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  reporter: [['list']],
  use: { browserName: 'chromium', launchOptions, locale: 'en-GB', timezoneId: 'UTC' },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 } } },
    { name: 'phone', use: { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } },
  ],
});
