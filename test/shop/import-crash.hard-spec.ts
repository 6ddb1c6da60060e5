import { fileURLToPath } from 'node:url';
import { PostgresLog } from '@annals/log';
import { Database } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ended } from './support/import-process.js';
import { startImport } from './support/import-process.js';
import type { ShopState } from './support/shop-state.js';
import { differences, shopState } from './support/shop-state.js';

const data = (name: string): string => fileURLToPath(new URL(`../../apps/sample-shop/data/${name}`, import.meta.url));
const TWO_WEEKS = data('online-retail-2weeks.csv.gz');
const FOUR_MONTHS = data('online-retail-4months.csv.gz');

/** Numbers of events at which an import is cut short, in ascending order; the seed makes them the same in every run. */
const cuts = (count: number, from: number, to: number): readonly number[] =>
  fc.sample(fc.noBias(fc.integer({ min: from, max: to })), { numRuns: count, seed: 20_101_201 }).sort((a, b) => a - b);

/** A shop's database, imports into it by processes of their own, and what came of them. */
class Shop {
  private constructor(
    private readonly test: TestDatabase,
    private readonly log: PostgresLog,
    private readonly database: Database,
  ) {}

  static async open(): Promise<Shop> {
    const test = await openTestDatabase('shop');
    const { connectionString } = test;
    return new Shop(test, await PostgresLog.open({ connectionString }), new Database({ connectionString }));
  }

  /** @returns the summary */
  async import(path: string): Promise<unknown> {
    const { code, stdout, stderr } = await startImport(this.test.connectionString, path, '--json').ended;
    if (code !== 0 || stderr !== '') throw new Error(`The import ended with ${String(code)}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Imports until so many events are stored, and sends a signal then. */
  async importUntil(events: number, path: string, ...signals: readonly NodeJS.Signals[]): Promise<Ended> {
    const importing = startImport(this.test.connectionString, path, '--json');
    const early = importing.ended.then(({ stderr }) => Promise.reject(new Error(`It ended too early: ${stderr}`)));
    await Promise.race([this.reached(events), early]);
    for (const signal of signals) importing.kill(signal);
    return importing.ended;
  }

  async events(): Promise<number> {
    return (await this.log.head()).reduce((sum, offset) => sum + offset, 0);
  }

  state(): Promise<ShopState> {
    return shopState(this.database);
  }

  async stop(): Promise<void> {
    await this.log.stop();
    await this.database.stop();
    await this.test.drop();
  }

  private async reached(events: number): Promise<void> {
    for (;;) {
      // Heard from before the look, so that no append is missed between the two.
      let hear = (): void => undefined;
      const appended = new Promise<void>((resolve) => (hear = resolve));
      const deafen = this.log.onAppend(hear);
      try {
        if ((await this.events()) >= events) return;
        await appended;
      } finally {
        deafen();
      }
    }
  }
}

describe('An import', () => {
  const shops: Shop[] = [];
  const open = async (): Promise<Shop> => {
    const shop = await Shop.open();
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
    // The last one is cut when all is stored, and the read model is not there yet.
    for (const cut of [...cuts(6, 1, all - 1), all]) {
      const { signal } = await shop.importUntil(cut, TWO_WEEKS, 'SIGKILL');
      expect(signal).toBe('SIGKILL');
    }
    expect(await shop.import(TWO_WEEKS)).toEqual(summary);
    const state = await shop.state();
    expect([...state].filter((each) => each.startsWith('order {'))).toHaveLength(1_115);
    expect(differences(state, await whole.state())).toEqual([]);
    expect(await shop.events()).toBe(all);
  });

  it('ends between two invoices at Ctrl-C, which comes twice from npm, says how to go on, and goes on', async () => {
    const shop = await open();
    const ended = await shop.importUntil(500, TWO_WEEKS, 'SIGINT', 'SIGINT');
    expect(ended).toMatchObject({ code: 130, signal: null, stdout: '' });
    expect(ended.stderr).toContain('run it again');
    expect(await shop.events()).toBeLessThan(await whole.events());
    expect(await shop.import(TWO_WEEKS)).toEqual(summary);
    expect(differences(await shop.state(), await whole.state())).toEqual([]);
  });

  it('of a longer file after a shorter one, killed as well, ends where the longer one alone would', async () => {
    const [both, longer] = [await open(), await open()];
    const summaryOfLonger = await longer.import(FOUR_MONTHS);
    await both.import(TWO_WEEKS);
    // It ends with fewer events: products that are listed already need no description later.
    for (const cut of cuts(2, await whole.events(), Math.floor((await longer.events()) * 0.95)))
      expect(await both.importUntil(cut, FOUR_MONTHS, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    expect(await both.import(FOUR_MONTHS)).toEqual(summaryOfLonger);
    // Products were listed after the shorter file already, so before the stock adjustments of the rest of the longer one.
    const others = differences(await both.state(), await longer.state()).filter((each) => !each.startsWith('product-'));
    expect(others).toEqual([]);
    const events = await both.events();
    await both.import(TWO_WEEKS);
    expect(await both.events()).toBe(events);
  });
});
