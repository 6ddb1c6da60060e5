import { fileURLToPath } from 'node:url';
import { CHECKPOINT_HEADER, Projections } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import type { INestApplication } from '@nestjs/common';
import type { App } from 'supertest/types.js';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Importer } from '../../apps/sample-shop/src/importing/importer.js';
import { survey } from '../../apps/sample-shop/src/importing/survey.js';
import { makeShop } from '../../apps/sample-shop/src/serve.js';

const TWO_WEEKS = fileURLToPath(new URL('../../apps/sample-shop/data/online-retail-2weeks.csv.gz', import.meta.url));
const REBUILT = ['product-sales-per-day', 'order-list', 'stock-level', 'customer-spend'];

interface Summary {
  readonly name: string;
  readonly rebuild?: { readonly state: string };
}

describe('The reports of the shop', () => {
  let database: TestDatabase;
  let shop: INestApplication<App>;
  const http = () => request(shop.getHttpServer());
  const caughtUp = async (): Promise<void> => {
    const head = await shop.get(EventStore).head();
    const projections = shop.get(Projections);
    await Promise.all(projections.names.map((name) => projections.reached(name, head, { timeoutMs: 60_000 })));
  };
  const sql = async <Row>(query: string): Promise<Row[]> => shop.get(DataSource).query<Row[]>(query);

  beforeAll(async () => {
    database = await openTestDatabase('reports');
    shop = await makeShop(database.connectionString);
    await shop.init();
  }, 60_000);
  afterAll(async () => {
    await shop.close();
    await database.drop();
  });

  it('are rebuilt by the button while an import runs, and add up to the orders in the end', async () => {
    const imported = shop.get(Importer).import(await survey(TWO_WEEKS));
    await vi.waitFor(async () => expect(await sql('SELECT FROM shop."order" LIMIT 20')).toHaveLength(20), 30_000);
    for (const name of REBUILT) await http().post(`/projections/${name}/rebuild`).expect(202);
    await imported;
    await vi.waitFor(async () => {
      const { body } = (await http().get('/projections')) as { body: Summary[] };
      const states = body.filter(({ name }) => REBUILT.includes(name)).map(({ rebuild }) => rebuild?.state);
      expect(states).toEqual(REBUILT.map(() => 'switched'));
    }, 60_000);
    await caughtUp();
    const [sums] = await sql<Record<string, string>>(
      `SELECT (SELECT sum(total) FROM shop."order")::text AS orders, (SELECT sum(revenue) FROM shop.product_day)::text AS products,
         (SELECT sum(revenue) FROM shop.product)::text AS revenue,
         (SELECT sum(units) FROM shop."order")::text AS units, (SELECT sum(units) FROM shop.product_day)::text AS sold,
         (SELECT sum(total) FROM shop."order" WHERE customer IS NOT NULL)::text AS customers,
         (SELECT sum(spent) FROM shop.customer_spend)::text AS spent,
         (SELECT sum(level) FROM shop.stock_level)::text AS level,
         (SELECT sum(adjusted) - sum(sold) + sum(returned) FROM shop.product)::text AS moved`,
    );
    expect(sums?.['orders']).toBe('598626.08');
    expect(sums?.['products']).toBe('598626.08');
    expect(sums?.['revenue']).toBe('598626.08');
    expect(sums?.['sold']).toBe(sums?.['units']);
    expect(sums?.['spent']).toBe(sums?.['customers']);
    expect(sums?.['level']).toBe(sums?.['moved']);
  });

  it('are equal to what a rebuild makes of the same events, row by row', async () => {
    for (const name of REBUILT) {
      const ended = await shop.get(Projections).rebuild(name, { compare: 'equal' });
      expect([name, ended.state, ended.detail]).toEqual([name, 'switched', undefined]);
    }
  });

  it('name the top sellers, of all days and of some', async () => {
    const all = (await http().get('/reports/top-sellers?limit=3').expect(200)).body as {
      code: string;
      revenue: string;
    }[];
    expect(all).toHaveLength(3);
    expect(Number(all[0]?.revenue)).toBeGreaterThan(Number(all[2]?.revenue));
    const [day] = (await http().get('/reports/top-sellers?from=2010-12-01&to=2010-12-01&limit=1').expect(200)).body as {
      revenue: string;
    }[];
    expect(Number(day?.revenue)).toBeLessThan(Number(all[0]?.revenue));
    await http().get('/reports/top-sellers?from=yesterday').expect(400);
    await http()
      .get(`/reports/product-sales?code=${all[0]?.code ?? ''}`)
      .expect(200);
    await http().get('/reports/stock?limit=5').expect(200);
    await http().get('/reports/customer-spend?limit=5').expect(200);
  });

  it('show a caller its own order at once, by the checkpoint that the answer carries', async () => {
    const lines = [{ ordinal: 1, stockCode: 'MUG', quantity: 2, unitPrice: '2.55' }];
    for (let n = 0; n < 10; n += 1) {
      const answer = await http().post('/orders').send({ customer: '17850', lines }).expect(201);
      const { number } = answer.body as { number: string };
      const token = answer.headers[CHECKPOINT_HEADER.toLowerCase()] as string;
      const { body } = await http().get(`/orders/${number}`).set(CHECKPOINT_HEADER, token).expect(200);
      expect(body).toMatchObject({ order: { number, total: '5.10' } });
    }
    await http().get('/orders').set(CHECKPOINT_HEADER, 'nonsense').expect(400);
  });

  it('are watched: health, metrics, a page, a diagnosis', async () => {
    expect((await http().get('/health').expect(200)).body).toMatchObject({ status: 'ok' });
    expect((await http().get('/metrics').expect(200)).text).toContain('annals_projection_lag{projection="stock-level"');
    expect((await http().get('/projections/page').expect(200)).text).toContain('<h1>Read models</h1>');
    expect((await http().get('/projections/stock-level/diagnosis').expect(200)).body).toMatchObject({ reasons: [] });
    await http().post('/projections/unknown/rebuild').expect(404);
    const refused = await http().post('/projections/customer-list/rebuild');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'CQRS_REBUILD_REFUSED' });
  });
});
