// What reaches a person who looks elsewhere: toasts, the percentage in the tab, the browser's notification.
import type { Page } from '@playwright/test';
import { expect, startSync, syncEnded, test } from './fixtures.ts';

const toasts = (page: Page) => page.getByRole('region', { name: 'Notifications' });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Opens a page with its event stream. */
async function open(page: Page, address = '/sync'): Promise<void> {
  await Promise.all([page.waitForResponse('**/api/sync/events'), page.goto(address)]);
}

/** The same, with a clock that only the test moves. */
async function openOutOfTime(page: Page, address = '/sync'): Promise<void> {
  const now = Date.now();
  await page.clock.install({ time: now });
  await open(page, address);
  await page.clock.pauseAt(now + 60_000);
}

/** Puts the tab into the background, or back; no other tab has to be opened for it. */
async function turn(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
}

const LONG = { torrents: 20_000, downloads: 5_000, seed: 7, rateLimit: 0, flags: ['--drip', '2500000'] };

test('C6 a run that completes is told with its counts, politely, and goes by itself', async ({ signedIn: page, app }) => {
  await openOutOfTime(page);
  await expect(toasts(page)).toHaveAttribute('aria-live', 'polite');
  await expect(toasts(page).getByText(/Sync/), 'what was before is no news').toHaveCount(0);
  await button(page, 'Sync files').focus();
  await startSync(page.request, app);
  await expect(toasts(page)).toContainText('Sync completed 160 added.');
  await expect(button(page, 'Sync again'), 'the focus stays where it was').toBeFocused();
  await page.clock.runFor(8_000);
  await expect(toasts(page)).toContainText('Sync completed');
  await page.clock.runFor(4_000);
  await expect(toasts(page)).not.toContainText('Sync completed');
});

test.describe('with a mouse', () => {
  // A finger does not point; a mouse does, on a narrow screen too.
  test.use({ hasTouch: false, isMobile: false });

  test('a toast stays while it is pointed at, and while the tab is in the background', async ({ signedIn: page, app }) => {
    await openOutOfTime(page);
    await startSync(page.request, app);
    await toasts(page).getByText('Sync completed').hover();
    await page.clock.runFor(30_000);
    await expect(toasts(page)).toContainText('Sync completed');
    await page.mouse.move(0, 0);
    await turn(page, true);
    await page.clock.runFor(30_000);
    await expect(toasts(page)).toContainText('Sync completed');
    await turn(page, false);
    await page.clock.runFor(11_000);
    await expect(toasts(page)).not.toContainText('Sync completed');
  });
});

test('E4 a run that fails is told with its reason until that is dismissed', async ({ signedIn: page, app, simulator }) => {
  await openOutOfTime(page, '/settings');
  await simulator.kill();
  await startSync(page.request, app, { maxRetries: 0 });
  const { error } = await syncEnded(page.request, app);
  await expect(toasts(page)).toContainText(`Sync failed ${String(error)}`);
  await page.clock.runFor(120_000);
  await expect(toasts(page)).toContainText('Sync failed');
  await toasts(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(toasts(page).getByText('Sync failed')).toHaveCount(0);
  await page.reload();
  await expect(toasts(page).getByText('Sync failed'), 'told once').toHaveCount(0);
});

test('toasts and the state of a run move nothing on the settings page', async ({ signedIn: page, app }) => {
  await open(page, '/settings');
  await page.evaluate(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: false });
  });
  await startSync(page.request, app);
  await expect(toasts(page)).toContainText('Sync completed 160 added.');
  await toasts(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(toasts(page)).not.toContainText('Sync completed');
  expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([]);
});

test.describe('a long run', () => {
  test.use({ simulated: LONG });
  test.slow();

  test('C3 a tab in the background shows the percentage in title and icon, and is itself again when looked at', async ({
    signedIn: page,
    app,
  }) => {
    await open(page);
    const icon = page.locator('link[rel=icon]');
    await startSync(page.request, app);
    await expect(page.getByRole('progressbar', { name: 'Sync progress' })).not.toHaveAttribute('value', '0', { timeout: 30_000 });
    await expect(page).toHaveTitle('File Synchronization · DMM');
    // Writes of the title are counted: at most one a second.
    await page.evaluate(() => {
      const titles: [number, string][] = [];
      Object.assign(window, { titles });
      new MutationObserver(() => titles.push([performance.now(), document.title])).observe(document.querySelector('title')!, {
        childList: true, characterData: true, subtree: true,
      });
    });
    await turn(page, true);
    await expect(page).toHaveTitle(/^\d+ % · File Synchronization · DMM$/);
    await expect(icon).toHaveAttribute('href', /^data:image\/svg\+xml,.*>\d+<\/text>/);
    await turn(page, false);
    await expect(page).toHaveTitle('File Synchronization · DMM');
    await expect(icon).toHaveAttribute('href', /\/favicon\.svg$/);
    await turn(page, true);
    await expect(page).toHaveTitle(/%/);
    await expect(page).toHaveTitle('File Synchronization · DMM', { timeout: 60_000 });
    await expect(icon).toHaveAttribute('href', /\/favicon\.svg$/);
    expect((await syncEnded(page.request, app)).status).toBe('completed');
    const titles = await page.evaluate(() => (window as unknown as { titles: [number, string][] }).titles);
    const shown = titles.filter(([, title]) => title.includes('%'));
    let first = 0;
    for (const [place, [at]] of shown.entries()) {
      const before = shown[place - 1];
      const hadBeenBack = titles.some(([time, title]) => before && time > before[0] && time < at && !title.includes('%'));
      if (hadBeenBack) first = place;
      // Since the first: a busy page is told of a write late, up to half a second, and of the next one at once.
      expect(at - shown[first]![0]).toBeGreaterThan((place - first) * 1_000 - 500);
    }
  });

  test('D4 a run that is cancelled is told', async ({ signedIn: page, app }) => {
    await open(page);
    await startSync(page.request, app);
    await page.request.post('/api/sync/status', { data: { action: 'cancel' }, headers: { origin: app.url } });
    await expect(toasts(page)).toContainText('Sync cancelled What was stored until then is kept.');
  });
});

test.describe('the browser notification', () => {
  /** What the browser would show and be asked; the permission is the test's. */
  async function fake(page: Page, answer: string): Promise<void> {
    await page.addInitScript((answer) => {
      const told: string[] = [];
      const asked: number[] = [];
      class Fake {
        static permission = localStorage.getItem('test-permission') ?? 'default';
        static requestPermission(): Promise<string> {
          asked.push(1);
          Fake.permission = answer;
          localStorage.setItem('test-permission', answer);
          return Promise.resolve(answer);
        }
        constructor(title: string, options: { body: string }) {
          told.push(`${title}: ${options.body}`);
        }
      }
      Object.assign(window, { Notification: Fake, told, asked });
    }, answer);
  }
  const told = (page: Page) => page.evaluate(() => (window as unknown as { told: string[] }).told);
  const asked = (page: Page) => page.evaluate(() => (window as unknown as { asked: number[] }).asked.length);
  const notify = (page: Page) => page.getByRole('switch', { name: 'Notify me when a sync ends' });

  test('is off at first, asks only when switched on, and speaks only while nobody looks', async ({ signedIn: page, app }) => {
    await fake(page, 'granted');
    await open(page, '/settings');
    await expect(notify(page)).not.toBeChecked();
    expect(await asked(page)).toBe(0);
    await notify(page).check();
    await expect(page.getByText('You are told when a sync ends')).toBeVisible();
    expect(await asked(page)).toBe(1);

    await open(page);
    await startSync(page.request, app);
    await expect(toasts(page)).toContainText('Sync completed');
    expect(await told(page), 'the tab was in front').toEqual([]);
    await turn(page, true);
    await startSync(page.request, app);
    await expect.poll(() => told(page)).toEqual(['Sync completed: Nothing had changed.']);

    await open(page, '/settings');
    await expect(notify(page), 'kept in this browser').toBeChecked();
    await notify(page).uncheck();
    await turn(page, true);
    await startSync(page.request, app);
    await expect(toasts(page)).toContainText('Sync completed');
    expect(await told(page)).toEqual([]);
  });

  for (const [answer, words] of [
    ['denied', 'The browser blocks notifications from this page. Allow them in its settings for this site'],
    ['default', 'The browser was not given permission. Switch this on again'],
  ] as const) {
    test(`says what to do when the answer is “${answer}”`, async ({ signedIn: page }) => {
      await fake(page, answer);
      await open(page, '/settings');
      // Not `check`, which wants it to stay on.
      await notify(page).click();
      await expect(page.getByText(words)).toBeVisible();
      await expect(notify(page)).not.toBeChecked();
    });
  }
});
