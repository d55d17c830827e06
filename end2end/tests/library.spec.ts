// Finding files: search, filter, sort and page on the server, so every search has an address.
import type { Page } from '@playwright/test';
import { expect, startSync, syncEnded, test } from './fixtures.ts';

interface ApiFile {
  id: number;
  filename: string;
  kind: 'torrent' | 'download';
  fileSize: number;
  sha1Hash: string | null;
  duplicateOf: number | null;
}

/** What the API says, as the measure for what the page shows. */
async function files(page: Page, search: string): Promise<{ files: ApiFile[]; total: number }> {
  return (await page.request.get(`/api/files?${search}`)).json();
}

const names = (page: Page) => page.getByRole('rowheader').getByRole('link').filter({ hasNotText: /^Duplicate$/ });

test('an empty library leads to the sync', async ({ signedIn: page }) => {
  await page.goto('/library');
  await expect(page.getByRole('heading', { name: 'Nothing is synchronised yet' })).toBeVisible();
  await page.getByRole('link', { name: 'Go to synchronisation' }).click();
  await expect(page).toHaveURL(/\/sync$/);
});

test('F5 a stranger is asked to connect, with the status 401', async ({ page, expectedConsole }) => {
  expectedConsole.push(/401/);
  const response = await page.goto('/library');
  expect(response?.status()).toBe(401);
  await expect(page.getByRole('main').getByRole('link', { name: 'Connect Real-Debrid' })).toBeVisible();
});

test.describe('a synchronised library', () => {
  test.beforeEach(async ({ signedIn: page, app }) => {
    await startSync(page.request, app);
    await syncEnded(page.request, app);
    await page.goto('/library');
  });

  test('A1 it counts every file', async ({ signedIn: page, simulated }) => {
    await expect(page.getByRole('main').getByRole('status')).toHaveText(`${simulated.torrents + simulated.downloads} files`);
  });

  test('a search shows what matches, has an address, and can be reset', { tag: '@firefox' }, async ({ signedIn: page }) => {
    const word = (await files(page, 'limit=1')).files[0]!.filename.split(/[^\p{L}\p{N}]+/u).find((it) => it.length > 2)!;
    const expected = await files(page, `query=${encodeURIComponent(word)}`);
    await page.getByRole('searchbox', { name: 'Search by name' }).fill(word);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect(page).toHaveURL((url) => url.searchParams.get('query') === word);
    await expect(names(page)).toHaveText(expected.files.map(({ filename }) => filename));

    const address = page.url();
    await page.getByRole('link', { name: 'Reset filters' }).click();
    await expect(page).toHaveURL(/\/library$/);
    await page.goto(address);
    await expect(page.getByRole('searchbox', { name: 'Search by name' })).toHaveValue(word);
    await expect(names(page)).toHaveText(expected.files.map(({ filename }) => filename));
  });

  test('a search without a match says so and offers the way back', async ({ signedIn: page }) => {
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('no file has this name');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'Reset filters' }).last().click();
    await expect(names(page).first()).toBeVisible();
  });

  test('filters and order are those of the API', async ({ signedIn: page }) => {
    await page.getByLabel('Kind').selectOption({ label: 'Downloads' });
    await page.getByLabel('Sort by').selectOption({ label: 'Size' });
    await page.getByLabel('Order').selectOption({ label: 'Ascending' });
    await page.getByRole('button', { name: 'Apply' }).click();
    const expected = await files(page, 'kind=download&sort=size&order=asc');
    expect(expected.files.every(({ kind }) => kind === 'download')).toBe(true);
    await expect(names(page)).toHaveText(expected.files.map(({ filename }) => filename));
    await expect(page.getByLabel('Kind'), 'the form keeps what was chosen').toHaveValue('download');
  });

  test('A4 pages follow each other without gap or repetition, and Back leads back', async ({ signedIn: page, simulated }) => {
    await page.getByLabel('Page size').selectOption('25');
    await page.getByRole('button', { name: 'Apply' }).click();
    const pages: string[][] = [];
    const addresses = () =>
      names(page).evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname));
    for (;;) {
      pages.push(await addresses());
      const next = page.getByRole('link', { name: 'Next page' });
      if ((await next.count()) === 0) break;
      const before = page.url();
      await next.click();
      await expect(page).not.toHaveURL(before);
    }
    const seen = pages.flat();
    expect(pages.length).toBeGreaterThan(2);
    expect(seen).toHaveLength(simulated.torrents + simulated.downloads);
    expect(new Set(seen).size).toBe(seen.length);

    await page.goBack();
    expect(await addresses()).toEqual(pages.at(-2));
    await page.getByRole('link', { name: 'Back to first page' }).click();
    await expect(page.getByRole('link', { name: 'Back to first page' })).toHaveCount(0);
    expect(await addresses()).toEqual(pages[0]);
  });

  test('B2 a duplicate is marked, kept, and leads to its original', async ({ signedIn: page }) => {
    const expected = await files(page, 'duplicates=only');
    expect(expected.total, 'the simulated library holds duplicates').toBeGreaterThan(0);
    await page.getByLabel('Duplicates').selectOption({ label: 'Only duplicates' });
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(names(page)).toHaveText(expected.files.map(({ filename }) => filename));
    const badges = page.getByRole('link', { name: 'Duplicate: show the original' });
    await expect(badges).toHaveCount(expected.files.length);
    await badges.first().click();
    await expect(page).toHaveURL(new RegExp(`/library/${expected.files[0]!.duplicateOf}$`));
    const original: ApiFile = await (await page.request.get(`/api/files/${expected.files[0]!.duplicateOf}`)).json();
    await expect(page.getByText(original.sha1Hash!)).toBeVisible();
    expect(original.sha1Hash).toBe(expected.files[0]!.sha1Hash);
  });

  test('A2 one file shows name, size, type, SHA-1 and what is inside', { tag: '@firefox' }, async ({ signedIn: page }) => {
    const torrent = (await files(page, 'kind=torrent&status=downloaded&limit=1')).files[0]!;
    await page.goto(`/library/${torrent.id}`);
    await expect(page).toHaveTitle(`${torrent.filename} · DMM`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(torrent.filename);
    await expect(page.getByText(torrent.sha1Hash!)).toBeVisible();
    const { contents } = await (await page.request.get(`/api/files/${torrent.id}`)).json();
    expect(contents.length).toBeGreaterThan(0);
    await page.reload();
    await expect(page.getByRole('table', { name: 'Files inside this torrent' }).getByRole('rowheader')).toHaveText(
      contents.map(({ path }: { path: string }) => path.replace(/^\//, '')),
    );
  });

  test('F3 what I say of a file is shown, found by its folder, and kept through a sync', { tag: '@firefox' }, async ({
    signedIn: page,
    app,
  }) => {
    const torrent = (await files(page, 'kind=torrent&status=downloaded&limit=1')).files[0]!;
    await page.goto(`/library/${torrent.id}`);
    await page.getByLabel('Folder').fill('Films/2019');
    await page.getByRole('textbox', { name: 'Name' }).fill('The one with the lighthouse');
    await page.getByLabel('Note').fill('<b>To be watched again</b>');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('The one with the lighthouse');
    await startSync(page.request, app, { mode: 'full' });
    await syncEnded(page.request, app);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('The one with the lighthouse');
    await expect(page.getByLabel('Note')).toHaveValue('<b>To be watched again</b>');
    await page.getByRole('link', { name: 'Show this folder' }).click();
    await expect(names(page)).toHaveText([torrent.filename]);
  });

  test('the contents of all torrents are read by themselves, and the sync page says how many', async ({
    signedIn: page,
  }) => {
    await page.goto('/sync');
    await expect(page.getByText(/^Contents of [\d,]+ of [\d,]+ torrents read$/)).toBeVisible({ timeout: 20_000 });
  });

  test('E4 an address that cannot be read gets 400 and one sentence', async ({ signedIn: page, expectedConsole }) => {
    expectedConsole.push(/400/);
    for (const search of ['kind=movie', 'limit=0', 'colour=red', 'cursor=garbage']) {
      const response = await page.goto(`/library?${search}`);
      expect(response?.status(), search).toBe(400);
      await expect(page.getByRole('alert'), search).not.toBeEmpty();
      await expect(page.getByRole('link', { name: 'Reset filters' })).toBeVisible();
    }
  });

  test('E4 a file that does not exist gets 404 and the way back', async ({ signedIn: page, expectedConsole }) => {
    expectedConsole.push(/404/);
    for (const id of ['999999', 'abc']) {
      const response = await page.goto(`/library/${id}`);
      expect(response?.status()).toBe(404);
      await expect(page.getByRole('heading', { name: 'No such file' })).toBeVisible();
    }
    await page.getByRole('link', { name: 'Go to the library' }).click();
    await expect(names(page).first()).toBeVisible();
  });

  test('nothing is wider than the screen, down to 320 pixels', async ({ signedIn: page }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    for (const address of ['/library', '/library/1', '/sync', '/connection']) {
      await page.goto(address);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wider, address).toBeLessThanOrEqual(0);
    }
  });
});
