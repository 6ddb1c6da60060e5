import { expect, it } from 'vitest';
import type { LogRecord } from '../log-record.js';
import type { LogUnderTest } from './log-under-test.js';
import { appendAll, appendTo, aRecord, aStream, aStreamBeside, records, streamOf } from './log-under-test.js';

/** What every log promises when ids come that it has stored already. */
export function testRepetition(under: LogUnderTest): void {
  it('answers an append with the same ids with its first result, whatever has happened since', async () => {
    const { log } = under;
    const stream = aStream();
    const append = { stream, expected: 'no-stream', records: records(3) } as const;
    const first = await log.append([append]);
    expect(await log.append([append])).toEqual(first);
    await appendTo(log, stream, records(2));
    expect(await log.append([append])).toEqual(first);
    expect(await log.append([{ ...append, expected: 'any' }])).toEqual(first);
    expect(await streamOf(log, stream)).toHaveLength(5);
  });

  it('stores one copy of an append that comes many times at once', async () => {
    const stream = aStream();
    for (const expected of ['no-stream', 'any'] as const) {
      const append = { stream, expected, records: records(2) };
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => under.log.append([append])));
      for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
      expect(outcomes[0]?.outcome).toBe('appended');
    }
    expect(await streamOf(under.log, stream)).toHaveLength(4);
  });

  it('answers a part of an append with the result that part would have had', async () => {
    const stream = aStream();
    const given = records(4);
    await appendTo(under.log, stream, given);
    const stored = await streamOf(under.log, stream);
    const part = await appendTo(under.log, stream, given.slice(1, 3));
    expect(part).toMatchObject({
      revision: 3,
      nextOffset: (stored[2]?.offset ?? 0) + 1,
      position: stored[2]?.position,
    });
    expect(await streamOf(under.log, stream)).toHaveLength(4);
  });

  const wrong: [string, (given: readonly LogRecord[]) => readonly LogRecord[]][] = [
    ['in another order', ([first, second]) => [second, first] as LogRecord[]],
    ['with one left out', ([first, , third]) => [first, third] as LogRecord[]],
    ['with a new one after them', (given) => [...given, aRecord()]],
    ['with a new one before them', (given) => [aRecord(), ...given]],
    ['with one of them twice', ([first]) => [first, first] as LogRecord[]],
  ];
  it.each(wrong)('refuses stored ids %s, whatever is expected', async (_, tampered) => {
    const stream = aStream();
    const given = records(3);
    await appendTo(under.log, stream, given);
    for (const expected of ['any', 3, 0] as const) {
      const outcome = await under.log.append([{ stream, expected, records: tampered(given) }]);
      expect(outcome).toEqual({ outcome: 'id-reused', stream });
    }
    expect((await streamOf(under.log, stream)).map(({ id }) => id)).toEqual(given.map(({ id }) => id));
  });

  it('refuses stored ids in another stream of the partition', async () => {
    const stream = aStream();
    const beside = aStreamBeside(stream, under.log.partitions);
    const given = records(2);
    await appendTo(under.log, stream, given);
    const outcome = await under.log.append([{ stream: beside, expected: 'any', records: given }]);
    expect(outcome).toEqual({ outcome: 'id-reused', stream: beside });
    expect(await streamOf(under.log, beside)).toEqual([]);
  });

  it('refuses one new id twice, in one append or in two to a partition', async () => {
    const stream = aStream();
    const beside = aStreamBeside(stream, under.log.partitions);
    const record = aRecord();
    const twice = await under.log.append([{ stream, expected: 'any', records: [record, record] }]);
    expect(twice).toEqual({ outcome: 'id-reused', stream });
    const inTwo = await under.log.append([
      { stream, expected: 'any', records: [record] },
      { stream: beside, expected: 'any', records: [record] },
    ]);
    expect(inTwo.outcome).toBe('id-reused');
    expect([await streamOf(under.log, stream), await streamOf(under.log, beside)]).toEqual([[], []]);
  });

  testRepeatedGroups(under);
}

function testRepeatedGroups(under: LogUnderTest): void {
  it('answers a group with the same ids with its first results', async () => {
    const [one, other] = [aStream(), aStream()];
    const group = [
      { stream: one, expected: 'no-stream', records: records(2) },
      { stream: other, expected: 'no-stream', records: records(1) },
      { stream: one, expected: 2, records: records(2) },
    ] as const;
    const first = await appendAll(under.log, group);
    await appendTo(under.log, one, records(1));
    expect(await appendAll(under.log, group)).toEqual(first);
    expect(await streamOf(under.log, one)).toHaveLength(5);
  });

  it('answers a group of which a part appends nothing with its first results', async () => {
    const [one, other] = [aStream(), aStream()];
    await appendTo(under.log, other, records(3));
    const group = [
      { stream: one, expected: 'no-stream', records: records(1) },
      { stream: other, expected: 3, records: [] },
    ] as const;
    expect(await appendAll(under.log, group)).toEqual(await appendAll(under.log, group));
  });

  it('refuses a group of which only a part is stored, and writes nothing of it', async () => {
    const [one, other] = [aStream(), aStream()];
    const stored = records(1);
    await appendTo(under.log, one, stored);
    for (const expected of ['any', 1] as const) {
      const outcome = await under.log.append([
        { stream: other, expected: 'any', records: records(1) },
        { stream: one, expected, records: stored },
      ]);
      expect(outcome.outcome).toBe('id-reused');
    }
    expect(await streamOf(under.log, other)).toEqual([]);
    expect(await streamOf(under.log, one)).toHaveLength(1);
  });

  it('fails nothing else in the same moment', async () => {
    const stream = aStream();
    const given = records(2);
    await appendTo(under.log, stream, given);
    const outcomes = await Promise.all([
      under.log.append([{ stream: aStreamBeside(stream, under.log.partitions), expected: 0, records: records(1) }]),
      under.log.append([{ stream, expected: 'any', records: [...given].reverse() }]),
      under.log.append([{ stream, expected: 2, records: records(1) }]),
      under.log.append([{ stream, expected: 'any', records: given }]),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['appended', 'id-reused', 'appended', 'appended']);
    expect(await streamOf(under.log, stream)).toHaveLength(3);
  });
}
