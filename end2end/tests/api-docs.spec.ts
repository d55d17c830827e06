// The page that describes the API: whole without JavaScript, accessible, and its commands really work.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, TOKEN } from './fixtures.ts';

test('a stranger who opens the page of the API is led to the connection page', async ({ page }) => {
  await page.goto('/api/docs');
  await expect(page).toHaveURL(/\/connection$/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page of the API has no accessibility fault that axe finds (${colorScheme})`, async ({ signedIn: page }) => {
    // A long page, of which every part is looked at.
    test.slow();
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('/api/docs');
    await expect(page.getByRole('heading', { name: 'API', exact: true })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
}

test('the page of the API is no wider than the window, and its contents lead to the operations', async ({ signedIn: page }) => {
  await page.goto('/sync');
  await page.getByRole('link', { name: 'API for programs' }).click();
  await expect(page).toHaveURL(/\/api\/docs$/);
  const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(width).toBeLessThanOrEqual(0);
  await page.getByRole('navigation', { name: 'On this page' }).getByRole('link', { name: 'Starts a sync' }).click();
  await expect(page.getByRole('heading', { name: 'Starts a sync' })).toBeInViewport();
});

test('the commands on the page of the API can be copied into a terminal and work', async ({ signedIn: page, app, request }) => {
  await page.goto('/api/docs');
  const preparation = await page.getByLabel('Commands that prepare a terminal').innerText();
  const status = page.getByRole('article', { name: 'Says where the sync stands' });
  const command = await status.getByLabel('A command that asks for it').innerText();
  // jq is not on every machine; what it takes out is known here.
  const session = await request.post(`${app.url}/api/auth/token`, { data: { token: TOKEN } });
  const { accessToken } = (await session.json()) as { accessToken: string };
  expect(preparation).toContain(`DMM_URL=${app.url}`);
  const script = `DMM_URL=${app.url}\nDMM_TOKEN=${accessToken}\n${command.replace('curl', 'curl -s')}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script]);
  expect(JSON.parse(stdout)).toMatchObject({ status: { status: 'idle' }, configuration: { batchSize: 100 } });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page of the API is whole', async ({ signedIn: page }) => {
    await page.goto('/api/docs');
    await expect(page.getByRole('article', { name: 'Pauses, resumes or cancels the sync' })).toBeVisible();
    await page.getByRole('link', { name: 'SyncStatus' }).first().click();
    await expect(page.getByRole('article', { name: 'SyncStatus' })).toBeInViewport();
  });
});
