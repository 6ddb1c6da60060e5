import { newId } from '@annals/message';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../log-record.js';
import { testLog, testUnitOfWork } from '../../testing/index.js';
import { InMemoryLog } from './in-memory-log.js';
import { InMemoryUnitOfWork } from './in-memory-unit-of-work.js';

const record = (type = 'Placed'): LogRecord => ({
  id: newId(),
  type,
  version: 1,
  data: '{}',
  metadata: null,
  correlationId: null,
  tenant: null,
});

testLog(
  'memory',
  () => {
    const log = new InMemoryLog();
    return Promise.resolve({ log, stop: () => log.stop() });
  },
  { survivesRestart: false },
);

testUnitOfWork(
  'memory',
  () => {
    const log = new InMemoryLog();
    return Promise.resolve({ log, unitOfWork: new InMemoryUnitOfWork(log), stop: () => log.stop() });
  },
  { sharesTransactions: false },
);

describe('InMemoryLog', () => {
  it('stamps records with a time that never goes back inside a partition', async () => {
    const times = [2_000, 1_000, 3_000];
    const log = new InMemoryLog({ partitions: 1, now: () => times.shift() ?? 0 });
    await log.append([{ stream: 'order-1', expected: 'any', records: [record(), record(), record()] }]);
    const stored = await log.readStream('order-1', {}, 10, 'forwards');
    expect(stored.map(({ recordedAt }) => recordedAt.getTime())).toEqual([2_000, 2_000, 3_000]);
  });

  it('refuses a number of partitions that is none', () => {
    for (const partitions of [0, -1, 1.5]) expect(() => new InMemoryLog({ partitions })).toThrow(RangeError);
  });
});

describe('InMemoryUnitOfWork', () => {
  it('keeps what siblings enrolled when a savepoint beside them rolls back', async () => {
    const log = new InMemoryLog();
    const unitOfWork = new InMemoryUnitOfWork(log);
    const enrol = (stream: string): void =>
      unitOfWork.current()?.enrol([{ stream, expected: 'any', records: [record()] }]);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { appended } = await unitOfWork.run(async () => {
      const failing = unitOfWork.run(async () => {
        enrol('a-1');
        await gate;
        throw new Error('rolled back');
      });
      const going = unitOfWork.run(async () => {
        enrol('b-1');
        release();
        await failing.catch(() => undefined);
        enrol('b-2');
      });
      await going;
    });
    expect(appended.map(({ stream }) => stream)).toEqual(['b-1', 'b-2']);
  });
});
