// The syncs that were and what they made of the library: whole without JavaScript, readable without colour.
import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext, Page } from '@playwright/test';
import { expect, signIn, startSync, syncEnded, test, TOKEN, type App } from './fixtures.ts';
import type { Program } from './program.ts';

const CHARTS = [
  'Files over time',
  'Space over time',
  'Changes by each sync',
  'Space that duplicates hold',
  'By content',
  'By status',
];

/** Adds a torrent at Real-Debrid. */
async function addTorrent(request: APIRequestContext, simulator: Program, number: number): Promise<void> {
  const hash = number.toString(16).padStart(40, '0');
  const answer = await request.post(`${simulator.url}/rest/1.0/torrents/addMagnet`, {
    form: { magnet: `magnet:?xt=urn:btih:${hash}&dn=Added.Later.${number}.mkv` },
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(answer.status(), await answer.text()).toBe(201);
}

/** A first sync and two that find something new. */
async function threeSyncs(page: Page, app: App, simulator: Program): Promise<void> {
  for (const number of [1, 2, 3]) {
    if (number > 1) await addTorrent(page.request, simulator, number);
    await startSync(page.request, app);
    await syncEnded(page.request, app);
  }
}

async function axeFindsNothing(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test('F5 a stranger is asked to connect, with the status 401', async ({ page, expectedConsole }) => {
  expectedConsole.push(/401/);
  for (const address of ['/history', '/history/1']) {
    const response = await page.goto(address);
    expect(response?.status(), address).toBe(401);
    await expect(page.getByRole('main').getByRole('link', { name: 'Connect Real-Debrid' })).toBeVisible();
  }
});

test('before the first sync it says what will be there and leads to it', async ({ signedIn: page }) => {
  await page.goto('/history');
  await expect(page.getByRole('heading', { name: 'No sync has run yet' })).toBeVisible();
  await expect(page.getByRole('img', { name: CHARTS[0] })).toHaveCount(0);
  await axeFindsNothing(page);
  await page.getByRole('link', { name: 'Go to synchronisation' }).click();
  await expect(page).toHaveURL(/\/sync$/);
});

test('after one sync it says in words what cannot be drawn yet', async ({ signedIn: page, app, simulated }) => {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  await page.goto('/history');
  await expect(page.getByText(`${simulated.torrents + simulated.downloads} files on`)).toBeVisible();
  await expect(page.getByRole('img', { name: 'Files over time' })).toHaveCount(0);
  await expect(page.getByRole('img', { name: 'By status' })).toBeVisible();
  await expect(page.getByText('Only the first sync has changed anything so far')).toBeVisible();
});

test('C6 every sync has a line with what the API says of it', async ({ signedIn: page, app, simulator }) => {
  await threeSyncs(page, app, simulator);
  const { runs } = await (await page.request.get('/api/sync/runs')).json();
  await page.goto('/history');
  const rows = page.getByRole('table', { name: 'Syncs, newest first' }).locator('tbody tr');
  await expect(rows).toHaveCount(3);
  for (const [place, run] of runs.entries()) {
    await expect(rows.nth(place)).toContainText(run.summary);
    await expect(rows.nth(place)).toContainText('by hand');
    const numbers = [run.filesAdded, run.filesUpdated, run.filesDeleted, run.duplicatesFound, run.filesFailed];
    await expect(rows.nth(place).locator('td.number')).toHaveText([
      ...numbers.map((number: number) => number.toLocaleString('en-GB')),
      /^(under )?\d+ s$/,
      String(run.requests),
    ]);
  }
  await rows.first().getByRole('link').first().click();
  await expect(page).toHaveURL(/\/history\/3$/);
  await expect(page.getByText('Requests to Real-Debrid')).toBeVisible();
  await axeFindsNothing(page);
  await page.getByRole('main').getByRole('link', { name: 'History' }).click();
  await expect(page).toHaveURL(/\/history$/);
});

test('every plot has a name, a sentence and the numbers behind it', async ({ signedIn: page, app, simulator }) => {
  await threeSyncs(page, app, simulator);
  const { growth, changes, library } = await (await page.request.get('/api/statistics')).json();
  expect(growth).toHaveLength(3);
  await page.goto('/history');
  for (const name of CHARTS) {
    const plot = page.getByRole('img', { name });
    await expect(plot, name).toBeVisible();
    await expect(plot, name).toHaveAccessibleDescription(/\.$/);
    const card = page.getByRole('region', { name, exact: true });
    await card.getByText('Show the numbers').click();
    await expect(card.getByRole('table'), name).toBeVisible();
  }
  const rows = (name: string) => page.getByRole('region', { name, exact: true }).locator('tbody tr');
  await expect(rows('Files over time')).toHaveCount(growth.length);
  await expect(rows('Changes by each sync')).toHaveCount(changes.length);
  await expect(rows('By status')).toHaveCount(new Set(library.map(({ status }: { status: string }) => status)).size);
  await axeFindsNothing(page);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ signedIn: page, app, simulator }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await threeSyncs(page, app, simulator);
    await page.goto('/history');
    await axeFindsNothing(page);
  });
}

test('E4 a sync that failed says why, and one that is under way leads to the sync page', async ({
  signedIn: page,
  app,
  simulator,
}) => {
  await threeSyncs(page, app, simulator);
  await simulator.stop();
  await startSync(page.request, app, { maxRetries: 0 });
  const failed = await syncEnded(page.request, app);
  expect(failed.status).toBe('error');
  await page.goto('/history');
  const newest = page.locator('.runs tbody tr').first();
  await expect(newest).toContainText('Failed');
  await expect(newest).toContainText(String(failed.error));
  // It waits for Real-Debrid before each repeat, which is time enough to see it.
  await startSync(page.request, app, { maxRetries: 5 });
  await page.goto('/history');
  await expect(newest).toContainText('It is running now.');
  await newest.getByRole('link', { name: 'Watch it' }).click();
  await expect(page).toHaveURL(/\/sync$/);
  await expect(page.getByRole('heading', { name: 'File Synchronization' })).toBeVisible();
});

test.describe('a small library', () => {
  test.use({ simulated: { torrents: 3, downloads: 0, seed: 7, rateLimit: 0, flags: [] } });

  test('pages follow each other without gap or repetition', async ({ signedIn: page, app }) => {
  for (let number = 0; number < 27; number += 1) {
    await startSync(page.request, app);
    await syncEnded(page.request, app);
  }
  await page.goto('/history');
  const links = () =>
    page.locator('.runs th a').evaluateAll((found) => found.map((link) => Number((link as HTMLAnchorElement).pathname.split('/').pop())));
  const first = await links();
  await page.getByRole('link', { name: 'Earlier syncs' }).click();
  await expect(page).toHaveURL(/before=/);
  await expect(page.getByRole('heading', { name: 'Earlier syncs' })).toBeVisible();
  expect([...first, ...(await links())]).toEqual(Array.from({ length: 27 }, (_, place) => 27 - place));
  await page.getByRole('link', { name: 'Back to the newest' }).click();
  expect(await links()).toEqual(first);
  });
});

test('E4 what does not exist gets its status, one sentence and the way back', async ({ signedIn: page, expectedConsole }) => {
  expectedConsole.push(/40[04]/);
  for (const [address, status, heading] of [
    ['/history/999999', 404, 'No such sync'],
    ['/history/abc', 404, 'No such sync'],
    ['/history?before=yesterday', 400, 'This address cannot be read'],
  ] as const) {
    const response = await page.goto(address);
    expect(response?.status(), address).toBe(status);
    await expect(page.getByRole('heading', { name: heading })).toBeVisible();
    await expect(page.getByRole('alert')).not.toBeEmpty();
  }
  await page.getByRole('main').getByRole('link', { name: 'Go to the history' }).click();
  await expect(page).toHaveURL(/\/history$/);
});

test('nothing is wider than the screen, down to 320 pixels', async ({ signedIn: page, app, simulator }) => {
  await threeSyncs(page, app, simulator);
  await page.setViewportSize({ width: 320, height: 640 });
  for (const address of ['/history', '/history/1']) {
    await page.goto(address);
    for (const numbers of await page.getByText('Show the numbers').all()) await numbers.click();
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wider, address).toBeLessThanOrEqual(0);
  }
  await page.goto('/history');
  // The words of a drawing stay larger than ten pixels.
  const smallest = await page.getByRole('img').locator('text').evaluateAll((texts) =>
    Math.min(...texts.map((text) => text.getBoundingClientRect().height).filter((height) => height > 0)),
  );
  expect(smallest).toBeGreaterThan(10);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('everything is there: plots, numbers, syncs and pages', async ({ page, app, simulator }) => {
    await signIn(page.request, app);
    await threeSyncs(page, app, simulator);
    await page.goto('/history');
    for (const name of CHARTS) await expect(page.getByRole('img', { name }), name).toBeVisible();
    const card = page.getByRole('region', { name: 'Files over time', exact: true });
    await card.getByText('Show the numbers').click();
    await expect(card.getByRole('table')).toBeVisible();
    await page.locator('.runs th a').last().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Sync of /);
  });
});
