// What a run at full speed does to the page: numbers change, and nothing else. Nothing moves, and little is said.
import { expect, startSync, syncEnded, test } from './fixtures.ts';
import { watch, type Seen } from './observers.ts';

/** Lists that arrive slowly and small batches: a run of some seconds with ten events in each. */
test.use({ simulated: { torrents: 20_000, downloads: 5_000, seed: 7, rateLimit: 0, flags: ['--drip', '2500000'] } });
test.slow();

test('C1 while numbers run nothing moves, and a screen reader hears only what matters', async ({ signedIn: page, app }) => {
  await watch(page);
  await Promise.all([page.waitForResponse('**/api/sync/events'), page.goto('/sync')]);
  // Started elsewhere: after a press the browser would forgive the page half a second of moving about.
  await startSync(page.request, app, { batchSize: 25 });
  await syncEnded(page.request, app, 60_000);
  await expect(page.getByRole('region', { name: 'Status' })).toContainText('Completed');
  // What the end of a run brings along, such as the contents that are read from then on, moves nothing either.
  await page.waitForTimeout(500);
  const seen: Seen = await page.evaluate(() => window.seen);
  expect(seen.ticks, 'there was much to show').toBeGreaterThan(20);
  expect(seen.moved, 'what moved, by how much, and what moved it').toEqual([]);
  expect(seen.spoken.length, `what was said: ${seen.spoken.join(' | ')}`).toBeLessThanOrEqual(3);
  expect(seen.spoken.at(-1)).toContain('Sync completed');
});
