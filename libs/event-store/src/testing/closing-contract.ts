import { expect, it } from 'vitest';
import { withMetadata } from '../metadata/with-metadata.js';
import type { StoreUnderTest } from './store-under-test.js';
import { aCategory, all, aStream, events, failureOf, revisions } from './store-under-test.js';
import { tallies } from './tally.js';

const closed = { code: 'STORE_STREAM_CLOSED' };

/** Streams that are archived, restored and tombstoned. */
export function testClosing(under: StoreUnderTest): void {
  testArchiving(under);
  testTombstoning(under);
  testStates(under);
}

function testArchiving(under: StoreUnderTest): void {
  it('leaves normal reads when it is archived, and comes back equal', async () => {
    const { store } = under();
    const category = aCategory();
    const [stream, beside] = [`${category}-1`, `${category}-2`];
    for (const name of [stream, beside]) await store.append(name, 'any', events(3));
    const before = await all(store.read(stream));
    await store.archive(stream, { reason: 'last year' });
    expect(await all(store.read(stream))).toEqual([]);
    expect(await all(store.replay(stream))).toEqual([]);
    const inCategory = async () =>
      (await all(store.readCategory(category))).map((event) => `${event.stream} ${event.type}`);
    expect(await inCategory()).toEqual([...Array<string>(3).fill(`${beside} happened`), `${stream} $archived`]);
    expect(await all(store.read(stream, { archived: true }))).toEqual(before);
    expect(await revisions(store.read(stream, { archived: true, direction: 'backwards', limit: 2 }))).toEqual([3, 2]);
    await store.archive(stream);
    await store.restore(stream);
    expect(await all(store.read(stream))).toEqual(before);
    expect(await all(store.read(stream, { archived: true }))).toEqual([]);
    expect(await store.append(stream, 3, events(1))).toMatchObject({ revision: 4 });
  });

  it('refuses appends while it is archived, in units of work, too', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(2));
    await store.archive(stream);
    for (const expected of ['any', 'no-stream', 'stream-exists', 2] as const) {
      const append = () => store.append(stream, expected, events(1));
      const failures = [await failureOf(append()), await failureOf(unitOfWork.run(append))];
      expect(failures).toMatchObject(Array(2).fill({ ...closed, stream, retryable: false }));
    }
    await unitOfWork.run(async () => {
      expect(await revisions(store.read(stream))).toEqual([]);
      expect(await revisions(store.read(stream, { archived: true }))).toEqual([1, 2]);
    });
  });

  it('names what cannot be archived or restored', async () => {
    const { store } = under();
    const stream = aStream();
    expect(await failureOf(store.archive(stream))).toMatchObject({ code: 'STORE_STREAM_NOT_FOUND', stream });
    expect(await failureOf(store.tombstone(stream))).toMatchObject({ code: 'STORE_STREAM_NOT_FOUND' });
    expect(await failureOf(store.restore(stream))).toMatchObject({ code: 'STORE_STREAM_NOT_ARCHIVED', stream });
  });

  it('is the stream of the surrounding tenant', async () => {
    const { store } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(1));
    await withMetadata({ tenant: 'a' }, async () => {
      await store.append(stream, 'any', events(2));
      await store.archive(stream);
      expect(await revisions(store.read(stream, { archived: true }))).toEqual([1, 2]);
    });
    expect(await revisions(store.read(stream))).toEqual([1]);
  });
}

function testTombstoning(under: StoreUnderTest): void {
  it('refuses reads and appends once it is tombstoned, for good', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(3));
    await store.archive(stream);
    await store.tombstone(stream);
    await store.tombstone(stream);
    const refused = [
      all(store.read(stream)),
      all(store.read(stream, { to: 2 })),
      all(store.replay(stream)),
      store.append(stream, 'any', events(1)),
      store.load(stream, tallies()),
      store.load(stream, tallies({ every: 1 })),
      store.update(stream, tallies(), (tally) => tally.add(1)),
      store.archive(stream),
      unitOfWork.run(() => all(store.read(stream))),
    ];
    const failures = await Promise.all(refused.map((failed) => failureOf(failed)));
    expect(failures).toMatchObject(refused.map(() => closed));
    expect(await failureOf(store.restore(stream))).toMatchObject({ code: 'STORE_STREAM_NOT_ARCHIVED' });
    expect(await all(store.read(stream, { archived: true }))).toEqual([]);
  });
}

function testStates(under: StoreUnderTest): void {
  it('has no snapshots while it is closed, and a state only from the restored events', async () => {
    const { snapshots, snapshotsWritten, store } = under();
    const [stream, model, kind] = [aStream(), tallies({ every: 1 }), { model: 'tally', version: 1 }];
    await store.update(stream, model, (tally) => tally.add(1));
    await snapshotsWritten();
    const kept = await snapshots.find(stream, kind);
    expect(kept).toMatchObject({ revision: 1 });
    await store.archive(stream);
    expect(await snapshots.find(stream, kind)).toBeUndefined();
    await snapshots.save(stream, kind, kept ?? { revision: 1, state: '' });
    expect(await snapshots.find(stream, kind)).toBeUndefined();
    expect(await store.load(stream, model)).toMatchObject({ revision: 0, total: 0 });
    expect(await failureOf(store.update(stream, model, (tally) => tally.add(1)))).toMatchObject(closed);
    await store.restore(stream);
    expect((await store.update(stream, model, (tally) => (tally.add(1), tally.total))).result).toBe(2);
  });
}
