import { deepStrictEqual, strictEqual } from 'node:assert';
import { Bus, InMemoryBusEngine } from '@annals/bus';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';

// #region open
const unitOfWork = new InMemoryUnitOfWork(new InMemoryLog());
const bus = new Bus(new InMemoryBusEngine(undefined, undefined, unitOfWork));
const { queues } = bus;
await queues.declareExchange('orders', 'topic');
await queues.declareQueue('warehouse', { deliveryLimit: 5 });
await queues.declareQueue('mails', { messageTtlMs: 86_400_000 });
await queues.bind({ exchange: 'orders', queue: 'warehouse', routingKey: 'order.placed' });
await queues.bind({ exchange: 'orders', queue: 'mails', routingKey: 'order.#' });
// #endregion open

// #region publish
await queues.publish('orders', 'order.placed', { body: { number: 1 }, headers: { country: 'FR' } });
await queues.publish('orders', 'order.shipped', { body: { number: 1 } }, { mandatory: true });
await queues.send('warehouse', { body: { number: 2 } });
// #endregion publish

// #region consume
const picked: number[] = [];
const picker = await queues.consume({ queue: 'warehouse', prefetch: 5, attempts: 3, retryBaseMs: 10 }, ({ body }) => {
  const { number } = body as { number: number };
  if (number === 2) throw new Error('nothing on the shelf');
  picked.push(number);
});
// #endregion consume
const until = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
};
await until(async () => (await queues.describeQueue('dead-letters')).ready === 1);
await picker.stop();
deepStrictEqual(picked, [1]);

// #region dead
const [letter] = await queues.peek('dead-letters');
console.log(letter?.deaths); // [{ queue: 'warehouse', reason: 'rejected', count: 1, … }]
await queues.redrive('dead-letters');
// #endregion dead
strictEqual((await queues.describeQueue('warehouse')).ready, 1);
await queues.purge('warehouse');

// #region manual
const mailer = await queues.consume({ queue: 'mails', prefetch: 50, ack: 'manual' }, ({ body }, { deliveryTag }) => {
  const { number } = body as { number: number };
  if (number > 0) void mailer.ack(deliveryTag);
  else void mailer.nack(deliveryTag, { requeue: false });
});
// #endregion manual
await until(async () => (await queues.describeQueue('mails')).unacked === 0);
await mailer.stop();

// #region once
await queues.declareQueue('invoices');
const biller = await queues.consume(
  { queue: 'warehouse', guarantee: 'effectively-once' },
  async ({ body }, { publish }) => {
    // Rows by `manager`, events by the store, records and messages: all of it and the acknowledgement, or nothing.
    await publish('', 'invoices', { body });
  },
);
// #endregion once
await queues.send('warehouse', { body: { number: 3 } });
await until(async () => (await queues.describeQueue('invoices')).ready === 1);
await biller.stop();

// #region unit
await unitOfWork.run(async () => {
  await queues.publish('orders', 'order.placed', { body: { number: 4 } });
});
// #endregion unit
strictEqual((await queues.describeQueue('warehouse')).ready, 1);

// #region later
await queues.send('mails', { body: { number: 5 }, messageId: 'remind-5', delayMs: 60_000 });
await queues.cancelDelayed('remind-5');
// #endregion later

// #region request
await queues.declareQueue('prices');
const prices = await queues.respond({ queue: 'prices', prefetch: 20 }, ({ body }) => {
  const { product } = body as { product: string };
  return { product, price: '2.50' };
});
const reply = await queues.request('', 'prices', { body: { product: '21777' } }, { timeoutMs: 2_000 });
console.log(reply.body); // { product: '21777', price: '2.50' }
// #endregion request
deepStrictEqual(reply.body, { product: '21777', price: '2.50' });
await prices.stop();

// #region graph
console.log(await queues.graph()); // flowchart LR …
// #endregion graph

// #region alternate
await queues.declareExchange('lost', 'fanout');
await queues.declareExchange('payments', 'direct', { alternateExchange: 'lost' });
await queues.declareQueue('unrouted');
await queues.bind({ exchange: 'lost', queue: 'unrouted' });
await queues.publish('payments', 'nobody-knows', { body: 1 });
// #endregion alternate
strictEqual((await queues.describeQueue('unrouted')).ready, 1);

// #region limits
await queues.declareQueue('small', {
  maxLength: 1_000,
  overflow: 'reject-publish',
  maxPriority: 5,
  singleActiveConsumer: true,
  deadLetterExchange: 'lost',
});
await queues.send('small', { body: 'urgent', priority: 5, expirationMs: 30_000 });
// #endregion limits
await bus.stop();
