// Drives the demo through its states and takes a picture of each. To be looked at by people: nothing is compared.
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, startSync, syncEnded, syncStatus, test } from '../tests/fixtures.ts';

const root = path.resolve(import.meta.dirname, '../..');

async function shoot(page: Page, name: string, project: string, fullPage = true): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: path.join(root, 'target/screenshots', `${name}-${project}.png`), fullPage, animations: 'disabled' });
}

test('what a stranger sees', async ({ page }, { project }) => {
  for (const address of ['sync', 'connection']) {
    await page.goto(`/${address}`);
    await shoot(page, `stranger-${address}`, project.name);
  }
});

test('a sign-in with a code', async ({ page }, { project }) => {
  await page.goto('/connection');
  await page.getByRole('button', { name: 'Get a code' }).click();
  await expect(page.getByRole('timer')).toBeVisible();
  await shoot(page, 'stranger-code', project.name);
  await page.goto('/connection?problem=sign_in_ended');
  await shoot(page, 'stranger-code-over', project.name);
});

test('sessions, tokens, and the end of an account', async ({ signedIn: page }, { project }) => {
  await page.goto('/connection');
  await shoot(page, 'connected', project.name);
  await page.goto('/settings');
  await page.getByLabel('Name of the new token').fill('Backup script');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await expect(page.getByText('Your new token.')).toBeVisible();
  await shoot(page, 'settings-token', project.name);
  await page.goto('/settings/disconnect');
  await shoot(page, 'disconnect', project.name);
});

test('before the first sync', async ({ signedIn: page }, { project }) => {
  await page.goto('/sync');
  await shoot(page, 'sync-idle', project.name);
});

test.describe('a large library', () => {
  test.use({ simulated: { torrents: 30_000, downloads: 10_000, seed: 7, rateLimit: 0, flags: [] } });

  test('in the middle of a sync, paused, and asking before it cancels', async ({ signedIn: page, app }, { project }) => {
    await page.goto('/sync');
    // Small batches make it last long enough to be caught.
    await startSync(page.request, app, { batchSize: 25 });
    await expect
      .poll(async () => (await syncStatus(page.request, app)).progress.percentage, { timeout: 30_000, intervals: [20] })
      .toBeGreaterThan(35);
    await shoot(page, 'sync-running', project.name);
    if (project.name === '1440-light') {
      await page.screenshot({ path: path.join(root, 'docs/dashboard.png'), animations: 'disabled' });
    }
    expect((await syncStatus(page.request, app)).status, 'caught in the middle').toBe('running');

    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
    await shoot(page, 'sync-paused', project.name);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await shoot(page, 'sync-cancel-asks', project.name, false);
  });
});

test('a synchronised library', async ({ signedIn: page, app }, { project }) => {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  for (const address of ['sync', 'library', 'duplicates']) {
    const answer = await page.request.get(`/${address}`);
    // Pages that the program does not have yet have no picture.
    if (!answer.ok()) continue;
    await page.goto(`/${address}`);
    await shoot(page, address === 'sync' ? 'sync-completed' : address, project.name);
  }
  const [torrent] = (await (await page.request.get('/api/files?kind=torrent&status=downloaded&limit=1')).json()).files;
  await page.goto(`/library/${torrent.id}`);
  await page.getByLabel('Folder').fill('Films/2019');
  await page.getByLabel('Note').fill('To be watched again.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Folder')).toHaveValue('Films/2019');
  await shoot(page, 'file', project.name);
});

test.describe('a service in trouble', () => {
  test.use({ simulated: { torrents: 20, downloads: 5, seed: 7, rateLimit: 0, flags: [] } });

  test('a failed sync', async ({ signedIn: page, app, simulator }, { project }) => {
    await simulator.kill();
    await startSync(page.request, app, { maxRetries: 0 });
    await syncEnded(page.request, app);
    await page.goto('/sync');
    await shoot(page, 'sync-error', project.name);
  });
});

test('settings: as stored, refused, saved', async ({ signedIn: page }, { project }) => {
  await page.goto('/settings');
  await expect(page.getByRole('switch', { name: 'Notify me when a sync ends' })).toBeVisible();
  await shoot(page, 'settings', project.name);
  await page.getByRole('spinbutton', { name: 'Batch size' }).fill('7');
  await page.getByRole('spinbutton', { name: 'Give up after' }).fill('0');
  await page.getByRole('switch', { name: 'Mark duplicates' }).uncheck();
  await page.getByRole('button', { name: 'Save settings' }).click();
  await shoot(page, 'settings-refused', project.name);
  await page.goto('/settings?defaults');
  await page.getByRole('spinbutton', { name: 'Batch size' }).fill('250');
  await shoot(page, 'settings-defaults', project.name);
  await page.getByRole('button', { name: 'Save settings' }).click();
  await expect(page.getByText('Settings saved')).toBeVisible();
  await shoot(page, 'settings-saved', project.name, false);
});

test('help, and toasts over the page', async ({ signedIn: page, app, simulator }, { project }) => {
  await page.goto('/sync');
  await startSync(page.request, app);
  await expect(page.getByText('Sync completed')).toBeVisible();
  for (const name of ['About', 'Features', 'Troubleshooting']) {
    await page.getByRole('tab', { name }).click();
    await page.getByRole('tab', { name }).blur();
    await shoot(page, `help-${name.toLowerCase()}`, project.name);
  }
  await simulator.kill();
  await startSync(page.request, app, { maxRetries: 0 });
  await expect(page.getByText('Sync failed')).toBeVisible();
  await shoot(page, 'toasts', project.name, false);
});
