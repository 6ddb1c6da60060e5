import { Bus } from '@annals/bus';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import request from 'supertest';
import type { App } from 'supertest/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayModule } from '../../apps/sample-shop/src/payment/gateway.module.js';
import { makeShop } from '../../apps/sample-shop/src/serve.js';

const line = (stockCode: string, unitPrice = '2.50') => {
  return { ordinal: 1, stockCode, description: 'RECIPE BOX', quantity: 4, unitPrice };
};

describe('The queues of the shop', () => {
  let database: TestDatabase;
  let shop: INestApplication<App>;
  let gateway: INestApplicationContext;
  const http = () => request(shop.getHttpServer());
  const place = (number: string, stockCode: string, unitPrice?: string) =>
    http()
      .post('/orders')
      .send({ number, customer: '17850', lines: [line(stockCode, unitPrice)] })
      .expect(201);
  const get = async <Body>(path: string): Promise<Body> => (await http().get(path).expect(200)).body as Body;
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition()));
  };

  beforeAll(async () => {
    database = await openTestDatabase('shop_queues');
    shop = await makeShop(database.connectionString);
    await shop.init();
    gateway = await NestFactory.createApplicationContext(GatewayModule.on(database.connectionString), {
      logger: false,
    });
  });
  afterAll(async () => {
    await Promise.all([shop.close(), gateway.close()]);
    await database.drop();
  });

  it('have each order picked, and its customer told, once', async () => {
    for (const number of ['1', '2', '3']) await place(number, '21777');
    await until(async () => (await get<{ total: number }>('/warehouse/pick-lists')).total === 3);
    interface Mails {
      mails: { subject: string }[];
      counts: { mails: number }[];
    }
    await until(async () => (await get<Mails>('/mails')).counts[0]?.mails === 3);
    await until(async () => (await get<Mails>('/mails')).mails.length === 3);
    const { mails } = await get<Mails>('/mails');
    expect(mails.map(({ subject }) => subject).sort()[0]).toBe('We have your order 1 over £10.00');
    const { pickLists } = await get<{ pickLists: unknown[] }>('/warehouse/pick-lists');
    expect(pickLists).toContainEqual({ orderNumber: '2', units: 4 });
  });

  it('show what cannot be picked, and pick it once it is sent back', async () => {
    await place('4', '<gift>');
    type Letters = { messageId: string; queue: string; reason: string; body: { number: string } }[];
    await until(async () => (await get<Letters>('/dead-letters')).length === 1);
    const [letter] = await get<Letters>('/dead-letters');
    expect(letter).toMatchObject({ queue: 'warehouse', reason: 'rejected', body: { number: '4' } });
    const page = await http().get('/dead-letters/page').expect(200).expect('Content-Type', /html/u);
    expect(page.text).toContain('&lt;gift&gt;');
    expect(page.text).not.toContain('<gift>');
    await http().post('/warehouse/services').send({ code: '<gift>' }).expect(201);
    await http().post('/dead-letters/redrive').type('form').send({ messageId: letter?.messageId }).expect(303);
    await until(async () => (await get<{ total: number }>('/warehouse/pick-lists')).total === 4);
    expect(await get<Letters>('/dead-letters')).toEqual([]);
  });

  it('ask the payment gateway, which answers from a process of its own, or not', async () => {
    await place('5', '21777', '9000');
    await until(async () => (await get<{ total: number }>('/invoices')).total === 5);
    const paid = await http().post('/invoices/1/payment').expect(201);
    expect(paid.body).toMatchObject({ order: '1', authorised: true });
    const refused = await http().post('/invoices/5/payment').expect(201);
    expect(refused.body).toMatchObject({ order: '5', authorised: false });
    await http().post('/invoices/none/payment').expect(404);
    expect(await get<unknown[]>('/payments')).toHaveLength(2);
  });

  it('can be drawn', async () => {
    const { text } = await http().get('/topology').expect(200);
    for (const name of ['shop.mails', 'shop.orders', 'warehouse', 'mail-counts', 'payments', 'dead letters']) {
      expect(text).toContain(name);
    }
    const queues = await shop.get(Bus).queues.listQueues();
    expect(queues.map(({ name }) => name)).toEqual(['dead-letters', 'mail-counts', 'mails', 'payments', 'warehouse']);
  });
});
