import { describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, failureOf, upTo } from './bus-under-test.js';
import { bodiesIn, QUICK_CONSUMER, SeenMessages, sendEach } from './seen-messages.js';
import { queuesForEach } from './queues-for-each.js';

/** What every engine promises of queues and their consumers (SEMANTICS 2.8 to 2.11). */
export function testConsuming(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`queues and consumers on ${engine}`, () => {
    const { under, queues, consume, state } = queuesForEach(open, ['work']);
    const manual = { ack: 'manual' } as const;

    it('hand over messages in the order in which they were published, with all their properties', async () => {
      const seen = new SeenMessages();
      await consume(seen);
      await queues().publish('', 'work', {
        body: { order: 'ä✓' },
        headers: { n: 1, s: 'x', b: new Uint8Array([1, 2]), d: new Date(7), big: 2n ** 60n, list: [1, { a: null }] },
        messageId: 'm-1',
        correlationId: 'c-1',
        replyTo: 'r',
        type: 't',
        timestamp: new Date(5),
      });
      await sendEach(queues(), 'work', upTo(20));
      await seen.atLeast(21);
      const [first] = seen.messages;
      expect(first).toMatchObject({
        queue: 'work',
        exchange: '',
        routingKey: 'work',
        messageId: 'm-1',
        correlationId: 'c-1',
      });
      expect(first).toMatchObject({ replyTo: 'r', type: 't', priority: 0, attempt: 1, redelivered: false, deaths: [] });
      expect([first?.body, first?.timestamp]).toEqual([{ order: 'ä✓' }, new Date(5)]);
      expect(first?.headers).toEqual({
        n: 1,
        s: 'x',
        b: Buffer.from([1, 2]),
        d: new Date(7),
        big: 2n ** 60n,
        list: [1, { a: null }],
      });
      expect(seen.bodies.slice(1)).toEqual(upTo(20));
      await eventually(async () => (await state()).unacked === 0, 'the acknowledgements');
      expect(await state()).toEqual({ ready: 0, unacked: 0, consumers: 1 });
    });

    it('keep what is not acknowledged, and give it back in its old place when the consumer stops', async () => {
      await sendEach(queues(), 'work', upTo(6));
      const seen = new SeenMessages();
      const consumer = await consume(seen, { ...manual, prefetch: 4 });
      await seen.atLeast(4);
      expect(await state()).toEqual({ ready: 2, unacked: 4, consumers: 1 });
      await consumer.ack(2);
      await seen.atLeast(5);
      await consumer.stop();
      expect(await state()).toEqual({ ready: 5, unacked: 0, consumers: 0 });
      const again = new SeenMessages();
      await consume(again);
      await again.atLeast(5);
      expect(again.bodies).toEqual([0, 2, 3, 4, 5]);
      expect(again.messages.map(({ redelivered }) => redelivered)).toEqual([true, true, true, true, false]);
      expect(again.messages[0]?.headers).toEqual({ 'x-delivery-count': 1 });
      expect(again.messages[4]?.headers).toEqual({});
    });

    it('acknowledge one, all up to one, or all, and know no other tags', async () => {
      await sendEach(queues(), 'work', upTo(6));
      const seen = new SeenMessages();
      const consumer = await consume(seen, { ...manual, prefetch: 6 });
      await seen.atLeast(6);
      expect(seen.tags).toEqual([1, 2, 3, 4, 5, 6]);
      await consumer.ack(3, { multiple: true });
      expect((await state()).unacked).toBe(3);
      for (const tag of [3, 7, 0]) {
        expect(() => consumer.ack(tag)).toThrow(expect.objectContaining({ code: 'BUS_UNKNOWN_DELIVERY' }));
      }
      expect((await state()).unacked).toBe(3);
      await consumer.ack(0, { multiple: true });
      expect(await state()).toEqual({ ready: 0, unacked: 0, consumers: 1 });
    });

    it('take messages back to their place by nack, and make dead letters of what is not to come again', async () => {
      await sendEach(queues(), 'work', upTo(3));
      const seen = new SeenMessages();
      const consumer = await consume(seen, { ...manual, prefetch: 2 });
      await seen.atLeast(2);
      await consumer.nack(2, { multiple: true });
      await seen.atLeast(4);
      expect(seen.bodies).toEqual([0, 1, 0, 1]);
      expect(seen.messages.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 2]);
      await consumer.reject(3);
      await consumer.nack(4, { requeue: false });
      await seen.atLeast(5);
      await consumer.stop();
      expect([await bodiesIn(queues(), 'dead-letters'), await bodiesIn(queues(), 'work')]).toEqual([[0, 1], [2]]);
    });

    it('never leave more than the prefetch in the hands of a consumer, each its own', async () => {
      await sendEach(queues(), 'work', upTo(10));
      const [one, other] = [new SeenMessages(), new SeenMessages()];
      const consumer = await consume(one, { ...manual, prefetch: 3 });
      await one.atLeast(3);
      await consume(other, { ...manual, prefetch: 2 });
      await other.atLeast(2);
      expect(await state()).toEqual({ ready: 5, unacked: 5, consumers: 2 });
      await consumer.ack(1);
      await one.atLeast(4);
      expect(await state()).toEqual({ ready: 4, unacked: 5, consumers: 2 });
    });

    it('give all there are where the prefetch is 0', async () => {
      await sendEach(queues(), 'work', upTo(30));
      const seen = new SeenMessages();
      await consume(seen, { ...manual, prefetch: 0 });
      await seen.atLeast(30);
      expect(seen.bodies).toEqual(upTo(30));
    });

    it('let one of many consumers have each message', async () => {
      const seen = [new SeenMessages(), new SeenMessages(), new SeenMessages()];
      const other = await under().other();
      for (const [index, one] of seen.entries())
        await consume(one, { prefetch: 2 }, index === 0 ? queues() : other.queues);
      await sendEach(queues(), 'work', upTo(60));
      const all = () => seen.flatMap(({ bodies }) => bodies as number[]).sort((one, two) => one - two);
      await eventually(() => all().length >= 60, 'all messages');
      expect(all()).toEqual(upTo(60));
    });

    it('forget what they deliver with at-most-once, whatever the handler does', async () => {
      await sendEach(queues(), 'work', upTo(3));
      const seen = new SeenMessages();
      const errors: unknown[] = [];
      const onError = (error: unknown): void => void errors.push(error);
      await queues().consume(
        { ...QUICK_CONSUMER, queue: 'work', guarantee: 'at-most-once', onError },
        (message, delivery) => {
          seen.handle(message, delivery);
          throw new Error('never mind');
        },
      );
      await seen.atLeast(3);
      expect(await state()).toEqual({ ready: 0, unacked: 0, consumers: 1 });
      expect(seen.bodies).toEqual([0, 1, 2]);
      await eventually(() => errors.length === 3, 'the errors');
    });

    it('try what fails again after a while, behind all that was there, and then make it a dead letter', async () => {
      await sendEach(queues(), 'work', ['bad', 'good', 'better', 'best']);
      const tried: string[] = [];
      const options = { ...QUICK_CONSUMER, queue: 'work', prefetch: 1, attempts: 3 };
      await queues().consume(options, ({ body, attempt }) => {
        tried.push(`${String(body)} ${attempt}`);
        if (body === 'bad') throw new Error('no');
      });
      await eventually(async () => (await queues().describeQueue('dead-letters')).ready === 1, 'the dead letter');
      expect(tried).toEqual(['bad 1', 'good 1', 'better 1', 'best 1', 'bad 2', 'bad 3']);
    });

    it('make a dead letter at once of what is not worth another attempt, and drop it where that is wanted', async () => {
      await sendEach(queues(), 'work', ['final', 'drop']);
      const tried: unknown[] = [];
      const isFinal = (error: unknown): boolean => (error as Error).message === 'final';
      const consumer = await queues().consume({ ...QUICK_CONSUMER, queue: 'work', isFinal }, ({ body }) => {
        tried.push(body);
        if (body === 'final') throw new Error('final');
      });
      await eventually(async () => (await queues().describeQueue('dead-letters')).ready === 1, 'the dead letter');
      await eventually(async () => (await state()).unacked === 0, 'the end');
      await consumer.stop();
      await queues().send('work', { body: 'drop' });
      await queues().consume({ ...QUICK_CONSUMER, queue: 'work', attempts: 1, onFailure: 'drop' }, () => {
        throw new Error('no');
      });
      await eventually(async () => (await state()).ready + (await state()).unacked === 0, 'the end');
      expect([tried, await bodiesIn(queues(), 'dead-letters')]).toEqual([['final', 'drop'], ['final']]);
    });

    it('give what a dead process had to others, once its session is over, and its late settling changes nothing', async () => {
      await sendEach(queues(), 'work', upTo(3));
      const dying = await under().dying();
      const held = new SeenMessages();
      const zombie = await consume(held, { ...manual, prefetch: 2 }, dying.queues);
      await held.atLeast(2);
      const seen = new SeenMessages();
      await consume(seen);
      await seen.atLeast(1);
      await under().passTime(60_000);
      await queues().sweep();
      await seen.atLeast(3);
      expect(seen.messages.map(({ body, attempt }) => [body, attempt])).toEqual([
        [2, 1],
        [0, 2],
        [1, 2],
      ]);
      expect(await failureOf(zombie.ack(1))).toMatchObject({ code: 'BUS_DELIVERY_LOST' });
      await eventually(async () => (await state()).unacked === 0, 'the end');
    });

    it('let a cancelled consumer settle what it has, and give it no more', async () => {
      await sendEach(queues(), 'work', upTo(3));
      const seen = new SeenMessages();
      const consumer = await consume(seen, { ...manual, prefetch: 2 });
      await seen.atLeast(2);
      await consumer.cancel();
      expect(await state()).toEqual({ ready: 1, unacked: 2, consumers: 0 });
      await consumer.ack(2, { multiple: true });
      expect(await state()).toEqual({ ready: 1, unacked: 0, consumers: 0 });
      expect(seen.bodies).toEqual([0, 1]);
    });

    it('refuse consumers that cannot be, and start nothing', async () => {
      for (const [bad, code] of [
        [{ queue: 'none' }, 'BUS_UNKNOWN_QUEUE'],
        [{ prefetch: -1 }, 'BUS_INVALID_CONSUMER'],
        [{ prefetch: 65_536 }, 'BUS_INVALID_CONSUMER'],
        [{ guarantee: 'exactly-once' as 'at-most-once' }, 'BUS_INVALID_CONSUMER'],
        [{ ack: 'manual', guarantee: 'at-most-once' } as const, 'BUS_INVALID_CONSUMER'],
        [{ attempts: 0 }, 'BUS_INVALID_CONSUMER'],
      ] as const) {
        expect(await failureOf(consume(new SeenMessages(), bad))).toMatchObject({ code });
      }
      expect(await state()).toEqual({ ready: 0, unacked: 0, consumers: 0 });
    });

    it('stop gracefully: handlers end, what they are through with is acknowledged, and no more is begun', async () => {
      await sendEach(queues(), 'work', upTo(4));
      let release: () => void = () => undefined;
      const blocked = new Promise<void>((resolve) => (release = resolve));
      const seen = new SeenMessages();
      const consumer = await queues().consume(
        { ...QUICK_CONSUMER, queue: 'work', prefetch: 2 },
        async (message, delivery) => {
          seen.handle(message, delivery);
          await blocked;
        },
      );
      await seen.atLeast(2);
      const stopped = consumer.stop();
      release();
      await stopped;
      expect([seen.bodies, await state()]).toEqual([[0, 1], { ready: 2, unacked: 0, consumers: 0 }]);
    });
  });
}
