import type { Checkpoint } from '@annals/log';
import { newId } from '@annals/message';
import { expect, it } from 'vitest';
import type { EventStore } from '../event-store.js';
import type { StreamChange } from '../stream/append-options.js';
import type { StoreUnderTest } from './store-under-test.js';
import { aCategory, all, aStream, events, revisions } from './store-under-test.js';

const idsOf = (read: readonly { readonly id: string }[]): string[] => read.map(({ id }) => id);

/** Appends `howMany` events one after another, each to a stream of its own; gives the head before, and their ids in order. */
async function appendApart(
  store: EventStore,
  howMany: number,
  category = 'order',
): Promise<{ from: Checkpoint; ids: string[] }> {
  const from = await store.head();
  const ids = Array.from({ length: howMany }, () => newId());
  for (const id of ids) await store.append(aStream(category), 'no-stream', [{ type: 'happened', data: {}, id }]);
  return { from, ids };
}

/** Reads over the partitions. */
export function testReadingAll(under: StoreUnderTest): void {
  testMerging(under);
  testBatches(under);
  testFilters(under);
  testEnds(under);
  testSomePartitions(under);
}

function testSomePartitions(under: StoreUnderTest): void {
  it('reads some partitions by themselves: what all of them give, each once, each stream in order', async () => {
    const { store } = under();
    const { from, ids } = await appendApart(store, 30);
    const every = from.map((_, partition) => partition);
    const halves = [every.filter((one) => one % 2 === 0), every.filter((one) => one % 2 === 1)];
    const read: string[] = [];
    for (const partitions of halves) {
      const part = await all(store.readAll(from, { partitions, batchSize: 7 }));
      expect(part.every(({ partition }) => partitions.includes(partition))).toBe(true);
      for (const partition of partitions) {
        const offsets = part.filter((event) => event.partition === partition).map(({ offset }) => offset);
        expect(offsets).toEqual([...offsets].sort((one, other) => one - other));
      }
      read.push(...idsOf(part));
    }
    expect(read.sort()).toEqual([...ids].sort());
  });

  it('leaves the other partitions of the checkpoint where they were', async () => {
    const { store } = under();
    const { from } = await appendApart(store, 10);
    const [first = 0] = from.map((_, partition) => partition);
    let last: Checkpoint = from;
    for await (const { checkpoint } of store.readBatches(from, { partitions: [first] })) last = checkpoint;
    expect(last.slice(1)).toEqual(from.slice(1));
    expect(last[first]).toBe((await store.head())[first]);
  });

  it('refuses partitions that make no sense', () => {
    const { store } = under();
    expect(() => store.readAll(undefined, { partitions: [] })).toThrow(RangeError);
    expect(() => store.readAll(undefined, { partitions: [-1] })).toThrow(RangeError);
    expect(() => store.readAll(undefined, { partitions: [0], direction: 'backwards' })).toThrow(RangeError);
  });
}

function testMerging(under: StoreUnderTest): void {
  it('merges the partitions, cause before effect, in both directions', async () => {
    const { store } = under();
    const { from, ids } = await appendApart(store, 40);
    for (const batchSize of [undefined, 1, 7]) {
      const options = batchSize === undefined ? {} : { batchSize };
      expect(idsOf(await all(store.readAll(from, options)))).toEqual(ids);
      const back = store.readAll(undefined, { ...options, direction: 'backwards', limit: 40 });
      expect(idsOf(await all(back))).toEqual([...ids].reverse());
    }
  });

  it('goes on where the checkpoint of a batch says, forwards and backwards', async () => {
    const { store } = under();
    const { from, ids } = await appendApart(store, 20);
    const read: string[] = [];
    let checkpoint: Checkpoint = from;
    for (let again = true; again;) {
      again = false;
      for await (const batch of store.readBatches(checkpoint, { batchSize: 6 })) {
        read.push(...idsOf(batch.events));
        checkpoint = batch.checkpoint;
        again = true;
        break;
      }
    }
    expect(read).toEqual(ids);
    expect(checkpoint).toEqual(await store.head());
    const back: string[] = [];
    while (back.length < 20) {
      for await (const batch of store.readBatches(checkpoint, { batchSize: 6, direction: 'backwards' })) {
        back.push(...idsOf(batch.events));
        checkpoint = batch.checkpoint;
        break;
      }
    }
    expect(back.slice(0, 20)).toEqual([...ids].reverse());
  });
}

function testBatches(under: StoreUnderTest): void {
  it('says of the last batch that it was caught up, and of none before', async () => {
    const { store } = under();
    const { from } = await appendApart(store, 12);
    const flags = (await all(store.readBatches(from, { batchSize: 4 }))).map(({ caughtUp }) => caughtUp);
    expect(flags.length).toBeGreaterThan(1);
    expect(flags.indexOf(true)).toBe(flags.length - 1);
  });

  it('gives no batch at the head', async () => {
    const { store } = under();
    expect(await all(store.readBatches(await store.head()))).toEqual([]);
    expect(await all(store.readAll(undefined, { limit: 0 }))).toEqual([]);
  });

  it('stops at the limit, with a checkpoint to go on from', async () => {
    const { store } = under();
    const { from, ids } = await appendApart(store, 9);
    const batches = await all(store.readBatches(from, { limit: 4, batchSize: 3 }));
    const first = batches.flatMap((batch) => idsOf(batch.events));
    expect(first).toEqual(ids.slice(0, 4));
    const rest = await all(store.readAll(batches.at(-1)?.checkpoint));
    expect(idsOf(rest)).toEqual(ids.slice(4));
  });
}

function testFilters(under: StoreUnderTest): void {
  it('reads one category, in both directions', async () => {
    const { store } = under();
    const category = aCategory();
    const changes = [`${category}-1`, `${category}x-1`, category, `${category}-2-b`, `x-${category}`].map(
      (stream): StreamChange => ({ stream, expected: 'no-stream', events: events(2) }),
    );
    await store.appendAll(changes);
    const wanted = [`${category}-1`, category, `${category}-2-b`];
    const forwards = await all(store.readCategory(category, { batchSize: 2 }));
    expect([...new Set(forwards.map(({ stream }) => stream))].sort()).toEqual([...wanted].sort());
    expect(forwards).toHaveLength(6);
    const backwards = await all(store.readCategory(category, { direction: 'backwards' }));
    expect(backwards).toEqual([...forwards].reverse());
    expect(await revisions(store.readCategory(category, { limit: 3 }))).toHaveLength(3);
    expect(await all(store.readCategory(aCategory()))).toEqual([]);
  });

  it('reads by correlation id over all streams', async () => {
    const { store } = under();
    const correlationId = newId();
    const streams = [aStream(), aStream('customer'), aStream()];
    for (const stream of streams) {
      await store.append(stream, 'any', [...events(1), ...events(1, { metadata: { correlationId } })]);
    }
    const found = await all(store.readCorrelated(correlationId));
    expect(found.map(({ stream, revision }) => [stream, revision])).toEqual(streams.map((stream) => [stream, 2]));
    const backwards = await all(store.readCorrelated(correlationId, { direction: 'backwards', limit: 2 }));
    expect(backwards).toEqual([...found].reverse().slice(0, 2));
    expect(await all(store.readCorrelated(newId()))).toEqual([]);
  });
}

function testEnds(under: StoreUnderTest): void {
  it('filters by type, and moves the checkpoint past what it leaves out', async () => {
    const { store } = under();
    const from = await store.head();
    const mixed = [...events(3), ...events(1, { type: 'rare' }), ...events(3)];
    await store.append(aStream(), 'any', mixed);
    expect(idsOf(await all(store.readAll(from, { types: ['rare', 'other'] })))).toHaveLength(1);
    const batches = await all(store.readBatches(from, { types: ['nothing-of-this'] }));
    expect(batches.flatMap((batch) => batch.events)).toEqual([]);
    expect(batches.at(-1)).toMatchObject({ checkpoint: await store.head(), caughtUp: true });
    expect(await all(store.readAll(from, { types: [] }))).toEqual([]);
  });

  it('ends though others append meanwhile', async () => {
    const { store } = under();
    const { from, ids } = await appendApart(store, 5);
    const read: string[] = [];
    for await (const { id } of store.readAll(from, { batchSize: 2 })) {
      read.push(id);
      if (read.length < 10) await store.append(aStream(), 'any', events(1));
    }
    expect(read.slice(0, 5)).toEqual(ids);
    expect(new Set(read).size).toBe(read.length);
  });

  it('refuses a checkpoint of another shape, and names every fault of the options', () => {
    const { store, log } = under();
    const code = 'LOG_INVALID_CHECKPOINT';
    expect(() => store.readAll([0])).toThrow(expect.objectContaining({ code }));
    expect(() => store.readBatches(new Array<number>(log.partitions).fill(-1))).toThrow(
      expect.objectContaining({ code }),
    );
    expect(() => store.tail([])).toThrow(expect.objectContaining({ code }));
    expect(() => store.readAll(undefined, { limit: -1, batchSize: 0.5 })).toThrow(/limit .*batchSize /s);
  });
}
