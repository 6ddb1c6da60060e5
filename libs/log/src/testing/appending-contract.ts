import { expect, it } from 'vitest';
import { partitionFor } from '../partition-for.js';
import type { LogUnderTest } from './log-under-test.js';
import {
  appendAll,
  appendTo,
  aRecord,
  aStream,
  aStreamBeside,
  expectGapless,
  readOn,
  records,
  streamOf,
} from './log-under-test.js';

/** What every log promises of single appends. */
export function testAppending(under: LogUnderTest): void {
  it('gives back records as they were handed in, with their places', async () => {
    const { log } = under;
    const stream = aStream();
    const given = [
      aRecord({
        data: '{"b" : 1.0, "a":"ü😀\\n", "b":2}',
        metadata: '{"k":[null]}',
        correlationId: 'c-1',
        tenant: 'acme',
      }),
      aRecord({ type: 'Paid', version: 3, data: '"text"' }),
    ];
    const before = await log.head();
    const appended = await appendTo(log, stream, given);
    const partition = partitionFor(stream, log.partitions);
    const stored = await streamOf(log, stream);
    expect(stored).toEqual(
      given.map((record, index) => ({
        ...record,
        stream,
        partition,
        revision: index + 1,
        offset: (before[partition] ?? 0) + index,
        position: expect.any(Number) as number,
        recordedAt: expect.any(Date) as Date,
      })),
    );
    expect(appended).toEqual({
      stream,
      partition,
      revision: 2,
      nextOffset: (before[partition] ?? 0) + 2,
      position: stored[1]?.position,
    });
    expect(stored[0]?.position).toBeLessThan(stored[1]?.position ?? 0);
  });

  it('lets one of two win that expect no stream, and tells the other the actual revision', async () => {
    const stream = aStream();
    const append = () => under.log.append([{ stream, expected: 'no-stream', records: records(2) }]);
    const outcomes = await Promise.all([append(), append()]);
    expect(outcomes.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
    expect(outcomes).toContainEqual({ outcome: 'conflict', stream, expected: 'no-stream', actual: 2 });
    expect(await append()).toEqual({ outcome: 'conflict', stream, expected: 'no-stream', actual: 2 });
    expect(await streamOf(under.log, stream)).toHaveLength(2);
  });

  it.each([
    ['no-stream', 0, true],
    ['no-stream', 1, false],
    ['stream-exists', 0, false],
    ['stream-exists', 1, true],
    ['any', 0, true],
    ['any', 1, true],
    [0, 0, true],
    [0, 1, false],
    [1, 0, false],
    [3, 3, true],
    [2, 3, false],
    [4, 3, false],
  ] as const)('holds %s against a stream at revision %i', async (expected, actual, holds) => {
    const stream = aStream();
    if (actual > 0) await appendTo(under.log, stream, records(actual));
    const outcome = await under.log.append([{ stream, expected, records: records(1) }]);
    if (holds) expect(outcome).toMatchObject({ outcome: 'appended', appended: [{ stream, revision: actual + 1 }] });
    else expect(outcome).toEqual({ outcome: 'conflict', stream, expected, actual });
    expect(await streamOf(under.log, stream)).toHaveLength(actual + (holds ? 1 : 0));
  });

  it('gives 20 concurrent appends that expect anything the revisions 1 to 20', async () => {
    const stream = aStream();
    const appended = await Promise.all(Array.from({ length: 20 }, () => appendTo(under.log, stream, records(1))));
    const revisions = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(appended.map(({ revision }) => revision).sort((one, other) => one - other)).toEqual(revisions);
    expect((await streamOf(under.log, stream)).map(({ revision }) => revision)).toEqual(revisions);
  });

  it('burns nothing on a conflict between two good appends', async () => {
    const { log } = under;
    const stream = aStream();
    const before = await log.head();
    const [first, conflict, second] = await Promise.all([
      log.append([{ stream, expected: 'no-stream', records: records(1) }]),
      log.append([{ stream: aStreamBeside(stream, log.partitions), expected: 7, records: records(3) }]),
      log.append([{ stream, expected: 'any', records: records(1) }]),
    ]);
    expect([first.outcome, conflict.outcome, second.outcome]).toEqual(['appended', 'conflict', 'appended']);
    const read = await readOn(log, before, 100);
    expect(read.records.map(({ revision }) => revision)).toEqual([1, 2]);
    expectGapless(read.records, before);
  });

  it('checks only the expectation when nothing is appended', async () => {
    const { log } = under;
    const stream = aStream();
    const partition = partitionFor(stream, log.partitions);
    const nothing = (expected: 'any' | 'stream-exists' | 'no-stream' | number) =>
      log.append([{ stream, expected, records: [] }]);
    const appended = { stream, partition, revision: 0, nextOffset: 0, position: 0 };
    expect(await nothing('any')).toEqual({ outcome: 'appended', appended: [appended] });
    expect(await nothing('stream-exists')).toEqual({
      outcome: 'conflict',
      stream,
      expected: 'stream-exists',
      actual: 0,
    });
    await appendTo(log, stream, records(3));
    expect(await nothing(3)).toEqual({ outcome: 'appended', appended: [{ ...appended, revision: 3 }] });
    expect(await nothing('no-stream')).toEqual({ outcome: 'conflict', stream, expected: 'no-stream', actual: 3 });
    expect(await log.append([])).toEqual({ outcome: 'appended', appended: [] });
    expect(await streamOf(log, stream)).toHaveLength(3);
  });

  it('takes an append of 1,500 records', async () => {
    const stream = aStream();
    const given = records(1_500);
    expect(await appendTo(under.log, stream, given)).toMatchObject({ revision: 1_500 });
    expect((await streamOf(under.log, stream)).map(({ id }) => id)).toEqual(given.map(({ id }) => id));
  });

  it('gives each of many concurrent appends its own outcome', async () => {
    const { log } = under;
    const streams = Array.from({ length: 300 }, () => aStream());
    const before = await log.head();
    const outcomes = await Promise.all(
      streams.map((stream, index) => log.append([{ stream, expected: index % 3, records: records(1 + (index % 2)) }])),
    );
    outcomes.forEach((outcome, index) => {
      const stream = streams[index];
      if (index % 3 > 0) expect(outcome).toEqual({ outcome: 'conflict', stream, expected: index % 3, actual: 0 });
      else expect(outcome).toMatchObject({ outcome: 'appended', appended: [{ stream, revision: 1 + (index % 2) }] });
    });
    const read = await readOn(log, before, 1_000);
    expect(read.records).toHaveLength(150);
    expectGapless(read.records, before);
  });

  it('keeps the order of appends that one caller hands in without waiting', async () => {
    const stream = aStream();
    const given = records(120);
    const outcomes = await Promise.all(
      given.map((record, revision) => under.log.append([{ stream, expected: revision, records: [record] }])),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(given.map(() => 'appended'));
    expect((await streamOf(under.log, stream)).map(({ id }) => id)).toEqual(given.map(({ id }) => id));
  });

  testGroups(under);
}

/** What every log promises of appends that go in together. */
function testGroups(under: LogUnderTest): void {
  it('appends to several streams all or none', async () => {
    const [one, other] = [aStream(), aStream()];
    const group = (expected: number) =>
      [
        { stream: one, expected: 'any', records: records(2) },
        { stream: other, expected, records: records(1) },
      ] as const;
    expect(await under.log.append(group(5))).toEqual({ outcome: 'conflict', stream: other, expected: 5, actual: 0 });
    expect([await streamOf(under.log, one), await streamOf(under.log, other)]).toEqual([[], []]);
    expect(await under.log.append(group(0))).toMatchObject({
      outcome: 'appended',
      appended: [
        { stream: one, revision: 2 },
        { stream: other, revision: 1 },
      ],
    });
    expect(await streamOf(under.log, one)).toHaveLength(2);
  });

  it('chains the second append to a stream on the first', async () => {
    const stream = aStream();
    const beside = aStreamBeside(stream, under.log.partitions);
    const appended = await appendAll(under.log, [
      { stream, expected: 'no-stream', records: records(2) },
      { stream: beside, expected: 'no-stream', records: records(1) },
      { stream, expected: 2, records: records(1) },
      { stream, expected: 'stream-exists', records: [] },
    ]);
    expect(appended.map(({ revision }) => revision)).toEqual([2, 1, 3, 3]);
    const places = [...(await streamOf(under.log, stream)), ...(await streamOf(under.log, beside))];
    const inOrder = places
      .sort((one, next) => one.offset - next.offset)
      .map(({ stream: name, revision }) => [name, revision]);
    expect(inOrder).toEqual([
      [stream, 1],
      [stream, 2],
      [beside, 1],
      [stream, 3],
    ]);
    expect([...places.map(({ position }) => position)].sort((one, next) => one - next)).toEqual(
      places.map(({ position }) => position),
    );
  });

  it('sees the expectations of a group after its own earlier appends, and names the stored revision', async () => {
    const stream = aStream();
    await appendTo(under.log, stream, records(3));
    const outcome = await under.log.append([
      { stream, expected: 3, records: records(2) },
      { stream, expected: 3, records: records(1) },
    ]);
    expect(outcome).toEqual({ outcome: 'conflict', stream, expected: 3, actual: 3 });
    expect(await streamOf(under.log, stream)).toHaveLength(3);
  });

  it('brings groups to an end that cross each other', async () => {
    const streams = Array.from({ length: 6 }, () => aStream());
    const groups = Array.from({ length: 60 }, (_, index) =>
      [index, index * 5 + 1, index * 3 + 2].map((at) => ({
        stream: streams[at % 6] as string,
        expected: 'any' as const,
        records: records(1),
      })),
    );
    await Promise.all(groups.map((group) => appendAll(under.log, group)));
    const stored = await Promise.all(streams.map((stream) => streamOf(under.log, stream)));
    expect(stored.flat()).toHaveLength(180);
    for (const stream of stored)
      expect(stream.map(({ revision }) => revision)).toEqual(stream.map((_, index) => index + 1));
  });
}
