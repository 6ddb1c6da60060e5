import { expect, it } from 'vitest';
import { appendTo, aStream, records, streamOf } from './log-under-test.js';
import type { OpenUnitOfWork } from './unit-of-work-under-test.js';
import { enrol } from './unit-of-work-under-test.js';

const failure = new Error('rolled back');

/** What units promise that share a transaction with rows of the application. */
export function testSharedTransactions<Manager>(under: () => OpenUnitOfWork<Manager>): void {
  const opened = () => {
    const { rows, ...rest } = under();
    if (rows === undefined) throw new Error('a unit of work that shares transactions needs `rows`');
    return { ...rest, rows };
  };

  it('commits rows and events together', async () => {
    const { log, unitOfWork, rows } = opened();
    const stream = aStream();
    await unitOfWork.run(async (manager) => {
      await rows.insert(manager, stream);
      enrol(unitOfWork, { stream, expected: 'no-stream', records: records(1) });
      expect(await rows.exists(stream)).toBe(false);
    });
    expect([await rows.exists(stream), (await streamOf(log, stream)).length]).toEqual([true, 1]);
  });

  it('lets both vanish when the work throws, a row is refused, or the events conflict', async () => {
    const { log, unitOfWork, rows } = opened();
    const [stream, taken] = [aStream(), aStream()];
    await rows.transaction((manager) => rows.insert(manager, taken));
    await appendTo(log, taken, records(1));
    const attempt = (ending: (manager: Manager) => Promise<void>) =>
      unitOfWork.run(async (manager) => {
        await rows.insert(manager, stream);
        enrol(unitOfWork, { stream, expected: 'no-stream', records: records(1) });
        await ending(manager);
      });
    await expect(attempt(() => Promise.reject(failure))).rejects.toBe(failure);
    await expect(attempt((manager) => rows.insert(manager, taken))).rejects.toThrow();
    const conflict = attempt(async () => {
      enrol(unitOfWork, { stream: taken, expected: 'no-stream', records: records(1) });
      await Promise.resolve();
    });
    await expect(conflict).rejects.toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION', stream: taken, actual: 1 });
    expect([await rows.exists(stream), await streamOf(log, stream)]).toEqual([false, []]);
  });

  it('takes rows and events of a failed savepoint with it, whoever opened it', async () => {
    const { log, unitOfWork, rows } = opened();
    const [kept, one, other] = [aStream(), aStream(), aStream()];
    const both = async (manager: Manager, stream: string): Promise<void> => {
      await rows.insert(manager, stream);
      enrol(unitOfWork, { stream, expected: 'any', records: records(1) });
    };
    await unitOfWork.run(async (manager) => {
      await both(manager, kept);
      const inner = unitOfWork.run(async (nested) => {
        await both(nested, one);
        throw failure;
      });
      await expect(inner).rejects.toBe(failure);
      const savepoint = rows.savepoint(manager, async (nested) => {
        await both(nested, other);
        throw failure;
      });
      await expect(savepoint).rejects.toBe(failure);
    });
    expect(await Promise.all([kept, one, other].map((name) => rows.exists(name)))).toEqual([true, false, false]);
    const stored = await Promise.all([kept, one, other].map((stream) => streamOf(log, stream)));
    expect(stored.map(({ length }) => length)).toEqual([1, 0, 0]);
  });

  it('joins a transaction that the application opened, and flushes before its commit', async () => {
    const { log, unitOfWork, rows } = opened();
    const [stream, rolledBack] = [aStream(), aStream()];
    const joined = (name: string, manager: Manager) =>
      unitOfWork.join(manager, async () => {
        await rows.insert(manager, name);
        enrol(unitOfWork, { stream: name, expected: 'no-stream', records: records(1) });
        return name;
      });
    expect(await rows.transaction((manager) => joined(stream, manager))).toBe(stream);
    expect([await rows.exists(stream), (await streamOf(log, stream)).length]).toEqual([true, 1]);
    const failing = rows.transaction(async (manager) => {
      await joined(rolledBack, manager);
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect([await rows.exists(rolledBack), await streamOf(log, rolledBack)]).toEqual([false, []]);
  });

  it('rejects the commit of a joined transaction whose events conflict, with its rows', async () => {
    const { log, unitOfWork, rows } = opened();
    const stream = aStream();
    await appendTo(log, stream, records(2));
    const committing = rows.transaction((manager) =>
      unitOfWork.join(manager, async () => {
        await rows.insert(manager, stream);
        enrol(unitOfWork, { stream, expected: 1, records: records(1) });
      }),
    );
    await expect(committing).rejects.toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION', actual: 2 });
    expect(await rows.exists(stream)).toBe(false);
  });

  it('refuses to append inside a transaction that no unit has joined', async () => {
    const { unitOfWork, rows } = opened();
    await rows.transaction(async () => {
      expect(() => unitOfWork.current()).toThrow(expect.objectContaining({ code: 'STORE_NOT_JOINED' }));
      await Promise.resolve();
    });
    expect(unitOfWork.current()).toBeUndefined();
  });

  it('brings units to an end that cross each other in streams', async () => {
    const { log, unitOfWork } = opened();
    const streams = [aStream(), aStream(), aStream()];
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        unitOfWork.run(async () => {
          for (const at of index % 2 === 0 ? [0, 1, 2] : [2, 1, 0]) {
            enrol(unitOfWork, { stream: streams[at] as string, expected: 'any', records: records(1) });
          }
          await log.head();
        }),
      ),
    );
    const stored = await Promise.all(streams.map((stream) => streamOf(log, stream)));
    expect(stored.map(({ length }) => length)).toEqual([12, 12, 12]);
  });
}
