import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { EventStore } from '@annals/event-store';
import { Projections } from '@annals/cqrs';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import type { INestApplication } from '@nestjs/common';
import type { App } from 'supertest/types.js';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Importer } from '../../apps/sample-shop/src/importing/importer.js';
import type { RejectedLine } from '../../apps/sample-shop/src/importing/invoice-line.js';
import { survey } from '../../apps/sample-shop/src/importing/survey.js';
import { makeShop } from '../../apps/sample-shop/src/serve.js';

const data = (name: string): string => fileURLToPath(new URL(`../../apps/sample-shop/data/${name}`, import.meta.url));
const TWO_WEEKS = data('online-retail-2weeks.csv.gz');

interface OrderList {
  readonly total: number;
  readonly orders: readonly Record<string, string>[];
}

/** Sums straight from the file: no quotes stand before the columns that count, which are the last but four and on. */
async function straightSums(path: string): Promise<{ lines: number; net: bigint }> {
  const [, ...lines] = gunzipSync(await readFile(path))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  let net = 0n;
  for (const line of lines) {
    const [quantity = '', , price = ''] = line.split(',').slice(-5);
    const [pounds = '', decimals = ''] = price.split('.');
    net += BigInt(quantity) * BigInt(pounds + decimals.padEnd(3, '0'));
  }
  return { lines: lines.length, net };
}

describe('The sample shop', () => {
  let database: TestDatabase;
  let shop: INestApplication<App>;
  const http = () => request(shop.getHttpServer());
  const orders = async (query = ''): Promise<OrderList> => (await http().get(`/orders${query}`)).body as OrderList;
  const caughtUp = async (): Promise<void> => {
    const head = await shop.get(EventStore).head();
    const projections = shop.get(Projections);
    await Promise.all(projections.names.map((name) => projections.reached(name, head, { timeoutMs: 60_000 })));
  };
  const readModel = async (): Promise<unknown> => ({
    head: await shop.get(EventStore).head(),
    orders: await orders('?limit=200'),
    customers: (await http().get('/customers?limit=200')).body as unknown,
    products: (await http().get('/products?limit=200')).body as unknown,
    status: { ...((await http().get('/status')).body as object), importing: null },
  });

  beforeAll(async () => {
    database = await openTestDatabase('shop');
    shop = await makeShop(database.connectionString);
    await shop.init();
  });
  afterAll(async () => {
    await shop.close();
    await database.drop();
  });

  it('imports two weeks of real orders, to the sums taken straight from the file', async () => {
    const summary = await shop.get(Importer).import(await survey(TWO_WEEKS));
    const { lines, net } = await straightSums(TWO_WEEKS);
    expect(summary).toEqual({
      linesRead: lines,
      linesRejected: 0,
      orders: 1115,
      orderLines: 30467,
      cancellations: 215,
      cancelledLines: 507,
      unmatchedCancelledLines: 351,
      adjustments: 128,
      soldTotal: '598626.08',
      cancelledTotal: '-68269.17',
      adjustedTotal: '0.00',
      netTotal: '530356.91',
    });
    expect(net).toBe(530_356_910n);
    expect(await orders('?limit=1')).toMatchObject({ total: 1115 });
    expect((await http().get('/status')).body).toMatchObject({ orders: 1115, total: '598626.08' });
  });

  it('changes nothing when the same file is imported a second time', async () => {
    const before = await readModel();
    const summary = await shop.get(Importer).import(await survey(TWO_WEEKS));
    expect(summary).toMatchObject({ orders: 1115, netTotal: '530356.91' });
    expect(await readModel()).toEqual(before);
  });

  it('lists what the events say', async () => {
    const { orders: listed } = await orders('?limit=200');
    for (const order of listed.slice(0, 20)) {
      const { body } = await http().get(`/orders/${order['number'] ?? ''}`);
      const { history } = body as { history: { type: string; data: { total: string; customer?: string } }[] };
      expect(history[0]).toMatchObject({ type: 'order-placed', data: { total: order['total'] } });
    }
  });

  it('imports a file with every kind of dirt, and rejects what it must, each with its line', async () => {
    const rejected: RejectedLine[] = [];
    const summary = await shop
      .get(Importer)
      .import(await survey(data('dirty.csv')), { onRejected: (line) => rejected.push(line) });
    expect(summary).toMatchObject({ linesRead: 64, linesRejected: 39, orders: 8, netTotal: '-11003.11' });
    expect(rejected).toHaveLength(39);
    expect(rejected[0]).toEqual({ line: 9, reason: 'InvoiceNo is missing' });
  });

  it('places an order and takes lines back', async () => {
    const line = { ordinal: 1, stockCode: '85123A', quantity: 6, unitPrice: '2.55' };
    const placed = await http()
      .post('/orders')
      .send({ number: 'W1', customer: '17850', lines: [line] });
    expect([placed.status, placed.body]).toEqual([201, { number: 'W1', recorded: 'new' }]);
    const again = await http()
      .post('/orders/W1/returns')
      .send({ number: 'W2', lines: [{ ordinal: 1, quantity: 2 }] });
    expect([again.status, again.body]).toEqual([201, { number: 'W2', recorded: 'new' }]);
    const tooMany = await http()
      .post('/orders/W1/returns')
      .send({ lines: [{ ordinal: 1, quantity: 5 }] });
    expect([tooMany.status, tooMany.body]).toMatchObject([409, { code: 'SHOP_RETURN_REFUSED' }]);
    await caughtUp();
    const { orders: listed } = await orders('?customer=17850&limit=1');
    expect(listed[0]).toMatchObject({ number: 'W1', total: '15.30', returnedUnits: '2', returnedAmount: '5.10' });
  });

  it.each([{}, { lines: 'none' }, { lines: [] }, { lines: [{ ordinal: 0 }] }, { number: '; DROP', lines: [] }])(
    'refuses the order %j and says why',
    async (body) => {
      const { head } = (await readModel()) as { head: unknown };
      const answer = await http().post('/orders').send(body);
      expect([answer.status, answer.body]).toMatchObject([400, { code: 'CQRS_INVALID_COMMAND' }]);
      expect(await shop.get(EventStore).head()).toEqual(head);
    },
  );

  it('knows what it does not have', async () => {
    expect((await http().get('/orders/nothing')).status).toBe(404);
    expect(
      (
        await http()
          .post('/orders/W404/returns')
          .send({ lines: [{ ordinal: 1, quantity: 1 }] })
      ).status,
    ).toBe(404);
  });

  it('serves its page and its description, and puts no text of a customer into markup', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const line = { ordinal: 1, stockCode: hostile, description: hostile, quantity: 1, unitPrice: '1.00' };
    await http()
      .post('/orders')
      .send({ customer: hostile, country: hostile, lines: [line] });
    await caughtUp();
    const page = await http().get('/');
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    // Rows are made of text nodes by the page's script; the markup itself is the same for everybody.
    expect(page.text).not.toContain(hostile);
    expect(page.text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
    expect((await http().get('/orders')).headers['content-type']).toContain('application/json');
    const { body } = await http().get('/api-json');
    expect(Object.keys((body as { paths: object }).paths)).toContain('/orders/{number}');
  });
});
