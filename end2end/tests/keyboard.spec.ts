// Everything by keyboard alone: the focus is seen at every stop, follows the page, and is never caught.
import type { Locator, Page } from '@playwright/test';
import { TOKEN, expect, startSync, syncEnded, test } from './fixtures.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const status = (page: Page) => page.getByRole('region', { name: 'Status' });

/** Pages whose every stop is visited; a new page is a line here. */
const PAGES = ['/sync', '/sync?help=troubleshooting', '/connection', '/library?limit=25', '/library/1', '/duplicates', '/history', '/settings', '/settings/disconnect'];

/** Where the focus is: which of the numbered stops that is, and what is wrong with how it shows there, or nothing. */
function focused(page: Page): Promise<{ stop?: string; fault: string }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { fault: '' };
    const stop = element.getAttribute('data-stop') ?? undefined;
    const name = `<${element.tagName.toLowerCase()}> “${(element.textContent ?? '').trim().slice(0, 40)}”`;
    const style = getComputedStyle(element);
    const hasOutline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    if (!hasOutline && style.boxShadow === 'none') return { stop, fault: `${name} does not show the focus` };
    const box = element.getClientRects()[0];
    if (!box || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) {
      return { stop, fault: `${name} is not on the screen` };
    }
    const top = document.elementFromPoint(box.left + box.width / 2, Math.min(box.top + box.height / 2, innerHeight - 1));
    return { stop, fault: top && (element.contains(top) || top.contains(element)) ? '' : `${name} is covered` };
  });
}

async function press(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<void> {
  await page.keyboard.press(key);
  expect((await focused(page)).fault).toBe('');
}

/** Tabs on until `target` has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < 60; stops += 1) {
    await press(page, 'Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`the Tab key does not lead to ${target}`);
}

test.describe('a long run', () => {
  test.use({ simulated: { torrents: 20_000, downloads: 5_000, seed: 7, rateLimit: 0, flags: ['--drip', '2500000'] } });
  test.slow();

  test('D1 D3 D4 a whole visit by keyboard: sign in, sync, pause, resume, cancel, search, open a file', async ({ page }) => {
    await page.goto('/connection');
    await tabTo(page, page.getByLabel('Private API token'));
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/sync$/);

    await tabTo(page, button(page, 'Sync files'));
    await page.keyboard.press('Enter');
    await expect(button(page, 'Pause'), 'the button keeps the focus while it changes its word').toBeFocused();
    const bar = page.getByRole('progressbar', { name: 'Sync progress' });
    await expect.poll(async () => Number(await bar.getAttribute('value')), { timeout: 30_000 }).toBeGreaterThan(0);
    await page.keyboard.press('Space');
    await expect(button(page, 'Resume')).toBeFocused();
    await expect(status(page)).toContainText('Paused');
    await page.keyboard.press('Enter');
    await expect(button(page, 'Pause')).toBeFocused();

    await press(page, 'Tab');
    await expect(button(page, 'Cancel')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(button(page, 'Keep syncing'), 'the harmless answer first').toBeFocused();
    await page.keyboard.press('Escape');
    await expect(button(page, 'Cancel'), 'the focus is given back').toBeFocused();
    await page.keyboard.press('Enter');
    await press(page, 'Tab');
    await expect(button(page, 'Yes, cancel')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(status(page)).toContainText('Idle');
    await press(page, 'Shift+Tab');
    await expect(button(page, 'Sync files'), 'the next step is one key away').toBeFocused();

    await tabTo(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Library' }));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/library$/);
    await press(page, 'Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await press(page, 'Tab');
    const isInside = await page.evaluate(() => document.activeElement?.closest('main') !== null);
    expect(isInside, 'behind the skip link comes the content').toBe(true);
    await tabTo(page, page.getByRole('searchbox', { name: 'Search by name' }));
    await page.keyboard.type('1080p');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/query=1080p/);
    const file = page.getByRole('rowheader').getByRole('link').first();
    const name = await file.innerText();
    await tabTo(page, file);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  });
});

test('every stop shows the focus, in the order of the page, and the last one lets it go', async ({ signedIn: page, app }) => {
  await startSync(page.request, app);
  await syncEnded(page.request, app);
  for (const address of PAGES) {
    await page.goto(address);
    // Of tabs one is a stop, and the arrows lead to the others, as soon as the script has taken them up.
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>('[role="tab"]')].every((tab) => (tab.ariaSelected === 'true') === (tab.tabIndex === 0)),
    );
    const expected = await page.evaluate(() => {
      const stops = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
      const kept = stops.filter((it) => it.tabIndex >= 0 && it.checkVisibility({ visibilityProperty: true }) && !(it instanceof HTMLInputElement && it.type === 'hidden'));
      kept.forEach((element, place) => (element.dataset.stop = String(place)));
      return kept.length;
    });
    const visited: (string | undefined)[] = [];
    for (let stop = 0; stop <= expected; stop += 1) {
      await page.keyboard.press('Tab');
      const { stop: place, fault } = await focused(page);
      expect.soft(fault, address).toBe('');
      visited.push(place);
    }
    // The header puts the navigation below the account on a phone, and the focus follows what is seen.
    const inOrder = [...visited.slice(0, expected)].sort((one, other) => Number(one) - Number(other));
    expect(inOrder, `${address}: every stop once`).toEqual(Array.from({ length: expected }, (_, place) => String(place)));
    // Some builds of the browser have no stop of their own between the last and the first.
    expect([undefined, '0'], `${address}: behind the last stop the browser has the focus, or it goes round`).toContain(visited.at(-1));
    const jumps = await page.evaluate((places) => {
      const box = (place: string | undefined) => document.querySelector(`[data-stop="${place}"]`)!.getBoundingClientRect();
      const header = places.filter((place) => document.querySelector(`[data-stop="${place}"]`)!.closest('header'));
      return header.slice(1).filter((place, at) => {
        const [before, now] = [box(header[at]), box(place)];
        return now.bottom <= before.top || (now.top < before.bottom && now.left < before.left);
      }).length;
    }, visited.slice(0, expected));
    expect(jumps, `${address}: in the header the focus goes as one reads`).toBe(0);
  }
});
