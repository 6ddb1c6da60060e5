import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, events, failureOf, revisions } from './store-under-test.js';

/** Append in all its modes. */
export function testAppending(under: StoreUnderTest): void {
  testResults(under);
  testExpectations(under);
  testConcurrency(under);
  testExtent(under);
}

function testResults(under: StoreUnderTest): void {
  it('gives events revisions from 1 on, without a hole, and a place in the log', async () => {
    const { store, log } = under();
    const stream = aStream();
    const first = await store.append(stream, 'no-stream', events(2));
    expect(first).toMatchObject({ pending: false, revision: 2 });
    expect(await store.append(stream, 2, events(3))).toMatchObject({ pending: false, revision: 5 });
    const stored = await all(store.read(stream));
    expect(stored.map(({ revision, data }) => [revision, data])).toEqual([
      [1, { n: 1 }],
      [2, { n: 2 }],
      [3, { n: 1 }],
      [4, { n: 2 }],
      [5, { n: 3 }],
    ]);
    expect(stored[0]).toMatchObject({ stream, type: 'happened', version: 1, metadata: {} });
    expect(stored.map(({ offset }) => (offset ?? NaN) - (stored[0]?.offset ?? NaN))).toEqual([0, 1, 2, 3, 4]);
    expect(
      stored.every(({ recordedAt, partition = -1 }) => recordedAt instanceof Date && partition < log.partitions),
    ).toBe(true);
    expect(first).toMatchObject({ position: stored[1]?.position });
  });

  it('gives a checkpoint past the last event, in its partition only', async () => {
    const { store } = under();
    const stream = aStream();
    const result = await store.append(stream, 'any', events(2));
    const last = (await all(store.read(stream))).at(-1);
    const checkpoint = result.pending ? [] : result.checkpoint;
    expect(checkpoint.map((offset, partition) => [partition, offset]).filter(([, offset]) => offset !== 0)).toEqual([
      [last?.partition, (last?.offset ?? NaN) + 1],
    ]);
  });
}

function testExpectations(under: StoreUnderTest): void {
  it('lets one of two no-stream appends win, and tells the other the actual revision', async () => {
    const { store } = under();
    const stream = aStream();
    const both = await Promise.allSettled([
      store.append(stream, 'no-stream', events(2)),
      store.append(stream, 'no-stream', events(2)),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = both.find((result) => result.status === 'rejected')?.reason as unknown;
    expect(lost).toMatchObject({
      code: 'STORE_WRONG_EXPECTED_REVISION',
      stream,
      expected: 'no-stream',
      actual: 2,
      retryable: true,
    });
    expect(await revisions(store.read(stream))).toEqual([1, 2]);
  });

  it('takes 0 for no stream', async () => {
    const { store } = under();
    const stream = aStream();
    await store.append(stream, 0, events(1));
    expect(await failureOf(store.append(stream, 0, events(1)))).toMatchObject({ expected: 0, actual: 1 });
  });

  it('refuses stream-exists on nothing, and takes it on something', async () => {
    const { store } = under();
    const stream = aStream();
    const failure = await failureOf(store.append(stream, 'stream-exists', events(1)));
    expect(failure).toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION', expected: 'stream-exists', actual: 0 });
    await store.append(stream, 'any', events(1));
    expect(await store.append(stream, 'stream-exists', events(1))).toMatchObject({ revision: 2 });
  });

  it('refuses a revision that the stream has passed or not reached', async () => {
    const { store } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(3));
    for (const expected of [2, 4]) {
      const failure = await failureOf(store.append(stream, expected, events(1)));
      expect(failure).toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION', expected, actual: 3 });
    }
    expect(await revisions(store.read(stream))).toEqual([1, 2, 3]);
  });
}

function testConcurrency(under: StoreUnderTest): void {
  it('gives 20 concurrent appends at any revision the revisions 1 to 20', async () => {
    const { store } = under();
    const stream = aStream();
    const results = await Promise.all(Array.from({ length: 20 }, () => store.append(stream, 'any', events(1))));
    const given = results.map((result) => (result.pending ? 0 : result.revision)).sort((one, other) => one - other);
    const wanted = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(given).toEqual(wanted);
    expect(await revisions(store.read(stream))).toEqual(wanted);
  });

  it('burns neither revision nor offset on a conflict between two good appends', async () => {
    const { store } = under();
    const stream = aStream();
    const [one, conflict, other] = await Promise.allSettled([
      store.append(stream, 'no-stream', events(1)),
      store.append(stream, 7, events(3)),
      store.append(stream, 1, events(1)),
    ]);
    expect([one.status, conflict.status, other.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const stored = await all(store.read(stream));
    expect(stored.map(({ revision }) => revision)).toEqual([1, 2]);
    expect((stored[1]?.offset ?? NaN) - (stored[0]?.offset ?? NaN)).toBe(1);
  });
}

function testExtent(under: StoreUnderTest): void {
  it('only checks the expectation when there is nothing to append', async () => {
    const { store, log } = under();
    const stream = aStream();
    const nothing = { pending: false, revision: 0, position: 0, checkpoint: new Array<number>(log.partitions).fill(0) };
    expect(await store.append(stream, 'no-stream', [])).toEqual(nothing);
    expect(await store.append(stream, 'any', [])).toEqual(nothing);
    await store.append(stream, 'any', events(4));
    expect(await store.append(stream, 4, [])).toEqual({ ...nothing, revision: 4 });
    expect(await failureOf(store.append(stream, 3, []))).toMatchObject({
      code: 'STORE_WRONG_EXPECTED_REVISION',
      actual: 4,
    });
    expect(await revisions(store.read(stream))).toEqual([1, 2, 3, 4]);
    expect(await store.appendAll([])).toEqual([]);
  });

  it('appends to several streams, all or none, with the results in order', async () => {
    const { store } = under();
    const [one, other] = [aStream(), aStream('customer')];
    const results = await store.appendAll([
      { stream: one, expected: 'no-stream', events: events(2) },
      { stream: other, expected: 'no-stream', events: events(1) },
      { stream: one, expected: 2, events: events(1) },
    ]);
    expect(results.map((result) => !result.pending && result.revision)).toEqual([2, 1, 3]);
    const failed = store.appendAll([
      { stream: one, expected: 3, events: events(1) },
      { stream: other, expected: 'no-stream', events: events(1) },
    ]);
    expect(await failureOf(failed)).toMatchObject({ stream: other, expected: 'no-stream', actual: 1 });
    expect(await revisions(store.read(one))).toEqual([1, 2, 3]);
    expect(await revisions(store.read(other))).toEqual([1]);
  });
}
