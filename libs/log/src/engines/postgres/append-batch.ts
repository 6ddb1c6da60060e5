import type { Offset, Position, Revision } from '../../numbers.js';
import { partitionFor } from '../../partition-for.js';
import type { AppendOutcome, StreamAppend, StreamAppended } from '../../stream-append.js';
import { expectation, storedExpectation } from './expectation.js';

/** An append whose stream's partition is known. */
export interface PlacedAppend extends StreamAppend {
  readonly partition: number;
}

/** Appends that go in together or not at all. */
export type AppendGroup = readonly PlacedAppend[];

/** Finds the partitions of appends that go in together. */
export const placed = (appends: readonly StreamAppend[], partitions: number): AppendGroup =>
  appends.map(({ stream, expected, records }) => ({
    stream,
    expected,
    records,
    partition: partitionFor(stream, partitions),
  }));

/**
 * What the batch made of one group. Neither in nor refused are a group whose partition another holds, and one in a
 * surrounding transaction of which ids are stored already.
 */
export type GroupOutcome = AppendOutcome | { readonly outcome: 'locked' } | { readonly outcome: 'stored' };

/** The row that `append_batch` returns. */
export type BatchRow = readonly [
  /** Per append; null when all of them are in. */
  outcome: readonly number[] | null,
  /** Per stream, before the batch. */
  revision: readonly number[],
  /** Per partition, before the batch. */
  nextOffset: readonly number[],
  /** Per event that is in; null when there is none. */
  positions: readonly number[] | null,
];

const APPENDED = 0;
const CONFLICT = 1;
const LOCKED = 2;
const STORED = 4;

/** A stream of the batch. */
interface BatchStream {
  /** From 1 on, as all indexes that Postgres is given. */
  readonly index: number;
  readonly name: string;
  readonly partition: number;
  /** What must be stored for all appends to it to be accepted, as far as this can be said beforehand. */
  expected: number;
  /** Events of the appends so far. */
  events: number;
}

/** An append of the batch. */
export interface BatchAppend {
  readonly append: PlacedAppend;
  readonly stream: BatchStream;
  /** Events of earlier appends of the batch to its stream. */
  readonly before: number;
  readonly expected: number;
  /** Index of the last append of its group, from 1 on. */
  readonly last: number;
}

/** A batch of groups, laid out for one call of `append_batch`: what stands before what, in its stream. */
export class AppendBatch {
  readonly appends: BatchAppend[] = [];
  readonly streams: BatchStream[] = [];
  /** Those it touches, ascending, since locks are taken in this order. */
  readonly partitions: readonly number[];

  constructor(private readonly groups: readonly AppendGroup[]) {
    const byName = new Map<string, BatchStream>();
    const touched = new Set<number>();
    for (const group of groups) {
      const last = this.appends.length + group.length;
      for (const append of group) {
        let stream = byName.get(append.stream);
        const expected = expectation(append.expected);
        if (stream === undefined) {
          const index = this.streams.length + 1;
          stream = { index, name: append.stream, partition: append.partition, expected, events: 0 };
          byName.set(append.stream, stream);
          this.streams.push(stream);
          touched.add(append.partition);
        } else {
          stream.expected = storedExpectation(stream.expected, expected, stream.events);
        }
        this.appends.push({ append, stream, before: stream.events, expected, last });
        stream.events += append.records.length;
      }
    }
    this.partitions = [...touched].sort((one, other) => one - other);
  }

  /** What the row says of each group, in order. */
  outcomes(row: BatchRow): GroupOutcome[] {
    const reading = new BatchReading(this, row);
    let first = 0;
    return this.groups.map(({ length }) => {
      const outcome = reading.groupOutcome(first, first + length);
      first += length;
      return outcome;
    });
  }
}

/** Follows the append function through the batch, from the state it found on. */
class BatchReading {
  private readonly outcome: BatchRow[0];
  private readonly revisions: number[];
  private readonly nextOffset = new Map<number, number>();
  private readonly positions: readonly number[];
  private read = 0;

  constructor(
    private readonly batch: AppendBatch,
    [outcome, revision, nextOffset, positions]: BatchRow,
  ) {
    this.outcome = outcome;
    this.revisions = [...revision];
    this.positions = positions ?? [];
    batch.partitions.forEach((partition, index) => this.nextOffset.set(partition, nextOffset[index] ?? 0));
  }

  groupOutcome(first: number, end: number): GroupOutcome {
    const { outcome } = this;
    for (let at = first; outcome !== null && at < end; at += 1) {
      if (outcome[at] !== APPENDED) return this.failure(first, end, outcome);
    }
    const appended: StreamAppended[] = [];
    for (let at = first; at < end; at += 1) appended.push(this.appended(this.batch.appends[at] as BatchAppend));
    return { outcome: 'appended', appended };
  }

  private appended({ append, stream: { index, partition } }: BatchAppend): StreamAppended {
    const { length } = append.records;
    const revision = (this.revisions[index - 1] ?? 0) + length;
    this.revisions[index - 1] = revision;
    if (length === 0)
      return {
        stream: append.stream,
        partition,
        revision: revision as Revision,
        nextOffset: 0 as Offset,
        position: 0 as Position,
      };
    const nextOffset = (this.nextOffset.get(partition) ?? 0) + length;
    this.nextOffset.set(partition, nextOffset);
    this.read += length;
    return {
      stream: append.stream,
      partition,
      revision: revision as Revision,
      nextOffset: nextOffset as Offset,
      position: (this.positions[this.read - 1] ?? 0) as Position,
    };
  }

  /** The append at fault says how; the others of its group only that there is one. */
  private failure(first: number, end: number, outcome: readonly number[]): GroupOutcome {
    for (let at = first; at < end; at += 1) {
      const { append, stream } = this.batch.appends[at] as BatchAppend;
      switch (outcome[at]) {
        case CONFLICT: {
          const actual = (this.revisions[stream.index - 1] ?? 0) as Revision;
          return { outcome: 'conflict', stream: append.stream, expected: append.expected, actual };
        }
        case LOCKED:
          return { outcome: 'locked' };
        case STORED:
          return { outcome: 'stored' };
        default:
          break;
      }
    }
    throw new Error('append_batch named no append at fault');
  }
}
