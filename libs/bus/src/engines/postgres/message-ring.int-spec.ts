import { openTestDatabase } from '@annals/postgres/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bus } from '../../bus.js';
import { eventually, upTo } from '../../testing/bus-under-test.js';
import { bodiesIn, QUICK_CONSUMER, SeenMessages } from '../../testing/seen-messages.js';
import { PostgresBusEngine } from './postgres-bus-engine.js';

const KIB = 1024;

describe('The tables of messages', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let engine: PostgresBusEngine;
  let bus: Bus;
  beforeEach(async () => {
    database = await openTestDatabase('ring');
    engine = await PostgresBusEngine.open({ connectionString: database.connectionString, messageTableBytes: 64 * KIB });
    bus = new Bus(engine, { queues: { onError: () => undefined } });
  });
  afterEach(async () => {
    await bus.stop();
    await database.drop();
  });
  const query = (text: string) => engine.database.query<readonly [number]>({ name: '', text });
  const active = async () => (await query('SELECT active FROM annals.message_ring'))[0]?.[0];
  /** Stores and takes enough for the tables to take their turns. */
  const churn = async (queue: string, count: number): Promise<void> => {
    await Promise.all(upTo(count).map((n) => bus.queues.send(queue, { body: { n, padding: 'x'.repeat(300) } })));
    await bus.queues.purge(queue);
    await bus.queues.reclaim();
  };

  it('take turns, and what is over goes', async () => {
    await bus.queues.declareQueue('work');
    const turns = new Set<number | undefined>();
    for (let round = 0; round < 8; round += 1) {
      await churn('work', 300);
      turns.add(await active());
    }
    expect(turns.size).toBeGreaterThan(1);
    const [bytes] = await query(`SELECT (pg_table_size('annals.message_0') + pg_table_size('annals.message_1')
      + pg_table_size('annals.message_2') + pg_table_size('annals.message_old'))::bigint`);
    expect(bytes?.[0]).toBeLessThan(4 * 300 * 500);
  });

  it('keep what is not over through all turns: what waits, is in hand, was given back, or lies in several queues', async () => {
    for (const name of ['work', 'waits', 'held', 'back', 'one', 'other']) await bus.queues.declareQueue(name);
    for (const queue of ['one', 'other']) await bus.queues.bind({ exchange: 'amq.fanout', queue });
    for (const queue of ['waits', 'held', 'back']) for (const body of upTo(3)) await bus.queues.send(queue, { body });
    await bus.queues.publish('amq.fanout', '', { body: { shared: 'x'.repeat(3_000) } });
    await bus.queues.purge('one');
    const held = new SeenMessages();
    const holder = await bus.queues.consume({ ...QUICK_CONSUMER, queue: 'held', ack: 'manual' }, held.handle);
    await held.atLeast(3);
    const back = new SeenMessages();
    const giver = await bus.queues.consume({ ...QUICK_CONSUMER, queue: 'back', ack: 'manual' }, back.handle);
    await back.atLeast(3);
    await giver.stop();
    for (let round = 0; round < 8; round += 1) await churn('work', 300);
    expect(await bodiesIn(bus.queues, 'waits')).toEqual([0, 1, 2]);
    expect(await bodiesIn(bus.queues, 'back')).toEqual([0, 1, 2]);
    expect(await bodiesIn(bus.queues, 'other')).toEqual([{ shared: 'x'.repeat(3_000) }]);
    await holder.stop();
    expect(await bodiesIn(bus.queues, 'held')).toEqual([0, 1, 2]);
    // A queue that was emptied long ago counts on, and does not begin anew.
    await bus.queues.send('waits', { body: 'next' });
    expect(await bodiesIn(bus.queues, 'waits')).toEqual(['next']);
    await bus.queues.reclaim();
    expect((await query('SELECT count(*) FROM annals.message_old'))[0]?.[0]).toBe(0);
  });

  it('take turns beside publishers and consumers, who lose nothing and get nothing twice', async () => {
    await bus.queues.declareQueue('work');
    const seen = new SeenMessages();
    for (const prefetch of [1, 7, 50])
      await bus.queues.consume({ ...QUICK_CONSUMER, queue: 'work', prefetch }, seen.handle);
    const count = 6_000;
    const sent = new AbortController();
    const turning = (async () => {
      while (!sent.signal.aborted) await bus.queues.reclaim();
    })();
    for (let from = 0; from < count; from += 200) {
      const some = upTo(200).map((n) => from + n);
      await Promise.all(some.map((n) => bus.queues.send('work', { body: { n, padding: 'x'.repeat(300) } })));
    }
    sent.abort();
    await turning;
    await seen.atLeast(count);
    const numbers = seen.messages.map(({ body }) => (body as { n: number }).n).sort((one, other) => one - other);
    expect(numbers).toEqual(upTo(count));
    expect(seen.messages.filter(({ redelivered }) => redelivered)).toEqual([]);
    await eventually(async () => (await bus.queues.describeQueue('work')).unacked === 0, 'the acknowledgements');
  });

  it('are never read from end to end, however little the planner knows of them', async () => {
    await bus.queues.declareQueue('work', { maxPriority: 2 });
    await bus.queues.declareQueue('waits', { maxLength: 100_000, overflow: 'reject-publish' });
    await Promise.all(upTo(2_000).map((body) => bus.queues.send('waits', { body })));
    const scans = async () => {
      await query('SELECT pg_sleep(0.6)');
      return query(
        `SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname LIKE 'message\\_%' AND relname <> 'message_ring' ORDER BY relname`,
      );
    };
    const before = await scans();
    const seen = new SeenMessages();
    const consumer = await bus.queues.consume({ ...QUICK_CONSUMER, queue: 'work', prefetch: 3 }, seen.handle);
    for (const body of upTo(30)) await bus.queues.send('work', { body, priority: body % 3 });
    await seen.atLeast(30);
    await consumer.stop();
    await bus.queues.reclaim();
    await bus.queues.sweep();
    expect(await scans()).toEqual(before);
  });
});
