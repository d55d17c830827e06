// Signing in and out, with and without JavaScript.
import { TOKEN, expect, test } from './fixtures.ts';

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

  test('E4 a refused token is explained', async ({ page }) => {
    await page.goto('/connection');
    await page.getByLabel('Private API token').fill('NOT-THE-TOKEN');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(page.getByText('refused this token')).toBeVisible();
  });
});
