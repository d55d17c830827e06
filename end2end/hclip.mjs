import { chromium } from '@playwright/test';
const browser = await chromium.launch({ executablePath: process.env.DMM_TEST_CHROMIUM, args: ['--no-sandbox'] });
const base = 'http://127.0.0.1:39471';
for (const [width, scheme, scale] of [[1440, 'light', 1], [1440, 'dark', 1], [375, 'dark', 2], [320, 'light', 2]]) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, deviceScaleFactor: scale });
  const page = await context.newPage();
  await page.request.post(base + '/api/auth/demo', { headers: { origin: base } });
  await page.goto(base + '/history');
  const charts = page.locator('.charts .card');
  const box = await page.locator('.charts').boundingBox();
  if (width > 700) await page.screenshot({ path: `/tmp/hc-${width}-${scheme}.png`, fullPage: true, clip: { ...box, height: Math.min(box.height, 1300) } });
  else {
    await page.screenshot({ path: `/tmp/hc-${width}-${scheme}-a.png`, fullPage: true, clip: { x: 0, y: 0, width, height: 1100 } });
    await page.screenshot({ path: `/tmp/hc-${width}-${scheme}-b.png`, fullPage: true, clip: { x: 0, y: 1100, width, height: 1200 } });
    const runs = await page.locator('.runs').boundingBox();
    await page.screenshot({ path: `/tmp/hc-${width}-${scheme}-c.png`, fullPage: true, clip: { x: 0, y: runs.y - 60, width, height: 900 } });
  }
  await context.close();
}
await browser.close();
