// The settings page: what the form takes, what it says, and that it needs neither a reload nor WebAssembly.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, startSync, test } from './fixtures.ts';

const field = (page: Page, name: string | RegExp) => page.getByRole('spinbutton', { name });
const save = (page: Page) => page.getByRole('button', { name: 'Save settings' });
const saved = (page: Page) => page.getByRole('region', { name: 'Notifications' }).getByText('Settings saved');
const configuration = async (page: Page) =>
  (await (await page.request.get('/api/sync/configuration')).json()).configuration;

/**
 * Types over what a field holds, as a person does: `fill` writes behind it in Firefox, where a number field lets no
 * script select its text.
 */
async function enter(page: Page, name: string, value: string): Promise<void> {
  await field(page, name).press('ControlOrMeta+a');
  await field(page, name).pressSequentially(value);
}

/** The page with its islands awake: until then the browser checks the form and posts it itself. */
async function open(page: Page, address = '/settings'): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole('switch', { name: 'Notify me when a sync ends' })).toBeVisible();
}

test('F4 every setting is saved without a reload, and is there after one', { tag: '@firefox' }, async ({ signedIn: page }) => {
  await open(page);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await page.getByRole('switch', { name: 'Sync automatically' }).uncheck();
  await enter(page, 'Time between syncs', '90');
  await enter(page, 'Batch size', '250');
  await page.getByRole('switch', { name: 'Mark duplicates' }).uncheck();
  await enter(page, 'Give up after', '90.5');
  await enter(page, 'Repeats of a request', '0');
  await save(page).click();
  await expect(saved(page)).toBeVisible();
  await expect(page.getByText('Not saved yet.')).toBeHidden();
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  expect(await configuration(page)).toEqual({
    autoSync: false, syncInterval: 90, batchSize: 250, enableDuplicateDetection: false, syncTimeout: 90_500, maxRetries: 0,
  });
  await page.reload();
  await expect(page.getByRole('switch', { name: 'Sync automatically' })).not.toBeChecked();
  await expect(field(page, 'Give up after')).toHaveValue('90.5');
});

test('F4 a value out of bounds is named at its field and nothing is saved', { tag: '@firefox' }, async ({ signedIn: page }) => {
  await open(page);
  const batch = field(page, 'Batch size');
  await enter(page, 'Batch size', '7');
  await expect(batch, 'nobody is interrupted while typing').not.toHaveAttribute('aria-invalid');
  await batch.blur();
  await expect(batch).toHaveAttribute('aria-invalid', 'true');
  await expect(batch).toHaveAccessibleDescription(/“Batch size” must be a whole number, 25 to 500 files\./);
  await enter(page, 'Repeats of a request', '11');
  await save(page).click();
  await expect(batch, 'the first field that is wrong has the focus').toBeFocused();
  await expect(page.getByText('“Repeats of a request” must be a whole number, 0 to 10 times.')).toBeVisible();
  expect((await configuration(page)).batchSize).toBe(100);
  await enter(page, 'Batch size', '70');
  await expect(batch, 'mended, and heard at once').not.toHaveAttribute('aria-invalid');
  await enter(page, 'Repeats of a request', '10');
  await save(page).click();
  await expect(saved(page)).toBeVisible();
  expect(await configuration(page)).toMatchObject({ batchSize: 70, maxRetries: 10 });
});

test('F4 what only the server can refuse is said beside the button', async ({ signedIn: page, expectedConsole }) => {
  expectedConsole.push(/400/);
  await open(page);
  await field(page, 'Give up after').fill('1.0005');
  await save(page).click();
  await expect(page.getByRole('alert')).toContainText('“Give up after” must be a number with at most three decimals');
  await expect(save(page)).toBeEnabled();
  await field(page, 'Give up after').fill('1.001');
  await save(page).click();
  await expect(saved(page)).toBeVisible();
  await expect(page.getByRole('alert')).toBeHidden();
  expect((await configuration(page)).syncTimeout).toBe(1001);
});

test('F4 numbers are told in words, changes as not saved, and both can be undone', async ({ signedIn: page }) => {
  await open(page);
  const interval = page.locator('#sync_interval-words');
  await expect(interval).toHaveText('every 30 minutes');
  await expect(page.locator('#sync_timeout-words')).toHaveText('5 min');
  await field(page, 'Time between syncs').fill('1440');
  await expect(interval).toHaveText('every day');
  await field(page, 'Time between syncs').fill('');
  await expect(interval).toBeEmpty();
  await expect(page.getByText('Not saved yet.')).toBeVisible();
  await page.getByRole('link', { name: 'Undo changes' }).click();
  await expect(field(page, 'Time between syncs')).toHaveValue('30');
  await expect(page.getByText('Not saved yet.')).toBeHidden();
});

test('F4 the defaults can be had back', async ({ signedIn: page }) => {
  await open(page);
  await field(page, 'Batch size').fill('250');
  await save(page).click();
  await expect(saved(page)).toBeVisible();
  await page.getByRole('link', { name: 'Reset to defaults' }).click();
  await expect(page.getByText('These are the defaults.')).toBeVisible();
  await expect(field(page, 'Batch size')).toHaveValue('100');
  await expect(page.getByText('Not saved yet.')).toBeVisible();
  expect((await configuration(page)).batchSize, 'shown, and not saved').toBe(250);
  await save(page).click();
  await expect(saved(page)).toBeVisible();
  await expect(page.getByText('These are the defaults.')).toBeHidden();
  expect((await configuration(page)).batchSize).toBe(100);
});

test('D7 saving shows at once, and a second press saves nothing twice', async ({ signedIn: page }) => {
  await open(page);
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  let posts = 0;
  await page.route('**/api/ui/save_settings', async (route) => {
    posts += 1;
    await held;
    await route.continue();
  });
  await field(page, 'Batch size').fill('250');
  await save(page).click();
  const saving = page.getByRole('button', { name: 'Saving…' });
  await expect(saving).toHaveAttribute('aria-disabled', 'true', { timeout: 500 });
  await saving.press('Enter');
  answer();
  await expect(saved(page)).toBeVisible();
  expect(posts).toBe(1);
});

test('the sync page shows the settings in force and leads to the form', async ({ signedIn: page, app }) => {
  await page.request.post('/api/sync/configuration', {
    data: { configuration: { syncInterval: 120, batchSize: 250, enableDuplicateDetection: false } },
    headers: { origin: app.url },
  });
  await page.goto('/sync');
  const card = page.getByRole('region', { name: 'Settings in force' });
  await expect(card).toContainText('every 2 hours');
  await expect(card).toContainText('250 files');
  await expect(card).toContainText('off');
  await card.getByRole('link', { name: 'Change settings' }).click();
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Settings' })).toHaveAttribute('aria-current', 'page');
});

test.describe('a long run', () => {
  test.use({ simulated: { torrents: 20_000, downloads: 5_000, seed: 7, rateLimit: 0, flags: ['--drip', '2500000'] } });

  test('F4 a run that is alive keeps the settings it began with, and the page says so', async ({ signedIn: page, app }) => {
    await open(page);
    const notice = page.getByText('It keeps the settings it began with');
    await expect(page.getByText('What you save counts from the next sync.')).toBeVisible();
    await startSync(page.request, app);
    await expect(notice).toBeVisible();
    await field(page, 'Batch size').fill('250');
    await save(page).click();
    await expect(page.getByText('They count from the next sync.')).toBeVisible();
    await page.request.post('/api/sync/status', { data: { action: 'cancel' }, headers: { origin: app.url } });
    await expect(notice).toBeHidden();
  });
});

test('the form can be filled in and saved by keyboard alone', async ({ signedIn: page }) => {
  await open(page);
  await page.getByRole('switch', { name: 'Sync automatically' }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await expect(field(page, 'Time between syncs')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('60');
  await page.keyboard.press('Enter');
  await expect(saved(page)).toBeVisible();
  await expect(field(page, 'Time between syncs'), 'the focus stays').toBeFocused();
  expect(await configuration(page)).toMatchObject({ autoSync: false, syncInterval: 60 });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the settings have no accessibility fault that axe finds, ${colorScheme}`, async ({ signedIn: page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open(page);
    const faults = async () =>
      (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    expect(await faults()).toEqual([]);
    await field(page, 'Batch size').fill('7');
    await save(page).click();
    expect(await faults(), 'with a complaint').toEqual([]);
    await field(page, 'Batch size').fill('70');
    await save(page).click();
    await expect(saved(page)).toBeVisible();
    expect(await faults(), 'with a toast').toEqual([]);
  });
}

test('a stranger is led to sign in', async ({ page, expectedConsole }) => {
  expectedConsole.push(/401/);
  await page.goto('/settings');
  await page.getByRole('link', { name: 'Connect Real-Debrid' }).first().click();
  await expect(page).toHaveURL(/\/connection$/);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('F4 the form is saved, and refused with what was typed and the reason at its field', async ({ signedIn: page, expectedConsole }) => {
    // Without JavaScript there is no use for WebAssembly, which the browser minds when a test takes its time.
    expectedConsole.push(/preloaded using link preload/);
    await page.goto('/settings');
    await expect(page.getByText('Notify me when a sync ends'), 'it could do nothing here').toBeHidden();
    await field(page, 'Batch size').fill('250');
    await field(page, 'Give up after').fill('1.0005');
    await save(page).click();
    await expect(page.getByText('Nothing was saved')).toBeVisible();
    await expect(field(page, 'Batch size')).toHaveValue('250');
    await expect(field(page, 'Give up after')).toHaveValue('1.0005');
    await expect(field(page, 'Give up after')).toHaveAccessibleDescription(/at most three decimals/);
    await expect(page.getByText('Not saved yet.')).toBeVisible();
    await field(page, 'Give up after').fill('60');
    await save(page).click();
    await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
    await expect(field(page, 'Batch size')).toHaveValue('250');
    expect(await configuration(page)).toMatchObject({ batchSize: 250, syncTimeout: 60_000 });
  });

  test('F4 the browser itself keeps the bounds', async ({ signedIn: page, expectedConsole }) => {
    expectedConsole.push(/preloaded using link preload/);
    await page.goto('/settings');
    await field(page, 'Batch size').fill('7');
    await save(page).click();
    await expect(page).toHaveURL(/\/settings$/);
    expect((await configuration(page)).batchSize).toBe(100);
  });
});
