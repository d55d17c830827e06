// WCAG 2.2 AA in every state of every page: axe in both themes, narrow screens, large text (`inspection.ts`), and what
// assistive technology is given (`aria/`, written by `npx playwright test accessibility --update-snapshots`).
// A new page is a line in the lists below.
import type { Locator, Page } from '@playwright/test';
import { TOKEN, expect, startSync, syncEnded, syncStatus, test } from './fixtures.ts';
import { inspect } from './inspection.ts';
import { Program } from './program.ts';

/** What anybody can open. */
const FOR_STRANGERS = [
  '/sync',
  '/connection',
  '/connection?problem=sign_in_ended',
  '/connection?disconnected',
  '/library',
  '/settings',
  '/settings/disconnect',
  '/nowhere',
];
/** What an account sees that has never synchronised. */
const BEFORE_THE_FIRST_SYNC = ['/sync', '/library', '/duplicates', '/history', '/settings', '/settings/disconnect', '/connection'];
/** What an account sees that has. */
const AFTERWARDS = [
  '/sync',
  '/library?limit=25',
  '/library?query=a&kind=torrent&duplicates=hide&sort=size&order=asc&limit=25',
  '/library?query=no+such+words',
  '/library?kind=movie',
  '/library/999999',
  '/duplicates',
  '/duplicates?list=likely',
  '/history',
  '/history/1',
  '/settings',
  '/sync?help=about',
  '/sync?help=features',
  '/sync?help=troubleshooting',
  '/sync/deletions',
];

/** So slow that it is still running when everything has been looked at. */
const LONG = { torrents: 20_000, downloads: 5_000, seed: 7, rateLimit: 0, flags: ['--drip', '400000'] };

const status = (page: Page) => page.getByRole('region', { name: 'Status' });
const main = (page: Page) => page.getByRole('main');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Compares what assistive technology is given with the file in `aria/`. */
async function speaksAs(part: Locator, state: string): Promise<void> {
  await expect.soft(part, state).toMatchAriaSnapshot({ name: `${state}.aria.yml` });
}

// An answer of 4xx to a page is a line in the console.
test.beforeEach(({ expectedConsole }) => void expectedConsole.push(/40[014] \(/));
test.slow();

test('every page is accessible to a stranger', async ({ page }) => {
  for (const address of FOR_STRANGERS) {
    await page.goto(address);
    await inspect(page, `a stranger at ${address}`);
  }
  await page.goto('/sync');
  await speaksAs(main(page), 'stranger');
  await page.goto('/connection');
  await speaksAs(main(page), 'connection');
  await button(page, 'Get a code').click();
  await expect(page.getByRole('timer')).toBeVisible();
  await inspect(page, 'a code that waits');
  await speaksAs(main(page), 'device');
  await button(page, 'Cancel').click();
  await page.getByLabel('Private API token').fill('NOT-THE-TOKEN');
  await button(page, 'Connect').click();
  await expect(page.getByRole('alert')).toBeVisible();
  await inspect(page, 'a refused token');
});

test('a token just made, a wrong name and a refused one are accessible', async ({ signedIn: page }) => {
  await page.goto('/settings');
  await page.getByLabel('Name of the new token').fill('Backup script');
  await button(page, 'Make a token').click();
  await expect(page.getByText('Your new token.')).toBeVisible();
  await inspect(page, 'a token just made');
  await page.goto('/settings?token=refused');
  await inspect(page, 'a refused name of a token');
  await page.goto('/settings/disconnect');
  await page.getByRole('textbox', { name: /type your user name/ }).fill('nobody');
  await button(page, 'Disconnect and delete').click();
  await expect(page.getByRole('alert')).toBeVisible();
  await inspect(page, 'a wrong user name');
});

test('every page is accessible before the first sync', async ({ signedIn: page }) => {
  for (const address of BEFORE_THE_FIRST_SYNC) {
    await page.goto(address);
    await inspect(page, `a new account at ${address}`);
  }
  await page.goto('/sync');
  await speaksAs(page.getByRole('banner'), 'banner');
  await speaksAs(main(page), 'idle');
  await page.goto('/library');
  await speaksAs(main(page), 'library-empty');
});

test('every page is accessible after a sync, and with deletions that wait for a word', async ({ signedIn: page, app, simulator, directory }) => {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  const first = async (search: string) =>
    (await (await page.request.get(`/api/files?limit=1&${search}`)).json()).files[0].id as number;
  const entries = [`/library/${await first('kind=torrent&status=downloaded')}`, `/library/${await first('duplicates=only')}`];
  for (const address of [...AFTERWARDS, ...entries]) {
    await page.goto(address);
    await inspect(page, address);
  }
  await page.goto('/sync');
  await speaksAs(main(page), 'completed');
  await page.goto('/library?limit=25');
  await speaksAs(main(page), 'library');
  await page.goto(entries[0]!);
  await speaksAs(main(page), 'file');

  // The same account at a Real-Debrid that has lost most of the library.
  await simulator.kill();
  const listen = new URL(simulator.url).host;
  const args = ['simulate', '--torrents', '20', '--downloads', '5', '--rate-limit', '0', '--listen', listen, '--token', TOKEN];
  const emptied = await Program.start(args, `${directory}/emptied`);
  await startSync(page.request, app, { mode: 'full' });
  await syncEnded(page.request, app);
  await page.goto('/sync');
  await expect(page.getByRole('region', { name: 'Deletions held back' })).toBeVisible();
  await inspect(page, 'deletions that wait for a word');
  await speaksAs(status(page), 'deletions-held');
  await emptied.stop();
});

test('a failed sync is accessible', async ({ signedIn: page, app, simulator }) => {
  await simulator.kill();
  await startSync(page.request, app, { maxRetries: 0 });
  await syncEnded(page.request, app);
  await page.goto('/sync');
  await inspect(page, 'a failed sync');
  await speaksAs(status(page), 'error');
});

test.describe('a long run', () => {
  test.use({ simulated: LONG });

  // Ten times axe, which is seconds each on a busy machine.
  test.setTimeout(180_000);

  test('is accessible while it runs, paused, asking before it is cancelled, and after', async ({ signedIn: page, app }) => {
    await page.goto('/sync');
    await startSync(page.request, app, { batchSize: 25 });
    await expect.poll(async () => (await syncStatus(page.request, app)).progress.percentage, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect(button(page, 'Pause')).toBeVisible();
    await speaksAs(main(page), 'running');

    const moving = () => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await moving(), 'the badge breathes').toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moving(), 'nothing moves for those who asked for that').toBe(0);
    await page.emulateMedia({ reducedMotion: null });

    await button(page, 'Pause').click();
    await expect(status(page)).toContainText('Paused');
    await inspect(page, 'paused');
    await speaksAs(main(page), 'paused');
    await showsInForcedColours(page);

    await button(page, 'Cancel').click();
    const question = page.getByRole('dialog', { name: 'Cancel this sync?' });
    await inspect(page, 'the question before a cancel');
    await speaksAs(question, 'question');
    await page.keyboard.press('Escape');
    await expect(question).toBeHidden();
    await expect(button(page, 'Cancel'), 'the focus is where it was').toBeFocused();

    // The run goes on while it is looked at; it may end meanwhile, but not before the rules were asked once.
    await button(page, 'Resume').click();
    await expect(status(page)).toContainText('Running');
    await inspect(page, 'running');
    if ((await syncStatus(page.request, app)).status === 'running') {
      await button(page, 'Cancel').click();
      await button(page, 'Yes, cancel').click();
      await expect(status(page)).toContainText('Idle');
      await inspect(page, 'cancelled');
    }
  });
});

/** Where the person's own colours replace ours, the bar still shows how far it is, and the page still says where it is. */
async function showsInForcedColours(page: Page): Promise<void> {
  await page.emulateMedia({ forcedColors: 'active' });
  const bar = page.getByRole('progressbar', { name: 'Sync progress' });
  const picture = (await bar.screenshot({ animations: 'disabled' })).toString('base64');
  const colours = await page.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    const middle = Math.floor(bitmap.height / 2);
    const at = (x: number) => [...context.getImageData(x, middle, 1, 1).data].join();
    const done = Math.floor((Number(document.querySelector('progress')!.value) / 100) * bitmap.width);
    return [at(Math.floor(done / 2)), at(Math.floor((done + bitmap.width) / 2))];
  }, picture);
  expect.soft(colours[0], 'done and to be done look different').not.toBe(colours[1]);
  const here = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sync' });
  const elsewhere = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Library' });
  const edge = (link: Locator) => link.evaluate((element) => getComputedStyle(element).outlineStyle + getComputedStyle(element).borderBottomColor);
  expect.soft(await edge(here), 'the present page is marked by more than a colour').not.toBe(await edge(elsewhere));
  await page.emulateMedia({ forcedColors: null });
}
