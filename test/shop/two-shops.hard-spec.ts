import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/apps/sample-shop/src/main.js', import.meta.url));

interface Group {
  readonly name: string;
  readonly members: readonly unknown[];
  readonly lag: number;
}

/** A shop in a process of its own. */
class Shop {
  private constructor(
    readonly url: string,
    readonly process: ChildProcess,
  ) {}

  static async open(databaseUrl: string): Promise<Shop> {
    const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: '0', SHOP_IMPORT: 'off' };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    // Left open: a shop that has nobody to speak to would end of that.
    const texts: AsyncIterable<string> = child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false });
    for await (const text of texts) {
      said += text;
      const [url] = /http:\/\/localhost:\d+/.exec(said) ?? [];
      if (url === undefined) continue;
      child.stdout.resume();
      return new Shop(url, child);
    }
    throw new Error(`The shop ended before it opened: ${said}`);
  }

  async order(number: string): Promise<void> {
    const lines = [{ ordinal: 1, stockCode: '21777', quantity: 1, unitPrice: '7.95' }];
    const body = JSON.stringify({ number, customer: '17850', lines });
    const answer = await fetch(`${this.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (answer.status !== 201) throw new Error(`The shop answered ${answer.status}: ${await answer.text()}`);
  }

  async get<Body>(path: string): Promise<Body> {
    return (await fetch(this.url + path)).json() as Promise<Body>;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
  }
}

describe('Two shops on one database', () => {
  let database: TestDatabase;
  let shops: Shop[];

  beforeAll(async () => {
    database = await openTestDatabase('two_shops');
    shops = [await Shop.open(database.connectionString), await Shop.open(database.connectionString)];
  });
  afterAll(async () => {
    await Promise.all(shops.map((shop) => shop.end('SIGKILL')));
    await database.drop();
  });

  const groups = () => shops[0]!.get<Group[]>('/groups');
  const until = async (condition: (all: readonly Group[]) => boolean): Promise<void> => {
    while (!condition(await groups())) await sleep(50);
  };

  it('share the groups’ partitions, and when one is killed the other takes its work over without loss', async () => {
    await until((all) => all.length === 4 && all.every(({ members }) => members.length === 2));
    let placed = 0;
    const place = async (orders: number): Promise<void> => {
      for (let n = 0; n < orders; n += 1) await shops[0]!.order(`7${(placed += 1)}`);
    };
    await place(100);
    const going = place(200);
    await shops[1]!.end('SIGKILL');
    await going;
    await until((all) => all.every(({ lag, members }) => lag === 0 && members.length === 1));
    const { total } = await shops[0]!.get<{ total: number }>('/invoices?limit=1');
    expect(total).toBe(300);
    const exit = once(shops[0]!.process, 'exit');
    shops[0]!.process.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});
