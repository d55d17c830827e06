// What every page must bear in every state: axe's rules in both themes, a narrow screen, text twice as large.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Collects, so that one run tells everything that is wrong with a state. */
export async function inspect(page: Page, state: string): Promise<void> {
  // Colours that are on their way from one theme to the other have no contrast to speak of.
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Without its second page, which would take longer than the rules themselves.
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`);
    expect.soft(found, `${state}, ${colorScheme}: axe`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });

  const size = page.viewportSize()!;
  expect.soft(await misfits(page), `${state}: as it is`).toEqual([]);
  await page.setViewportSize({ width: 320, height: size.height });
  expect.soft(await misfits(page), `${state}: 320 pixels wide`).toEqual([]);
  await page.setViewportSize(size);
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  expect.soft(await misfits(page), `${state}: text twice as large`).toEqual([]);
  await page.evaluate(() => (document.documentElement.style.fontSize = ''));
}

/** What does not fit: a page that scrolls sideways, text that is cut or sticks out, targets too small for a finger. */
export function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const name = (element: Element) => {
      const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40);
      return `<${element.tagName.toLowerCase()} class="${element.className}"> “${words}”`;
    };
    const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wider > 0) faults.push(`the page scrolls sideways by ${wider} pixels`);
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const isSeen = element.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1;
      // What is there for ears only, or comes into sight with the focus.
      const isForEars = element.closest('.visually-hidden, .skip-link, thead') !== null && style.position === 'absolute';
      if (!isSeen || isForEars) continue;

      const holdsText = [...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.nodeValue?.trim());
      // The text of a drawing has no width of its own that it could exceed.
      if (element instanceof HTMLElement && holdsText && style.display !== 'inline' && element.scrollWidth > element.clientWidth + 1) {
        faults.push(`wider than its place: ${name(element)}`);
      }
      if (holdsText && (box.left < -1 || box.right > document.documentElement.clientWidth + 1)) {
        faults.push(`sticks out: ${name(element)}`);
      }
      const isTarget = element.matches('a[href], button, input, select, textarea, summary, [role="tab"]');
      // A link within a sentence is as high as its line; the guideline excepts it.
      if (isTarget && style.display !== 'inline' && Math.min(box.width, box.height) < 24) {
        faults.push(`smaller than 24 pixels (${Math.round(box.width)} × ${Math.round(box.height)}): ${name(element)}`);
      }
    }
    return faults;
  });
}
