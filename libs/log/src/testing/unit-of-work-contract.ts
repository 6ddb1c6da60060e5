import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointAfter, startOf } from '../checkpoint.js';
import type { StreamAppend } from '../stream-append.js';
import { appendTo, aStream, records, streamOf } from './log-under-test.js';
import type { OpenUnitOfWork } from './unit-of-work-under-test.js';
import { enrol } from './unit-of-work-under-test.js';
import { testAfterCommit } from './after-commit-contract.js';
import { testSharedTransactions } from './shared-transaction-contract.js';

/** What an engine's units of work can do. */
export interface UnitOfWorkFeatures {
  /** Units share a transaction with rows of the application; then `open` gives `rows` as well. */
  readonly sharesTransactions: boolean;
}

const append = (stream: string, howMany = 1, expected: StreamAppend['expected'] = 'any'): StreamAppend => ({
  stream,
  expected,
  records: records(howMany),
});
const failure = new Error('rolled back');

/**
 * The promises of `UnitOfWork`, which every engine keeps.
 * @param engine named in the report
 * @param open opens a unit of work on a log that nobody else appends to meanwhile
 */
export function testUnitOfWork<Manager>(
  engine: string,
  open: () => Promise<OpenUnitOfWork<Manager>>,
  has: UnitOfWorkFeatures,
): void {
  describe(`UnitOfWork on ${engine}`, () => {
    let opened: OpenUnitOfWork<Manager> | undefined;
    const under = (): OpenUnitOfWork<Manager> => {
      if (opened === undefined) throw new Error('the unit of work has not been opened');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.stop();
    });
    testFlush(under);
    testAfterCommit(under);
    describe('a unit inside a unit', () => {
      testSavepoints(under);
    });
    describe.runIf(has.sharesTransactions)('with rows of the application', () => {
      testSharedTransactions(under);
    });
  });
}

function testFlush<Manager>(under: () => OpenUnitOfWork<Manager>): void {
  it('appends all that was enrolled in one go when the work is done, and nothing before', async () => {
    const { log, unitOfWork } = under();
    const [one, other] = [aStream(), aStream()];
    const { result, appended, checkpoint } = await unitOfWork.run(async () => {
      enrol(unitOfWork, append(one, 2, 'no-stream'));
      expect(await streamOf(log, one)).toEqual([]);
      enrol(unitOfWork, append(other), append(one, 1, 2));
      expect(unitOfWork.current()?.enrolled.map(({ stream }) => stream)).toEqual([one, other, one]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(appended.map(({ stream, revision }) => [stream, revision])).toEqual([
      [one, 2],
      [other, 1],
      [one, 3],
    ]);
    expect(checkpoint).toEqual(checkpointAfter(appended, log.partitions));
    expect(await streamOf(log, one)).toHaveLength(3);
  });

  it('appends nothing when the work throws, and gives its error', async () => {
    const { log, unitOfWork } = under();
    const stream = aStream();
    const run = unitOfWork.run(async () => {
      enrol(unitOfWork, append(stream));
      await Promise.resolve();
      throw failure;
    });
    await expect(run).rejects.toBe(failure);
    expect(await streamOf(log, stream)).toEqual([]);
  });

  it('resolves with nothing appended when nothing was enrolled', async () => {
    const { log, unitOfWork } = under();
    const unit = await unitOfWork.run(async () => Promise.resolve(7));
    expect(unit).toEqual({ result: 7, checkpoint: startOf(log.partitions), appended: [] });
  });

  it('rejects with the conflict, appends nothing, and can be run again', async () => {
    const { log, unitOfWork } = under();
    const [stream, other] = [aStream(), aStream()];
    const work = (expected: number) => () => {
      enrol(unitOfWork, append(other), append(stream, 1, expected));
      return Promise.resolve();
    };
    await appendTo(log, stream, records(2));
    const conflict = { code: 'STORE_WRONG_EXPECTED_REVISION', retryable: true, stream, expected: 1, actual: 2 };
    await expect(unitOfWork.run(work(1))).rejects.toMatchObject(conflict);
    expect(await streamOf(log, other)).toEqual([]);
    await unitOfWork.run(work(2));
    expect(await streamOf(log, stream)).toHaveLength(3);
  });

  it('rejects ids that are stored already but are no repetition', async () => {
    const { log, unitOfWork } = under();
    const stream = aStream();
    const given = records(2);
    await appendTo(log, stream, given);
    const run = unitOfWork.run(() => {
      enrol(unitOfWork, { stream, expected: 'any', records: [...given].reverse() });
      return Promise.resolve();
    });
    await expect(run).rejects.toMatchObject({ code: 'STORE_EVENT_ID_REUSED', stream });
  });

  it('refuses appends that come after the flush began', async () => {
    const { log, unitOfWork } = under();
    const stream = aStream();
    let late = (): void => undefined;
    await unitOfWork.run(() => {
      const unit = unitOfWork.current();
      late = () => unit?.enrol([append(stream)]);
      return Promise.resolve();
    });
    expect(late).toThrow(expect.objectContaining({ code: 'STORE_UNIT_OF_WORK_CLOSED' }));
    expect(await streamOf(log, stream)).toEqual([]);
  });

  it('is known inside its work only, also beside others that run at the same time', async () => {
    const { log, unitOfWork } = under();
    expect(unitOfWork.current()).toBeUndefined();
    const streams = Array.from({ length: 5 }, () => aStream());
    const units = await Promise.all(
      streams.map((stream) =>
        unitOfWork.run(async () => {
          await log.head();
          enrol(unitOfWork, append(stream));
          await log.head();
          return unitOfWork.current()?.enrolled.map((enrolled) => enrolled.stream);
        }),
      ),
    );
    expect(units.map(({ result }) => result)).toEqual(streams.map((stream) => [stream]));
    expect(units.map(({ appended }) => appended.map(({ stream }) => stream))).toEqual(
      streams.map((stream) => [stream]),
    );
    expect(unitOfWork.current()).toBeUndefined();
  });
}

function testSavepoints<Manager>(under: () => OpenUnitOfWork<Manager>): void {
  it('is flushed with the unit around it, in the order of enrolling', async () => {
    const { log, unitOfWork } = under();
    const stream = aStream();
    const { appended } = await unitOfWork.run(async () => {
      enrol(unitOfWork, append(stream, 1, 'no-stream'));
      const inner = await unitOfWork.run(() => {
        enrol(unitOfWork, append(stream, 1, 1));
        return Promise.resolve(unitOfWork.current()?.enrolled.length);
      });
      expect(inner).toEqual({ result: 2, checkpoint: startOf(log.partitions), appended: [] });
      enrol(unitOfWork, append(stream, 1, 2));
    });
    expect(appended.map(({ revision }) => revision)).toEqual([1, 2, 3]);
  });

  it('takes its appends with it when it fails, and the unit goes on', async () => {
    const { log, unitOfWork } = under();
    const [kept, gone] = [aStream(), aStream()];
    const { appended } = await unitOfWork.run(async () => {
      enrol(unitOfWork, append(kept));
      const inner = unitOfWork.run(async () => {
        enrol(unitOfWork, append(gone));
        await unitOfWork.run(() => {
          enrol(unitOfWork, append(gone));
          return Promise.resolve();
        });
        throw failure;
      });
      await expect(inner).rejects.toBe(failure);
      expect(unitOfWork.current()?.enrolled.map(({ stream }) => stream)).toEqual([kept]);
      enrol(unitOfWork, append(kept));
    });
    expect(appended.map(({ stream }) => stream)).toEqual([kept, kept]);
    expect(await streamOf(log, gone)).toEqual([]);
  });
}
