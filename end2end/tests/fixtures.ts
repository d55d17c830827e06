// What every end-to-end test starts from. Each test has its own simulated Real-Debrid, its own server and its own empty
// database; a browser console that stays silent is part of every test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, expect, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test';
import { Program } from './program.ts';

/** The private token that the simulated Real-Debrid accepts. */
export const TOKEN = 'END2ENDTOKEN';

/** What the simulated account holds, and further flags of `dmm simulate` (its faults). */
export interface Simulated {
  torrents: number;
  downloads: number;
  seed: number;
  /** Requests per minute that it bears; 0 lifts every limit. */
  rateLimit: number;
  flags: string[];
}

/** The server under test. Stop it and start it again: data and address stay. */
export class App {
  #program: Program;
  readonly #directory: string;
  readonly #environment: Record<string, string>;
  #logs = '';

  private constructor(program: Program, directory: string, environment: Record<string, string>) {
    this.#program = program;
    this.#directory = directory;
    this.#environment = environment;
  }

  static async start(directory: string, environment: Record<string, string>): Promise<App> {
    const settings = {
      DMM_LISTEN: '127.0.0.1:0',
      DATABASE_URL: `sqlite://${path.join(directory, 'dmm.db')}`,
      DMM_SECRET_KEY_FILE: path.join(directory, 'dmm.key'),
      ...environment,
    };
    return new App(await Program.start(['serve', '--demo'], directory, settings), directory, settings);
  }

  /** `http://127.0.0.1:PORT`; `page.goto('/sync')` is relative to it. */
  get url(): string {
    return this.#program.url;
  }

  /** Everything that the server wrote, over all its starts. */
  get log(): string {
    return this.#logs + this.#program.log;
  }

  /** SIGTERM; fails when the server does not end. */
  async stop(): Promise<void> {
    await this.#program.stop();
  }

  /** SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    await this.#program.kill();
  }

  /** Starts it again after `stop` or `kill`, on the same address and with the same data. */
  async startAgain(): Promise<void> {
    this.#logs += this.#program.log;
    const environment = { ...this.#environment, DMM_LISTEN: new URL(this.url).host };
    this.#program = await Program.start(['serve', '--demo'], this.#directory, environment);
  }
}

/** Signs in by private token. The cookie stays with `request`: pass `page.request` to sign a page's browser in. */
export async function signIn(request: APIRequestContext, app: App, token = TOKEN): Promise<void> {
  const response = await request.post(`${app.url}/api/auth/token`, { data: { token } });
  expect(response.status(), await response.text()).toBe(200);
}

/** The account's SyncStatus (contract, section 3). Only what tests wait for is typed. */
export interface SyncStatus {
  status: 'idle' | 'running' | 'paused' | 'completed' | 'error';
  progress: { total: number; processed: number; percentage: number };
  stats: { added: number; updated: number; deleted: number; duplicates: number; errors: number };
  error: unknown;
}

export async function syncStatus(request: APIRequestContext, app: App): Promise<SyncStatus> {
  const response = await request.get(`${app.url}/api/sync/status`);
  expect(response.status(), await response.text()).toBe(200);
  return (await response.json()).status;
}

/** Starts a sync over the API; `body` may hold `mode` and settings for this run. */
export async function startSync(request: APIRequestContext, app: App, body: object = {}): Promise<void> {
  const response = await request.post(`${app.url}/api/sync/start`, { data: body, headers: { origin: app.url } });
  expect(response.status(), await response.text()).toBe(202);
}

/** Waits until the run has ended and returns its last status; `error` is an end as well. */
export async function syncEnded(request: APIRequestContext, app: App, timeout = 20_000): Promise<SyncStatus> {
  await expect
    .poll(async () => (await syncStatus(request, app)).status, { timeout, intervals: [100] })
    .toMatch(/^(completed|error)$/);
  return syncStatus(request, app);
}

interface Options {
  /** `test.use({ simulated: { … } })` changes the library or switches faults on. */
  simulated: Simulated;
  /** Further environment of the server, for example `{ REAL_DEBRID_RATE_LIMIT: '60' }`. */
  environment: Record<string, string>;
}

interface Fixtures {
  directory: string;
  /** The simulated Real-Debrid; its REST base is `url` + `/rest/1.0`. */
  simulator: Program;
  app: App;
  /** Console messages that the test expects, for example the browser's own line about a 401. */
  expectedConsole: RegExp[];
  /** Fails the test when the page writes a warning or an error to the console. The fixture `page` is watched already. */
  watchConsole: (page: Page) => void;
  /** Opens a page in a second browser: no cookies shared, console watched. */
  openBrowser: () => Promise<Page>;
  /** The fixture `page`, signed in by token. */
  signedIn: Page;
}

export const test = base.extend<Options & Fixtures>({
  simulated: [{ torrents: 120, downloads: 40, seed: 7, rateLimit: 0, flags: [] }, { option: true }],
  environment: [{}, { option: true }],

  directory: async ({}, use) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'dmm-e2e-'));
    await use(directory);
    await rm(directory, { recursive: true, force: true });
  },

  simulator: async ({ simulated, directory }, use, testInfo) => {
    const { torrents, downloads, seed, rateLimit, flags } = simulated;
    const numbers = Object.entries({ torrents, downloads, seed, 'rate-limit': rateLimit }).flatMap(([name, value]) => [
      `--${name}`,
      `${value}`,
    ]);
    const args = ['simulate', ...numbers, '--listen', '127.0.0.1:0', '--token', TOKEN, ...flags];
    const simulator = await Program.start(args, path.join(directory, 'simulator'));
    await use(simulator);
    await simulator.stop();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('simulator.log', { body: simulator.log, contentType: 'text/plain' });
    }
  },

  app: async ({ simulator, directory, environment }, use, testInfo) => {
    const app = await App.start(path.join(directory, 'app'), {
      REAL_DEBRID_API_URL: `${simulator.url}/rest/1.0`,
      REAL_DEBRID_OAUTH_URL: `${simulator.url}/oauth/v2`,
      // The pace of the real service would make a test wait for minutes; tests about the pace set their own.
      REAL_DEBRID_RATE_LIMIT: '60000',
      ...environment,
    });
    await use(app);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server.log', { body: app.log, contentType: 'text/plain' });
    }
    await app.stop();
  },

  baseURL: async ({ app }, use) => {
    await use(app.url);
  },

  expectedConsole: async ({}, use) => {
    await use([]);
  },

  watchConsole: async ({ expectedConsole }, use) => {
    const messages: string[] = [];
    await use((page) => {
      page.on('console', (message) => {
        if (message.type() === 'warning' || message.type() === 'error') {
          messages.push(`${message.type()}: ${message.text()} (${message.location().url})`);
        }
      });
      page.on('pageerror', (error) => messages.push(`uncaught: ${error.message}`));
    });
    const unexpected = messages.filter((message) => !expectedConsole.some((pattern) => pattern.test(message)));
    expect(unexpected, 'the browser console').toEqual([]);
  },

  page: async ({ page, watchConsole }, use) => {
    watchConsole(page);
    await use(page);
  },

  openBrowser: async ({ browser, baseURL, viewport, watchConsole }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL, viewport });
      contexts.push(context);
      const page = await context.newPage();
      watchConsole(page);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  signedIn: async ({ page, app }, use) => {
    await signIn(page.request, app);
    await use(page);
  },
});

export { expect };
