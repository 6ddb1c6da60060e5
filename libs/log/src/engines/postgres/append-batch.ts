import type { Revision } from '../../numbers.js';
import { partitionFor } from '../../partition-for.js';
import type { AppendOutcome, ExpectedRevision, StreamAppend, StreamAppended } from '../../stream-append.js';
import type { Offset, Position } from '../../numbers.js';
import { int2Array, int4Array, int8Array, jsonArray, textArray, uuidArray } from './binary-array.js';

/** Appends that go in together or not at all. */
export type AppendGroup = readonly StreamAppend[];

/**
 * What the batch made of one group. Neither in nor refused are a group whose partition another holds, and one in a
 * surrounding transaction of which ids are stored already.
 */
export type GroupOutcome = AppendOutcome | { readonly outcome: 'locked' } | { readonly outcome: 'stored' };

/** The row that the append functions return; arrays have one entry per append. */
export type BatchRow = readonly [outcome: number[], revision: number[], nextOffset: number[], position: number[]];

const APPENDED = 0;
const CONFLICT = 1;
const LOCKED = 2;
const STORED = 4;

const ANY = -1;
const STREAM_EXISTS = -2;

/** An expectation as the append functions take it. */
export function expectation(expected: ExpectedRevision): number {
  if (typeof expected === 'number') return expected;
  if (expected === 'no-stream') return 0;
  return expected === 'any' ? ANY : STREAM_EXISTS;
}

/** The parameters of `append_events` from the partitions on. */
export function batchParameters(groups: readonly AppendGroup[], partitions: number): Buffer[] {
  const streams = new Map<string, number>();
  const streamPartition: number[] = [];
  const append = { last: [] as number[], stream: [] as number[], expected: [] as number[], count: [] as number[] };
  const event = {
    append: [] as number[],
    ordinal: [] as number[],
    stream: [] as string[],
    id: [] as string[],
    type: [] as string[],
    version: [] as number[],
    data: [] as string[],
    metadata: [] as (string | null)[],
    correlationId: [] as (string | null)[],
    tenant: [] as (string | null)[],
  };
  for (const group of groups) {
    const last = append.last.length + group.length;
    for (const { stream, expected, records } of group) {
      let index = streams.get(stream);
      if (index === undefined) {
        streamPartition.push(partitionFor(stream, partitions));
        index = streamPartition.length;
        streams.set(stream, index);
      }
      append.last.push(last);
      append.stream.push(index);
      append.expected.push(expectation(expected));
      append.count.push(records.length);
      let ordinal = 0;
      for (const record of records) {
        event.append.push(append.last.length);
        event.ordinal.push(++ordinal);
        event.stream.push(stream);
        event.id.push(record.id);
        event.type.push(record.type);
        event.version.push(record.version);
        event.data.push(record.data);
        event.metadata.push(record.metadata);
        event.correlationId.push(record.correlationId);
        event.tenant.push(record.tenant);
      }
    }
  }
  // Ascending, since locks are taken in this order.
  const distinct = [...new Set(streamPartition)].sort((one, other) => one - other);
  const index = new Map(distinct.map((partition, at) => [partition, at + 1]));
  return [
    int2Array(distinct),
    textArray([...streams.keys()]),
    int4Array(streamPartition.map((partition) => index.get(partition) ?? 0)),
    int4Array(append.last),
    int4Array(append.stream),
    int8Array(append.expected),
    int4Array(append.count),
    int4Array(event.append),
    int4Array(event.ordinal),
    textArray(event.stream),
    uuidArray(event.id),
    textArray(event.type),
    int2Array(event.version),
    jsonArray(event.data),
    jsonArray(event.metadata),
    textArray(event.correlationId),
    textArray(event.tenant),
  ];
}

/** What the row says of each group, in order. */
export function groupOutcomes(groups: readonly AppendGroup[], row: BatchRow, partitions: number): GroupOutcome[] {
  let first = 0;
  return groups.map((group) => {
    const outcome = groupOutcome(group, first, row, partitions);
    first += group.length;
    return outcome;
  });
}

function groupOutcome(group: AppendGroup, first: number, row: BatchRow, partitions: number): GroupOutcome {
  const [outcomes, revisions, nextOffsets, positions] = row;
  const appended: StreamAppended[] = [];
  for (const [index, { stream, expected }] of group.entries()) {
    const at = first + index;
    const revision = revisions[at] as Revision;
    switch (outcomes[at]) {
      case APPENDED:
        appended.push({
          stream,
          partition: partitionFor(stream, partitions),
          revision,
          nextOffset: nextOffsets[at] as Offset,
          position: positions[at] as Position,
        });
        break;
      case CONFLICT:
        return { outcome: 'conflict', stream, expected, actual: revision };
      case LOCKED:
        return { outcome: 'locked' };
      case STORED:
        return { outcome: 'stored' };
      default:
        // Another append of this group is at fault, and says how.
        break;
    }
  }
  return { outcome: 'appended', appended };
}
