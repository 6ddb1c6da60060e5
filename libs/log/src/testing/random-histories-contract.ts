import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogRecord } from '../log-record.js';
import type { ExpectedRevision, StreamAppend } from '../stream-append.js';
import type { LogUnderTest } from './log-under-test.js';
import {
  aRecord,
  aStream,
  aStreamBeside,
  expectGapless,
  readBack,
  readOn,
  streamOf,
  withoutPositions,
} from './log-under-test.js';
import { ModelLog } from './model-log.js';

const expected: fc.Arbitrary<ExpectedRevision> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('any' as const) },
  fc.constantFrom('no-stream' as const, 'stream-exists' as const),
  fc.nat(4),
);
const append = fc.record({ stream: fc.nat(3), expected, howMany: fc.nat(3) });

/** A step: a new group of appends, or an earlier one again, as it was or changed. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(append, { maxLength: 3 }).map((appends) => ({ appends, again: undefined, change: 0 })),
  },
  fc.record({ appends: fc.constant([]), again: fc.nat(), change: fc.nat(4) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Groups of appends at random, one after another, against the model. */
export function testRandomHistories(under: LogUnderTest, numRuns: number): void {
  function groupOf(
    { appends, again, change }: Step,
    earlier: readonly (readonly StreamAppend[])[],
    streams: readonly string[],
  ) {
    if (again === undefined || earlier.length === 0) {
      return appends.map(({ stream, howMany, ...rest }) => ({
        ...rest,
        stream: streams[stream] as string,
        records: Array.from({ length: howMany }, () => aRecord()),
      }));
    }
    return changed(earlier[again % earlier.length] ?? [], change, streams);
  }

  it('gives what the model gives, for every history', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        const { log } = under;
        const from = await log.head();
        const model = new ModelLog(from);
        const first = aStream();
        const streams = [first, aStreamBeside(first, log.partitions), aStream(), aStream()];
        const groups: (readonly StreamAppend[])[] = [];
        for (const each of steps) {
          const group = groupOf(each, groups, streams);
          groups.push(group);
          expect(withoutPositions(await log.append(group))).toMatchObject(model.append(group) as object);
        }
        for (const stream of streams) {
          const stored = await streamOf(log, stream);
          expect(stored.map(({ id }) => id)).toEqual(model.stream(stream));
          expect(stored.map(({ revision }) => revision)).toEqual(stored.map((_, index) => index + 1));
        }
        const read = await readOn(log, from, 7);
        expectGapless(read.records, from);
        const ids = from.map((_, partition) =>
          read.records.filter((each) => each.partition === partition).map(({ id }) => id),
        );
        expect(ids).toEqual(model.partitions());
        const back = await readBack(log, read.checkpoint, 7, undefined, read.records.length);
        expect(back.slice(0, read.records.length)).toEqual(read.records.reverse());
      }),
      { numRuns },
    );
  });
}

/** The group again: as it was, with the records of one append turned round, one taken away, one added, or elsewhere. */
function changed(group: readonly StreamAppend[], change: number, streams: readonly string[]): readonly StreamAppend[] {
  const changes: ((given: readonly LogRecord[]) => readonly LogRecord[])[] = [
    (given) => given,
    (given) => [...given].reverse(),
    (given) => given.slice(1),
    (given) => [...given, aRecord()],
  ];
  return group.map((each, at) => {
    if (at > 0) return each;
    const changeRecords = changes[change];
    // The second stream shares the first one's partition.
    if (changeRecords === undefined) return { ...each, stream: streams[each.stream === streams[0] ? 1 : 0] as string };
    return { ...each, records: changeRecords(each.records) };
  });
}
