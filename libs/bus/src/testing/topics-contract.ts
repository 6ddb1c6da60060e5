import { partitionFor } from '@annals/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { failureOf, QUICK, Seen, sendAll, upTo } from './bus-under-test.js';

/** What topics and producers promise on every engine. */
export function testTopics(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`topics on ${engine}`, () => {
    let it_: BusUnderTest;
    const bus = () => it_.bus;
    beforeEach(async () => {
      it_ = await open();
    });
    afterEach(async () => {
      await it_.stop();
    });
    const code = async (promise: Promise<unknown>) => (await failureOf(promise)) as Error & { code?: string };

    it('creates, describes, lists, alters and deletes', async () => {
      await bus().createTopic('orders', { partitions: 2, retentionMs: 1_000 });
      await bus().createTopic('billing');
      expect((await bus().listTopics()).map(({ name }) => name)).toEqual(['billing', 'events', 'orders']);
      await bus().alterTopic('orders', { partitions: 3, retentionMs: 2_000 });
      const { config, partitions } = await bus().describeTopic('orders');
      expect(config).toMatchObject({ partitions: 3, retentionMs: 2_000, cleanupPolicy: 'delete' });
      expect(partitions).toEqual(upTo(3).map(() => ({ start: 0, end: 0 })));
      await bus().deleteTopic('orders');
      expect(await code(bus().describeTopic('orders'))).toMatchObject({ code: 'BUS_UNKNOWN_TOPIC' });
    });

    it('refuses what a topic cannot be, and changes nothing', async () => {
      await bus().createTopic('orders.eu', { partitions: 4 });
      const bad = ['', '.', '..', 'a/b', 'ä', 'x'.repeat(250)].map((name) => code(bus().createTopic(name)));
      for (const error of await Promise.all(bad)) expect(error.code).toBe('BUS_INVALID_TOPIC');
      expect(await code(bus().createTopic('orders_eu'))).toMatchObject({ code: 'BUS_INVALID_TOPIC' });
      expect(await code(bus().createTopic('orders.eu'))).toMatchObject({ code: 'BUS_TOPIC_EXISTS' });
      expect(await code(bus().alterTopic('orders.eu', { partitions: 3 }))).toMatchObject({ code: 'BUS_INVALID_TOPIC' });
      const unknown = bus().createTopic('odd', { partitions: 0, colour: 'red' } as object);
      expect((await code(unknown)).message).toMatch(/colour.*partitions/s);
      expect(await code(bus().deleteTopic('nowhere'))).toMatchObject({ code: 'BUS_UNKNOWN_TOPIC' });
      expect((await bus().listTopics()).map(({ name }) => name)).toEqual(['events', 'orders.eu']);
      expect((await bus().describeTopic('orders.eu')).partitions).toHaveLength(4);
    });

    it('gives a topic made anew offsets from 0 and no old cursors', async () => {
      await bus().createTopic('again', { partitions: 1 });
      await sendAll(bus(), 'again', [1, 2, 3]);
      const first = new Seen();
      const subscription = await bus().subscribe({ ...QUICK, group: 'g', topic: 'again' }, first.handle);
      await first.atLeast(3);
      await subscription.stop();
      await bus().deleteTopic('again');
      await bus().createTopic('again', { partitions: 1 });
      expect(await bus().publish('again', { value: 4 })).toMatchObject({ offset: 0 });
      const second = new Seen();
      await bus().subscribe({ ...QUICK, group: 'g', topic: 'again' }, second.handle);
      await second.atLeast(1);
      expect(second.values).toEqual([4]);
    });

    it('numbers records of a partition from 0, and puts keys where Kafka puts them', async () => {
      await bus().createTopic('keyed', { partitions: 5 });
      const keys = ['', 'a', 'order-4711', 'ключ', '🛒'];
      const places = await Promise.all([...keys, ...keys].map((key) => bus().publish('keyed', { key, value: null })));
      for (const [index, { partition }] of places.entries()) {
        expect(partition).toBe(partitionFor(keys[index % keys.length]!, 5));
      }
      for (const one of upTo(5)) {
        const offsets = places.filter(({ partition }) => partition === one).map(({ offset }) => offset);
        expect(offsets).toEqual(upTo(offsets.length));
      }
    });

    it('keeps the order of sends of one key, and gaps nowhere, with many at once', async () => {
      await bus().createTopic('many', { partitions: 4 });
      const sent = upTo(3_000).map((value) => ({ key: `k${value % 50}`, value }));
      await Promise.all(sent.map((record) => bus().publish('many', record)));
      const seen = new Seen();
      await bus().subscribe({ ...QUICK, group: 'all', topic: 'many' }, seen.handle);
      await seen.atLeast(3_000);
      const byKey = new Map<string, unknown[]>();
      for (const { key, value } of seen.records) byKey.set(key!, [...(byKey.get(key!) ?? []), value]);
      for (const [key, values] of byKey) {
        expect(values).toEqual(sent.filter((one) => one.key === key).map(({ value }) => value));
      }
      const { partitions } = await bus().describeTopic('many');
      expect(partitions.reduce((sum, { end }) => sum + end, 0)).toBe(3_000);
    });

    it('brings value, key, headers, timestamp and tombstones back as they were sent', async () => {
      await bus().createTopic('whole', { partitions: 1 });
      const value = { text: 'ä\n"🛒', list: [1, null, true], nested: { zero: 0 } };
      const timestamp = new Date('2011-01-04T10:00:00.123Z');
      const headers = [
        ['a', '1'],
        ['a', '2'],
        ['b', ''],
      ] as const;
      await bus().publish('whole', { key: 'k', value, headers, timestamp });
      await bus().publish('whole', { key: '', value: null, headers: { c: '3' } });
      await bus().publish('whole', { value: '' });
      const seen = new Seen();
      await bus().subscribe({ ...QUICK, group: 'whole', topic: 'whole' }, seen.handle);
      await seen.atLeast(3);
      const [first, second, third] = seen.records;
      expect(first).toMatchObject({ key: 'k', value, headers, timestamp, isTombstone: false, offset: 0 });
      expect(first?.header('a')).toBe('2');
      expect(second).toMatchObject({ key: '', value: null, isTombstone: true, headers: [['c', '3']] });
      expect(third).toMatchObject({ key: null, value: '', isTombstone: false, headers: [] });
      expect(Math.abs((third?.timestamp.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    it('refuses records that cannot be, one by one, and stores nothing of them', async () => {
      await bus().createTopic('strict', { partitions: 2, maxRecordBytes: 1_000 });
      await bus().createTopic('compacted', { cleanupPolicy: 'compact' });
      const refused: [Promise<unknown>, string][] = [
        [bus().publish('nowhere', { value: 1 }), 'BUS_UNKNOWN_TOPIC'],
        [bus().publish('strict', { value: 'x'.repeat(1_000) }), 'BUS_RECORD_TOO_LARGE'],
        [bus().publish('strict', { key: 'k'.repeat(1_001), value: 1 }), 'BUS_RECORD_TOO_LARGE'],
        [bus().publish('strict', { key: 'ä'.repeat(501), value: 1 }), 'BUS_RECORD_TOO_LARGE'],
        [bus().publish('strict', { value: 1, partition: 2 }), 'BUS_INVALID_RECORD'],
        [bus().publish('strict', { value: 1, partition: -1 }), 'BUS_INVALID_RECORD'],
        [bus().publish('strict', { value: 1, partition: 0.5 }), 'BUS_INVALID_RECORD'],
        [bus().publish('strict', { key: 'a\u0000', value: 1 }), 'BUS_INVALID_RECORD'],
        [bus().publish('strict', { key: '\ud800', value: 1 }), 'BUS_INVALID_RECORD'],
        [bus().publish('strict', { value: Number.NaN }), 'BUS_INVALID_RECORD'],
        [bus().publish('strict', { value: undefined }), 'BUS_INVALID_RECORD'],
        [bus().publish('strict', { value: JSON.parse('{"__proto__":1}') }), 'BUS_INVALID_RECORD'],
        [bus().publish('strict', { value: 1, timestamp: new Date(Number.NaN) }), 'BUS_INVALID_RECORD'],
        [bus().publish('compacted', { value: 1 }), 'BUS_INVALID_RECORD'],
      ];
      const codes = await Promise.all(refused.map(async ([promise]) => (await code(promise)).code));
      expect(codes).toEqual(refused.map(([, wanted]) => wanted));
      for (const topic of ['strict', 'compacted']) {
        const { partitions } = await bus().describeTopic(topic);
        expect(partitions.every(({ end }) => end === 0)).toBe(true);
      }
    });

    it('finds offsets by time', async () => {
      await bus().createTopic('timed', { partitions: 2 });
      const at = (ms: number) => new Date(1_000_000 + ms);
      for (const ms of [0, 10, 10, 20]) await bus().publish('timed', { value: ms, timestamp: at(ms), partition: 0 });
      expect(await bus().offsetsAt('timed', at(10))).toEqual([1, null]);
      expect(await bus().offsetsAt('timed', at(11))).toEqual([3, null]);
      expect(await bus().offsetsAt('timed', at(21))).toEqual([null, null]);
    });

    it('lets a producer that lingers send its records together, and all of them before it stops', async () => {
      await bus().createTopic('slow', { partitions: 3 });
      const producer = bus().producer({ lingerMs: 60_000 });
      const sent = upTo(20).map((value) => producer.send('slow', { value }));
      await bus().describeTopic('slow');
      expect((await bus().describeTopic('slow')).partitions.every(({ end }) => end === 0)).toBe(true);
      await producer.flush();
      const partitions = new Set((await Promise.all(sent)).map(({ partition }) => partition));
      // Without a key all of one batch go to one partition.
      expect(partitions.size).toBe(1);
      const more = producer.send('slow', { value: 20 });
      await producer.stop();
      expect(await more).toMatchObject({ topic: 'slow' });
    });

    it('makes a sender wait while too much is on its way, and fails it in the end', async () => {
      await bus().createTopic('full', { partitions: 1 });
      const patient = bus().producer({ bufferBytes: 300 });
      await Promise.all(upTo(50).map(() => patient.send('full', { value: 'x'.repeat(100) })));
      expect(patient.bufferedBytes).toBe(0);
      const hasty = bus().producer({ bufferBytes: 300, maxBlockMs: 1, lingerMs: 30_000 });
      const held = upTo(2).map(() => hasty.send('full', { value: 'x'.repeat(100) }));
      expect(await code(hasty.send('full', { value: 'x'.repeat(200) }))).toMatchObject({ code: 'BUS_PRODUCER_FULL' });
      await hasty.stop();
      await Promise.all(held);
      expect((await bus().describeTopic('full')).partitions).toEqual([{ start: 0, end: 52 }]);
    });

    it('answers acks 0 at once, and refuses a bad record even so', async () => {
      await bus().createTopic('fast', { partitions: 1 });
      const producer = bus().producer({ acks: 0 });
      expect(await producer.send('fast', { value: 1 })).toMatchObject({ offset: -1 });
      expect(await code(producer.send('fast', { value: Number.NaN }))).toMatchObject({ code: 'BUS_INVALID_RECORD' });
      await producer.flush();
      expect((await bus().describeTopic('fast')).partitions).toEqual([{ start: 0, end: 1 }]);
    });

    it('refuses acks all beforehand where there are too few copies, and takes them where one is enough', async () => {
      await bus().createTopic('careful', { partitions: 1, minInsyncReplicas: 2 });
      await bus().createTopic('single', { partitions: 1 });
      const producer = bus().producer({ acks: 'all' });
      expect(await code(producer.send('careful', { value: 1 }))).toMatchObject({ code: 'BUS_NOT_ENOUGH_REPLICAS' });
      expect((await bus().describeTopic('careful')).partitions).toEqual([{ start: 0, end: 0 }]);
      expect(await producer.send('single', { value: 1 })).toMatchObject({ offset: 0 });
      expect(await bus().publish('careful', { value: 1 })).toMatchObject({ offset: 0 });
    });

    it('deals records without a key round robin where asked to', async () => {
      await bus().createTopic('round', { partitions: 3 });
      const producer = bus().producer({ partitioner: 'roundRobin' });
      const places = [];
      for (const value of upTo(6)) places.push(await producer.send('round', { key: 'same', value }));
      expect(places.map(({ partition }) => partition)).toEqual([0, 1, 2, 0, 1, 2]);
    });
  });
}
