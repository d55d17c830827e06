// The sync page: starting, watching and steering a run.
import type { Page } from '@playwright/test';
import { expect, signIn, startSync, syncEnded, syncStatus, test } from './fixtures.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const badge = (page: Page) => page.getByRole('region', { name: 'Status' });
const bar = (page: Page) => page.getByRole('progressbar', { name: 'Sync progress' });
const percentage = async (page: Page) => Number(await bar(page).getAttribute('value'));

/** Several pages of a list that arrive slowly: long enough to press buttons in the middle. */
const LONG = { torrents: 20_000, downloads: 5_000, seed: 7, rateLimit: 0, flags: ['--drip', '2500000'] };

test('D1 C6 a first sync by hand ends with the true numbers and a summary', { tag: '@firefox' }, async ({ signedIn: page, app, simulated }) => {
  await page.goto('/sync');
  await expect(page).toHaveTitle('File Synchronization · DMM');
  await expect(badge(page)).toContainText('Idle');
  await expect(badge(page)).toContainText('Last sync: never');
  await button(page, 'Sync files').click();
  await expect(badge(page)).toContainText('Completed');
  await expect(button(page, 'Sync again')).toBeVisible();

  const { stats } = await syncStatus(page.request, app);
  const total = simulated.torrents + simulated.downloads;
  expect(stats.added).toBe(total);
  const number = (name: string) =>
    badge(page).getByRole('term').filter({ hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::*[1]');
  await expect(number('Added')).toHaveText(stats.added.toLocaleString('en-US'));
  await expect(number('Updated')).toHaveText(String(stats.updated));
  await expect(number('Deleted')).toHaveText(String(stats.deleted));
  await expect(number('Duplicates')).toHaveText(String(stats.duplicates));
  await expect(number('Errors')).toHaveText(String(stats.errors));
  await expect(badge(page)).toContainText(`${total} / ${total} files`);
  await expect(badge(page)).toContainText(`${total} files checked in`);
  await expect(bar(page)).toHaveAttribute('value', '100');
  await expect(badge(page)).toContainText('less than a minute ago');
});

test('D1 a second sync says that nothing has changed, and everything can be read again', async ({ signedIn: page, app }) => {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  await page.goto('/sync');
  await button(page, 'Sync again').click();
  await expect(badge(page)).toContainText('nothing had changed');
  await button(page, 'Read everything again').click();
  await expect.poll(async () => (await (await page.request.get('/api/sync/runs?limit=1')).json()).runs[0].mode).toBe('full');
});

test.describe('a long run', () => {
  test.use({ simulated: LONG });
  test.slow();

  test('C1 C2 C3 C4 the page follows the run without a reload', { tag: '@firefox' }, async ({ signedIn: page }) => {
    await page.goto('/sync');
    await button(page, 'Sync files').click();
    await expect(badge(page)).toContainText('Running');
    await expect(badge(page)).toContainText(/reading|storing|torrent|download/i);
    const seen = new Set<number>();
    let last = 0;
    await expect
      .poll(
        async () => {
          const now = await percentage(page);
          expect(now, 'never backwards').toBeGreaterThanOrEqual(last);
          last = now;
          if (now > 0 && now < 100) seen.add(now);
          return seen.size;
        },
        { timeout: 30_000, intervals: [100] },
      )
      .toBeGreaterThanOrEqual(2);
    await expect(badge(page)).toContainText('/ 25,000 files');
    await expect(badge(page)).toContainText('Completed', { timeout: 60_000 });
    await expect(badge(page)).toContainText('25,000 / 25,000 files');
  });

  test('D3 pause holds the run and resume goes on', { tag: '@firefox' }, async ({ signedIn: page, app }) => {
    await page.goto('/sync');
    await button(page, 'Sync files').click();
    await expect.poll(() => percentage(page), { timeout: 30_000 }).toBeGreaterThan(0);
    await button(page, 'Pause').click();
    await expect(badge(page)).toContainText('Paused');
    const held = (await syncStatus(page.request, app)).progress.processed;
    await page.waitForTimeout(1_000);
    expect((await syncStatus(page.request, app)).progress.processed).toBe(held);
    await expect(button(page, 'Cancel')).toBeVisible();
    await button(page, 'Resume').click();
    await expect(badge(page)).toContainText('Completed', { timeout: 60_000 });
  });

  test('D4 cancel asks first, can be thought over, and ends the run', { tag: '@firefox' }, async ({ signedIn: page, app }) => {
    await page.goto('/sync');
    await button(page, 'Sync files').click();
    await button(page, 'Cancel').click();
    const question = page.getByRole('dialog', { name: 'Cancel this sync?' });
    await expect(question).toBeVisible();
    await expect(button(page, 'Keep syncing'), 'the harmless answer has the focus').toBeFocused();
    await page.keyboard.press('Enter');
    await expect(question).toBeHidden();
    expect((await syncStatus(page.request, app)).status).toBe('running');

    await button(page, 'Cancel').click();
    await button(page, 'Yes, cancel').click();
    await expect(question).toBeHidden();
    await expect(badge(page)).toContainText('Idle', { timeout: 2_000 });
    await expect(badge(page)).toContainText('Cancelled. What was stored until then is kept.');
    await expect(badge(page)).toContainText('Last sync: never');
    expect((await syncStatus(page.request, app)).status).toBe('idle');
    await expect(button(page, 'Sync files')).toBeVisible();
  });

  test('D6 another browser and a reload show the same run, and the run does not need a page', async ({
    signedIn: page,
    app,
    openBrowser,
  }) => {
    await page.goto('/sync');
    const other = await openBrowser();
    await signIn(other.request, app);
    await other.goto('/sync');
    await button(page, 'Sync files').click();
    await expect(badge(other)).toContainText('Running');
    await expect.poll(() => percentage(other), { timeout: 30_000 }).toBeGreaterThan(0);
    await button(other, 'Pause').click();
    await expect(badge(page)).toContainText('Paused');
    const held = await percentage(page);
    await page.reload();
    await expect(badge(page)).toContainText('Paused');
    expect(await percentage(page)).toBe(held);
    await button(page, 'Resume').click();
    await expect(badge(other)).toContainText('Running');
    await page.goto('about:blank');
    await expect(badge(other)).toContainText('Completed', { timeout: 60_000 });
  });

  test('D5 a start that comes too late is refused with a sentence', async ({ signedIn: page, app, expectedConsole }) => {
    expectedConsole.push(/409/, /ERR_FAILED/);
    await page.goto('/sync');
    // The page stays behind the truth: its stream never opens.
    await page.route('**/api/sync/events', (route) => route.abort());
    await page.reload();
    await startSync(page.request, app);
    await button(page, 'Sync files').click();
    await expect(page.getByRole('alert').filter({ hasText: 'already' })).toBeVisible();
    await expect(button(page, 'Sync files'), 'the press is taken back').toHaveAttribute('aria-disabled', 'false');
  });

  test('C5 while it runs the page says what is left and when it ends', async ({ signedIn: page }) => {
    await page.goto('/sync');
    await button(page, 'Sync files').click();
    await expect(badge(page)).toContainText(/\d+ s left · \d{1,2}:\d{2}:\d{2}/, { timeout: 30_000 });
  });
});

test('D7 a press shows at once, before the server has answered', { tag: '@firefox' }, async ({ signedIn: page }) => {
  await page.goto('/sync');
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/ui/sync_control', async (route) => {
    await held;
    await route.continue();
  });
  await button(page, 'Sync files').click();
  await expect(button(page, 'Starting…')).toHaveAttribute('aria-disabled', 'true', { timeout: 500 });
  answer();
  await expect(badge(page)).toContainText('Completed');
});

test('E4 D2 a failed run says why, what to do and when it is tried again, and offers Retry', async ({ signedIn: page, app, simulator }) => {
  await page.goto('/sync');
  await simulator.kill();
  await startSync(page.request, app, { maxRetries: 0 });
  await expect(badge(page)).toContainText('Error');
  const { error } = await syncStatus(page.request, app);
  expect(String(error).length).toBeGreaterThan(20);
  await expect(page.getByRole('alert').filter({ hasText: String(error) })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText(/DMM tries again by itself in [45] min/);
  await expect(button(page, 'Retry')).toBeVisible();
  await expect(badge(page)).toContainText('Last sync: never');
});

test('D6 a lost stream says so and comes back by itself', async ({ signedIn: page, app, expectedConsole }) => {
  expectedConsole.push(/ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET)|Failed to load resource/);
  await Promise.all([page.waitForResponse('**/api/sync/events'), page.goto('/sync')]);
  await app.kill();
  await expect(page.getByText('Reconnecting…')).toBeVisible();
  await app.startAgain();
  await expect(page.getByText('Reconnecting…')).toBeHidden({ timeout: 20_000 });
  await button(page, 'Sync files').click();
  await expect(badge(page)).toContainText('Completed');
});

test('a screen reader hears the state and the end, and not every tick', async ({ signedIn: page, app }) => {
  await Promise.all([page.waitForResponse('**/api/sync/events'), page.goto('/sync')]);
  // Listening has begun when this returns, and words are taken once a frame: the parts of one toast arrive one by one.
  const heard = await page.evaluateHandle(() => {
    const heard: string[] = [];
    const regions = [...document.querySelectorAll<HTMLElement>('[aria-live], [role=status]')];
    const listen = () => {
      const words = regions.map((region) => region.innerText.trim()).filter(Boolean).join(' | ');
      if (words && words !== heard.at(-1)) heard.push(words);
      requestAnimationFrame(listen);
    };
    requestAnimationFrame(listen);
    return heard;
  });
  await startSync(page.request, app, { batchSize: 25 });
  await expect.poll(async () => (await heard.jsonValue()).at(-1)).toContain('160 added.');
  const words = await heard.jsonValue();
  expect(words.length, words.join('\n')).toBeLessThanOrEqual(3);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('D1 the buttons are forms, and the page shows where the run stands', async ({ signedIn: page, app }) => {
    await page.goto('/sync');
    await button(page, 'Sync files').click();
    await expect(page).toHaveURL(/\/sync$/);
    await syncEnded(page.request, app);
    await page.reload();
    await expect(badge(page)).toContainText('Completed');
    await expect(badge(page)).toContainText('files checked in');
    await expect(bar(page)).toHaveAttribute('value', '100');
  });

  test.describe('a long run', () => {
    test.use({ simulated: LONG });

    test('D3 D4 pause, resume, and cancel that asks first', async ({ signedIn: page, app }) => {
      await page.goto('/sync');
      await button(page, 'Sync files').click();
      await button(page, 'Pause').click();
      await expect(badge(page)).toContainText('Paused');
      await button(page, 'Resume').click();
      await expect(badge(page)).toContainText('Running');
      await button(page, 'Cancel').click();
      await button(page, 'Yes, cancel').click();
      await expect(badge(page)).toContainText('Idle');
      expect((await syncStatus(page.request, app)).status).toBe('idle');
    });
  });
});
