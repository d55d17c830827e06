// The links that take the whole library away as a file.
import { readFile } from 'node:fs/promises';
import { expect, startSync, syncEnded, test } from './fixtures.ts';

test('an empty library offers no export', async ({ signedIn: page }) => {
  await page.goto('/library');
  await expect(page.getByRole('heading', { name: 'Nothing is synchronised yet' })).toBeVisible();
  await expect(page.getByRole('link', { name: /Export as/ })).toHaveCount(0);
});

test('the library page exports the whole library, whatever is searched for', async ({ signedIn: page, app, simulated }) => {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  await page.goto('/library?kind=download');
  for (const [link, name] of [
    ['Export as CSV', /^dmm-library-\d{4}-\d{2}-\d{2}\.csv$/],
    ['Export as NDJSON', /^dmm-library-\d{4}-\d{2}-\d{2}\.ndjson$/],
  ] as const) {
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: link }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(name);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    const files = simulated.torrents + simulated.downloads;
    expect(lines.length).toBe(link.endsWith('NDJSON') ? files : files + 1);
  }
  await expect(page, 'a download leaves the page where it is').toHaveURL(/\/library\?kind=download$/);
});
