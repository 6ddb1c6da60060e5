import { describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, failureOf, upTo } from './bus-under-test.js';
import { bodiesIn, drain, QUICK_CONSUMER, SeenMessages, sendEach } from './seen-messages.js';
import { queuesForEach } from './queues-for-each.js';

/** What every engine promises of times to live, lengths and priorities (SEMANTICS 2.12, 2.13, 2.16). */
export function testLimits(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`limits of queues on ${engine}`, () => {
    const { under, queues, ready } = queuesForEach(open, []);
    const dead = () => drain(queues(), 'dead-letters');

    it('let messages expire after the lesser of the two times, as dead letters without one', async () => {
      await queues().declareQueue('brief', { messageTtlMs: 10_000 });
      await queues().send('brief', { body: 'queue', expirationMs: 60_000 });
      await under().passTime(9_000);
      await queues().sweep();
      expect(await ready('brief')).toBe(1);
      await under().passTime(2_000);
      await queues().sweep();
      expect(await ready('brief')).toBe(0);
      const [letter] = await dead();
      expect(letter?.deaths).toMatchObject([
        { queue: 'brief', reason: 'expired', count: 1, originalExpirationMs: 60_000 },
      ]);
      await under().passTime(100_000);
      await queues().send('brief', { body: 'own', expirationMs: 1_000 });
      await under().passTime(2_000);
      await queues().sweep();
      expect((await dead()).map(({ body }) => body)).toEqual(['own']);
    });

    it('never hand over an expired message, even where nobody has looked', async () => {
      await queues().declareQueue('work');
      await queues().send('work', { body: 'late', expirationMs: 1_000 });
      await queues().send('work', { body: 'in time' });
      await under().passTime(2_000);
      const seen = new SeenMessages();
      await queues().consume({ ...QUICK_CONSUMER, queue: 'work' }, seen.handle);
      await seen.atLeast(1);
      await eventually(async () => (await ready('dead-letters')) === 1, 'the dead letter');
      expect(seen.bodies).toEqual(['in time']);
    });

    it('let messages expire only when they are next, as classic queues do', async () => {
      await queues().declareQueue('work');
      await queues().send('work', { body: 'long', expirationMs: 60_000 });
      await queues().send('work', { body: 'short', expirationMs: 1_000 });
      await under().passTime(2_000);
      await queues().sweep();
      expect(await ready('work')).toBe(2);
      await under().passTime(60_000);
      await queues().sweep();
      expect([await ready('work'), (await dead()).map(({ body }) => body)]).toEqual([0, ['long', 'short']]);
    });

    it('expire at once with a time of 0, unless a consumer waits for them', async () => {
      await queues().declareQueue('work', { messageTtlMs: 0 });
      await queues().send('work', { body: 'nobody' });
      await eventually(async () => (await ready('dead-letters')) === 1, 'the dead letter');
      expect(await ready('work')).toBe(0);
    });

    it('keep the time to live of what is given back', async () => {
      await queues().declareQueue('work', { messageTtlMs: 10_000 });
      await queues().send('work', { body: 1 });
      const seen = new SeenMessages();
      const consumer = await queues().consume({ ...QUICK_CONSUMER, queue: 'work', ack: 'manual' }, seen.handle);
      await seen.atLeast(1);
      await under().passTime(8_000);
      await consumer.stop();
      await under().passTime(4_000);
      await queues().sweep();
      expect((await dead()).map(({ deaths }) => deaths[0]?.reason)).toEqual(['expired']);
    });

    it('drop the oldest beyond a length, as dead letters; what is in hand does not count', async () => {
      await queues().declareQueue('short', { maxLength: 3 });
      await sendEach(queues(), 'short', upTo(5));
      expect((await dead()).map(({ body, deaths }) => [body, deaths[0]?.reason])).toEqual([
        [0, 'maxlen'],
        [1, 'maxlen'],
      ]);
      const seen = new SeenMessages();
      const consumer = await queues().consume(
        { ...QUICK_CONSUMER, queue: 'short', ack: 'manual', prefetch: 2 },
        seen.handle,
      );
      await seen.atLeast(2);
      await sendEach(queues(), 'short', [5, 6]);
      expect(await queues().describeQueue('short')).toMatchObject({ ready: 3, unacked: 2 });
      await consumer.stop();
      await queues().send('short', { body: 7 });
      expect(await bodiesIn(queues(), 'short')).toEqual([5, 6, 7]);
    });

    it('drop the oldest beyond so many bytes of bodies', async () => {
      await queues().declareQueue('small', { maxBytes: 100 });
      await sendEach(queues(), 'small', ['x'.repeat(40), 'y'.repeat(40), 'z'.repeat(40)]);
      expect(await queues().describeQueue('small')).toMatchObject({ ready: 2, readyBytes: 84 });
      await queues().send('small', { body: 'w'.repeat(98) });
      expect(await bodiesIn(queues(), 'small')).toEqual(['w'.repeat(98)]);
      await queues().send('small', { body: 'v'.repeat(200) });
      expect(await ready('small')).toBe(0);
    });

    it('reject what is beyond a length, and store it in other queues all the same', async () => {
      await queues().declareQueue('full', { maxLength: 2, overflow: 'reject-publish' });
      await queues().declareQueue('other');
      for (const queue of ['full', 'other']) await queues().bind({ exchange: 'amq.fanout', queue });
      for (const body of upTo(2)) await queues().publish('amq.fanout', '', { body });
      const rejected = queues().publish('amq.fanout', '', { body: 2 });
      expect(await failureOf(rejected)).toMatchObject({ code: 'BUS_QUEUE_FULL', queues: ['full'], retryable: true });
      expect([await ready('full'), await ready('other'), await ready('dead-letters')]).toEqual([2, 3, 0]);
    });

    it('reject what is beyond a length and make it a dead letter, with reject-publish-dlx', async () => {
      await queues().declareQueue('full', { maxLength: 1, overflow: 'reject-publish-dlx' });
      const all = await Promise.allSettled(upTo(10).map((body) => queues().send('full', { body })));
      expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(9);
      expect((await dead()).map(({ deaths }) => deaths[0]?.reason)).toEqual(upTo(9).map(() => 'maxlen'));
      expect(await ready('full')).toBe(1);
    });

    it('hold their length whoever publishes, and however many at once', async () => {
      await queues().declareQueue('short', { maxLength: 5 });
      const other = await under().other();
      await Promise.all(upTo(40).map((body) => (body % 2 === 0 ? queues() : other.queues).send('short', { body })));
      expect(await ready('short')).toBe(5);
      expect(await ready('dead-letters')).toBe(35);
    });

    it('hand over higher priorities first, in order within one, and take too high ones for the highest', async () => {
      await queues().declareQueue('ranked', { maxPriority: 3 });
      for (const [body, priority] of [
        ['none', undefined],
        ['one', 1],
        ['three', 3],
        ['nine', 9],
        ['two', 2],
        ['again', 1],
      ] as const) {
        await queues().send('ranked', { body, ...(priority !== undefined && { priority }) });
      }
      expect(await bodiesIn(queues(), 'ranked')).toEqual(['three', 'nine', 'two', 'one', 'again', 'none']);
    });

    it('ignore priorities where a queue has none, and keep them through giving back', async () => {
      await queues().declareQueue('plain');
      for (const priority of [0, 9]) await queues().send('plain', { body: priority, priority });
      expect(await bodiesIn(queues(), 'plain')).toEqual([0, 9]);
      await queues().declareQueue('ranked', { maxPriority: 9 });
      for (const priority of [1, 5, 3]) await queues().send('ranked', { body: priority, priority });
      const seen = new SeenMessages();
      const consumer = await queues().consume({ ...QUICK_CONSUMER, queue: 'ranked', ack: 'manual' }, seen.handle);
      await seen.atLeast(3);
      await consumer.stop();
      expect(await bodiesIn(queues(), 'ranked')).toEqual([5, 3, 1]);
    });

    it('drop the lowest priority first, and the highest where RabbitMQ’s way is wanted', async () => {
      for (const [name, dropFirst, left] of [
        ['lowest', 'lowest', [5, 3]],
        ['highest', 'highest', [3, 1]],
      ] as const) {
        await queues().declareQueue(name, { maxPriority: 9, maxLength: 2, dropFirst });
        for (const priority of [1, 5, 3]) await queues().send(name, { body: priority, priority });
        expect(await bodiesIn(queues(), name)).toEqual(left);
      }
    });

    it('refuse options that cannot be, all faults at once, and make nothing', async () => {
      const bad = {
        messageTtlMs: -1,
        expiresMs: 0,
        maxPriority: 256,
        overflow: 'drop' as 'drop-head',
        color: 'red',
      } as object;
      const failure = await failureOf(queues().declareQueue('bad', bad));
      expect(failure).toMatchObject({ code: 'BUS_INVALID_QUEUE' });
      for (const word of ['messageTtlMs', 'expiresMs', 'maxPriority', 'overflow', 'color']) {
        expect(failure.message).toContain(word);
      }
      const astray = queues().declareQueue('bad', { deadLetterExchange: null, deadLetterRoutingKey: 'k' });
      expect(await failureOf(astray)).toMatchObject({ code: 'BUS_INVALID_QUEUE' });
      expect(await queues().listQueues()).toEqual([]);
    });
  });
}
