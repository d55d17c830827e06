// What the first page costs, and the headers that protect it.
import http from 'node:http';
import { expect, test } from './fixtures.ts';

/** WebAssembly and JavaScript of the first page together, compressed. 104.7 kB before there were toasts, help, a badge in
 * the tab, notifications and the settings form, which add 9.4, and the wait for a code's approval, which adds 5. */
const BUDGET = 124_000;
/** Everything that the first page brings over the wire, heads of answers included. */
const ALL = 200_000;

interface Answer {
  headers: http.IncomingHttpHeaders;
  /** Bytes of the body as they went over the wire, before any decompression. */
  bytes: number;
  body: string;
}

/** A request whose compressed body is left as it came, which neither fetch nor Playwright allows. */
function get(url: string, encoding: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { headers: { 'accept-encoding': encoding, accept: 'text/html,*/*' } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          resolve({ headers: response.headers, bytes: body.length, body: body.toString('latin1') });
        });
      })
      .on('error', reject);
  });
}

test('the first page stays within its budget of WebAssembly and JavaScript', async ({ page, app }, testInfo) => {
  const loaded = new Set<string>();
  page.on('response', (response) => {
    const { origin, pathname } = new URL(response.url());
    expect(origin, 'everything comes from our own server').toBe(app.url);
    if (/\.(wasm|m?js)$/.test(pathname)) loaded.add(response.url());
  });
  const wasm = page.waitForResponse((response) => response.url().endsWith('.wasm'));
  await page.goto('/sync');
  await (await wasm).finished();

  const urls = [...loaded];
  const sizes: Record<string, number> = {};
  for (const url of urls) {
    const { headers, bytes } = await get(url, 'br');
    expect(headers['content-encoding'], url).toBe('br');
    sizes[new URL(url).pathname] = bytes;
  }
  const sum = Object.values(sizes).reduce((total, bytes) => total + bytes, 0);
  testInfo.annotations.push({ type: 'bytes with brotli', description: JSON.stringify({ ...sizes, sum }) });
  console.log(`first page, brotli: ${JSON.stringify({ ...sizes, sum })}`);
  expect(sum).toBeLessThanOrEqual(BUDGET);
});

test('all of the first page together stays within 200 kB', async ({ signedIn: page }) => {
  const wasm = page.waitForResponse((response) => response.url().endsWith('.wasm'));
  await page.goto('/sync');
  await (await wasm).finished();
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('.wasm')));
  const transferred = await page.evaluate(() => {
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return all.map((entry) => [entry.name, (entry as PerformanceResourceTiming).transferSize] as const);
  });
  // A browser without a screen asks for no sign in the tab.
  const icon = await page.request.get('/favicon.svg');
  const sum = transferred.reduce((total, [, bytes]) => total + bytes, (await icon.body()).length);
  console.log(`first page, everything: ${sum} bytes, ${JSON.stringify(transferred)}`);
  expect(transferred.length, 'page, style sheet, JavaScript, WebAssembly').toBeGreaterThanOrEqual(4);
  expect(sum).toBeLessThanOrEqual(ALL);
});

test('a browser without brotli gets gzip, one without either gets plain WebAssembly', async ({ request, app }) => {
  const html = await (await request.get(`${app.url}/sync`)).text();
  const address = /["'](\/pkg\/[^"']+\.wasm)["']/.exec(html)?.[1];
  expect(address).toBeDefined();
  expect((await get(app.url + address, 'gzip')).headers['content-encoding']).toBe('gzip');
  const plain = await get(app.url + address, 'identity');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers['content-type']).toBe('application/wasm');
  expect(plain.body.startsWith('\0asm')).toBe(true);
});

test('the page is protected by its headers', async ({ app }) => {
  const [first, second] = await Promise.all([get(`${app.url}/sync`, 'identity'), get(`${app.url}/sync`, 'identity')]);
  expect(first.headers['x-content-type-options']).toBe('nosniff');
  expect(first.headers['referrer-policy']).toMatch(/^(no-referrer|same-origin|strict-origin-when-cross-origin)$/);

  const policy = new Map(
    String(first.headers['content-security-policy'])
      .split(';')
      .map((directive) => directive.trim().split(/\s+/))
      .map(([name, ...sources]) => [name, sources] as const),
  );
  expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
  const scripts = policy.get('script-src') ?? [];
  expect(scripts).not.toContain("'unsafe-inline'");
  expect(scripts).not.toContain("'unsafe-eval'");
  const nonce = scripts.map((source) => /^'nonce-(.+)'$/.exec(source)?.[1]).find(Boolean);
  expect(nonce).toBeTruthy();
  expect(String(second.headers['content-security-policy'])).not.toContain(nonce);

  const inline = [...first.body.matchAll(/<script\b([^>]*)>/g)].map(([, attributes]) => attributes ?? '');
  for (const attributes of inline.filter((text) => !/\bsrc=/.test(text))) {
    expect(attributes, 'every inline script carries the nonce').toContain(`nonce="${nonce}"`);
  }
});
