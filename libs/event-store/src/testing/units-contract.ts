import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, events, failureOf, revisions } from './store-under-test.js';

const failure = new Error('rolled back');

/** Appends and reads inside a unit of work. */
export function testUnits(under: StoreUnderTest): void {
  testEnrolling(under);
  testOverlay(under);
  testRanges(under);
  testBrackets(under);
}

function testEnrolling(under: StoreUnderTest): void {
  it('resolves at once as pending, and appends at the end of the unit', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    const { appended } = await unitOfWork.run(async () => {
      expect(await store.append(stream, 'no-stream', events(2))).toEqual({ pending: true });
      expect(await store.appendAll([{ stream, expected: 2, events: events(1) }])).toEqual([{ pending: true }]);
    });
    expect(appended.map(({ revision }) => revision)).toEqual([2, 3]);
    expect(await revisions(store.read(stream))).toEqual([1, 2, 3]);
  });

  it('appends nothing when the work throws', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    const run = unitOfWork.run(async () => {
      await store.append(stream, 'any', events(2));
      throw failure;
    });
    await expect(run).rejects.toBe(failure);
    expect(await revisions(store.read(stream))).toEqual([]);
  });

  it('validates and encodes at the append, not at the end', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await unitOfWork.run(async () => {
      const bad = store.append(stream, 'any', [...events(1), { type: 'bad', data: { n: NaN } }]);
      expect(await failureOf(bad)).toMatchObject({ code: 'MESSAGE_NOT_ENCODABLE' });
      await store.append(stream, 'any', events(1));
    });
    expect(await revisions(store.read(stream))).toEqual([1]);
  });

  it('surfaces a conflict from the unit', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(1));
    const run = unitOfWork.run(() => store.append(stream, 'no-stream', events(1)));
    expect(await failureOf(run)).toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION', stream, actual: 1 });
  });
}

function testOverlay(under: StoreUnderTest): void {
  it('reads what is enrolled after what is committed, with chained revisions and no place in the log', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(3));
    await unitOfWork.run(async () => {
      expect(await revisions(store.read(stream))).toEqual([1, 2, 3]);
      await store.append(stream, 3, events(1));
      await store.append(aStream(), 'any', events(1));
      await store.append(stream, 4, events(1, { metadata: { y: 'a', x: 1 } }));
      const read = await all(store.read(stream));
      expect(read.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
      expect(read[4]).toEqual({
        id: read[4]?.id,
        stream,
        revision: 5,
        type: 'happened',
        version: 1,
        data: { n: 1 },
        metadata: { y: 'a', x: 1 },
      });
      expect(await revisions(store.read(stream, { direction: 'backwards' }))).toEqual([5, 4, 3, 2, 1]);
    });
    expect(await revisions(store.read(stream))).toEqual([1, 2, 3, 4, 5]);
  });
}

function testRanges(under: StoreUnderTest): void {
  it.each([
    [{ from: 4 }, [4, 5]],
    [{ from: 5 }, [5]],
    [{ from: 2, to: 4 }, [2, 3, 4]],
    [{ to: 2 }, [1, 2]],
    [{ limit: 4 }, [1, 2, 3, 4]],
    [{ limit: 2 }, [1, 2]],
    [{ limit: 0 }, []],
    [{ from: 2, limit: 3, batchSize: 1 }, [2, 3, 4]],
    [{ direction: 'backwards', limit: 1 } as const, [5]],
    [{ direction: 'backwards', limit: 3 } as const, [5, 4, 3]],
    [{ direction: 'backwards', to: 4, from: 3 } as const, [4, 3]],
    [{ direction: 'backwards', to: 3, limit: 2 } as const, [3, 2]],
  ])('reads %j of three committed and two enrolled events as %j', async (range, wanted) => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await store.append(stream, 'any', events(3));
    await unitOfWork.run(async () => {
      await store.append(stream, 3, events(2));
      expect(await revisions(store.read(stream, range))).toEqual(wanted);
    });
  });
}

function testBrackets(under: StoreUnderTest): void {
  it('takes back from reads what went with a savepoint', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await unitOfWork.run(async () => {
      await store.append(stream, 'no-stream', events(1));
      const inner = unitOfWork.run(async () => {
        await store.append(stream, 1, events(1));
        expect(await revisions(store.read(stream))).toEqual([1, 2]);
        throw failure;
      });
      await expect(inner).rejects.toBe(failure);
      expect(await revisions(store.read(stream))).toEqual([1]);
    });
    expect(await revisions(store.read(stream))).toEqual([1]);
  });

  it('refuses appends once the unit is closed', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    let closed: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (closed = resolve));
    const { result } = await unitOfWork.run(() => {
      const late = over.then(() => store.append(stream, 'any', events(1)));
      return Promise.resolve({ late: failureOf(late) });
    });
    closed();
    expect(await result.late).toMatchObject({ code: 'STORE_UNIT_OF_WORK_CLOSED' });
    expect(await revisions(store.read(stream))).toEqual([]);
  });
}
