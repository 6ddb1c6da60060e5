import { Projections } from '@annals/cqrs';
import { EventStore, Shredded } from '@annals/event-store';
import { PostgresLog } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import type { INestApplication } from '@nestjs/common';
import type { App } from 'supertest/types.js';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeShop } from '../../apps/sample-shop/src/serve.js';

const PLANTED = { name: 'Erika Mustermann-Gänseblümchen', email: 'erika.planted@example.org' };
const OTHER = { name: 'Max Somebody-Else', email: 'max.other@example.org' };
const LINE = { ordinal: 1, stockCode: '21777', description: 'RECIPE BOX', quantity: 2, unitPrice: '7.95' };

const plain = (text: string) => ({ name: '', text });

describe('Who a customer of the shop is', () => {
  let database: TestDatabase;
  let shop: INestApplication<App>;
  const http = () => request(shop.getHttpServer());

  beforeAll(async () => {
    database = await openTestDatabase('shop_forget');
    shop = await makeShop(database.connectionString);
    await shop.init();
  });
  afterAll(async () => {
    await shop.close();
    await database.drop();
  });

  const caughtUp = async (): Promise<void> => {
    const head = await shop.get(EventStore).head();
    const projections = shop.get(Projections);
    await Promise.all(projections.names.map((name) => projections.reached(name, head, { timeoutMs: 60_000 })));
  };
  const customers = async (): Promise<Record<string, unknown>[]> =>
    (await http().get('/customers')).body as Record<string, unknown>[];
  /** Every row of every table of the store and of the read model, as text. */
  const dump = async (): Promise<string> => {
    const log = shop.get<PostgresLog>(PostgresLog);
    const tables = await log.database.query<[string]>(
      plain("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('annals', 'shop')"),
    );
    expect(tables.length).toBeGreaterThan(12);
    const rows = await Promise.all(
      tables.map(([table]) => log.database.query<[string]>(plain(`SELECT row::text FROM ${table} row`))),
    );
    return rows.flat(2).join('\n');
  };
  const order = (customer: string) =>
    http()
      .post('/orders')
      .send({ customer, country: 'France', lines: [LINE] })
      .expect(201);

  it('can be read by nobody any more once they asked to be forgotten; others, and what was bought, stay', async () => {
    for (const [customer, contact] of [
      ['17850', PLANTED],
      ['13047', OTHER],
    ] as const) {
      await order(customer);
      await http().put(`/customers/${customer}/contact`).send(contact).expect(204);
    }
    await caughtUp();
    expect(await customers()).toMatchObject([
      { id: '13047', ...OTHER },
      { id: '17850', ...PLANTED },
    ]);
    // The read model shows it; the events do not.
    expect(await dump()).toContain(PLANTED.name);

    await http().delete('/customers/17850/contact').expect(204);
    await caughtUp();
    expect(await customers()).toMatchObject([
      { id: '13047', ...OTHER },
      { id: '17850', name: null, email: null, country: 'France', orders: 1, spent: '15.90' },
    ]);
    const dumped = await dump();
    for (const planted of [PLANTED.name, 'Gänseblümchen', PLANTED.email]) expect(dumped).not.toContain(planted);
    expect(dumped).toContain(OTHER.email);

    const types: string[] = [];
    for await (const { type, data } of shop.get(EventStore).read('customer-17850')) {
      types.push(type);
      if (type === 'customer-contact-given') expect(data).toMatchObject({ name: new Shredded('customer-17850') });
    }
    expect(types).toEqual(['customer-registered', 'customer-contact-given', 'customer-forgotten', '$shredded']);
  });

  it('stays forgotten in a list that is filled anew', async () => {
    const log = shop.get<PostgresLog>(PostgresLog);
    await shop.get(Projections).stop();
    await log.database.query(plain('UPDATE annals.projection_cursor SET "offset" = 0'));
    await log.database.query(plain('TRUNCATE shop.customer, shop.product, shop."order"'));
    await shop.close();
    shop = await makeShop(database.connectionString);
    await shop.init();
    await caughtUp();
    expect(await customers()).toMatchObject([
      { id: '13047', ...OTHER },
      { id: '17850', name: null, email: null },
    ]);
  });

  it('refuses a contact that is none, and one of nobody', async () => {
    const answers = [
      await http().put('/customers/17850/contact').send({ name: '', email: 'nowhere' }),
      await http().put('/customers/1/contact').send(PLANTED),
      await http().delete('/customers/1/contact'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 404, 404]);
  });
});
