import { newId } from '@annals/message';
import { expect, it } from 'vitest';
import { ARCHIVED, CLOSED, TOMBSTONED } from '../closing.js';
import type { Closing } from '../closing.js';
import { startOf } from '../checkpoint.js';
import type { LogUnderTest } from './log-under-test.js';
import { aRecord, appendTo, aStream, aStreamBeside, readOn, records, streamOf } from './log-under-test.js';

const marker = (type: Closing) => ({ ...aRecord({ data: '{}' }), type });

/** Streams that are archived, restored and tombstoned. */
export function testClosing(under: LogUnderTest): void {
  testArchiving(under);
  testTombstoning(under);
  testAppendsTo(under);
}

function testArchiving(under: LogUnderTest): void {
  it('takes an archived stream out of all reads, and gives it back byte for byte where it stood', async () => {
    const { log } = under;
    const stream = aStream();
    const beside = aStreamBeside(stream, log.partitions);
    for (const name of [stream, beside, stream]) await appendTo(log, name, records(3, { correlationId: stream }));
    const [before, head] = [await streamOf(log, stream), await log.head()];
    expect(await log.closeStream(stream, marker(ARCHIVED))).toBe('closed');
    expect(await streamOf(log, stream)).toMatchObject([{ type: ARCHIVED, revision: CLOSED }]);
    const correlated = async () =>
      (await readOn(log, startOf(log.partitions), 10, { correlationId: stream })).records.map(
        (record) => record.stream,
      );
    expect(await correlated()).toEqual([beside, beside, beside]);
    expect(await log.readArchived(stream, {}, 100, 'forwards')).toEqual(before);
    expect(await log.readArchived(stream, { from: 2, to: 5 }, 2, 'backwards')).toEqual([before[4], before[3]]);
    expect((await readOn(log, head, 10)).records).toMatchObject([{ stream, type: ARCHIVED }]);
    expect(await log.restoreStream(stream)).toBe('restored');
    expect(await streamOf(log, stream)).toEqual(before);
    expect(await correlated()).toHaveLength(9);
    expect(await log.readArchived(stream, {}, 100, 'forwards')).toEqual([]);
  });

  it('goes on after a restore with the next revision, and never gives an offset twice', async () => {
    const { log } = under;
    const stream = aStream();
    const { partition, nextOffset } = await appendTo(log, stream, records(2));
    for (const round of [1, 2, 3]) {
      await log.closeStream(stream, marker(ARCHIVED));
      await log.restoreStream(stream);
      const { revision, nextOffset: next } = await appendTo(log, stream, records(1));
      // One offset for the event, and one for each marker that stood before it.
      expect([revision, next]).toEqual([2 + round, nextOffset + 2 * round]);
    }
    const found = (await readOn(log, startOf(log.partitions), 100)).records.filter(
      (each) => each.partition === partition,
    );
    const offsets = found.map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((one, other) => one - other));
  });

  it('says when there is nothing to archive or to restore', async () => {
    const { log } = under;
    const stream = aStream();
    expect(await log.closeStream(stream, marker(ARCHIVED))).toBe('no-stream');
    expect(await log.restoreStream(stream)).toBe('not-archived');
    await appendTo(log, stream, records(1));
    expect(await log.restoreStream(stream)).toBe('not-archived');
    await log.closeStream(stream, marker(ARCHIVED));
    expect(await log.closeStream(stream, marker(ARCHIVED))).toBe('closed-already');
  });
}

function testTombstoning(under: LogUnderTest): void {
  it.each([
    ['an open stream', false],
    ['an archived stream', true],
  ])('leaves nothing of %s but the marker', async (_, archived) => {
    const { log } = under;
    const stream = aStream();
    await appendTo(log, stream, records(3));
    if (archived) await log.closeStream(stream, marker(ARCHIVED));
    expect(await log.closeStream(stream, marker(TOMBSTONED))).toBe('closed');
    expect(await streamOf(log, stream)).toMatchObject([{ type: TOMBSTONED, revision: CLOSED }]);
    expect(await log.readArchived(stream, {}, 10, 'forwards')).toEqual([]);
    expect(await log.closeStream(stream, marker(TOMBSTONED))).toBe('closed-already');
    expect(await log.closeStream(stream, marker(ARCHIVED))).toBe('tombstoned');
    expect(await log.restoreStream(stream)).toBe('not-archived');
  });

  it('does not give the offset of what was the partition’s last record again', async () => {
    const { log } = under;
    const stream = aStream();
    const { nextOffset } = await appendTo(log, stream, records(1));
    await log.closeStream(stream, marker(TOMBSTONED));
    const after = await appendTo(log, aStreamBeside(stream, log.partitions), records(1));
    expect(after.nextOffset).toBe(nextOffset + 2);
  });
}

function testAppendsTo(under: LogUnderTest): void {
  it.each([[ARCHIVED], [TOMBSTONED]] as const)(
    'refuses every append to a stream that is %s, with CLOSED',
    async (type) => {
      const { log } = under;
      const stream = aStream();
      const first = records(1, { id: newId() });
      await appendTo(log, stream, first);
      await log.closeStream(stream, marker(type));
      for (const expected of ['any', 'stream-exists', 'no-stream', 1, CLOSED] as const) {
        for (const given of [records(1), records(2), [], first]) {
          const outcome = await log.append([{ stream, expected, records: given }]);
          expect(outcome).toMatchObject({ outcome: 'conflict', stream, actual: CLOSED });
        }
      }
      const other = aStream();
      const both = [other, stream].map((name) => ({ stream: name, expected: 'any' as const, records: records(1) }));
      expect(await log.append(both)).toMatchObject({ outcome: 'conflict', actual: CLOSED });
      expect(await streamOf(log, other)).toEqual([]);
    },
  );

  it('loses nothing, and gives no revision twice, while others append all the time', async () => {
    const { log } = under;
    const stream = aStream();
    await appendTo(log, stream, records(1));
    const acknowledged = new Set<string>();
    let done = false;
    const write = async (): Promise<void> => {
      while (!done) {
        const record = aRecord();
        const outcome = await log.append([{ stream, expected: 'any', records: [record] }]);
        if (outcome.outcome === 'appended') acknowledged.add(record.id);
        await new Promise(setImmediate);
      }
    };
    const writers = Array.from({ length: 8 }, write);
    for (let round = 0; round < 20; round += 1) {
      expect(await log.closeStream(stream, marker(ARCHIVED))).toBe('closed');
      expect(await log.restoreStream(stream)).toBe('restored');
      const before = acknowledged.size;
      while (acknowledged.size === before) await new Promise(setImmediate);
    }
    done = true;
    await Promise.all(writers);
    const stored = await streamOf(log, stream);
    expect(stored.map(({ revision }) => revision)).toEqual(stored.map((_, index) => index + 1));
    expect(new Set(stored.slice(1).map(({ id }) => id))).toEqual(acknowledged);
    expect(acknowledged.size).toBeGreaterThan(0);
  });
}
