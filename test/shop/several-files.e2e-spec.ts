import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStore } from '@annals/event-store';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import type { INestApplication } from '@nestjs/common';
import type { App } from 'supertest/types.js';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Importer } from '../../apps/sample-shop/src/importing/importer.js';
import { survey } from '../../apps/sample-shop/src/importing/survey.js';
import { makeShop } from '../../apps/sample-shop/src/serve.js';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

/** One line of an invoice; each test has a customer of its own, so the tests share a shop. */
const line = (invoice: string, day: string, customer: string, quantity: number, code = 'MUG', name = 'A MUG') =>
  `${invoice},${code},${name},${quantity},2011-${day} 10:00:00,2.50,${customer},France`;

describe('Several files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'annals-files-'));
  let database: TestDatabase;
  let shop: INestApplication<App>;
  let files = 0;

  const file = (...lines: readonly string[]): string => {
    const path = join(folder, `${++files}.csv`);
    writeFileSync(path, [HEADER, ...lines, ''].join('\n'));
    return path;
  };
  const take = async (...lines: readonly string[]) => shop.get(Importer).import(await survey(file(...lines)));
  /** Units of an order that came back, as its history says. */
  const returned = async (number: string): Promise<number> => {
    const { body } = await request(shop.getHttpServer()).get(`/orders/${number}`);
    const { history } = body as { history: { type: string; data: { units: number } }[] };
    const back = history.filter(({ type }) => type === 'order-lines-returned');
    return back.reduce((sum, { data }) => sum + data.units, 0);
  };
  const head = () => shop.get(EventStore).head();

  beforeAll(async () => {
    database = await openTestDatabase('files');
    shop = await makeShop(database.connectionString);
    await shop.init();
  });
  afterAll(async () => {
    await shop.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('match a return to the sale of an earlier one', async () => {
    await take(line('101', '01-10', 'a', 6));
    const summary = await take(line('C102', '02-10', 'a', -2));
    expect(summary).toMatchObject({ cancelledLines: 1, unmatchedCancelledLines: 0 });
    expect(await returned('101')).toBe(2);
  });

  it('match no return to a sale that came after it, whichever file is imported first', async () => {
    await take(line('201', '03-10', 'b', 6));
    expect(await take(line('C202', '02-10', 'b', -2))).toMatchObject({ unmatchedCancelledLines: 1 });
    expect(await returned('201')).toBe(0);
  });

  it('take units off the newest sale, also when that one came with an earlier file', async () => {
    await take(line('301', '03-10', 'c', 6));
    await take(line('302', '01-10', 'c', 6), line('C303', '04-10', 'c', -7));
    expect([await returned('301'), await returned('302')]).toEqual([6, 1]);
  });

  it('return no unit that an earlier file, or the shop itself, took back', async () => {
    await take(line('401', '01-10', 'd', 6), line('C402', '01-11', 'd', -1));
    await request(shop.getHttpServer())
      .post('/orders/401/returns')
      .send({ number: 'W403', lines: [{ ordinal: 1, quantity: 2 }] });
    await take(line('C404', '02-10', 'd', -9));
    expect(await returned('401')).toBe(6);
  });

  it('that overlap bring each invoice once, and keep the matches that were decided', async () => {
    const first = [line('501', '01-10', 'e', 6), line('C502', '01-11', 'e', -2)];
    await take(...first);
    const longer = [...first, line('503', '01-12', 'e', 4), line('C504', '01-13', 'e', -5)];
    const summary = await take(...longer);
    expect([await returned('501'), await returned('503')]).toEqual([3, 4]);
    const before = await head();
    expect(await take(...longer)).toEqual(summary);
    expect(await head()).toEqual(before);
  });

  it('describe a product that an earlier one sold without a description', async () => {
    const described = async () => {
      const { body } = await request(shop.getHttpServer()).get('/products?limit=200');
      const products = body as { code: string; description: string | null }[];
      return products.find(({ code }) => code === 'CUP')?.description;
    };
    await take(line('601', '01-10', 'f', 1, 'CUP', ''));
    expect(await described()).toBeNull();
    await take(line('602', '01-11', 'f', 1, 'CUP', 'A CUP'));
    expect(await described()).toBe('A CUP');
  });

  it('that contradict one another leave the second out, and all else is taken in', async () => {
    await take(line('701', '01-10', 'g', 6));
    const contradicting = take(line('701', '01-10', 'g', 7), line('702', '01-11', 'g', 1));
    await expect(contradicting).rejects.toMatchObject({
      code: 'SHOP_INVOICES_LEFT_OUT',
      leftOut: [{ invoice: '701' }],
      summary: { orders: 2, soldTotal: '20.00' },
    });
    expect([await returned('701'), await returned('702')]).toEqual([0, 0]);
  });

  it('that are one file, imported twice at the same time, end as if it were once', async () => {
    const days = Array.from({ length: 40 }, (_, day) => `0${1 + Math.floor(day / 20)}-${10 + (day % 20)}`);
    const sales = days.map((day, index) => line(`8${index + 10}`, day, `h${index % 3}`, 5));
    const returns = days.map((_, index) => line(`C8${index + 60}`, '03-01', `h${index % 3}`, -4));
    const surveyed = await survey(file(...sales, ...returns));
    const other = await makeShop(database.connectionString);
    await other.init();
    try {
      const both = await Promise.all([shop.get(Importer).import(surveyed), other.get(Importer).import(surveyed)]);
      expect(both[0]).toEqual(both[1]);
      const before = await head();
      expect(await shop.get(Importer).import(surveyed)).toEqual(both[0]);
      expect(await head()).toEqual(before);
    } finally {
      await other.close();
    }
  });
});
