import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser.ts';

const widths = { phone: [375, 812], tablet: [768, 1024], desktop: [1440, 900] } as const;

// One project for each width and colour scheme; the pictures go to target/screenshots.
export default defineConfig({
  testDir: 'screenshots',
  outputDir: '../target/screenshots/results',
  // One at a time, so that a sync caught in the middle looks the same every time.
  workers: 1,
  retries: 0,
  timeout: 60_000,
  reporter: [['list']],
  use: { browserName: 'chromium', launchOptions, locale: 'en-GB', timezoneId: 'UTC', contextOptions: { reducedMotion: 'reduce' } },
  projects: Object.values(widths).flatMap(([width, height]) =>
    (['light', 'dark'] as const).map((colorScheme) => ({
      name: `${width}-${colorScheme}`,
      use: { viewport: { width, height }, colorScheme, deviceScaleFactor: 2 },
    })),
  ),
});
