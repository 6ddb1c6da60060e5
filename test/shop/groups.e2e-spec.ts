import { Bus } from '@annals/bus';
import { EventStore } from '@annals/event-store';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import type { INestApplication } from '@nestjs/common';
import request from 'supertest';
import type { App } from 'supertest/types.js';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeShop } from '../../apps/sample-shop/src/serve.js';

const line = (ordinal: number, stockCode: string, quantity: number) => {
  return { ordinal, stockCode, description: 'RECIPE BOX', quantity, unitPrice: '2.50' };
};

describe('The groups that follow the orders of two shops on one database', () => {
  let database: TestDatabase;
  let shops: INestApplication<App>[];
  const http = (shop: number) => request(shops[shop]!.getHttpServer());
  const caughtUp = async (): Promise<void> => {
    for (;;) {
      const groups = (await http(0).get('/groups')).body as { lag: number }[];
      if (groups.length === 4 && groups.every(({ lag }) => lag === 0)) return;
    }
  };

  beforeAll(async () => {
    database = await openTestDatabase('shop_groups');
    shops = [await makeShop(database.connectionString), await makeShop(database.connectionString)];
    for (const shop of shops) await shop.init();
  });
  afterAll(async () => {
    await Promise.all(shops.map((shop) => shop.close()));
    await database.drop();
  });

  it('each see every order once, wherever it was placed', async () => {
    for (let n = 0; n < 20; n++) {
      const lines = [line(1, '21777', 2), line(2, '85123A', 1)];
      await http(n % 2)
        .post('/orders')
        .send({ number: `9${n}`, ...(n % 4 > 0 && { customer: `178${n % 4}` }), lines })
        .expect(201);
    }
    await http(0)
      .post('/orders/90/returns')
      .send({ lines: [{ ordinal: 1, quantity: 1, returnOrdinal: 1 }] })
      .expect(201);
    await caughtUp();
    const { total, invoices } = (await http(1).get('/invoices')).body as {
      total: number;
      invoices: { orderNumber: string; total: string; credited: string }[];
    };
    expect(total).toBe(20);
    expect(invoices.every((invoice) => invoice.total === '7.50')).toBe(true);
    expect(invoices.find(({ orderNumber }) => orderNumber === '90')?.credited).toBe('2.50');
    const rows = await new DataSource({ type: 'postgres', url: database.connectionString }).initialize();
    const shelf = await rows.query<{ code: string; picked: string }[]>('SELECT * FROM shop.shelf ORDER BY code');
    await rows.destroy();
    expect(shelf).toEqual([
      { code: '21777', picked: '40' },
      { code: '85123A', picked: '20' },
    ]);
    const notifications = await shops[0]!.get(Bus).describeTopic('shop-notifications');
    expect(notifications.partitions.reduce((sum, { end }) => sum + end, 0)).toBe(15);
  });

  it('show their members and lag over HTTP, and no event stands in a second table', async () => {
    const groups = (await http(0).get('/groups').expect(200)).body as { name: string; members: unknown[] }[];
    expect(groups.map(({ name }) => name)).toEqual(['billing', 'inventory', 'notification', 'warehouse']);
    for (const { members } of groups) expect(members).toHaveLength(2);
    const head = await shops[0]!.get(EventStore).head();
    const { partitions } = await shops[0]!.get(Bus).describeTopic('events');
    expect(partitions.map(({ end }) => end)).toEqual(head);
    const rows = await new DataSource({ type: 'postgres', url: database.connectionString }).initialize();
    const tables = await rows.query<{ name: string }[]>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'annals'::regnamespace AND relkind = 'r' AND relname LIKE 'record\\_%'`,
    );
    await rows.destroy();
    // Only the topic of notifications has records of its own.
    expect(tables).toHaveLength(1);
  });
});
