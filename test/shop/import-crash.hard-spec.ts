import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Database } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const IMPORT = file('dist/apps/sample-shop/src/importing/main.js');
const TWO_WEEKS = file('apps/sample-shop/data/online-retail-2weeks.csv.gz');
const FOUR_MONTHS = file('apps/sample-shop/data/online-retail-4months.csv.gz');

const plain = (text: string) => ({ name: '', text });
const EVENTS = plain('SELECT count(*)::int FROM annals.event');
const eventsOf = (which: string): string =>
  `SELECT md5(string_agg(concat_ws('|', stream, revision, type, version, data), E'\n' ORDER BY stream, revision))
   FROM annals.event WHERE ${which}`;
const rowsOf = (table: string): string =>
  `SELECT count(*)::text || ' ' || md5(string_agg(t::text, E'\n' ORDER BY t::text)) FROM shop."${table}" t`;
/** Everything the shop knows, but for what chance and the clock decide: ids, places in the log, times of recording. */
const STATE = {
  events: eventsOf(`category <> 'product'`),
  productEvents: eventsOf(`category = 'product'`),
  orders: rowsOf('order'),
  customers: rowsOf('customer'),
  products: rowsOf('product'),
};

/** A shop's database, and imports into it by processes of their own. */
class Shop {
  readonly database: Database;
  private readonly output: string[] = [];

  constructor(private readonly test: TestDatabase) {
    this.database = new Database({ connectionString: test.connectionString });
  }

  start(path: string): ChildProcess {
    const env = { ...process.env, DATABASE_URL: this.test.connectionString };
    const child = spawn(process.execPath, [IMPORT, path, '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.output.length = 0;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.output.push(text));
    }
    return child;
  }

  /** @returns the summary */
  async import(path: string): Promise<unknown> {
    const [code] = (await once(this.start(path), 'close')) as [number];
    if (code !== 0) throw new Error(`The import ended with ${code}: ${this.output.join('')}`);
    return JSON.parse(this.output.join(''));
  }

  /** Imports until so many events are stored, then sends a signal. @returns how the import ended */
  async importUntil(path: string, events: number, signal: NodeJS.Signals): Promise<unknown[]> {
    const child = this.start(path);
    const ended = once(child, 'close');
    // The tables come with the first import.
    while ((await this.events().catch(() => 0)) < events) {
      if (child.exitCode !== null) throw new Error(`The import ended before ${events} events: ${this.output.join('')}`);
      await sleep(5);
    }
    child.kill(signal);
    return ended;
  }

  async events(): Promise<number> {
    return (await this.database.query<[number]>(EVENTS))[0]?.[0] ?? 0;
  }

  async state(): Promise<Record<keyof typeof STATE, unknown>> {
    const found = Object.entries(STATE).map(async ([name, text]) => [name, await this.database.query(plain(text))]);
    return Object.fromEntries(await Promise.all(found)) as Record<keyof typeof STATE, unknown>;
  }

  async stop(): Promise<void> {
    await this.database.stop();
    await this.test.drop();
  }
}

describe('An import', () => {
  const shops: Shop[] = [];
  const open = async (): Promise<Shop> => {
    const shop = new Shop(await openTestDatabase('shop'));
    shops.push(shop);
    return shop;
  };
  let whole: Shop;
  let summary: unknown;

  beforeAll(async () => {
    whole = await open();
    summary = await whole.import(TWO_WEEKS);
  });
  afterAll(async () => {
    await Promise.all(shops.map((shop) => shop.stop()));
  });

  it('that is killed again and again ends in the state of one that was not', async () => {
    const shop = await open();
    const all = await whole.events();
    for (const share of [0.02, 0.3, 0.55, 0.8, 0.97]) {
      const [, signal] = await shop.importUntil(TWO_WEEKS, Math.floor(all * share), 'SIGKILL');
      expect(signal).toBe('SIGKILL');
      expect(await shop.events()).toBeLessThan(all);
    }
    expect(await shop.import(TWO_WEEKS)).toEqual(summary);
    expect(await shop.state()).toEqual(await whole.state());
  });

  it('ends between two invoices at Ctrl-C, says how to go on, and goes on', async () => {
    const shop = await open();
    const [code, signal] = await shop.importUntil(TWO_WEEKS, 500, 'SIGINT');
    expect([code, signal]).toEqual([130, null]);
    expect(await shop.import(TWO_WEEKS)).toEqual(summary);
    expect(await shop.state()).toEqual(await whole.state());
  });

  it('of a longer file after a shorter one ends in the state of the longer one alone', async () => {
    const [both, longer] = [await open(), await open()];
    await both.import(TWO_WEEKS);
    const afterBoth = await both.import(FOUR_MONTHS);
    expect(await longer.import(FOUR_MONTHS)).toEqual(afterBoth);
    // Products were listed after the shorter file already, so before the stock adjustments of the rest of the longer one.
    const { productEvents } = await both.state();
    expect(await both.state()).toEqual({ ...(await longer.state()), productEvents });
    const events = await both.events();
    await both.import(TWO_WEEKS);
    expect(await both.events()).toBe(events);
  });
});
