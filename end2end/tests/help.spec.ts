// The help on the sync page: three tabs by the ARIA pattern, each with an address, and remedies that can be pressed.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, startSync, syncEnded, test } from './fixtures.ts';

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
const panel = (page: Page, name: string) => page.getByRole('tabpanel', { name, exact: true });

/** The tabs take keys once one alone is in the order of the Tab key. */
async function open(page: Page, address = '/sync'): Promise<void> {
  await page.goto(address);
  await expect(page.locator('[role=tab][tabindex="-1"]')).toHaveCount(2);
}

test('the tabs are moved by arrows, Home and End, and the address follows', async ({ signedIn: page }) => {
  await open(page);
  await expect(page.getByRole('tablist', { name: 'Help' })).toBeVisible();
  await expect(panel(page, 'About')).toContainText('First sync');
  await tab(page, 'About').focus();
  for (const [key, name, address] of [
    ['ArrowRight', 'Features', 'features'],
    ['ArrowRight', 'Troubleshooting', 'troubleshooting'],
    ['ArrowRight', 'About', 'about'],
    ['ArrowLeft', 'Troubleshooting', 'troubleshooting'],
    ['Home', 'About', 'about'],
    ['End', 'Troubleshooting', 'troubleshooting'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(tab(page, name)).toBeFocused();
    await expect(tab(page, name)).toHaveAttribute('aria-selected', 'true');
    await expect(tab(page, name)).toHaveAttribute('tabindex', '0');
    await expect(page.getByRole('tabpanel')).toHaveCount(1);
    await expect(panel(page, name)).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`/sync\\?help=${address}#help$`));
  }
  await page.keyboard.press('Tab');
  await expect(panel(page, 'Troubleshooting'), 'one stop for all tabs').toBeFocused();
});

test('a click opens a tab without a reload, and a reload opens the same', async ({ signedIn: page }) => {
  await open(page);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await tab(page, 'Features').click();
  await expect(panel(page, 'Features')).toContainText('at present of 100 files');
  await expect(panel(page, 'Features')).toContainText('every 30 minutes');
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  await page.reload();
  await expect(panel(page, 'Features')).toBeVisible();
});

test('every remedy does what it says', async ({ signedIn: page, app }) => {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  await open(page, '/sync?help=troubleshooting');
  const help = panel(page, 'Troubleshooting');
  await help.getByRole('button', { name: 'Read everything again' }).click();
  await expect.poll(async () => (await (await page.request.get('/api/sync/runs?limit=1')).json()).runs[0].mode).toBe('full');
  await syncEnded(page.request, app);
  for (const [name, address] of [
    ['Open settings', '/settings'],
    ['Show what failed', '/history'],
    ['Sign in again', '/connection'],
    ['Show duplicates', '/duplicates'],
  ] as const) {
    await expect(help.getByRole('link', { name }).first()).toHaveAttribute('href', address);
  }
  await help.getByRole('link', { name: 'Sign in again' }).click();
  await expect(page.getByRole('button', { name: 'Sign out' }).first()).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the help has no accessibility fault that axe finds, ${colorScheme}`, async ({ signedIn: page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open(page);
    for (const name of ['About', 'Features', 'Troubleshooting']) {
      await tab(page, name).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), name).toEqual([]);
    }
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the tabs are links that the keyboard reaches, and remedies are forms', async ({ signedIn: page, app, expectedConsole }) => {
    expectedConsole.push(/preloaded using link preload/);
    await page.goto('/sync');
    await tab(page, 'About').focus();
    await page.keyboard.press('Tab');
    await expect(tab(page, 'Features')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/sync\?help=features#help$/);
    await expect(panel(page, 'Features')).toBeVisible();
    await expect(panel(page, 'About')).toBeHidden();
    await tab(page, 'Troubleshooting').click();
    await panel(page, 'Troubleshooting').getByRole('button', { name: 'Read everything again' }).click();
    await expect(page).toHaveURL(/\/sync$/);
    const { error } = await syncEnded(page.request, app);
    expect(error).toBeNull();
    expect((await (await page.request.get('/api/sync/runs?limit=1')).json()).runs[0].mode).toBe('full');
  });
});
