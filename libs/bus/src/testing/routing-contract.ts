import { describe, expect, it } from 'vitest';
import type { HeaderTable } from '../routing/headers-match.js';
import type { BusUnderTest } from './bus-under-test.js';
import { failureOf, upTo } from './bus-under-test.js';
import { bodiesIn, drain } from './seen-messages.js';
import { queuesForEach } from './queues-for-each.js';

/** What every engine promises of exchanges, bindings and the way of messages through them (SEMANTICS 2.1 to 2.7). */
export function testRouting(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`exchanges and bindings on ${engine}`, () => {
    const { under, queues } = queuesForEach(open, ['a', 'b', 'c']);
    /** Which of the three queues a message comes to, as often as it comes. */
    const reached = async (exchange: string, key: string, headers: HeaderTable = {}): Promise<string> => {
      await queues().publish(exchange, key, { body: key, headers });
      const counts = [];
      for (const name of ['a', 'b', 'c']) counts.push(name.repeat((await drain(queues(), name)).length));
      return counts.join('');
    };

    it('are declared once: the same again is nothing, other properties are refused', async () => {
      await queues().declareExchange('x', 'topic', { autoDelete: true });
      await queues().declareExchange('x', 'topic', { autoDelete: true });
      for (const refuse of [
        () => queues().declareExchange('x', 'direct', { autoDelete: true }),
        () => queues().declareExchange('x', 'topic'),
      ]) {
        expect(await failureOf(refuse())).toMatchObject({ code: 'BUS_INVALID_EXCHANGE' });
      }
      await queues().declareQueue('a');
      expect(await failureOf(queues().declareQueue('a', { maxLength: 3 }))).toMatchObject({
        code: 'BUS_INVALID_QUEUE',
      });
      expect((await queues().checkExchange('x')).config).toMatchObject({ type: 'topic', autoDelete: true });
    });

    it('refuse reserved names, long ones, unknown types and options, and passive declarations of what is not there', async () => {
      for (const refuse of [
        () => queues().declareExchange('amq.mine', 'direct'),
        () => queues().declareExchange('', 'direct'),
        () => queues().declareExchange('x'.repeat(256), 'direct'),
        () => queues().declareExchange('x', 'x-weird' as 'direct'),
        () => queues().declareExchange('x', 'direct', { durable: true } as object),
        () => queues().deleteExchange('amq.direct'),
        () => queues().deleteExchange(''),
      ]) {
        expect(await failureOf(refuse())).toMatchObject({ code: 'BUS_INVALID_EXCHANGE' });
      }
      expect(await failureOf(queues().declareQueue('amq.mine'))).toMatchObject({ code: 'BUS_INVALID_QUEUE' });
      expect(await failureOf(queues().declareQueue('é'.repeat(128)))).toMatchObject({ code: 'BUS_INVALID_QUEUE' });
      expect(await failureOf(queues().checkExchange('x'))).toMatchObject({ code: 'BUS_UNKNOWN_EXCHANGE' });
      expect(await failureOf(queues().describeQueue('x'))).toMatchObject({ code: 'BUS_UNKNOWN_QUEUE' });
    });

    it('have all queues bound to the default exchange by their names, and nothing else can be', async () => {
      expect(await reached('', 'b')).toBe('b');
      for (const refuse of [
        () => queues().bind({ exchange: '', queue: 'a', routingKey: 'z' }),
        () => queues().unbind({ exchange: '', queue: 'a', routingKey: 'a' }),
      ]) {
        expect(await failureOf(refuse())).toMatchObject({ code: 'BUS_INVALID_BINDING' });
      }
    });

    it('route by equality, to all, by pattern and by headers', async () => {
      await queues().declareExchange('direct', 'direct');
      await queues().bind({ exchange: 'direct', queue: 'a', routingKey: 'k' });
      await queues().bind({ exchange: 'direct', queue: 'b', routingKey: 'k' });
      expect([await reached('direct', 'k'), await reached('direct', 'K')]).toEqual(['ab', '']);
      await queues().bind({ exchange: 'amq.fanout', queue: 'a', routingKey: 'ignored' });
      expect(await reached('amq.fanout', 'whatever')).toBe('a');
      await queues().bind({ exchange: 'amq.topic', queue: 'a', routingKey: '*.orange.*' });
      await queues().bind({ exchange: 'amq.topic', queue: 'b', routingKey: 'lazy.#' });
      expect(await reached('amq.topic', 'lazy.orange.elephant')).toBe('ab');
      expect(await reached('amq.topic', 'lazy')).toBe('b');
      await queues().bind({ exchange: 'amq.headers', queue: 'a', arguments: { format: 'pdf', pages: 3 } });
      await queues().bind({
        exchange: 'amq.headers',
        queue: 'b',
        arguments: { 'x-match': 'any', format: 'pdf', at: new Date(5) },
      });
      await queues().bind({ exchange: 'amq.headers', queue: 'c', arguments: { 'x-match': 'any-with-x', 'x-a': null } });
      expect(await reached('amq.headers', '', { format: 'pdf', pages: 3 })).toBe('ab');
      expect(await reached('amq.headers', '', { format: 'pdf', pages: '3' })).toBe('b');
      expect(await reached('amq.headers', '', { at: new Date(5), 'x-a': new Uint8Array([1]) })).toBe('bc');
    });

    it('give a queue one copy, however many bindings match, and count the same binding once', async () => {
      for (const routingKey of ['#', 'k', '*', 'k'])
        await queues().bind({ exchange: 'amq.topic', queue: 'a', routingKey });
      expect(await reached('amq.topic', 'k')).toBe('a');
      await queues().unbind({ exchange: 'amq.topic', queue: 'a', routingKey: 'k' });
      await queues().unbind({ exchange: 'amq.topic', queue: 'a', routingKey: '*' });
      await queues().unbind({ exchange: 'amq.topic', queue: 'a', routingKey: '#' });
      await queues().unbind({ exchange: 'amq.topic', queue: 'a', routingKey: 'never' });
      expect(await reached('amq.topic', 'k')).toBe('');
    });

    it('lead from exchange to exchange, and end in a cycle', async () => {
      for (const name of ['one', 'two', 'three']) await queues().declareExchange(name, 'fanout');
      await queues().bind({ exchange: 'one', toExchange: 'two' });
      await queues().bind({ exchange: 'two', toExchange: 'three' });
      await queues().bind({ exchange: 'three', toExchange: 'one' });
      await queues().bind({ exchange: 'two', queue: 'a' });
      await queues().bind({ exchange: 'three', queue: 'a' });
      await queues().bind({ exchange: 'three', queue: 'b' });
      expect(await reached('one', 'k')).toBe('ab');
      await queues().deleteExchange('three');
      expect(await reached('one', 'k')).toBe('a');
    });

    it('use the alternate exchange only where nothing is found, follow its chain, and stop where one repeats', async () => {
      await queues().declareExchange('first', 'direct', { alternateExchange: 'second' });
      await queues().declareExchange('second', 'direct', { alternateExchange: 'third' });
      await queues().declareExchange('third', 'direct', { alternateExchange: 'first' });
      await queues().bind({ exchange: 'first', queue: 'a', routingKey: 'first' });
      await queues().bind({ exchange: 'second', queue: 'b', routingKey: 'second' });
      await queues().bind({ exchange: 'third', queue: 'c', routingKey: 'third' });
      expect([await reached('first', 'first'), await reached('first', 'second')]).toEqual(['a', 'b']);
      const saved = await queues().publish('first', 'third', { body: 1 }, { mandatory: true });
      expect([saved.routed, await bodiesIn(queues(), 'c')]).toEqual([true, [1]]);
      expect(await reached('first', 'nowhere')).toBe('');
      await queues().declareExchange('lost', 'direct', { alternateExchange: 'not there' });
      expect(await queues().publish('lost', 'k', { body: 1 })).toMatchObject({ routed: false });
    });

    it('take further keys from CC and BCC, and deliver no BCC', async () => {
      await queues().publish('', 'a', { body: 1, headers: { CC: ['b'], BCC: ['c'] } });
      for (const name of ['a', 'b', 'c']) {
        const [message] = await drain(queues(), name);
        expect(message?.headers).toEqual({ CC: ['b'] });
      }
      const bad = queues().publish('', 'a', { body: 1, headers: { CC: 'b' } });
      expect(await failureOf(bad)).toMatchObject({ code: 'BUS_INVALID_MESSAGE' });
    });

    it('return what is mandatory and reaches no queue, and drop the rest', async () => {
      const message = { body: { order: 1 } };
      const returned = queues().publish('amq.direct', 'nobody', message, { mandatory: true });
      expect(await failureOf(returned)).toMatchObject({ code: 'BUS_UNROUTABLE', returned: message });
      expect(await queues().publish('amq.direct', 'nobody', message)).toMatchObject({ routed: false });
      expect(await failureOf(queues().send('nowhere', message))).toMatchObject({ code: 'BUS_UNROUTABLE' });
    });

    it('refuse to publish to what is not there, or internal, or with a bad message, and nothing is stored', async () => {
      await queues().declareExchange('inner', 'fanout', { internal: true });
      await queues().bind({ exchange: 'inner', queue: 'a' });
      expect(await failureOf(queues().publish('inner', 'k', { body: 1 }))).toMatchObject({
        code: 'BUS_INVALID_EXCHANGE',
      });
      expect(await failureOf(queues().publish('none', 'k', { body: 1 }))).toMatchObject({
        code: 'BUS_UNKNOWN_EXCHANGE',
      });
      const deep = (levels: number): HeaderTable => (levels === 0 ? {} : { in: deep(levels - 1) });
      const bombs = Object.fromEntries(upTo(10_000).map((n) => [`header-${n}`, 'x']));
      for (const bad of [
        { body: undefined },
        { body: Number.NaN },
        { body: 'x'.repeat(1024 * 1024) },
        { body: '\0' },
        { body: 1, priority: 256 },
        { body: 1, expirationMs: -1 },
        { body: 1, expirationMs: '60000' as unknown as number },
        { body: 1, messageId: 'x'.repeat(256) },
        { body: 1, headers: deep(30) },
        { body: 1, headers: bombs },
        { body: 1, headers: { 'x-delay': 1e300 } },
        { body: 1, timestamp: new Date(Number.NaN) },
      ]) {
        expect(await failureOf(queues().publish('', 'a', bad))).toMatchObject({ code: 'BUS_INVALID_MESSAGE' });
      }
      const long = queues().publish('amq.fanout', 'k'.repeat(256), { body: 1 });
      expect(await failureOf(long)).toMatchObject({ code: 'BUS_INVALID_MESSAGE' });
      expect(await queues().describeQueue('a')).toMatchObject({ ready: 0 });
    });

    it('refuse bindings that cannot be, and nothing changes', async () => {
      const before = await queues().graph();
      for (const [binding, code] of [
        [{ exchange: 'none', queue: 'a' }, 'BUS_UNKNOWN_EXCHANGE'],
        [{ exchange: 'amq.topic', queue: 'none' }, 'BUS_UNKNOWN_QUEUE'],
        [{ exchange: 'amq.topic', toExchange: 'none' }, 'BUS_UNKNOWN_EXCHANGE'],
        [{ exchange: 'amq.topic', queue: 'a', routingKey: 'k'.repeat(256) }, 'BUS_INVALID_BINDING'],
        [{ exchange: 'amq.headers', queue: 'a', arguments: { 'x-match': 'most' } }, 'BUS_INVALID_BINDING'],
        [{ exchange: 'amq.headers', queue: 'a', arguments: { a: Number.NaN } }, 'BUS_INVALID_BINDING'],
      ] as const) {
        expect(await failureOf(queues().bind(binding))).toMatchObject({ code });
      }
      expect(await queues().graph()).toBe(before);
    });

    it('go by themselves with their last binding where they are auto-delete, and not before they had one', async () => {
      await queues().declareExchange('brief', 'fanout', { autoDelete: true });
      await queues().declareExchange('into', 'fanout', { autoDelete: true });
      await queues().bind({ exchange: 'into', toExchange: 'brief' });
      await queues().checkExchange('brief');
      await queues().bind({ exchange: 'brief', queue: 'a' });
      await queues().unbind({ exchange: 'brief', queue: 'a' });
      for (const name of ['brief', 'into']) {
        expect(await failureOf(queues().checkExchange(name))).toMatchObject({ code: 'BUS_UNKNOWN_EXCHANGE' });
      }
      await queues().declareExchange('brief', 'fanout', { autoDelete: true });
      await queues().bind({ exchange: 'brief', queue: 'a' });
      await queues().deleteQueue('a');
      expect(await failureOf(queues().checkExchange('brief'))).toMatchObject({ code: 'BUS_UNKNOWN_EXCHANGE' });
    });

    it('are deleted only if unused where that is asked for; what is not there is deleted without a fault', async () => {
      await queues().declareExchange('x', 'fanout');
      await queues().bind({ exchange: 'x', queue: 'a' });
      expect(await failureOf(queues().deleteExchange('x', { ifUnused: true }))).toMatchObject({ code: 'BUS_IN_USE' });
      await queues().deleteExchange('x');
      await queues().deleteExchange('x');
      await queues().send('a', { body: 1 });
      expect(await failureOf(queues().deleteQueue('a', { ifEmpty: true }))).toMatchObject({ code: 'BUS_IN_USE' });
      expect([await queues().deleteQueue('a'), await queues().deleteQueue('a')]).toEqual([1, 0]);
    });

    it('are known to all processes at once: a message that is published after a binding follows it', async () => {
      const other = await under().other();
      for (const round of upTo(5)) {
        const [binder, publisher] = round % 2 === 0 ? [queues(), other.queues] : [other.queues, queues()];
        await binder.bind({ exchange: 'amq.direct', queue: 'a', routingKey: `k${round}` });
        await publisher.publish('amq.direct', `k${round}`, { body: round }, { mandatory: true });
        await binder.bind({ exchange: 'amq.direct', queue: 'b', routingKey: `k${round}` });
        await publisher.publish('amq.direct', `k${round}`, { body: round });
        await binder.unbind({ exchange: 'amq.direct', queue: 'b', routingKey: `k${round}` });
        await publisher.publish('amq.direct', `k${round}`, { body: round });
      }
      expect(await bodiesIn(queues(), 'a')).toEqual(upTo(5).flatMap((round) => [round, round, round]));
      expect(await bodiesIn(queues(), 'b')).toEqual(upTo(5));
      expect(await queues().graph()).toBe(await other.queues.graph());
    });

    it('are drawn as a graph', async () => {
      await queues().declareExchange('orders', 'topic', { alternateExchange: 'unrouted' });
      await queues().declareExchange('unrouted', 'fanout');
      await queues().bind({ exchange: 'orders', queue: 'a', routingKey: 'order.#' });
      const lines = (await queues().graph()).split('\n').map((line) => line.trim());
      expect(lines[0]).toBe('flowchart LR');
      expect(lines.filter((line) => /orders|order\.|-->|unrouted/u.test(line))).toHaveLength(3);
      expect(lines.some((line) => line.includes('dead letters'))).toBe(true);
    });
  });
}
