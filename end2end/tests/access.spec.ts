// Sessions, API tokens and the end of an account, on the settings page.
import type { Page } from '@playwright/test';
import { expect, signIn, startSync, syncEnded, test } from './fixtures.ts';

const sessions = (page: Page) => page.getByRole('region', { name: 'Sessions' });
const tokens = (page: Page) => page.getByRole('region', { name: 'API tokens' });

async function makeToken(page: Page, name: string): Promise<string> {
  await tokens(page).getByLabel('Name of the new token').fill(name);
  await tokens(page).getByRole('button', { name: 'Make a token' }).click();
  return tokens(page).locator('code').innerText();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });
    if (!javaScriptEnabled) {
      test.beforeEach(({ expectedConsole }) => void expectedConsole.push(/was preloaded using link preload but not used/));
    }

    test('a session of another browser is seen and ended', async ({ signedIn: page, app, openBrowser }) => {
      const other = await openBrowser();
      await signIn(other.request, app);
      await page.goto('/settings');
      await expect(sessions(page).getByText('This session')).toHaveCount(1);
      await expect(sessions(page).getByRole('listitem')).toHaveCount(2);
      await sessions(page).getByRole('button', { name: /^Sign out .+, signed in/ }).click();
      await expect(sessions(page).getByRole('listitem')).toHaveCount(1);
      expect((await other.request.get('/api/auth/session')).status()).toBe(401);
      expect((await page.request.get('/api/auth/session')).status()).toBe(200);
    });

    test('an API token is shown once, works, and is revoked', async ({ signedIn: page, playwright, app }) => {
      await page.goto('/settings');
      const token = await makeToken(page, 'Backup script');
      await expect(tokens(page).locator('code'), 'it is in sight').toBeInViewport();
      expect(token).toMatch(/^dmm_[\w-]{43}$/);
      const script = await playwright.request.newContext({ extraHTTPHeaders: { authorization: `Bearer ${token}` } });
      expect((await script.get(`${app.url}/api/files`)).status()).toBe(200);
      await page.goto('/settings');
      await expect(tokens(page).locator('code'), 'it is shown once').toHaveCount(0);
      expect(await page.content()).not.toContain(token);
      await tokens(page).getByRole('button', { name: 'Revoke Backup script' }).click();
      await expect(tokens(page).getByRole('listitem')).toHaveCount(0);
      expect((await script.get(`${app.url}/api/files`)).status()).toBe(401);
      await script.dispose();
    });

    test('disconnecting asks for the name, and deletes everything', async ({ signedIn: page, app }) => {
      await startSync(page.request, app);
      await syncEnded(page.request, app);
      await page.goto('/settings');
      await page.getByRole('link', { name: 'Disconnect account…' }).click();
      await expect(page.getByText('160 files, with folders')).toBeVisible();
      const name = page.getByRole('textbox', { name: /type your user name/ });
      await name.fill('somebody else');
      await page.getByRole('button', { name: 'Disconnect and delete' }).click();
      await expect(page.getByRole('alert')).toContainText('nothing was done');
      expect((await (await page.request.get('/api/files')).json()).total).toBe(160);
      await name.fill(await page.getByRole('heading', { level: 1 }).locator('span').innerText());
      await page.getByRole('button', { name: 'Disconnect and delete' }).click();
      await expect(page).toHaveURL(/\/connection/);
      await expect(page.getByText('deleted here')).toBeVisible();
      expect((await page.request.get('/api/files')).status()).toBe(401);
      await signIn(page.request, app);
      expect((await (await page.request.get('/api/files')).json()).total).toBe(0);
    });
  });
}

test('all other browsers are signed out at once', async ({ signedIn: page, app, openBrowser }) => {
  const others = [await openBrowser(), await openBrowser()];
  for (const other of others) await signIn(other.request, app);
  await page.goto('/settings');
  await sessions(page).getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(sessions(page).getByRole('listitem')).toHaveCount(1);
  for (const other of others) expect((await other.request.get('/api/auth/session')).status()).toBe(401);
});

test('a name with markup is text', async ({ signedIn: page }) => {
  await page.goto('/settings');
  const name = '<img src=x onerror=alert(1)> "quoted" & more';
  await makeToken(page, name);
  await page.goto('/settings');
  await expect(tokens(page).getByRole('listitem')).toContainText(name);
  await expect(tokens(page).locator('img')).toHaveCount(0);
});
