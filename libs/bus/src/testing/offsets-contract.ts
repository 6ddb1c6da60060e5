import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { committed, eventually, failureOf, QUICK, Seen, sendAll, upTo } from './bus-under-test.js';

/** What every engine promises of where groups stand. */
export function testOffsets(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`offsets on ${engine}`, () => {
    let under: BusUnderTest;
    const bus = () => under.bus;
    beforeEach(async () => {
      under = await open();
      await under.bus.createTopic('orders', { partitions: 4 });
    });
    afterEach(async () => {
      await under.stop();
    });
    const key = (value: unknown) => `k${String(value)}`;

    it('begins at the end where asked to, and misses nothing from then on', async () => {
      await sendAll(bus(), 'orders', upTo(10), key);
      const seen = new Seen();
      const options = { ...QUICK, group: 'live', topic: 'orders', offsetReset: 'latest' } as const;
      const subscription = await bus().subscribe(options, seen.handle);
      await eventually(() => subscription.assignment.length === 4);
      await committed(bus(), 'live', 10);
      await subscription.stop();
      await sendAll(bus(), 'orders', [10, 11], key);
      await bus().subscribe(options, seen.handle);
      await seen.atLeast(2);
      expect(seen.values.sort()).toEqual([10, 11]);
    });

    it('says so where it may not choose a beginning, and goes on once an operator has', async () => {
      const errors: unknown[] = [];
      const seen = new Seen();
      const options = { ...QUICK, group: 'none', topic: 'orders', offsetReset: 'none' } as const;
      const subscription = await bus().subscribe({ ...options, onError: (error) => errors.push(error) }, seen.handle);
      await eventually(() => errors.length > 0);
      expect(errors[0]).toMatchObject({ code: 'BUS_NO_OFFSET' });
      await subscription.stop();
      await bus().setOffsets('none', 'orders', { 0: 0, 1: 0, 2: 0, 3: 0 });
      await bus().subscribe(options, seen.handle);
      await sendAll(bus(), 'orders', [1], key);
      await seen.atLeast(1);
      expect(seen.values).toEqual([1]);
    });

    it('reads a partition that is added later from its beginning, whatever the reset says', async () => {
      const seen = new Seen();
      const options = { ...QUICK, group: 'grows', topic: 'orders', offsetReset: 'latest' } as const;
      const subscription = await bus().subscribe(options, seen.handle);
      await eventually(() => subscription.assignment.length === 4);
      await subscription.stop();
      await bus().alterTopic('orders', { partitions: 6 });
      await bus().publish('orders', { value: 'early', partition: 5 });
      await bus().subscribe(options, seen.handle);
      await seen.atLeast(1);
      expect(seen.values).toEqual(['early']);
    });

    it('pauses, resumes and seeks', async () => {
      const seen = new Seen();
      const subscription = await bus().subscribe({ ...QUICK, group: 'g', topic: 'orders' }, seen.handle);
      await eventually(() => subscription.assignment.length === 4);
      subscription.pause('orders', 0);
      await bus().publish('orders', { value: 'held', partition: 0 });
      await bus().publish('orders', { value: 'free', partition: 1 });
      await seen.atLeast(1);
      expect(seen.values).toEqual(['free']);
      subscription.resume();
      await seen.atLeast(2);
      await subscription.seek('orders', 1, 0);
      await seen.atLeast(3);
      expect(seen.values).toEqual(['free', 'held', 'free']);
      await committed(bus(), 'g', 2);
      for (const [partition, offset] of [
        [9, 0],
        [1, 2],
        [1, -1],
        [1, 0.5],
      ] as const) {
        expect(await failureOf(subscription.seek('orders', partition, offset))).toMatchObject({
          code: 'BUS_INVALID_OFFSET',
        });
      }
      await committed(bus(), 'g', 2);
    });

    it('commits only what handlers say, where that is asked for', async () => {
      await sendAll(bus(), 'orders', upTo(12), key);
      const options = { ...QUICK, group: 'manual', topic: 'orders', commit: 'manual' } as const;
      const seen = new Seen();
      const subscription = await bus().subscribe(options, async (record, { commit }) => {
        if (record.partition < 2) await commit();
        seen.handle(record);
      });
      await seen.atLeast(12);
      await subscription.stop();
      const ends = (await bus().describeTopic('orders')).partitions.map(({ end }) => end);
      const offsets = (await bus().describeGroup('manual')).positions.map(({ offset }) => offset);
      expect(offsets).toEqual(ends.map((end, partition) => (partition < 2 && end > 0 ? end : null)));
      const again = new Seen();
      await bus().subscribe(options, again.handle);
      const left = ends.reduce((sum, end, partition) => sum + (partition < 2 ? 0 : end), 0);
      await again.atLeast(left);
      expect(again.records.every(({ partition }) => partition >= 2)).toBe(true);
    });

    it('sets offsets of a group without members, and refuses what lies beyond the end', async () => {
      await sendAll(bus(), 'orders', upTo(8), key);
      const { partitions } = await bus().describeTopic('orders');
      const bad: Record<number, number>[] = [{ 0: partitions[0]!.end + 1 }, { 0: -1 }, { 0: 0.5 }, { 7: 0 }];
      for (const offsets of bad) {
        const refused = failureOf(bus().setOffsets('g', 'orders', offsets));
        expect(await refused).toMatchObject({ code: 'BUS_INVALID_OFFSET' });
      }
      expect(await bus().listGroups()).toEqual([]);
      expect(await failureOf(bus().describeGroup('g'))).toMatchObject({ code: 'BUS_UNKNOWN_GROUP' });
      await bus().setOffsets('g', 'orders', Object.fromEntries(partitions.map(({ end }, index) => [index, end])));
      const seen = new Seen();
      const subscription = await bus().subscribe({ ...QUICK, group: 'g', topic: 'orders' }, seen.handle);
      await bus().publish('orders', { value: 'new', key: 'k' });
      await seen.atLeast(1);
      expect(seen.values).toEqual(['new']);
      await subscription.stop();
      await bus().deleteGroup('g');
      expect(await bus().listGroups()).toEqual([]);
    });
  });
}
