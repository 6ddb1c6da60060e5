import { expect, it } from 'vitest';
import { aStream, records } from './log-under-test.js';
import type { OpenUnitOfWork } from './unit-of-work-under-test.js';
import { enrol } from './unit-of-work-under-test.js';

const failure = new Error('rolled back');

/** What a unit tells once it is committed. */
export function testAfterCommit<Manager>(under: () => OpenUnitOfWork<Manager>): void {
  const told = (name: string, into: string[]): void =>
    under()
      .unitOfWork.current()
      ?.afterCommit(() => into.push(name));

  it('tells its listeners when it is committed, in order, and not before', async () => {
    const { unitOfWork } = under();
    const heard: string[] = [];
    await unitOfWork.run(async () => {
      told('first', heard);
      enrol(unitOfWork, { stream: aStream(), expected: 'no-stream', records: records(1) });
      await unitOfWork.run(async () => told('second', heard));
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual(['first', 'second']);
  });

  it('tells them also when it appended nothing', async () => {
    const heard: string[] = [];
    await under().unitOfWork.run(async () => told('first', heard));
    expect(heard).toEqual(['first']);
  });

  it('runs what is to run before the flush once, with all enrolled, and takes no more from there', async () => {
    const { unitOfWork } = under();
    const seen: number[] = [];
    const refused: unknown[] = [];
    const key = {};
    const look = async (): Promise<void> => {
      seen.push(unitOfWork.current()?.enrolled.length ?? 0);
      try {
        enrol(unitOfWork, { stream: aStream(), expected: 'no-stream', records: records(1) });
      } catch (error) {
        refused.push(error);
      }
      await Promise.resolve();
    };
    await unitOfWork.run(async () => {
      unitOfWork.current()?.beforeFlush(key, look);
      enrol(unitOfWork, { stream: aStream(), expected: 'no-stream', records: records(1) });
      unitOfWork.current()?.beforeFlush(key, look);
      enrol(unitOfWork, { stream: aStream(), expected: 'no-stream', records: records(1) });
      expect(seen).toEqual([]);
      await Promise.resolve();
    });
    expect(seen).toEqual([2]);
    expect(refused).toMatchObject([{ code: 'STORE_UNIT_OF_WORK_CLOSED' }]);
  });

  it('writes nothing where what runs before the flush throws', async () => {
    const { unitOfWork } = under();
    const heard: string[] = [];
    const run = unitOfWork.run(async () => {
      told('never', heard);
      unitOfWork.current()?.beforeFlush({}, () => Promise.reject(failure));
      enrol(unitOfWork, { stream: aStream(), expected: 'no-stream', records: records(1) });
      await Promise.resolve();
    });
    await expect(run).rejects.toBe(failure);
    expect(heard).toEqual([]);
  });

  it('tells nobody when it is rolled back, or conflicts', async () => {
    const { unitOfWork } = under();
    const heard: string[] = [];
    const thrown = unitOfWork.run(async () => {
      told('thrown', heard);
      throw failure;
    });
    await expect(thrown).rejects.toBe(failure);
    const conflicting = unitOfWork.run(async () => {
      told('conflict', heard);
      enrol(unitOfWork, { stream: aStream(), expected: 'stream-exists', records: records(1) });
    });
    await expect(conflicting).rejects.toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION' });
    expect(heard).toEqual([]);
  });

  it('has participants write once, all together, before it is committed; nothing of what was rolled back', async () => {
    const { unitOfWork } = under();
    const written: string[][] = [];
    const participant = { flush: async (_: unknown, items: readonly string[]) => void written.push([...items]) };
    const bring = (item: string): void => unitOfWork.current()?.contribute(participant, item);
    const heard: string[] = [];
    await unitOfWork.run(async () => {
      bring('first');
      enrol(unitOfWork, { stream: aStream(), expected: 'no-stream', records: records(1) });
      const inner = unitOfWork.run(async () => {
        bring('lost');
        throw failure;
      });
      await expect(inner).rejects.toBe(failure);
      await unitOfWork.run(async () => bring('second'));
      unitOfWork.current()?.afterCommit(() => heard.push(`${written.length} written`));
      expect(written).toEqual([]);
    });
    expect(written).toEqual([['first', 'second']]);
    expect(heard).toEqual(['1 written']);
    const thrown = unitOfWork.run(async () => {
      bring('thrown');
      throw failure;
    });
    await expect(thrown).rejects.toBe(failure);
    const refusing = { flush: () => Promise.reject(failure) };
    const stream = aStream();
    const refused = unitOfWork.run(async () => {
      unitOfWork.current()?.contribute(refusing, 'x');
    });
    await expect(refused).rejects.toBe(failure);
    expect(await under().log.readStream(stream, {}, 1, 'forwards')).toEqual([]);
    expect(written).toHaveLength(1);
  });

  it('does not tell what a savepoint that was rolled back had asked for', async () => {
    const { unitOfWork } = under();
    const heard: string[] = [];
    await unitOfWork.run(async () => {
      told('kept', heard);
      const inner = unitOfWork.run(async () => {
        told('lost', heard);
        throw failure;
      });
      await expect(inner).rejects.toBe(failure);
      told('later', heard);
    });
    expect(heard).toEqual(['kept', 'later']);
  });
}
