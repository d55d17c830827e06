// The thin slice: the server starts, answers strangers, signs a person in and copies a library.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, startSync, syncEnded, test } from './fixtures.ts';

test('the server says that it is up and ready', async ({ request, app }) => {
  expect((await request.get(`${app.url}/healthz`)).status()).toBe(200);
  expect((await request.get(`${app.url}/readyz`)).status()).toBe(200);
});

test('a stranger who opens the front page is led to the connection page', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/connection$/);
});

test('a stranger sees what the page is for and how to connect', async ({ page }) => {
  await page.goto('/sync');
  await expect(page.getByRole('heading', { name: 'File Synchronization' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Connect Real-Debrid' }).first()).toBeVisible();
});

test('a signed-in person opens the front page and sees the sync page', async ({ signedIn: page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/sync$/);
  await expect(page.getByRole('button', { name: 'Sync files' })).toBeVisible();
});

test('a sync stores every torrent and every download (A1)', async ({ signedIn: page, app, simulated }) => {
  await startSync(page.request, app);
  const status = await syncEnded(page.request, app);
  expect(status).toMatchObject({ status: 'completed', progress: { percentage: 100 }, stats: { errors: 0 } });
  const files = await (await page.request.get(`${app.url}/api/files?limit=1`)).json();
  expect(files.total).toBe(simulated.torrents + simulated.downloads);
});

test('every route of the API demands a session (F5)', async ({ request, app }) => {
  for (const route of ['/api/sync/status', '/api/sync/configuration', '/api/sync/runs', '/api/files', '/api/duplicates']) {
    expect((await request.get(app.url + route)).status(), route).toBe(401);
  }
});

for (const address of ['/sync', '/connection']) {
  test(`${address} has no accessibility fault that axe finds`, async ({ page }) => {
    await page.goto(address);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page still says what it is', async ({ page }) => {
    await page.goto('/sync');
    await expect(page.getByRole('heading', { name: 'File Synchronization' })).toBeVisible();
  });
});
