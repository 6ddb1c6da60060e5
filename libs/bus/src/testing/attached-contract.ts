import { newId } from '@annals/message';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, failureOf, QUICK, Seen, upTo } from './bus-under-test.js';

/** What every engine promises of a log that is shown as a topic. */
export function testAttached(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`the topic events on ${engine}`, () => {
    let under: BusUnderTest;
    const bus = () => under.bus;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(async () => {
      await under.stop();
    });
    const append = async (stream: string, type: string, count = 1, tenant: string | null = null) => {
      const records = upTo(count).map((n) => {
        return {
          id: newId(),
          type,
          version: 1,
          data: JSON.stringify({ n }),
          metadata: null,
          correlationId: 'c1',
          tenant,
        };
      });
      await under.log.append([{ stream, expected: 'any', records }]);
    };
    const events = { ...QUICK, group: 'billing', topic: 'events' } as const;
    const lag = async () => (await bus().describeGroup('billing')).positions.reduce((sum, one) => sum + one.lag, 0);

    it('hands over events by stream, in order, with what is known of them', async () => {
      await append('order-1', 'order-placed', 3);
      await append('order-2', 'order-placed', 2);
      const seen = new Seen();
      await bus().subscribe(events, seen.handle);
      await seen.atLeast(5);
      await append('order-1', 'order-paid');
      await seen.atLeast(6);
      const of = (stream: string) => seen.records.filter(({ key }) => key === stream);
      expect(of('order-1').map(({ value }) => (value as { n: number }).n)).toEqual([0, 1, 2, 0]);
      expect(of('order-1').map((record) => record.header('revision'))).toEqual(['1', '2', '3', '4']);
      expect(of('order-1').at(-1)?.header('type')).toBe('order-paid');
      expect(of('order-2')[0]?.logged).toMatchObject({ stream: 'order-2', type: 'order-placed', correlationId: 'c1' });
    });

    it('filters by type, category and tenant, and passes what is not wanted without lagging', async () => {
      await append('order-1', 'order-placed', 20);
      await append('order-1', 'order-paid');
      await append('product-1', 'order-paid');
      await append('order-2', 'order-paid', 1, 'acme');
      const filters = [
        [{ types: ['order-paid'] }, 3],
        [{ category: 'product' }, 1],
        [{ tenant: 'acme' }, 1],
        [{ types: ['order-paid'], category: 'order' }, 2],
      ] as const;
      for (const [index, [filter, count]] of filters.entries()) {
        const seen = new Seen();
        await bus().subscribe({ ...events, group: `g${index}`, filter }, seen.handle);
        await seen.atLeast(count);
        expect(seen.records).toHaveLength(count);
      }
      const nothing = await bus().subscribe({ ...events, filter: { types: ['never'] } }, () => undefined);
      await eventually(() => nothing.assignment.length === 4 && lag().then((behind) => behind === 0), 'the lag');
    });

    it('moves on over unwanted events in transactions, too', async () => {
      await append('order-1', 'order-placed', 5);
      const seen = new Seen();
      const filter = { types: ['order-paid'] };
      const subscription = await bus().subscribe({ ...events, guarantee: 'effectively-once', filter }, seen.handle);
      await eventually(() => subscription.assignment.length === 4 && lag().then((behind) => behind === 0), 'the lag');
      await append('order-1', 'order-paid', 2);
      await seen.atLeast(2);
      await eventually(async () => (await lag()) === 0, 'the lag');
      expect(seen.records).toHaveLength(2);
    });

    it('finds offsets by time', async () => {
      await append('order-1', 'order-placed', 3);
      const { partitions } = await bus().describeTopic('events');
      const longAgo = await bus().offsetsAt('events', new Date(0));
      expect(longAgo).toEqual(partitions.map(({ end }) => (end > 0 ? 0 : null)));
      expect(await bus().offsetsAt('events', new Date(Date.now() + 3_600_000))).toEqual([null, null, null, null]);
    });

    it('refuses to be written, altered or deleted, or to take a topic’s place', async () => {
      const refused = [
        bus().publish('events', { value: 1 }),
        bus().alterTopic('events', { partitions: 32 }),
        bus().deleteTopic('events'),
        bus().subscribe({ ...events, topic: 'orders', deadLetter: 'events' }, () => undefined),
      ];
      const codes = await Promise.all(
        refused.map(async (promise) => ((await failureOf(promise)) as Error & { code?: string }).code),
      );
      expect(codes).toEqual([...upTo(3).map(() => 'BUS_TOPIC_READ_ONLY'), 'BUS_UNKNOWN_TOPIC']);
      await bus().createTopic('orders');
      const letters = bus().subscribe({ ...events, topic: 'orders', deadLetter: 'events' }, () => undefined);
      expect(await failureOf(letters)).toMatchObject({ code: 'BUS_TOPIC_READ_ONLY' });
      expect(await failureOf(bus().attach('orders', under.log))).toMatchObject({ code: 'BUS_TOPIC_EXISTS' });
      expect((await bus().describeTopic('events')).partitions.every(({ end }) => end === 0)).toBe(true);
    });
  });
}
