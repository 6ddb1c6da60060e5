import { describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, failureOf, upTo } from './bus-under-test.js';
import { bodiesIn, SeenMessages, sendEach } from './seen-messages.js';
import { queuesForEach } from './queues-for-each.js';

/** What every engine promises of who may consume queues, and of how long those live (SEMANTICS 2.1, 2.11). */
export function testQueueLives(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`the lives of queues on ${engine}`, () => {
    const { under, queues, consume, state } = queuesForEach(open, ['work']);
    const manual = { ack: 'manual' } as const;

    it('belong to one consumer alone where it asks for that', async () => {
      const first = await consume(new SeenMessages(), { exclusive: true });
      expect(await failureOf(consume(new SeenMessages()))).toMatchObject({ code: 'BUS_RESOURCE_LOCKED' });
      await first.stop();
      await consume(new SeenMessages());
      const second = consume(new SeenMessages(), { exclusive: true });
      expect(await failureOf(second)).toMatchObject({ code: 'BUS_RESOURCE_LOCKED' });
    });

    it('serve a single active consumer, and the next when it ends, which leaves it what it has', async () => {
      await queues().declareQueue('single', { singleActiveConsumer: true });
      const [one, other] = [new SeenMessages(), new SeenMessages()];
      const single = { ...manual, queue: 'single', prefetch: 2 };
      const active = await consume(one, single);
      await consume(other, single);
      await sendEach(queues(), 'single', upTo(4));
      await one.atLeast(2);
      await active.cancel();
      await other.atLeast(2);
      await active.ack(2, { multiple: true });
      expect([one.bodies, other.bodies]).toEqual([
        [0, 1],
        [2, 3],
      ]);
    });

    it('serve consumers of a higher priority first, and others when those are full', async () => {
      const [low, high] = [new SeenMessages(), new SeenMessages()];
      await consume(low, { ...manual, prefetch: 10 });
      await consume(high, { ...manual, prefetch: 2, priority: 5 });
      await sendEach(queues(), 'work', upTo(5));
      await high.atLeast(2);
      await low.atLeast(3);
      expect([high.bodies, low.bodies]).toEqual([
        [0, 1],
        [2, 3, 4],
      ]);
    });

    it('are closed to others where they are exclusive, and go with their owner', async () => {
      const other = await under().other();
      await other.queues.declareQueue('mine', { exclusive: true });
      for (const refuse of [
        () => queues().declareQueue('mine', { exclusive: true }),
        () => queues().describeQueue('mine'),
        () => queues().purge('mine'),
        () => queues().deleteQueue('mine'),
        () => queues().bind({ exchange: 'amq.fanout', queue: 'mine' }),
        () => consume(new SeenMessages(), { queue: 'mine' }),
      ]) {
        expect(await failureOf(refuse())).toMatchObject({ code: 'BUS_RESOURCE_LOCKED' });
      }
      await queues().send('mine', { body: 1 });
      expect(await bodiesIn(other.queues, 'mine')).toEqual([1]);
      await other.queues.stop();
      await queues().sweep();
      expect(await failureOf(queues().describeQueue('mine'))).toMatchObject({ code: 'BUS_UNKNOWN_QUEUE' });
    });

    it('give back what a consumer has had in hand for too long', async () => {
      await sendEach(queues(), 'work', ['stuck', 'other']);
      const seen = new SeenMessages();
      await consume(seen, { ...manual, prefetch: 1, pollMs: 10, ackTimeoutMs: 50 });
      await seen.atLeast(3);
      expect(seen.messages.map(({ body, attempt }) => [body, attempt])).toEqual([
        ['stuck', 1],
        ['stuck', 2],
        ['stuck', 3],
      ]);
    });

    it('end their consumers, and say so, when they are deleted', async () => {
      const reasons: string[] = [];
      await consume(new SeenMessages(), { onCancel: (reason) => void reasons.push(reason) });
      await queues().deleteQueue('work');
      await eventually(() => reasons.length === 1, 'the cancel');
      expect(reasons[0]).toContain('work');
    });

    it('go with their last consumer where they are auto-delete, and never before they had one', async () => {
      await queues().declareQueue('brief', { autoDelete: true });
      await queues().sweep();
      const consumers = [
        await consume(new SeenMessages(), { queue: 'brief' }),
        await consume(new SeenMessages(), { queue: 'brief' }),
      ];
      await consumers[0]?.stop();
      await queues().describeQueue('brief');
      await consumers[1]?.stop();
      expect(await failureOf(queues().describeQueue('brief'))).toMatchObject({ code: 'BUS_UNKNOWN_QUEUE' });
    });

    it('go when nobody has used them for as long as they say, and what is in them is no dead letter', async () => {
      await queues().declareQueue('idle', { expiresMs: 10_000 });
      await queues().send('idle', { body: 1 });
      await under().passTime(9_000);
      await queues().declareQueue('idle', { expiresMs: 10_000 });
      await under().passTime(9_000);
      await queues().sweep();
      await queues().describeQueue('idle');
      await under().passTime(2_000);
      await queues().sweep();
      expect(await failureOf(queues().describeQueue('idle'))).toMatchObject({ code: 'BUS_UNKNOWN_QUEUE' });
      expect(await queues().describeQueue('dead-letters')).toMatchObject({ ready: 0 });
    });

    it('are purged of what is ready, and not of what is in hand', async () => {
      await sendEach(queues(), 'work', upTo(5));
      const seen = new SeenMessages();
      const consumer = await consume(seen, { ...manual, prefetch: 2 });
      await seen.atLeast(2);
      expect(await queues().purge('work')).toBe(3);
      expect(await state()).toEqual({ ready: 0, unacked: 2, consumers: 1 });
      await consumer.stop();
      expect(await queues().purge('work')).toBe(2);
    });

    it('are named by the bus where they have no name', async () => {
      const name = await queues().declareQueue('', { exclusive: true });
      expect(name).toMatch(/^amq\.gen-/u);
      await queues().send(name, { body: 1 });
      expect(await bodiesIn(queues(), name)).toEqual([1]);
    });
  });
}
