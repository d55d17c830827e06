import { chromium } from '@playwright/test';
const browser = await chromium.launch({ executablePath: process.env.DMM_TEST_CHROMIUM, args: ['--no-sandbox'] });
const base = 'http://127.0.0.1:39471';
const pages = (process.argv[2] ?? '/history').split(',');
for (const width of [1440, 375]) for (const scheme of ['light', 'dark']) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  page.on('console', (m) => console.log(m.type(), m.text()));
  await page.request.post(base + '/api/auth/demo', { headers: { origin: base } });
  for (const address of pages) {
    const t = Date.now();
    await page.goto(base + address);
    console.log(width, scheme, address, Date.now() - t, 'ms');
    await page.screenshot({ path: `/tmp/hs${address.replace(/\W+/g, '-')}-${width}-${scheme}.png`, fullPage: !address.endsWith('1193') });
  }
  await context.close();
}
await browser.close();
