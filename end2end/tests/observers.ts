// Observers inside the page: what moves, what a screen reader is told, what holds the page up.
import type { Page } from '@playwright/test';

export interface Seen {
  /** Changes of the page outside of live regions. */
  ticks: number;
  /** Layout shifts, each with what moved; also those that the browser forgives because somebody pressed a key. */
  moved: string[];
  /** Everything that appeared in a live region after the page was loaded. */
  spoken: string[];
  /** Milliseconds of every task that held the page up for more than 50. */
  longTasks: number[];
}

declare global {
  interface Window {
    seen: Seen;
  }
}

/** Has every page that is opened from now on watch itself; ask with `page.evaluate(() => window.seen)`. */
export async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Seen = { ticks: 0, moved: [], spoken: [], longTasks: [] };
    window.seen = seen;
    // The types of TypeScript know neither kind of entry.
    interface Shift extends PerformanceEntry {
      value: number;
      sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
    }
    const text = (node: Node | null) => (node?.textContent ?? '').trim().slice(0, 60);
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as Shift[]) {
        const what = sources.map(({ node, previousRect: from, currentRect: to }) => {
          const change = [from.x, from.y, from.width, from.height].map(Math.round) + ' → ' + [to.x, to.y, to.width, to.height].map(Math.round);
          return `${(node as Element | null)?.className ?? ''} “${text(node)}” ${change}`;
        });
        seen.moved.push(`${value.toFixed(4)}: ${what.join('; ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => {
      seen.longTasks.push(...list.getEntries().map(({ duration }) => Math.round(duration)));
    }).observe({ type: 'longtask', buffered: true });

    const live = '[aria-live], [role="status"], [role="alert"]';
    addEventListener('load', () => {
      new MutationObserver((changes) => {
        const spoken = new Set<Element>();
        for (const { target } of changes) {
          const element = target instanceof Element ? target : target.parentElement;
          const region = element?.closest(live);
          if (!region) seen.ticks += 1;
          else if (text(region) && region.checkVisibility()) spoken.add(region);
        }
        spoken.forEach((region) => seen.spoken.push(text(region)));
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
  });
}
