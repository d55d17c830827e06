// The Real-Debrid account on the sync page: premium, requests, waits, refusals, and deletions that were held back.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { TOKEN, expect, startSync, syncEnded, test, type App } from './fixtures.ts';
import type { Program } from './program.ts';

const card = (page: Page) => page.getByRole('region', { name: 'Real-Debrid', exact: true });
const status = (page: Page) => page.getByRole('region', { name: 'Status' });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** axe in both themes. */
async function expectAccessible(page: Page): Promise<void> {
  test.slow();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider, 'nothing is wider than the screen').toBeLessThanOrEqual(0);
}

test('the card says whose account it is, until when it is paid for, and how many requests are left', async ({
  signedIn: page,
  app,
}) => {
  await page.goto('/sync');
  await expect(card(page)).toContainText('demo');
  await expect(card(page).getByText('17 May 2031')).toBeVisible();
  await expect(card(page)).toContainText(/[\d,]+ days left/);
  await expect(card(page)).toContainText('60,000 of 60,000/min');
  await expect(card(page)).toContainText('Nothing has to wait at the moment.');
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  await expect(card(page), 'without a reload').toContainText(/59,9\d\d of 60,000\/min/);
  await expectAccessible(page);
});

test.describe('a subscription that has lapsed', () => {
  test.use({ simulated: { torrents: 5, downloads: 2, seed: 7, rateLimit: 0, flags: ['--lapsed'] } });

  test('is said, with what DMM does then', async ({ signedIn: page }) => {
    await page.goto('/sync');
    await expect(card(page)).toContainText('has no premium');
    await expect(card(page)).toContainText('deletes nothing here');
    await expectAccessible(page);
  });
});

test.describe('a Real-Debrid that refuses for being asked too often', () => {
  test.use({
    simulated: { torrents: 20, downloads: 5, seed: 7, rateLimit: 0, flags: ['--fail-at', '2-99', '--failure', 'too-many'] },
  });

  test('F6 C2 the wait counts down with its reason, and the step says it too', async ({ signedIn: page, app }) => {
    await page.goto('/sync');
    await startSync(page.request, app);
    await expect(card(page)).toContainText(/Waiting ([2-9]|10) s: Real-Debrid asked us to slow down\./);
    await expect(card(page), 'it counts down').toContainText(/Waiting [1-7] s: /, { timeout: 15_000 });
    await expect(card(page)).toContainText(/0 of [\d,]+/);
    await expect(status(page)).toContainText('Real-Debrid asked us to slow down');
    await expectAccessible(page);
    await button(page, 'Cancel').click();
    await button(page, 'Yes, cancel').click();
    await expect(card(page)).toContainText('Nothing has to wait at the moment.');
  });

  test.describe('without JavaScript', () => {
    test.use({ javaScriptEnabled: false });

    test('C2 the page says until when it waits', async ({ signedIn: page, app }) => {
      await startSync(page.request, app);
      await expect
        .poll(async () => (await (await page.request.get('/api/sync/status')).json()).status.pace.waiting?.reason)
        .toContain('slow down');
      await page.goto('/sync');
      await expect(card(page)).toContainText(/Waiting until \d\d:\d\d UTC: Real-Debrid asked us to slow down\./);
      await page.request.post('/api/sync/status', { data: { action: 'cancel' }, headers: { origin: app.url } });
    });
  });
});

test.describe('a token that is refused', () => {
  test.use({
    simulated: { torrents: 5, downloads: 2, seed: 7, rateLimit: 0, flags: ['--fail-at', '2', '--failure', 'bad-token'] },
  });

  test('E4 leads to signing in again, after which the sync works', async ({ signedIn: page, app }) => {
    await page.goto('/sync');
    await startSync(page.request, app);
    await expect(status(page).getByRole('alert')).toContainText('refused the token');
    await expectAccessible(page);
    await status(page).getByRole('link', { name: 'Sign in again' }).click();
    await expect(page.getByRole('heading', { name: 'Reconnect Real-Debrid' })).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('Private API token').fill(TOKEN);
    await button(page, 'Connect').click();
    await expect(page).toHaveURL(/\/sync$/);
    await button(page, 'Retry').click();
    await expect(status(page)).toContainText('Completed');
    await expect(status(page).getByRole('link', { name: 'Sign in again' })).toBeHidden();
  });
});

test.describe('an account that is locked', () => {
  test.use({
    simulated: { torrents: 5, downloads: 2, seed: 7, rateLimit: 0, flags: ['--fail-at', '2', '--failure', 'locked'] },
  });

  test('E4 says who can unlock it and offers no sign-in', async ({ signedIn: page, app }) => {
    await page.goto('/sync');
    await startSync(page.request, app);
    await expect(status(page).getByRole('alert')).toContainText("ask Real-Debrid's support to unlock it");
    await expect(status(page).getByRole('link', { name: 'Sign in again' })).toBeHidden();
  });
});

test.describe('contents that cannot be read', () => {
  test.use({
    simulated: { torrents: 3, downloads: 0, seed: 7, rateLimit: 0, flags: ['--fail-at', '5-6', '--failure', 'truncated'] },
  });

  test.slow();

  test('E6 are named with the reason and lead to their torrent', async ({ signedIn: page, app }) => {
    await startSync(page.request, app);
    await syncEnded(page.request, app);
    await expect(async () => {
      await page.goto('/sync');
      await expect(card(page).getByText(/^The contents of \d torrents? could not be read$/)).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 25_000 });
    await card(page).getByText(/could not be read$/).first().click();
    await expect(card(page)).toContainText('Next try:');
    await expectAccessible(page);
    const link = card(page).getByRole('link').first();
    const name = String(await link.textContent()).trim();
    await link.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  });
});

/** Deletes so many torrents at Real-Debrid itself. */
async function deleteTorrents(page: Page, simulator: Program, count: number): Promise<void> {
  const base = `${simulator.url}/rest/1.0/torrents`;
  const headers = { authorization: `Bearer ${TOKEN}` };
  const torrents = await (await page.request.get(`${base}?limit=5000`, { headers })).json();
  for (const { id } of torrents.slice(0, count)) {
    expect((await page.request.delete(`${base}/delete/${id}`, { headers })).status()).toBe(204);
  }
}

/** A library of which most torrents are gone from Real-Debrid, and a sync that holds their deletion back. */
async function holdDeletions(page: Page, app: App, simulator: Program): Promise<void> {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  await deleteTorrents(page, simulator, 60);
  await startSync(page.request, app);
  await syncEnded(page.request, app);
}

const heldDeletions = async (page: Page) => (await (await page.request.get('/api/sync/deletions')).json()).heldDeletions;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'deletions held back' : 'deletions held back, without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('F2 the list is led to, paged, and can be answered with “Keep them”', async ({ signedIn: page, app, simulator }) => {
      await holdDeletions(page, app, simulator);
      await page.goto('/sync');
      await expect(page.getByRole('heading', { name: 'Deletions held back' })).toBeVisible();
      await page.getByRole('link', { name: 'Show the 60 files' }).click();
      await expect(page).toHaveURL(/\/sync\/deletions$/);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Deletions held back');
      await expect(page.getByText('60 files are gone from Real-Debrid')).toBeVisible();
      const rows = page.getByRole('rowheader');
      await expect(rows).toHaveCount(50);
      const first = await rows.allTextContents();
      if (javaScriptEnabled) await expectAccessible(page);
      await page.getByRole('link', { name: 'Next page' }).click();
      await expect(rows).toHaveCount(10);
      expect(first).not.toContain(await rows.first().textContent());
      await expect(page.getByRole('link', { name: 'Next page' })).toHaveCount(0);
      await page.getByRole('link', { name: 'Back to first page' }).click();
      await expect(rows).toHaveCount(50);

      await button(page, 'Keep them').click();
      await expect(page).toHaveURL(/\/sync$/);
      await expect(page.getByRole('heading', { name: 'Deletions held back' })).toBeHidden();
      expect(await heldDeletions(page)).toBe(0);
      await page.goto('/sync/deletions');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('No deletions wait for an answer');
      if (javaScriptEnabled) await expectAccessible(page);
    });

    test('F2 “Delete them here” deletes what is listed', async ({ signedIn: page, app, simulator, expectedConsole }) => {
      // Without JavaScript nobody uses what the page preloads, and a page that stays open for long says so.
      if (!javaScriptEnabled) expectedConsole.push(/preloaded using link preload/);
      await holdDeletions(page, app, simulator);
      await page.goto('/sync/deletions');
      await button(page, 'Delete them here').click();
      await expect(page).toHaveURL(/\/sync$/);
      const ended = await syncEnded(page.request, app);
      expect(ended.stats.deleted).toBe(60);
      expect(await heldDeletions(page)).toBe(0);
    });
  });
}

test('E4 a stranger is led to sign in, and an address that cannot be read is refused', async ({
  page,
  signedIn,
  openBrowser,
  expectedConsole,
}) => {
  expectedConsole.push(/40[01]/);
  expect((await signedIn.goto('/sync/deletions?cursor=garbage'))?.status()).toBe(400);
  await expect(page.getByRole('alert')).toContainText('cursor');
  const stranger = await openBrowser();
  expect((await stranger.goto('/sync/deletions'))?.status()).toBe(401);
  await expect(stranger.getByRole('main').getByRole('link', { name: 'Connect Real-Debrid' })).toBeVisible();
});
