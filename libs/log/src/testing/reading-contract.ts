import { newId } from '@annals/message';
import { describe, expect, it } from 'vitest';
import { checkpointAfter, covers, startOf } from '../checkpoint.js';
import type { RecordFilter } from '../log.js';
import type { LoggedRecord } from '../log-record.js';
import type { LogUnderTest } from './log-under-test.js';
import { appendTo, aRecord, aStream, expectGapless, readBack, readOn, records } from './log-under-test.js';

const byPosition = (one: LoggedRecord, other: LoggedRecord): number => one.position - other.position;

/** What every log promises of reading one stream. */
export function testReadingStreams(under: LogUnderTest): void {
  it.each([
    [{}, 100, 'forwards', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [{}, 100, 'backwards', [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    [{ from: 5, to: 7 }, 100, 'forwards', [5, 6, 7]],
    [{ from: 5, to: 7 }, 100, 'backwards', [7, 6, 5]],
    [{ from: 5, to: 7 }, 2, 'forwards', [5, 6]],
    [{ from: 5, to: 7 }, 2, 'backwards', [7, 6]],
    [{ from: 9 }, 100, 'forwards', [9, 10]],
    [{ to: 2 }, 100, 'forwards', [1, 2]],
    [{ to: 2 }, 1, 'backwards', [2]],
    [{ from: 10, to: 10 }, 100, 'forwards', [10]],
    [{ from: 11 }, 100, 'forwards', []],
    [{ from: 11 }, 100, 'backwards', []],
    [{ from: 7, to: 5 }, 100, 'forwards', []],
    [{ from: 7, to: 5 }, 100, 'backwards', []],
    [{ to: 99 }, 3, 'backwards', [10, 9, 8]],
    [{ from: 0, to: 1 }, 100, 'forwards', [1]],
  ] as const)('reads %j of ten records, %i at the most, %s', async (range, limit, direction, revisions) => {
    const stream = aStream();
    await appendTo(under.log, stream, records(10));
    const read = await under.log.readStream(stream, range, limit, direction);
    expect(read.map(({ revision }) => revision)).toEqual(revisions);
    for (const record of read) expect(record.stream).toBe(stream);
    if (direction === 'forwards') {
      const data = await under.log.readData(stream, range, limit);
      expect(data).toMatchObject(
        read.map(({ revision, type, version, data: text }) => ({ revision, type, version, data: text })),
      );
    }
  });

  it('reads a stream that does not exist as empty', async () => {
    expect(await under.log.readStream(aStream(), {}, 10, 'forwards')).toEqual([]);
    expect(await under.log.readStream(aStream(), { from: 3 }, 10, 'backwards')).toEqual([]);
  });
}

/** What every log promises of reading all partitions. */
export function testReadingAll(under: LogUnderTest): void {
  /** Appends to many streams, so that all partitions have some. */
  async function fill(howMany = 60) {
    const from = await under.log.head();
    for (let index = 0; index < howMany; index += 1) await appendTo(under.log, aStream(), records(1 + (index % 3)));
    return { from, howMany: howMany * 2, to: await under.log.head() };
  }

  it('reads on in single partitions, each by itself and as far as it was looked at', async () => {
    const { from, to } = await fill(30);
    const wanted = from.map((offset, partition) => ({ partition, offset, limit: 2 }));
    for (const { partition, records: read, scannedTo } of await under.log.readPartitions(wanted)) {
      const first = from[partition] ?? 0;
      const end = Math.min(first + 2, to[partition] ?? 0);
      expect(read.map(({ offset }) => offset)).toEqual(Array.from({ length: end - first }, (_, n) => first + n));
      expect(scannedTo).toBe(end);
    }
    const nothing = await under.log.readPartitions(
      wanted.map((one) => ({ ...one, limit: 1_000 })),
      { types: ['never'] },
    );
    expect(nothing.map(({ scannedTo }) => scannedTo)).toEqual(to);
    expect(nothing.every(({ records: read }) => read.length === 0)).toBe(true);
  });

  it.each([1, 5, 16, 17, 40, 1_000])('reads on in batches of %i, each record once and in order', async (limit) => {
    const { from, howMany, to } = await fill();
    const read = await readOn(under.log, from, limit);
    expect(read.records).toHaveLength(howMany);
    expect(read.records).toEqual([...read.records].sort(byPosition));
    expect(read.checkpoint).toEqual(to);
    expectGapless(read.records, from);
  });

  it.each([1, 5, 17, 1_000])('reads back in batches of %i, each record once, newest first', async (limit) => {
    const { from, howMany, to } = await fill();
    const forwards = await readOn(under.log, from, 1_000);
    const back = await readBack(under.log, to, limit, undefined, howMany);
    expect(back.slice(0, howMany)).toEqual(forwards.records.reverse());
  });

  it('reads back to the very start', async () => {
    const { to } = await fill(3);
    const forwards = await readOn(under.log, startOf(under.log.partitions), 1_000);
    const back = await readBack(under.log, to, 1_000);
    expect(back.map(({ id }) => id)).toEqual(forwards.records.map(({ id }) => id).reverse());
    expect(await under.log.readBackwards(startOf(under.log.partitions), { limit: 10 })).toMatchObject({
      records: [],
      caughtUp: true,
    });
  });

  it('goes on where a batch ended, also with what has come since', async () => {
    const { from } = await fill(5);
    const first = await under.log.readForwards(from, { limit: 1_000 });
    const appended = await appendTo(under.log, aStream(), records(2));
    const second = await readOn(under.log, first.checkpoint, 1_000);
    expect(second.records.slice(-2).map(({ stream }) => stream)).toEqual([appended.stream, appended.stream]);
    expectGapless([...first.records, ...second.records], from);
    expect(covers(second.checkpoint, checkpointAfter([appended], under.log.partitions))).toBe(true);
    expect(covers(first.checkpoint, checkpointAfter([appended], under.log.partitions))).toBe(false);
  });

  it('gives full batches as long as there is more, also behind runs of records on one stream', async () => {
    const from = await under.log.head();
    for (let run = 0; run < 8; run += 1) await appendTo(under.log, aStream(), records(30));
    for (const filter of [undefined, { types: ['Placed'] }]) {
      const sizes: number[] = [];
      let [checkpoint, caughtUp] = [from, false];
      while (!caughtUp) {
        const batch = await under.log.readForwards(checkpoint, { limit: 50, ...(filter && { filter }) });
        sizes.push(batch.records.length);
        ({ checkpoint, caughtUp } = batch);
      }
      expect(sizes.slice(0, 5)).toEqual([50, 50, 50, 50, 40]);
    }
  });

  it('says that it is caught up and stays where it is, at the head and beyond', async () => {
    const head = await under.log.head();
    const beyond = head.map((offset) => offset + 5);
    for (const from of [head, beyond]) {
      expect(await under.log.readForwards(from, { limit: 10 })).toEqual({
        records: [],
        checkpoint: from,
        caughtUp: true,
      });
      const filtered = await under.log.readForwards(from, { limit: 10, filter: { types: ['Placed'] } });
      expect(filtered).toEqual({ records: [], checkpoint: from, caughtUp: true });
    }
    const back = await under.log.readBackwards(beyond, { limit: 1_000 });
    expect(back.records[0]).toEqual((await under.log.readBackwards(head, { limit: 1_000 })).records[0]);
  });

  it('refuses what is no checkpoint of this log', async () => {
    const start = startOf(under.log.partitions);
    for (const from of [
      [],
      [...start, 0],
      start.with(0, -1),
      start.with(0, 0.5),
      start.with(0, 2 ** 53),
      start.with(0, NaN),
    ]) {
      const invalid = { code: 'LOG_INVALID_CHECKPOINT' };
      await expect(under.log.readForwards(from, { limit: 10 })).rejects.toMatchObject(invalid);
      await expect(under.log.readBackwards(from, { limit: 10 })).rejects.toMatchObject(invalid);
    }
  });

  describe('through a filter', () => {
    testFilters(under);
  });
}

function testFilters(under: LogUnderTest): void {
  async function mixed() {
    const from = await under.log.head();
    const correlationId = newId();
    const category = `cat${newId().replaceAll('-', '')}`;
    for (let index = 0; index < 40; index += 1) {
      const stream = index % 4 === 0 ? aStream(category) : aStream(`${category}x`);
      const correlated = index % 5 === 0 ? { correlationId } : {};
      await appendTo(under.log, stream, [
        aRecord({ type: `T${index % 3}`, ...correlated }),
        aRecord({ type: 'Other' }),
      ]);
    }
    return { from, to: await under.log.head(), category, correlationId };
  }

  const cases: [string, (given: { category: string; correlationId: string }) => RecordFilter, number][] = [
    ['a type', () => ({ types: ['T1'] }), 13],
    ['several types', () => ({ types: ['T1', 'Other'] }), 53],
    ['no type', () => ({ types: [] }), 0],
    ['a category', ({ category }) => ({ category }), 20],
    ['a correlation id', ({ correlationId }) => ({ correlationId }), 8],
    ['all of them', ({ category, correlationId }) => ({ types: ['T0', 'T1'], category, correlationId }), 1],
    ['what there is not', () => ({ types: ['T1'], category: 'none' }), 0],
    ['nothing at all', () => ({}), 80],
  ];
  it.each(cases)('reads by %s, and moves past all the rest', async (_, filterOf, howMany) => {
    const { from, to, ...given } = await mixed();
    const filter = filterOf(given);
    const all = await readOn(under.log, from, 1_000);
    const { types, category, correlationId } = filter;
    const expected = all.records.filter(
      (record) =>
        (types === undefined || types.includes(record.type)) &&
        (category === undefined || record.stream.startsWith(`${category}-`)) &&
        (correlationId === undefined || record.correlationId === correlationId),
    );
    expect(expected).toHaveLength(howMany);
    for (const limit of [1, 7, 1_000]) {
      const read = await readOn(under.log, from, limit, filter);
      expect(read.records).toEqual(expected);
      expect(read.checkpoint).toEqual(to);
      const back = await readBack(under.log, to, limit, filter, howMany);
      expect(back.slice(0, howMany)).toEqual([...expected].reverse());
    }
  });

  it('takes a stream without a hyphen as a category of its own', async () => {
    const from = await under.log.head();
    const category = `solo${newId().replaceAll('-', '')}`;
    await appendTo(under.log, category, records(1));
    await appendTo(under.log, `${category}-1`, records(1));
    await appendTo(under.log, `${category}-1-2`, records(1));
    const read = await readOn(under.log, from, 100, { category });
    expect(read.records.map(({ stream }) => stream)).toEqual([category, `${category}-1`, `${category}-1-2`]);
  });
}
