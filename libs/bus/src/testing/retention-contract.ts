import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, failureOf, QUICK, Seen, sendAll, upTo } from './bus-under-test.js';

/** Compaction waits until half of what is closed has not been through it. */
const HALF_AT_LEAST = { padding: 'x'.repeat(1_000) };

/** What every engine promises of old records. */
export function testRetention(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`retention and compaction on ${engine}`, () => {
    let under: BusUnderTest;
    const bus = () => under.bus;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(async () => {
      await under.stop();
    });
    const ranges = async (topic: string) => (await bus().describeTopic(topic)).partitions;
    const readAll = async (topic: string, count: number, group = `g${Math.random().toString(36).slice(2)}`) => {
      const seen = new Seen();
      const subscription = await bus().subscribe({ ...QUICK, group, topic }, seen.handle);
      await seen.atLeast(count);
      await subscription.stop();
      return seen.records;
    };

    it('removes whole segments by age, moves the start, and gives no offset again', async () => {
      await bus().createTopic('aging', { partitions: 1, segmentMs: 1_000, retentionMs: 10_000 });
      await sendAll(bus(), 'aging', [0, 1, 2]);
      await bus().maintain();
      expect(await ranges('aging')).toEqual([{ start: 0, end: 3 }]);
      await under.passTime(1_500);
      await bus().maintain();
      await sendAll(bus(), 'aging', [3, 4]);
      await under.passTime(9_000);
      await bus().maintain();
      expect(await ranges('aging')).toEqual([{ start: 0, end: 5 }]);
      await under.passTime(2_000);
      await bus().maintain();
      expect(await ranges('aging')).toEqual([{ start: 3, end: 5 }]);
      expect((await readAll('aging', 2)).map(({ value, offset }) => [value, offset])).toEqual([
        [3, 3],
        [4, 4],
      ]);
      await under.passTime(60_000);
      await bus().maintain();
      await bus().maintain();
      expect(await ranges('aging')).toEqual([{ start: 5, end: 5 }]);
      expect(await bus().publish('aging', { value: 5 })).toMatchObject({ offset: 5 });
    });

    it('does not wait for a slow group, which goes on at the first record that is left', async () => {
      await bus().createTopic('slow', { partitions: 1, segmentMs: 1_000, retentionMs: 1_000 });
      await sendAll(bus(), 'slow', [0, 1]);
      await readAll('slow', 2, 'slow-group');
      await sendAll(bus(), 'slow', [2, 3]);
      await under.passTime(1_500);
      await bus().maintain();
      await sendAll(bus(), 'slow', [4]);
      await under.passTime(1_500);
      await bus().maintain();
      expect((await readAll('slow', 1, 'slow-group')).map(({ value }) => value)).toEqual([4]);
    });

    it('removes the oldest when a topic takes too much room, and keeps what is written', async () => {
      await bus().createTopic('large', { partitions: 2, segmentBytes: 1, retentionBytes: 1, retentionMs: -1 });
      for (const value of upTo(4)) {
        await bus().publish('large', { value, partition: 0 });
        await bus().maintain();
      }
      await bus().publish('large', { value: 'last', partition: 0 });
      await bus().maintain();
      const [first] = await ranges('large');
      expect(first?.start).toBeGreaterThanOrEqual(3);
      expect(first?.end).toBe(5);
    });

    it('is read on across segments, by groups and from any offset', async () => {
      await bus().createTopic('long', { partitions: 2, segmentBytes: 1, retentionMs: -1 });
      for (const value of upTo(6)) {
        await sendAll(bus(), 'long', [value * 2, value * 2 + 1]);
        await bus().maintain();
      }
      const read = (await readAll('long', 12)).map(({ value }) => Number(value)).sort((a, b) => a - b);
      expect(read).toEqual(upTo(12));
      const seen = new Seen();
      const subscription = await bus().subscribe(
        { ...QUICK, group: 'live', topic: 'long', offsetReset: 'latest' },
        seen.handle,
      );
      await eventually(() => subscription.assignment.length === 2);
      await bus().maintain();
      await sendAll(bus(), 'long', [12]);
      await bus().maintain();
      await sendAll(bus(), 'long', [13]);
      await seen.atLeast(2);
      expect(seen.values).toEqual([12, 13]);
    });

    const compacted = { partitions: 1, cleanupPolicy: 'compact', segmentMs: 1_000 } as const;
    const settle = async (topic: string) => {
      await under.passTime(1_500);
      await bus().maintain();
      await bus().maintain();
      expect((await bus().listTopics()).some(({ name }) => name === topic)).toBe(true);
    };

    it('keeps the newest record of each key, at its offset, and leaves the segment that is written alone', async () => {
      await bus().createTopic('prices', compacted);
      for (const [key, value] of [
        ['a', 1],
        ['b', 1],
        ['a', 2],
        ['c', 1],
        ['a', 3],
      ] as const) {
        await bus().publish('prices', { key, value });
      }
      await settle('prices');
      await bus().publish('prices', { key: 'a', value: 4, headers: HALF_AT_LEAST });
      await bus().publish('prices', { key: 'b', value: 2 });
      const read = await readAll('prices', 5);
      expect(read.map(({ key, value, offset }) => [key, value, offset])).toEqual([
        ['b', 1, 1],
        ['c', 1, 3],
        ['a', 3, 4],
        ['a', 4, 5],
        ['b', 2, 6],
      ]);
      await settle('prices');
      const again = await readAll('prices', 3);
      expect(again.map(({ key, value, offset }) => [key, value, offset])).toEqual([
        ['c', 1, 3],
        ['a', 4, 5],
        ['b', 2, 6],
      ]);
      expect(await ranges('prices')).toEqual([{ start: 0, end: 7 }]);
    });

    it('keeps a tombstone for a while after it was first met, and an empty value is none', async () => {
      await bus().createTopic('gone', { ...compacted, deleteRetentionMs: 10_000 });
      await bus().publish('gone', { key: 'a', value: 1 });
      await bus().publish('gone', { key: 'a', value: null });
      await bus().publish('gone', { key: 'b', value: '' });
      await settle('gone');
      await bus().publish('gone', { key: 'c', value: 1, headers: HALF_AT_LEAST });
      expect((await readAll('gone', 3)).map(({ key, value }) => [key, value])).toEqual([
        ['a', null],
        ['b', ''],
        ['c', 1],
      ]);
      await under.passTime(11_000);
      await settle('gone');
      await bus().publish('gone', { key: 'd', value: 1 });
      expect((await readAll('gone', 3)).map(({ key }) => key)).toEqual(['b', 'c', 'd']);
    });

    it('leaves records alone that are younger than it may touch', async () => {
      await bus().createTopic('young', { ...compacted, minCompactionLagMs: 60_000 });
      await bus().publish('young', { key: 'a', value: 1 });
      await bus().publish('young', { key: 'a', value: 2 });
      await settle('young');
      expect(await readAll('young', 2)).toHaveLength(2);
      await under.passTime(60_000);
      await settle('young');
      await bus().publish('young', { key: 'z', value: 0 });
      expect((await readAll('young', 2)).map(({ value }) => value)).toEqual([2, 0]);
    });

    it('shows the newest value of each key as a table that follows the topic', async () => {
      await bus().createTopic('stock', compacted);
      for (const value of upTo(3)) await bus().publish('stock', { key: 'a', value });
      await bus().publish('stock', { key: 'b', value: 1 });
      await bus().publish('stock', { key: 'b', value: null });
      await settle('stock');
      const table = await bus().table('stock');
      await table.caughtUp();
      expect([table.get('a'), table.get('b'), table.has('b'), table.size]).toEqual([2, undefined, false, 1]);
      await bus().publish('stock', { key: 'b', value: { left: 5 } });
      await table.caughtUp();
      expect([...table.entries()]).toEqual([
        ['a', 2],
        ['b', { left: 5 }],
      ]);
      await table.stop();
      await bus().createTopic('plain');
      expect(await failureOf(bus().table('plain'))).toMatchObject({ code: 'BUS_INVALID_TOPIC' });
    });
  });
}
