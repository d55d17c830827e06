// Lighthouse over the pages of the built program: its own mobile profile (a slow phone on a slow network, simulated), the
// median of some rounds. Usage: node audit.mjs <binary> <chromium> <rounds> <directory for the reports>
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { computeMedianRun } from 'lighthouse/core/lib/median-run.js';
import { pages, thresholds } from './pages.mjs';

const [binary, chromePath, rounds, reports] = process.argv.slice(2);
const categories = Object.keys(thresholds);

/** The demo with some thousand entries, on a free port and in a directory of its own. */
async function serve(directory) {
  const server = spawn(path.resolve(binary), ['serve', '--demo', '--demo-torrents', '2000', '--demo-downloads', '500'], {
    cwd: directory,
    env: { ...process.env, DMM_LISTEN: '127.0.0.1:0', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk) => {
      output += chunk;
      const found = /listening on (http:\/\/\S+)/.exec(output);
      if (found) resolve(found[1]);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', () => reject(new Error(`the server ended before it listened:\n${output}`)));
    server.once('error', reject);
  });
  return { server, url };
}

/** Signs in to the demo and waits for its first sync; answers the session. */
async function synchronise(url) {
  const ask = async (method, route, session) => {
    const headers = session ? { authorization: `Bearer ${session}` } : {};
    const answer = await fetch(url + route, { method, headers });
    if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { accessToken } = await ask('POST', '/api/auth/demo');
  await ask('POST', '/api/sync/start', accessToken);
  for (;;) {
    const { status } = await ask('GET', '/api/sync/status', accessToken);
    if (status.status === 'completed') return accessToken;
    if (status.status === 'error') throw new Error(`the sync failed: ${status.error}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const directory = await mkdtemp(path.join(tmpdir(), 'dmm-audit-'));
const { server, url } = await serve(directory);
const chrome = await launch({
  chromePath,
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  logLevel: 'error',
});
let below = 0;
try {
  const session = await synchronise(url);
  await mkdir(reports, { recursive: true });
  console.log(['page'.padEnd(28), ...categories.map((it) => it.padStart(15)), 'FCP LCP TBT CLS, and what cost points'].join(' '));
  for (const { address, signedIn } of pages) {
    const runs = [];
    for (let round = 0; round < Number(rounds); round += 1) {
      const flags = {
        port: chrome.port,
        output: 'html',
        logLevel: 'error',
        onlyCategories: categories,
        extraHeaders: signedIn ? { Cookie: `dmm_session=${session}` } : {},
      };
      runs.push(await lighthouse(url + address, flags));
    }
    const median = computeMedianRun(runs.map(({ lhr }) => lhr));
    const name = `${address} ${signedIn ? 'signed in' : 'stranger'}`;
    const file = `${name.replace(/\W+/g, '-').slice(1)}.html`;
    await writeFile(path.join(reports, file), runs.find(({ lhr }) => lhr === median).report);
    const points = categories.map((category) => Math.round(median.categories[category].score * 100));
    const { audits } = median;
    const times = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'];
    const costs = categories
      .flatMap((category) => median.categories[category].auditRefs)
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9)
      .map(({ id }) => id);
    const fell = points.map((it, place) => it < thresholds[categories[place]]);
    if (median.runtimeError || fell.some(Boolean)) below += 1;
    const cells = points.map((it, place) => `${it}${fell[place] ? ' !' : ''}`.padStart(15));
    console.log([name.padEnd(28), ...cells, ...times.map((id) => audits[id].displayValue), ...costs].join(' '));
    for (const warning of median.runWarnings) console.log(`  warning: ${warning}`);
    if (median.runtimeError) console.log(`  error: ${median.runtimeError.message}`);
  }
} finally {
  await chrome.kill();
  server.kill('SIGTERM');
  await rm(directory, { recursive: true, force: true });
}
const wanted = Object.entries(thresholds).map(([category, least]) => `${category} ≥ ${least}`);
console.log(below ? `${below} of ${pages.length} pages are below ${wanted.join(', ')}` : `every page has ${wanted.join(', ')}`);
process.exitCode = below ? 1 : 0;
