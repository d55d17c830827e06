// What is there more than once: certain by SHA-1, likely by name and size.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, startSync, syncEnded, test } from './fixtures.ts';

interface Entry {
  id: number;
  filename: string;
}

interface Duplicates {
  groups: { sha1Hash: string; entries: number; files: Entry[] }[];
  totalGroups: number;
  totalDuplicates: number;
  likely: { reason: string; companions: boolean; files: Entry[] }[];
}

/** What the API says, as the measure for what the page shows. */
async function duplicates(page: Page, search = 'limit=500'): Promise<Duplicates> {
  return (await page.request.get(`/api/duplicates?${search}`)).json();
}

const cards = (page: Page) => page.getByRole('article');

/** The numbers of the entries that a page shows, card by card. */
const shown = (page: Page) =>
  cards(page).evaluateAll((all) =>
    all.map((card) => [...card.querySelectorAll('tbody th a')].map((link) => Number((link as HTMLAnchorElement).pathname.split('/').pop()))),
  );

const numbers = (groups: { files: Entry[] }[]) => groups.map(({ files }) => files.map(({ id }) => id));

/** Follows “Next page” to the end and gives what every page showed. */
async function walk(page: Page): Promise<number[][]> {
  const all: number[][] = [];
  for (;;) {
    all.push(...(await shown(page)));
    const next = page.getByRole('link', { name: 'Next page' });
    if ((await next.count()) === 0) return all;
    const before = page.url();
    await next.click();
    await expect(page).not.toHaveURL(before);
  }
}

async function synchronised(page: Page, app: Parameters<typeof startSync>[1], body: object = {}): Promise<void> {
  await startSync(page.request, app, body);
  await syncEnded(page.request, app);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider, 'nothing is wider than the screen').toBeLessThanOrEqual(0);
}

test('F5 a stranger is asked to connect, with the status 401', async ({ page, expectedConsole }) => {
  expectedConsole.push(/401/);
  expect((await page.goto('/duplicates'))?.status()).toBe(401);
  await expect(page.getByRole('main').getByRole('link', { name: 'Connect Real-Debrid' })).toBeVisible();
});

test('B8 before the first sync the page leads to it', async ({ signedIn: page }) => {
  await page.goto('/duplicates');
  await expect(page.getByRole('heading', { name: 'Nothing is synchronised yet' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Go to synchronisation' }).click();
  await expect(page).toHaveURL(/\/sync$/);
});

test('B2 groups by SHA-1 show every entry, the original first, and lead to it', async ({ signedIn: page, app }) => {
  await synchronised(page, app);
  await page.goto('/library');
  const all = await duplicates(page);
  expect(all.totalGroups, 'the simulated library holds duplicates').toBeGreaterThan(0);
  await page.getByRole('link', { name: `${all.totalDuplicates} duplicates` }).click();
  await expect(page).toHaveURL(/\/duplicates$/);
  await expectAccessible(page);
  expect(await shown(page)).toEqual(numbers(all.groups));
  const first = cards(page).first();
  await expect(first.getByText(all.groups[0]!.sha1Hash)).toBeVisible();
  await expect(first.getByRole('rowheader').first()).toContainText('Original');
  await expect(first.getByRole('rowheader').nth(1)).toContainText('Duplicate');
  const [original] = all.groups[0]!.files;
  await first.getByRole('rowheader').first().getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/library/${original!.id}$`));
});

test('B8 likely duplicates are shown apart, with the reason of each', async ({ signedIn: page, app }) => {
  await synchronised(page, app);
  await page.goto('/library');
  await page.getByRole('link', { name: 'likely ones' }).click();
  await expect(page).toHaveTitle('Likely duplicates · DMM');
  await expectAccessible(page);
  const { likely } = await duplicates(page);
  expect(likely.filter(({ companions }) => !companions).length).toBeGreaterThan(0);
  expect(likely.filter(({ companions }) => companions).length).toBeGreaterThan(0);
  await expect(cards(page).first().getByText(likely[0]!.reason)).toBeVisible();
  expect(await walk(page)).toEqual(numbers(likely));
  await expect(page.getByRole('heading', { name: 'Torrents with their download, by name' })).toBeVisible();
});

test('B7 the page says that the detection is off, and that nothing is there', async ({ signedIn: page, app }) => {
  await synchronised(page, app, { enableDuplicateDetection: false });
  await page.goto('/duplicates');
  await expect(page.getByText('The last sync did not look for duplicates')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No duplicates are marked' })).toBeVisible();
  const body = { configuration: { enableDuplicateDetection: false } };
  await page.request.post('/api/sync/configuration', { data: body, headers: { origin: app.url } });
  await page.reload();
  await expect(page.getByText('Duplicate detection is switched off')).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: 'Go to settings' })).toHaveAttribute('href', '/settings');
  await expectAccessible(page);
});

test('E4 an address that cannot be read gets 400 and the way back', async ({ signedIn: page, expectedConsole }) => {
  expectedConsole.push(/400/);
  for (const search of ['list=sideways', 'cursor=garbage', 'list=likely&cursor=garbage', 'colour=red']) {
    expect((await page.goto(`/duplicates?${search}`))?.status(), search).toBe(400);
    await expect(page.getByRole('alert'), search).not.toBeEmpty();
    await expect(page.getByRole('link', { name: 'Go to the duplicates' })).toBeVisible();
  }
});

test.describe('a library without duplicates', () => {
  test.use({ simulated: { torrents: 3, downloads: 1, seed: 7, rateLimit: 0, flags: [] } });

  test('B8 says that there are none', async ({ signedIn: page, app }) => {
    await synchronised(page, app);
    await page.goto('/duplicates');
    await expect(page.getByRole('heading', { name: 'No two entries have the same SHA-1' })).toBeVisible();
    await page.getByRole('link', { name: 'Look for likely duplicates' }).click();
    await expect(page.getByRole('heading', { name: 'Nothing looks like a duplicate' })).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false, simulated: { torrents: 700, downloads: 100, seed: 7, rateLimit: 0, flags: [] } });

  test('B8 the lists are whole, page by page', async ({ signedIn: page, app }) => {
    await synchronised(page, app);
    await page.goto('/duplicates');
    const { groups, likely } = await duplicates(page);
    expect(groups.length, 'more than a page').toBeGreaterThan(20);
    const first = await shown(page);
    expect(await walk(page)).toEqual(numbers(groups));
    await page.getByRole('link', { name: 'Back to first page' }).click();
    await expect(page).toHaveURL(/\/duplicates$/);
    expect(await shown(page)).toEqual(first);
    await page.getByRole('navigation', { name: 'Kinds of duplicates' }).getByRole('link', { name: 'Likely' }).click();
    expect(await walk(page)).toEqual(numbers(likely));
  });
});
