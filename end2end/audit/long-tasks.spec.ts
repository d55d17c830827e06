// While a run sends ten events a second the page answers every press at once.
import { expect, startSync, syncEnded, test } from '../tests/fixtures.ts';
import { watch } from '../tests/observers.ts';

test.use({ simulated: { torrents: 40_000, downloads: 10_000, seed: 7, rateLimit: 0, flags: ['--drip', '2500000'] } });

test('no task holds the page up for more than 50 ms during a sync', async ({ signedIn: page, app }) => {
  await watch(page);
  await Promise.all([page.waitForResponse('**/api/sync/events'), page.goto('/sync')]);
  await page.waitForTimeout(1_000);
  const before = await page.evaluate(() => window.seen.longTasks.length);
  await startSync(page.request, app, { batchSize: 25 });
  await syncEnded(page.request, app, 100_000);
  await page.waitForTimeout(500);
  const { longTasks, ticks } = await page.evaluate(() => window.seen);
  console.log(`${ticks} changes of the page; tasks above 50 ms: ${longTasks.slice(before).join(', ') || 'none'}; while it loaded: ${longTasks.slice(0, before).join(', ') || 'none'}`);
  expect(ticks).toBeGreaterThan(50);
  expect(longTasks.slice(before)).toEqual([]);
});
