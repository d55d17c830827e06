// The built binary as a child process: `dmm simulate` and `dmm serve` on free ports.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const binary = path.resolve(process.env.DMM_BINARY ?? path.join(import.meta.dirname, '../../target/release/dmm'));

/** Settings of the developer's own shell must not reach the tests, nor the colours that Playwright asks for. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(FORCE_COLOR$|DMM_|REAL_DEBRID_|DATABASE_URL$)/.test(name)),
  );
}

// Nothing outlives the tests, also when a test runs into its time limit.
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A running `dmm …` that has said which address it listens on. */
export class Program {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #output: string[];
  readonly #exited: Promise<void>;
  #killed = false;

  private constructor(url: string, child: ChildProcess, output: string[], exited: Promise<void>) {
    this.url = url;
    this.#child = child;
    this.#output = output;
    this.#exited = exited;
  }

  /** Starts the program in `directory` and waits, at most 20 s, for its line `listening on http://…`. */
  static async start(args: string[], directory: string, environment: Record<string, string> = {}): Promise<Program> {
    mkdirSync(directory, { recursive: true });
    const child = spawn(binary, args, {
      // The working directory is the test's own, so that no `.env` of the project is read.
      cwd: directory,
      env: { ...cleanEnvironment(), NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const output: string[] = [];
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    void exited.then(() => running.delete(child));
    const url = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new Error(`dmm ${args.join(' ')}: ${why}\n${output.join('')}`));
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        fail('did not say "listening on http://…" within 20 s');
      }, 20_000);
      const read = (chunk: Buffer) => {
        output.push(chunk.toString());
        const found = /listening on (http:\/\/[\w.:[\]-]+)/.exec(output.join(''));
        if (found?.[1]) {
          clearTimeout(timer);
          resolve(found[1]);
        }
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', (error) => {
        clearTimeout(timer);
        fail(`${error.message} (run \`make build\` first)`);
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        fail(`ended with ${code ?? signal} before it listened`);
      });
    });
    return new Program(url, child, output, exited);
  }

  /** Everything it wrote so far, to either stream. */
  get log(): string {
    return this.#output.join('');
  }

  /** Ends it as a service manager would, and fails when it does not obey within 10 s (an open stream may hold it). */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.#exited;
    clearTimeout(timer);
    if (this.#child.signalCode === 'SIGKILL' && !this.#killed) {
      throw new Error(`dmm did not end within 10 s of SIGTERM\n${this.log}`);
    }
  }

  /** Ends it without a warning, as a power cut would. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
