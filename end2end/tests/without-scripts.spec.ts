// With JavaScript switched off every page is whole: every view is a link and every button a form.
import type { Page } from '@playwright/test';
import { TOKEN, expect, startSync, syncEnded, syncStatus, test } from './fixtures.ts';

test.use({ javaScriptEnabled: false });
// Where no script runs, nothing uses what was loaded for the scripts.
test.beforeEach(({ expectedConsole }) => void expectedConsole.push(/was preloaded using link preload but not used/));

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const status = (page: Page) => page.getByRole('region', { name: 'Status' });

/** Pages and the heading that each is known by; a new page is a line here. */
const PAGES: [address: string, heading: RegExp][] = [
  ['/sync', /^File Synchronization$/],
  ['/connection', /^Connected to Real-Debrid$/],
  ['/library', /^Library$/],
  ['/library/1', /./],
  ['/duplicates', /^Duplicates$/],
  ['/duplicates?list=likely', /^Duplicates$/],
  ['/history', /^History$/],
  ['/history/1', /./],
  ['/settings', /^Settings$/],
  ['/settings/disconnect', /^Disconnect /],
  ['/sync?help=troubleshooting', /^File Synchronization$/],
  ['/sync/deletions', /./],
  ['/api/docs', /^API$/],
];

test('every page is whole, and none has a control that only scripts could serve', async ({ signedIn: page, app }) => {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  for (const [address, heading] of PAGES) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(200);
    await expect(page.getByRole('heading', { level: 1 }), address).toHaveText(heading);
    // Evaluating is left to the driver also where the page itself runs nothing.
    const idle = await page.evaluate(() =>
      [...document.querySelectorAll('button')]
        .filter((it) => it.checkVisibility({ visibilityProperty: true }) && !it.form && !it.popoverTargetElement)
        .map((it) => it.textContent),
    );
    expect(idle, `${address}: buttons that do nothing`).toEqual([]);
  }
});

test('a person signs in, searches and signs out', async ({ page, app }) => {
  await page.goto('/connection');
  await page.getByLabel('Private API token').fill(TOKEN);
  await button(page, 'Connect').click();
  await expect(page).toHaveURL(/\/sync$/);
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Library' }).click();
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('1080p');
  await button(page, 'Search').click();
  await expect(page).toHaveURL(/query=1080p/);
  await page.getByRole('rowheader').getByRole('link').first().click();
  await page.getByLabel('Folder').fill('Films');
  await button(page, 'Save').click();
  await expect(page.getByLabel('Folder')).toHaveValue('Films');
  await button(page, 'Sign out').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connect Real-Debrid');
});

test.describe('a long run', () => {
  test.use({ simulated: { torrents: 20_000, downloads: 5_000, seed: 7, rateLimit: 0, flags: ['--drip', '2500000'] } });
  test.slow();

  test('C4 the dashboard shows the present state, says that it stands still, and leads to the next', async ({
    signedIn: page,
    app,
  }) => {
    await startSync(page.request, app, { batchSize: 25 });
    await expect
      .poll(async () => (await syncStatus(page.request, app)).progress.processed, { timeout: 30_000 })
      .toBeGreaterThan(0);
    await page.goto('/sync');
    await expect(status(page)).toContainText('Running');
    const bar = page.getByRole('progressbar', { name: 'Sync progress' });
    const shown = async () => (await status(page).innerText()).match(/([\d,]+) \/ 25,000 files/)?.[1];
    const before = await shown();
    expect(before).toBeDefined();
    await button(page, 'Pause').click();
    await expect(status(page)).toContainText('Paused');
    const { processed, percentage } = (await syncStatus(page.request, app)).progress;
    await page.getByRole('link', { name: 'Load it again' }).click();
    expect(await shown()).toBe(processed.toLocaleString('en-US'));
    await expect(bar).toHaveAttribute('value', String(percentage));
    await button(page, 'Resume').click();
    await expect(status(page)).toContainText('Running');
  });
});
