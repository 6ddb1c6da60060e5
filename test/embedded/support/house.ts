import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Application } from './application.js';
import { buildProgram } from './built-program.js';
import type { Orders } from './program.js';

type Spawning = ConstructorParameters<typeof Application>[2];

const CLEAN_UP_MS = 20_000;

/** Whether these tests run as root; some hold for root only, and some for plain users only. */
export const asRoot = process.getuid?.() === 0;

/** PostgreSQL processes with their data below a folder: the postmaster and its children work in the data directory. */
export function serversIn(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const works = readlinkSync(`/proc/${pid}/cwd`);
        return works === folder || works.startsWith(`${folder}/`) ? isPostgres(pid) : false;
      } catch {
        return false;
      }
    });
}

const isPostgres = (pid: number): boolean => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres');

/** Waits for a condition, looking often. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + CLEAN_UP_MS; Date.now() < end;) {
    if (await holds()) return;
    await sleep(10);
  }
  throw new Error(`not within ${CLEAN_UP_MS} ms: ${what}`);
}

/** One statement on a connection of its own. */
export async function ask(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A temporary folder with the built program, in which applications come and go; `close` leaves nothing behind. */
export class House {
  private readonly applications: Application[] = [];
  private count = 0;

  private constructor(
    readonly folder: string,
    readonly program: string,
  ) {}

  static async build(): Promise<House> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'annals-embedded-')));
    chmodSync(folder, 0o755);
    return new House(folder, await buildProgram(join(folder, 'program')));
  }

  /** A path below the folder that nobody has used. */
  fresh(): string {
    return join(this.folder, `directory-${++this.count}`);
  }

  /** Starts an application. Not durable unless asked for: that is faster, and the machine does not crash in a test. */
  start(directory: string, orders: Partial<Orders> = {}, spawning?: Spawning, program = this.program): Application {
    const options = { durable: false, ...orders.options, directory };
    const application = new Application(program, { ...orders, options }, spawning);
    this.applications.push(application);
    return application;
  }

  /** Ends everything that still runs and removes the folder. */
  async close(): Promise<void> {
    this.applications.forEach(({ pid }) => kill(pid));
    await Promise.all(this.applications.map(({ ended }) => ended));
    serversIn(this.folder).forEach(kill);
    await until('all servers ended', () => serversIn(this.folder).length === 0);
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
