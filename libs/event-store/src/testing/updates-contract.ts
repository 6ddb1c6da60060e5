import { expect, it, vi } from 'vitest';
import type { StoreUnderTest } from './store-under-test.js';
import { aStream, failureOf } from './store-under-test.js';
import type { Tally } from './tally.js';
import { tallies } from './tally.js';

const counted = { type: 'counted', data: { by: 10 } };
const full = new Error('full');

/** Updates of a stream, decided one after the other. */
export function testUpdates(under: StoreUnderTest): void {
  testQueue(under);
  testStaleness(under);
  testFailures(under);
}

function testQueue(under: StoreUnderTest): void {
  it('decides each once, on the state that the ones before it have left', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    const seen: number[] = [];
    const decide = (tally: Tally): number => {
      seen.push(tally.total);
      tally.add(1);
      return tally.total;
    };
    const updates = await Promise.all(Array.from({ length: 64 }, () => store.update(stream, model, decide)));
    const upTo64 = Array.from({ length: 64 }, (_, index) => index + 1);
    expect(updates.map(({ result }) => result)).toEqual(upTo64);
    expect(updates.map(({ appended }) => appended)).toMatchObject(upTo64.map((revision) => ({ revision })));
    expect(seen).toEqual(upTo64.map((revision) => revision - 1));
    expect(await store.load(stream, tallies())).toMatchObject({ total: 64, revision: 64 });
  });

  it('takes one append and no read when the state is kept from the last time', async () => {
    const { log, snapshots, store } = under();
    const [stream, model] = [aStream(), tallies({ every: 100 })];
    await store.update(stream, model, (tally) => tally.add(1));
    const spies = [
      vi.spyOn(log, 'append'),
      vi.spyOn(log, 'readData'),
      vi.spyOn(log, 'readStream'),
      vi.spyOn(snapshots, 'resume'),
    ];
    await store.update(stream, model, (tally) => tally.add(1));
    const calls = spies.map(({ mock }) => mock.calls.length);
    for (const spy of spies) spy.mockRestore();
    expect(calls).toEqual([1, 0, 0, 0]);
  });

  it('lets asynchronous decisions wait for one another', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    const slowly = async (tally: Tally): Promise<void> => {
      const { total } = tally;
      await new Promise(setImmediate);
      expect(tally.total).toBe(total);
      tally.add(1);
    };
    await Promise.all([1, 2, 3].map(() => store.update(stream, model, slowly)));
    expect(await store.load(stream, model)).toMatchObject({ total: 3 });
  });

  it('queues updates also when no state is kept between them', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies(undefined, { keptStates: 0 })];
    const once = { attempts: 1 };
    await Promise.all(Array.from({ length: 20 }, () => store.update(stream, model, (tally) => tally.add(1), once)));
    expect(await store.load(stream, model)).toMatchObject({ total: 20 });
  });

  it('keeps only so many states, and reads the others again', async () => {
    const { log, store } = under();
    const model = tallies(undefined, { keptStates: 1 });
    const [one, other] = [aStream(), aStream()];
    for (const stream of [one, other]) await store.update(stream, model, (tally) => tally.add(1));
    const read = vi.spyOn(log, 'readData');
    for (const stream of [other, one]) await store.update(stream, model, (tally) => tally.add(1));
    const streams = read.mock.calls.map(([stream]) => stream);
    read.mockRestore();
    expect(streams).toEqual([one]);
  });
}

function testStaleness(under: StoreUnderTest): void {
  it('drops a state that a conflict has disproved, and decides again on a fresh one', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    await store.update(stream, model, (tally) => tally.add(1));
    await store.append(stream, 'any', [counted]);
    const seen: number[] = [];
    const pause = (): Promise<void> => Promise.resolve();
    const { appended } = await store.update(
      stream,
      model,
      (tally) => {
        seen.push(tally.total);
        tally.add(1);
      },
      { pause },
    );
    expect(seen).toEqual([1, 11]);
    expect(appended).toMatchObject({ revision: 3 });
    await store.update(stream, model, (tally) => seen.push(tally.total));
    expect(seen).toEqual([1, 11, 12]);
  });

  it('tells a refusal only when the state that was refused on was the newest', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    const decide = (tally: Tally): void => {
      if (tally.total < 10) throw full;
      tally.add(1);
    };
    await store.update(stream, model, (tally) => tally.add(1));
    expect(await failureOf(store.update(stream, model, decide))).toBe(full);
    await store.append(stream, 'any', [counted]);
    expect((await store.update(stream, model, decide)).appended).toMatchObject({ revision: 3 });
  });

  it('decides again also when nothing was decided on a state that was not the newest', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    await store.update(stream, model, (tally) => tally.add(1));
    await store.append(stream, 'any', [counted]);
    const { result, appended } = await store.update(stream, model, ({ total }) => total);
    expect([result, appended]).toEqual([11, undefined]);
  });

  it('holds a rule that spans decisions also when several queues race for the stream', async () => {
    const { store } = under();
    const stream = aStream();
    const book = (tally: Tally): void => {
      if (tally.total >= 40) throw full;
      tally.add(1);
    };
    const pause = (): Promise<unknown> => new Promise(setImmediate);
    // Models of their own have queues of their own, as processes do.
    const booked = [tallies(), tallies(), tallies()].flatMap((model) =>
      Array.from({ length: 30 }, () => store.update(stream, model, book, { attempts: 1_000, pause })),
    );
    const ends = await Promise.allSettled(booked);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
    expect(ends.filter((end) => end.status === 'rejected' && end.reason !== full)).toEqual([]);
    expect(await store.load(stream, tallies())).toMatchObject({ total: 40, revision: 40 });
  });

  it('gives up after so many attempts with the conflict', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    const racing = async (tally: Tally): Promise<void> => {
      await store.append(stream, 'any', [counted]);
      tally.add(1);
    };
    const pauses: number[] = [];
    const pause = (attempt: number): Promise<void> => Promise.resolve(void pauses.push(attempt));
    const failed = failureOf(store.update(stream, model, racing, { attempts: 3, pause }));
    expect(await failed).toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION' });
    expect(pauses).toEqual([1, 2]);
    expect(await store.load(stream, model)).toMatchObject({ total: 30 });
  });
}

function testFailures(under: StoreUnderTest): void {
  it('appends nothing of a decision that throws half-way, and all of the others', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    const halfWay = (tally: Tally): void => {
      tally.add(100);
      throw full;
    };
    const updates = await Promise.allSettled([
      store.update(stream, model, (tally) => tally.add(1)),
      store.update(stream, model, halfWay),
      store.update(stream, model, (tally) => (tally.add(1), tally.total)),
    ]);
    expect(updates).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: full },
      { value: { result: 2, appended: { revision: 2 } } },
    ]);
    expect(await store.load(stream, model)).toMatchObject({ total: 2, revision: 2 });
  });

  it('fails only the decision whose events cannot be stored', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    const updates = await Promise.allSettled([
      store.update(stream, model, (tally) => tally.add(1)),
      store.update(stream, model, (tally) => tally.add(NaN)),
      store.update(stream, model, (tally) => tally.add(1, { id: 'none' })),
      store.update(stream, model, (tally) => tally.add(1)),
    ]);
    expect(updates).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'MESSAGE_NOT_ENCODABLE' } },
      { reason: { code: 'STORE_INVALID_EVENT' } },
      { status: 'fulfilled' },
    ]);
    expect(await store.load(stream, model)).toMatchObject({ total: 2, revision: 2 });
  });

  it('lets no pause that fails stop the stream', async () => {
    const { store } = under();
    const [stream, model] = [aStream(), tallies()];
    await store.update(stream, model, (tally) => tally.add(1));
    await store.append(stream, 'any', [counted]);
    const pause = (): Promise<never> => Promise.reject(new Error('no pause'));
    await store.update(stream, model, (tally) => tally.add(1), { pause });
    await store.update(stream, model, (tally) => tally.add(1));
    expect(await store.load(stream, model)).toMatchObject({ total: 13 });
  });

  it('refuses an update inside a decision', async () => {
    const { store } = under();
    const [stream, other, model] = [aStream(), aStream(), tallies()];
    const nested = store.update(stream, model, () => store.update(other, model, (tally) => tally.add(1)));
    expect(await failureOf(nested)).toMatchObject({ code: 'STORE_NESTED_UPDATE', stream: other, inside: stream });
    await store.update(stream, model, (tally) => tally.add(1));
  });
}
