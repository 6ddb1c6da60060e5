import { describe, expect, it } from 'vitest';
import type { DeclareQueueOptions } from '../queues/queue-topology.js';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, failureOf, upTo } from './bus-under-test.js';
import { drain, QUICK_CONSUMER, SeenMessages } from './seen-messages.js';
import { queuesForEach } from './queues-for-each.js';

/** What every engine promises of dead letters and of how often a message is delivered (SEMANTICS 2.14, 2.15). */
export function testDeadLetters(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`dead letters on ${engine}`, () => {
    const { under, queues } = queuesForEach(open, []);
    const declare = (name: string, options: DeclareQueueOptions = {}) => queues().declareQueue(name, options);
    /** Has the next message of a queue rejected. */
    const reject = async (queue: string): Promise<void> => {
      const seen = new SeenMessages();
      const consumer = await queues().consume({ ...QUICK_CONSUMER, queue, ack: 'manual', prefetch: 1 }, seen.handle);
      await seen.atLeast(1);
      await consumer.reject(1);
      await consumer.stop();
    };

    it('go to the queue "dead-letters" where nothing else is said, with why, when, how often and whence', async () => {
      await declare('work');
      await queues().bind({ exchange: 'amq.topic', queue: 'work', routingKey: '#' });
      const sent = {
        body: { n: 1 },
        headers: { CC: ['also'], own: 1 },
        messageId: 'm',
        correlationId: 'c',
        priority: 3,
      };
      await queues().publish('amq.topic', 'order.placed', sent);
      await reject('work');
      const [letter] = await drain(queues(), 'dead-letters');
      const death = {
        queue: 'work',
        reason: 'rejected',
        count: 1,
        exchange: 'amq.topic',
        routingKeys: ['order.placed', 'also'],
      };
      expect(letter?.deaths).toMatchObject([death]);
      const place = { queue: 'work', reason: 'rejected', exchange: 'amq.topic' };
      expect([letter?.firstDeath, letter?.lastDeath]).toEqual([place, place]);
      expect(letter).toMatchObject({
        messageId: 'm',
        correlationId: 'c',
        priority: 3,
        exchange: '',
        routingKey: 'dead-letters',
      });
      expect([letter?.body, letter?.attempt]).toEqual([{ n: 1 }, 1]);
      expect(letter?.headers).toMatchObject({
        own: 1,
        'x-first-death-queue': 'work',
        'x-last-death-reason': 'rejected',
        'x-death': [{ queue: 'work', reason: 'rejected', count: 1, 'routing-keys': ['order.placed', 'also'] }],
      });
    });

    it('go by the exchange and key that the queue names, or by their own keys', async () => {
      await queues().declareExchange('dlx', 'direct');
      for (const name of ['by-key', 'by-own', 'by-cc']) await declare(name);
      await queues().bind({ exchange: 'dlx', queue: 'by-key', routingKey: 'buried' });
      await queues().bind({ exchange: 'dlx', queue: 'by-own', routingKey: 'one' });
      await queues().bind({ exchange: 'dlx', queue: 'by-cc', routingKey: 'copied' });
      await declare('one', { deadLetterExchange: 'dlx' });
      await declare('two', { deadLetterExchange: 'dlx', deadLetterRoutingKey: 'buried' });
      await queues().publish('', 'one', { body: 1, headers: { BCC: ['copied'] } });
      await queues().publish('', 'two', { body: 2 });
      await reject('one');
      await reject('two');
      const bodies = [];
      for (const name of ['by-key', 'by-own', 'by-cc'])
        bodies.push((await drain(queues(), name)).map(({ body }) => body));
      expect(bodies).toEqual([[2], [1], [1]]);
    });

    it('count further deaths in the same place, the newest first, and keep the first', async () => {
      await declare('wait', {
        messageTtlMs: 1_000,
        deadLetterExchange: '',
        deadLetterRoutingKey: 'work',
        allowMissingDeadLetters: true,
      });
      await declare('work', { deadLetterExchange: '', deadLetterRoutingKey: 'wait' });
      await queues().send('work', { body: 1 });
      for (const round of upTo(2)) {
        await reject('work');
        await under().passTime(1_100);
        await queues().sweep();
        await eventually(async () => (await queues().describeQueue('work')).ready === 1, `round ${round}`);
      }
      const [message] = await drain(queues(), 'work');
      expect(message?.deaths).toMatchObject([
        { queue: 'wait', reason: 'expired', count: 2 },
        { queue: 'work', reason: 'rejected', count: 2 },
      ]);
      expect([message?.firstDeath?.queue, message?.lastDeath?.queue]).toEqual(['work', 'wait']);
    });

    it('end where they would go round without anybody rejecting them', async () => {
      await declare('one', {
        messageTtlMs: 1_000,
        deadLetterExchange: '',
        deadLetterRoutingKey: 'two',
        allowMissingDeadLetters: true,
      });
      await declare('two', { messageTtlMs: 1_000, deadLetterExchange: '', deadLetterRoutingKey: 'one' });
      await queues().send('one', { body: 1 });
      for (const [one, two] of [
        [0, 1],
        [0, 0],
      ]) {
        await under().passTime(1_100);
        await queues().sweep();
        await eventually(async () => (await queues().describeQueue('two')).ready === two, 'the way');
        expect(await queues().describeQueue('one')).toMatchObject({ ready: one });
      }
    });

    it('are gone where the queue has no place for them, or that place is gone', async () => {
      await declare('none', { deadLetterExchange: null });
      await queues().send('none', { body: 1 });
      await reject('none');
      await queues().declareExchange('dlx', 'fanout');
      await declare('lost', { deadLetterExchange: 'dlx' });
      await queues().deleteExchange('dlx');
      await queues().send('lost', { body: 1 });
      await reject('lost');
      for (const queue of await queues().listQueues()) expect(queue).toMatchObject({ ready: 0, unacked: 0 });
    });

    it('must have a place when the queue is declared, unless that is given up', async () => {
      for (const options of [
        { deadLetterExchange: 'none' },
        { deadLetterExchange: '', deadLetterRoutingKey: 'none' },
      ]) {
        const code = options.deadLetterExchange === '' ? 'BUS_UNKNOWN_QUEUE' : 'BUS_UNKNOWN_EXCHANGE';
        expect(await failureOf(declare('work', options))).toMatchObject({ code });
        await declare(`may-lack-${code}`, { ...options, allowMissingDeadLetters: true });
      }
    });

    it('are made of what was delivered again more often than the queue allows, 20 times if it does not say', async () => {
      await declare('work', { deliveryLimit: 2 });
      await declare('default');
      for (const [queue, deliveries] of [
        ['work', 3],
        ['default', 21],
      ] as const) {
        await queues().send(queue, { body: queue });
        const seen = new SeenMessages();
        const consumer = await queues().consume({ ...QUICK_CONSUMER, queue, ack: 'manual' }, (message, delivery) => {
          seen.handle(message, delivery);
          void consumer.nack(delivery.deliveryTag);
        });
        await eventually(async () => (await queues().describeQueue('dead-letters')).ready === 1, 'the dead letter');
        await consumer.stop();
        const counts = seen.messages.map(({ headers }) => headers['x-delivery-count']);
        expect(counts).toEqual([undefined, ...upTo(deliveries).slice(1)]);
        expect((await drain(queues(), 'dead-letters'))[0]?.deaths).toMatchObject([{ queue, reason: 'delivery_limit' }]);
      }
    });

    it('are not made where the limit is -1', async () => {
      await declare('work', { deliveryLimit: -1 });
      await queues().send('work', { body: 1 });
      const seen = new SeenMessages();
      const consumer = await queues().consume(
        { ...QUICK_CONSUMER, queue: 'work', ack: 'manual' },
        (message, delivery) => {
          seen.handle(message, delivery);
          void consumer.nack(delivery.deliveryTag);
        },
      );
      await seen.atLeast(30);
      await consumer.stop();
      expect(await queues().describeQueue('dead-letters')).toMatchObject({ ready: 0 });
    });

    it('can be sent back to where they came from, and begin anew there', async () => {
      await declare('work');
      await queues().bind({ exchange: 'amq.topic', queue: 'work', routingKey: '#' });
      for (const body of upTo(3)) await queues().publish('amq.topic', 'k', { body });
      for (let round = 0; round < 3; round += 1) await reject('work');
      const shown = await queues().peek('dead-letters');
      expect(shown.map(({ body, lastDeath }) => [body, lastDeath?.queue])).toEqual(
        upTo(3).map((body) => [body, 'work']),
      );
      expect(await queues().redrive('dead-letters', { messageId: 'another' })).toBe(0);
      expect(await queues().redrive('dead-letters', { messageId: shown[1]?.messageId ?? '' })).toBe(1);
      expect((await queues().peek('dead-letters')).map(({ body }) => body)).toEqual([0, 2]);
      await reject('work');
      expect(await queues().redrive('dead-letters', { most: 2 })).toBe(2);
      expect(await queues().redrive('dead-letters')).toBe(1);
      expect(await queues().redrive('dead-letters')).toBe(0);
      const messages = await drain(queues(), 'work');
      expect(messages.map(({ body, attempt, routingKey }) => [body, attempt, routingKey])).toEqual(
        [0, 2, 1].map((body) => [body, 1, 'k']),
      );
      expect(messages.map(({ deaths }) => deaths[0]?.count)).toEqual([1, 1, 2]);
    });
  });
}
