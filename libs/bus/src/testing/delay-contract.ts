import { beforeEach, describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, failureOf } from './bus-under-test.js';
import { bodiesIn, QUICK_CONSUMER } from './seen-messages.js';
import { queuesForEach } from './queues-for-each.js';

const failure = new Error('rolled back');

/** What every engine promises of delayed messages, requests, and units of work (SEMANTICS 2.17, 2.18; DESIGN §3). */
export function testDelaysAndRequests(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`delayed messages on ${engine}`, () => {
    const { under, queues, ready } = queuesForEach(open, ['work']);

    it('come when they are due, in the order of their times', async () => {
      await queues().send('work', { body: 'later', delayMs: 60_000 });
      await queues().send('work', { body: 'sooner', delayMs: 30_000, headers: { a: 1 } });
      await queues().publish('', 'work', { body: 'by header', headers: { 'x-delay': 10_000 } });
      await queues().sweep();
      expect(await ready()).toBe(0);
      await under().passTime(61_000);
      await queues().sweep();
      expect(await bodiesIn(queues(), 'work')).toEqual(['by header', 'sooner', 'later']);
    });

    it('come at once with a delay of 0 or less', async () => {
      await queues().send('work', { body: 1, delayMs: 0 });
      await queues().send('work', { body: 2, delayMs: -5 });
      expect(await bodiesIn(queues(), 'work')).toEqual([1, 2]);
    });

    it('are routed by what is bound when they are due', async () => {
      await queues().publish('amq.topic', 'order.placed', { body: 1, delayMs: 1_000 });
      await queues().bind({ exchange: 'amq.topic', queue: 'work', routingKey: 'order.*' });
      await under().passTime(1_100);
      await queues().sweep();
      expect(await bodiesIn(queues(), 'work')).toEqual([1]);
    });

    it('can be taken back by their id until they are routed, and wait once', async () => {
      await queues().send('work', { body: 1, messageId: 'm', delayMs: 1_000 });
      const twice = queues().send('work', { body: 2, messageId: 'm', delayMs: 1_000 });
      expect(await failureOf(twice)).toMatchObject({ code: 'BUS_INVALID_MESSAGE' });
      expect([await queues().cancelDelayed('m'), await queues().cancelDelayed('m')]).toEqual([true, false]);
      await queues().send('work', { body: 3, messageId: 'm', delayMs: 1_000 });
      await under().passTime(1_100);
      await queues().sweep();
      expect([await bodiesIn(queues(), 'work'), await queues().cancelDelayed('m')]).toEqual([[3], false]);
    });

    it('outlive the process that sent them, however many there are', async () => {
      const other = await under().other();
      await Promise.all(Array.from({ length: 500 }, (_, body) => other.queues.send('work', { body, delayMs: 60_000 })));
      await other.queues.stop();
      await under().passTime(61_000);
      await queues().sweep();
      expect(await ready()).toBe(500);
    });

    it('come within a second of their time, though nobody asks', async () => {
      const sent = Date.now();
      await queues().send('work', { body: 1, delayMs: 300 });
      await eventually(async () => (await ready()) === 1, 'the message');
      expect(Date.now() - sent).toBeGreaterThanOrEqual(300);
    });
  });

  describe(`requests on ${engine}`, () => {
    const { under, queues } = queuesForEach(open, ['prices']);

    it('get the reply of whoever answers, each its own, also from another process', async () => {
      const other = await under().other();
      const options = { ...QUICK_CONSUMER, queue: 'prices', prefetch: 10 };
      await other.queues.respond(options, ({ body }) => Number(body) * 2);
      const replies = await Promise.all([1, 2, 3].map((body) => queues().request('', 'prices', { body })));
      expect(replies.map(({ body }) => body)).toEqual([2, 4, 6]);
      expect(await queues().describeQueue('prices')).toMatchObject({ ready: 0 });
    });

    it('fail with the error of the handler, which is not tried again', async () => {
      let calls = 0;
      await queues().respond({ ...QUICK_CONSUMER, queue: 'prices' }, () => {
        calls += 1;
        throw Object.assign(new Error('no price'), { code: 'SHOP_NO_PRICE' });
      });
      const failed = await failureOf(queues().request('', 'prices', { body: 1 }));
      expect(failed).toMatchObject({ code: 'BUS_REQUEST_FAILED', reason: 'no price', reasonCode: 'SHOP_NO_PRICE' });
      expect(calls).toBe(1);
    });

    it('fail with what the handler says also where no message could hold it as it is', async () => {
      await queues().respond({ ...QUICK_CONSUMER, queue: 'prices' }, ({ body }) => {
        throw new Error(body === 1 ? 'broken\u0000 \ud83d' : `${'x'.repeat(1_999)}😀 and more`);
      });
      const [broken, long] = await Promise.all(
        [1, 2].map((body) => failureOf(queues().request('', 'prices', { body }))),
      );
      expect(broken).toMatchObject({ code: 'BUS_REQUEST_FAILED', reason: 'broken\ufffd \ufffd' });
      expect(long).toMatchObject({ code: 'BUS_REQUEST_FAILED', reason: `${'x'.repeat(1_999)}\ufffd` });
    });

    it('are given up after a while, or when their signal aborts, and expire then', async () => {
      const late = await failureOf(queues().request('', 'prices', { body: 1 }, { timeoutMs: 20 }));
      expect(late).toMatchObject({ code: 'BUS_REQUEST_TIMED_OUT', retryable: true });
      const abort = new AbortController();
      const aborted = failureOf(
        queues().request('', 'prices', { body: 2 }, { signal: abort.signal, timeoutMs: 10_000 }),
      );
      abort.abort(failure);
      expect(await aborted).toBe(failure);
      await under().passTime(60_000);
      await queues().sweep();
      expect(await queues().describeQueue('prices')).toMatchObject({ ready: 0 });
    });

    it('fail at once where nobody can get them', async () => {
      expect(await failureOf(queues().request('', 'none', { body: 1 }))).toMatchObject({ code: 'BUS_UNROUTABLE' });
    });

    it('let a reply to somebody who is gone count as routed, and be gone', async () => {
      const reply = queues().publish('', 'amq.rabbitmq.reply-to.gone', { body: 1 }, { mandatory: true });
      expect(await reply).toMatchObject({ routed: true });
    });
  });

  describe(`units of work with queues on ${engine}`, () => {
    const { under, queues, ready } = queuesForEach(open, ['work', 'mails']);
    beforeEach(async () => {
      await under().bus.createTopic('orders', { partitions: 1 });
    });

    it('publish if the unit commits, with its records, and wake consumers', async () => {
      await under().unitOfWork.run(async () => {
        await queues().send('work', { body: 1 });
        await under().bus.publish('orders', { value: 1 });
        await queues().send('work', { body: 2 });
        await queues().send('mails', { body: 3, delayMs: 1_000 });
        expect(await ready('work')).toBe(0);
      });
      expect(await bodiesIn(queues(), 'work')).toEqual([1, 2]);
      await under().passTime(1_100);
      await queues().sweep();
      expect(await bodiesIn(queues(), 'mails')).toEqual([3]);
    });

    it('publish nothing when the unit, or a savepoint of it, is rolled back', async () => {
      const thrown = under().unitOfWork.run(async () => {
        await queues().send('work', { body: 'lost' });
        throw failure;
      });
      expect(await failureOf(thrown)).toBe(failure);
      await under().unitOfWork.run(async () => {
        const inner = under().unitOfWork.run(async () => {
          await queues().send('work', { body: 'lost' });
          throw failure;
        });
        expect(await failureOf(inner)).toBe(failure);
        await queues().send('mails', { body: 'kept' });
      });
      expect([await ready('work'), await bodiesIn(queues(), 'mails')]).toEqual([0, ['kept']]);
    });

    it('are rolled back where a queue has no room', async () => {
      await queues().declareQueue('full', { maxLength: 1, overflow: 'reject-publish' });
      const full = under().unitOfWork.run(async () => {
        for (const queue of ['full', 'work', 'full']) await queues().send(queue, { body: 1 });
      });
      expect(await failureOf(full)).toMatchObject({ code: 'BUS_QUEUE_FULL' });
      expect([await ready('full'), await ready('work')]).toEqual([0, 0]);
    });

    it('hold what an effectively-once handler publishes and its acknowledgement: once, however often it was tried', async () => {
      for (let body = 0; body < 20; body += 1) await queues().send('work', { body });
      let failures = 3;
      const options = { ...QUICK_CONSUMER, queue: 'work', guarantee: 'effectively-once' } as const;
      await queues().consume(options, async ({ body }, { publish }) => {
        await publish('', 'mails', { body });
        await under().bus.publish('orders', { value: body });
        if (Number(body) % 7 === 0 && failures-- > 0) throw failure;
      });
      await eventually(async () => {
        const { ready: left, unacked, waiting } = await queues().describeQueue('work');
        return left + unacked + waiting === 0;
      }, 'the end');
      expect([...(await bodiesIn(queues(), 'mails'))].sort((one, other) => Number(one) - Number(other))).toEqual(
        Array.from({ length: 20 }, (_, body) => body),
      );
      expect((await under().bus.describeTopic('orders')).partitions).toEqual([{ start: 0, end: 20 }]);
    });

    it('refuse an acknowledgement that comes too late, with all that the handler did', async () => {
      const dying = await under().dying();
      await queues().send('work', { body: 1 });
      let release: () => void = () => undefined;
      const blocked = new Promise<void>((resolve) => (release = resolve));
      let began: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => (began = resolve));
      const errors: unknown[] = [];
      const onError = (error: unknown): void => void errors.push(error);
      const options = { ...QUICK_CONSUMER, queue: 'work', guarantee: 'effectively-once', onError } as const;
      await dying.queues.consume(options, async (_, { publish }) => {
        began();
        await blocked;
        await publish('', 'mails', { body: 'lost' });
      });
      await begun;
      await under().passTime(60_000);
      await queues().sweep();
      release();
      await eventually(() => errors.length > 0, 'the refusal');
      expect(errors[0]).toMatchObject({ code: 'BUS_DELIVERY_LOST' });
      expect([await ready('mails'), await ready('work')]).toEqual([0, 1]);
    });
  });
}
