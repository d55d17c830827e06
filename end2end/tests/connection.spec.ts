// Signing in and out, with and without JavaScript.
import type { Page } from '@playwright/test';
import { TOKEN, expect, startSync, syncEnded, test } from './fixtures.ts';
import { Program } from './program.ts';

const device = (page: Page) => page.getByRole('region', { name: 'Approve the code on real-debrid.com' });

/** Gets a code; gives the address at which its user approves it. */
async function getCode(page: Page): Promise<string> {
  await page.goto('/connection');
  await page.getByRole('button', { name: 'Get a code' }).click();
  await expect(device(page)).toBeVisible();
  return (await device(page).getByRole('link', { name: 'Open Real-Debrid' }).getAttribute('href')) ?? '';
}

test('E4 a refused token is explained beside its field, with what to do', { tag: '@firefox' }, async ({ page }) => {
  await page.goto('/connection');
  await page.getByLabel('Private API token').fill('NOT-THE-TOKEN');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page).toHaveURL(/\/connection/);
  await expect(page.getByRole('alert')).toContainText('refused this token');
  await expect(page.getByRole('alert')).toContainText('real-debrid.com/apitoken');
  await expect(page.getByLabel('Private API token')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Private API token'), 'a secret is not written back').toHaveValue('');
});

test('E4 a Real-Debrid that cannot be reached is told apart from a wrong token', async ({ page, simulator }) => {
  await simulator.kill();
  await page.goto('/connection');
  await page.getByLabel('Private API token').fill(TOKEN);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('could not be reached', { timeout: 25_000 });
});

test('a token leads to the sync page, and Sign out leads back and ends the session', { tag: '@firefox' }, async ({ page }) => {
  await page.goto('/connection');
  await page.getByLabel('Private API token').fill(TOKEN);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page).toHaveURL(/\/sync$/);
  await expect(page.getByRole('button', { name: 'Sync files' })).toBeVisible();

  await page.goto('/connection');
  await expect(page.getByRole('heading', { name: 'Connected to Real-Debrid' })).toBeVisible();
  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/connection$/);
  await page.goto('/sync');
  await expect(page.getByRole('main').getByRole('link', { name: 'Connect Real-Debrid' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sync files' })).toHaveCount(0);
});

test('a code is shown large, with its address and a countdown, and the page goes on by itself once the user has approved it', { tag: '@firefox' }, async ({ page, simulator }) => {
  const address = await getCode(page);
  const code = await device(page).locator('strong').innerText();
  expect(address).toBe(`${simulator.url}/authorize?client_id=X245A4XAIBGVM&device_id=${code}`);
  await expect(device(page).getByRole('img', { name: /QR code/ })).toBeVisible();
  await expect(device(page).getByText('https://real-debrid.com/device'), 'for another device').toBeVisible();
  await expect(device(page).getByRole('link', { name: 'I have approved it' }), 'it goes on by itself').toBeHidden();
  const left = device(page).getByRole('timer');
  const before = await left.innerText();
  await expect(left, 'it counts down').not.toHaveText(before);
  // A reload in the middle goes on with the same code.
  await page.reload();
  await expect(device(page).locator('strong')).toHaveText(code);
  expect((await page.request.get(address)).status()).toBe(200);
  await expect(page).toHaveURL(/\/sync$/, { timeout: 20_000 });
  await expect(page.getByRole('button', { name: 'Sync files' })).toBeVisible();
  await page.goto('/connection');
  await expect(page.getByRole('heading', { name: 'Connected to Real-Debrid' })).toBeVisible();
  await expect(device(page), 'the code is over').toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Get a code' }), 'nobody has to sign in again').toBeHidden();
});

test('a code can be copied, given up and asked for anew', async ({ page, context, browserName }) => {
  await getCode(page);
  const first = await device(page).locator('strong').innerText();
  if (browserName === 'chromium') await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await device(page).getByRole('button', { name: 'Copy' }).click();
  await expect(device(page).getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);
  await device(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Get a code' })).toBeVisible();
  await getCode(page);
  expect(await device(page).locator('strong').innerText()).not.toBe(first);
});

test('a code that is over says so and offers a new one', async ({ page, simulator, expectedConsole }) => {
  test.slow();
  expectedConsole.push(/410 \(/);
  await getCode(page);
  // A Real-Debrid that has forgotten the code says what it says of one that expired or was refused.
  await simulator.kill();
  const listen = new URL(simulator.url).host;
  const forgetful = await Program.start(['simulate', '--listen', listen, '--token', TOKEN], test.info().outputPath());
  await expect(page.getByRole('alert')).toContainText('Get a new one', { timeout: 20_000 });
  await expect(page.getByRole('button', { name: 'Get a code' })).toBeVisible();
  await forgetful.stop();
});

test('who has revoked the approval is asked to reconnect, and nothing is deleted', async ({ page, app, simulator, directory }) => {
  test.slow();
  const address = await getCode(page);
  await page.request.get(address);
  await expect(page).toHaveURL(/\/sync$/, { timeout: 20_000 });
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  // The same account at a Real-Debrid that knows none of the tokens it gave out.
  await simulator.kill();
  const listen = new URL(simulator.url).host;
  const again = await Program.start(['simulate', '--torrents', '120', '--downloads', '40', '--seed', '7', '--listen', listen, '--token', TOKEN], `${directory}/again`);
  await startSync(page.request, app);
  expect((await syncEnded(page.request, app)).status).toBe('error');
  await page.goto('/sync');
  await expect(page.getByText('no longer gives DMM access')).toBeVisible();
  await page.getByRole('link', { name: 'Reconnect' }).click();
  await expect(page.getByRole('heading', { name: 'Reconnect Real-Debrid' })).toBeVisible();
  await page.goto('/library');
  await expect(page.getByText('160 files', { exact: true })).toBeVisible();
  const renewed = await getCode(page);
  await page.request.get(renewed);
  await expect(page).toHaveURL(/\/sync$/, { timeout: 20_000 });
  await expect(page.getByText('no longer gives DMM access')).toHaveCount(0);
  await again.stop();
});

test('the token cannot be read by scripts of the page, and the session is not the token', async ({ page, context }) => {
  await page.goto('/connection');
  await page.getByLabel('Private API token').fill(TOKEN);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page).toHaveURL(/\/sync$/);
  const session = (await context.cookies()).find(({ name }) => name === 'dmm_session');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  expect(session?.value).not.toContain(TOKEN);
  expect(await page.content()).not.toContain(TOKEN);
});

test('a sentence in the address never becomes a sentence on the page', async ({ page }) => {
  await page.goto('/connection?problem=Send%20your%20token%20to%20evil.example');
  await expect(page.getByText('evil.example')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the demo library opens with one button', async ({ page }) => {
    await page.goto('/connection');
    await page.getByRole('button', { name: 'Try the demo library' }).click();
    await expect(page).toHaveURL(/\/sync$/);
    await expect(page.getByRole('button', { name: 'Sync files' })).toBeVisible();
  });

  test('a code waits for the press that says that it was entered', async ({ page }) => {
    const address = await getCode(page);
    await page.getByRole('link', { name: 'I have approved it' }).click();
    await expect(device(page), 'not yet').toBeVisible();
    await page.request.get(address);
    // Real-Debrid is asked again when its interval is over.
    await expect(async () => {
      await page.getByRole('link', { name: 'I have approved it' }).click();
      await expect(page).toHaveURL(/\/sync$/, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
  });

  test('E4 a refused token is explained', async ({ page }) => {
    await page.goto('/connection');
    await page.getByLabel('Private API token').fill('NOT-THE-TOKEN');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(page.getByText('refused this token')).toBeVisible();
  });
});
