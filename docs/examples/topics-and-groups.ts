import { strictEqual } from 'node:assert';
import { Bus, InMemoryBusEngine, observe } from '@annals/bus';
import { InMemoryLog } from '@annals/log';

// #region open
const bus = new Bus(new InMemoryBusEngine());
await bus.createTopic('orders', { partitions: 4 });
// #endregion open

// #region publish
await bus.publish('orders', { key: 'order-1', value: { total: '12.50' } });
await bus.publish('orders', { key: 'order-1', value: { total: '14.00' }, headers: { reason: 'changed' } });
// #endregion publish

// #region subscribe
const totals = new Map<string, string>();
const subscription = await bus.subscribe({ topic: 'orders', group: 'statistics' }, (record) => {
  totals.set(record.key ?? '', (record.value as { total: string }).total);
});
// #endregion subscribe
const until = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await condition())) await new Promise(setImmediate);
};
await until(() => totals.get('order-1') === '14.00');
await subscription.stop();

// #region exactly
await bus.createTopic('invoices');
const billing = await bus.subscribe(
  { topic: 'orders', group: 'billing', guarantee: 'effectively-once' },
  async (record, { publish }) => {
    await publish('invoices', { key: record.key, value: record.value });
  },
);
// #endregion exactly
const lagOf = async (group: string): Promise<number> => {
  if (!(await bus.listGroups()).includes(group)) return Infinity;
  const { positions } = await bus.describeGroup(group);
  return positions.reduce((sum, { lag }) => sum + lag, 0);
};
await until(async () => (await lagOf('billing')) === 0);
await billing.stop();
const { partitions: invoices } = await bus.describeTopic('invoices');
strictEqual(
  invoices.reduce((sum, { end }) => sum + end, 0),
  2,
);

// #region failing
await bus.createTopic('orders-dead');
const shipping = await bus.subscribe(
  { topic: 'orders', group: 'shipping', attempts: 2, retryBaseMs: 10, deadLetter: 'orders-dead' },
  (record) => {
    if (record.header('reason') === 'changed') throw new Error('no such address');
  },
);
// #endregion failing
await until(async () => (await lagOf('shipping')) === 0);
await shipping.stop();
strictEqual(
  (await bus.describeTopic('orders-dead')).partitions.reduce((sum, { end }) => sum + end, 0),
  1,
);

// #region operate
const { partitions } = await bus.describeTopic('orders');
for (const [partition, { start }] of partitions.entries()) {
  await bus.setOffsets('statistics', 'orders', { [partition]: start });
}
const { members, positions } = await bus.describeGroup('statistics');
// #endregion operate
strictEqual(members.length, 0);
strictEqual(
  positions.reduce((sum, { lag }) => sum + lag, 0),
  2,
);

// #region table
await bus.createTopic('prices', { cleanupPolicy: 'compact' });
await bus.publish('prices', { key: 'tea', value: '2.10' });
await bus.publish('prices', { key: 'tea', value: '2.30' });
const prices = await bus.table('prices');
await prices.caughtUp();
// #endregion table
strictEqual(prices.get('tea'), '2.30');

// #region events
const log = new InMemoryLog();
await bus.attach('events', log);
const audit = await bus.subscribe(
  { topic: 'events', group: 'audit', filter: { category: 'order', types: ['order-placed'] } },
  (record) => console.log(record.key, record.header('type'), record.value),
);
// #endregion events
await audit.stop();

// #region observe
const seen: unknown[] = [];
const watching = observe(bus, { topic: 'orders', group: 'watch' }).subscribe(({ record, ack }) => {
  seen.push(record.value);
  ack();
});
// #endregion observe
await until(() => seen.length === 2);
watching.unsubscribe();
await bus.stop();
