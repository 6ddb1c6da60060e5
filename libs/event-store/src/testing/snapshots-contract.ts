import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store-under-test.js';
import { aStream, failureOf } from './store-under-test.js';
import { Tally, tallies } from './tally.js';

const failure = new Error('rolled back');

/** Snapshots of states. */
export function testSnapshots(under: StoreUnderTest): void {
  testTaking(under);
  testVersions(under);
  testFaults(under);
  testUnits(under);
}

/** Appends so many events that count 1 each, in one commit. */
async function commit(under: StoreUnderTest, stream: string, model: ReturnType<typeof tallies>, events: number) {
  const { store } = under();
  const tally = await store.load(stream, model);
  for (let event = 0; event < events; event += 1) tally.add(1);
  await store.save(stream, model, tally);
  await under().snapshotsWritten();
}

const kind = (version = 1) => ({ model: 'tally', version });

function testTaking(under: StoreUnderTest): void {
  it('leaves one after commits of 7 and 7 events at interval 10, and loads from it', async () => {
    const { snapshots, store } = under();
    const [stream, model] = [aStream(), tallies({ every: 10 })];
    await commit(under, stream, model, 7);
    expect(await snapshots.find(stream, kind())).toBeUndefined();
    await commit(under, stream, model, 7);
    expect(await snapshots.find(stream, kind())).toMatchObject({ revision: 14 });
    await commit(under, stream, model, 2);
    expect(await store.load(stream, model)).toMatchObject({ total: 16, revision: 16, replayed: 2 });
  });

  it('takes one when an update passes the interval', async () => {
    const { snapshots, store, snapshotsWritten } = under();
    const [stream, model] = [aStream(), tallies({ every: 2 })];
    for (let event = 0; event < 3; event += 1) await store.update(stream, model, (tally) => tally.add(1));
    await snapshotsWritten();
    expect(await snapshots.find(stream, kind())).toMatchObject({ revision: 2 });
  });

  it('makes up for one that is missing when the state is loaded', async () => {
    const { snapshots, store, snapshotsWritten } = under();
    const stream = aStream();
    await commit(under, stream, tallies(), 12);
    await store.load(stream, tallies({ every: 10 }));
    await snapshotsWritten();
    expect(await snapshots.find(stream, kind())).toMatchObject({ revision: 12 });
  });

  it('takes them when the application says so', async () => {
    const { snapshots } = under();
    const stream = aStream();
    const moments: unknown[] = [];
    const model = tallies({ when: (moment) => moments.push(moment) === 2 });
    for (const events of [1, 2, 3]) await commit(under, stream, model, events);
    expect(moments.slice(0, 2)).toEqual([
      { before: 0, after: 1 },
      { before: 0, after: 1 },
    ]);
    expect(await snapshots.find(stream, kind())).toMatchObject({ revision: 1 });
  });
}

function testVersions(under: StoreUnderTest): void {
  it('passes over those of another state version, replays, and leaves one of the new version beside it', async () => {
    const { snapshots, snapshotsWritten, store } = under();
    const stream = aStream();
    await commit(under, stream, tallies({ every: 5, version: 1 }), 6);
    expect(await store.load(stream, tallies({ every: 5, version: 2 }))).toMatchObject({ replayed: 6 });
    await snapshotsWritten();
    expect(await store.load(stream, tallies({ every: 5, version: 2 }))).toMatchObject({ replayed: 0, total: 6 });
    expect(await snapshots.find(stream, kind(1))).toMatchObject({ revision: 6 });
  });

  it('never lets an older one replace a newer', async () => {
    const { snapshots } = under();
    const stream = aStream();
    await commit(under, stream, tallies(), 9);
    const at = (revision: number) => ({ revision, state: `{"total":${revision}}` });
    for (const revision of [5, 9, 7, 9]) await snapshots.save(stream, kind(), at(revision));
    expect(await snapshots.find(stream, kind())).toEqual(at(9));
  });

  it('keeps those of two models of one stream apart', async () => {
    const { store } = under();
    const stream = aStream();
    await commit(under, stream, tallies({ every: 1 }), 3);
    expect(await store.load(stream, tallies({ every: 1 }, { name: 'another' }))).toMatchObject({ replayed: 3 });
  });
}

function testFaults(under: StoreUnderTest): void {
  it('keeps none of a revision that the stream does not have', async () => {
    const { snapshots } = under();
    const stream = aStream();
    await commit(under, stream, tallies(), 3);
    await snapshots.save(stream, kind(), { revision: 4, state: '{"total":4}' });
    expect(await snapshots.find(stream, kind())).toBeUndefined();
  });

  it('replays a stream whose snapshot cannot be read, and says so', async () => {
    const { faults, snapshots, store } = under();
    const stream = aStream();
    await commit(under, stream, tallies(), 3);
    await snapshots.save(stream, kind(), { revision: 2, state: '{"total":{"$":["money","1"]}}' });
    expect(await store.load(stream, tallies({ every: 10 }))).toMatchObject({ total: 3, replayed: 3 });
    expect(faults.at(-1)?.message).toContain('"money"');
  });

  it('appends also when whoever decides on snapshots throws', async () => {
    const { faults, store } = under();
    const model = tallies({
      when: () => {
        throw new Error('no opinion');
      },
    });
    const { appended } = await store.update(aStream(), model, (tally) => tally.add(1));
    expect(appended).toMatchObject({ revision: 1 });
    expect(faults.at(-1)?.message).toBe('no opinion');
  });

  it('appends also when the state cannot be a snapshot, and says so', async () => {
    const { faults, snapshots, store } = under();
    const [stream, given] = [aStream(), tallies({ every: 1 })];
    const model = { ...given, snapshot: given.snapshot && { ...given.snapshot, capture: () => new Tally('1') } };
    await commit(under, stream, model, 1);
    expect(await store.load(stream, tallies())).toMatchObject({ total: 1 });
    expect(faults.at(-1)).toMatchObject({ code: 'STORE_SNAPSHOT_NOT_ENCODABLE' });
    expect(await snapshots.find(stream, kind())).toBeUndefined();
  });
}

function testUnits(under: StoreUnderTest): void {
  it('takes one of what a unit of work saves once it is committed', async () => {
    const { snapshots, snapshotsWritten, store, unitOfWork } = under();
    const [stream, model] = [aStream(), tallies({ every: 2 })];
    await unitOfWork.run(async () => {
      await commit(under, stream, model, 3);
      expect(await snapshots.find(stream, kind())).toBeUndefined();
      expect(await store.load(stream, model)).toMatchObject({ total: 3, revision: 3 });
    });
    await snapshotsWritten();
    expect(await snapshots.find(stream, kind())).toMatchObject({ revision: 3 });
    await unitOfWork.run(async () => {
      expect(await store.load(stream, model)).toMatchObject({ total: 3, replayed: 0 });
    });
  });

  it('takes none of a unit of work that is rolled back', async () => {
    const { snapshots, snapshotsWritten, unitOfWork } = under();
    const stream = aStream();
    const run = unitOfWork.run(async () => {
      await commit(under, stream, tallies({ every: 1 }), 3);
      throw failure;
    });
    expect(await failureOf(run)).toBe(failure);
    await snapshotsWritten();
    expect(await snapshots.find(stream, kind())).toBeUndefined();
  });
}
