import { partitionFor } from '../../partition-for.js';
import type { ExpectedRevision, StreamAppend } from '../../stream-append.js';
import { arrayOf, IntegerArray, TextArray, UuidArray } from './binary-array.js';

const ANY = -1;
const STREAM_EXISTS = -2;

/** An expectation as the append functions take it. */
export function expectation(expected: ExpectedRevision): number {
  if (typeof expected === 'number') return expected;
  if (expected === 'no-stream') return 0;
  return expected === 'any' ? ANY : STREAM_EXISTS;
}

/**
 * Turns batches into the parameters of `append_events` from the partitions on, keeping its memory from batch to batch.
 */
export class BatchParameters {
  private readonly name = new TextArray();
  private readonly last = new IntegerArray(4);
  private readonly stream = new IntegerArray(4);
  private readonly expected = new IntegerArray(8);
  private readonly count = new IntegerArray(4);
  private readonly eventAppend = new IntegerArray(4);
  private readonly eventStream = new TextArray();
  private readonly ordinal = new IntegerArray(4);
  private readonly id = new UuidArray();
  private readonly type = new TextArray();
  private readonly version = new IntegerArray(2);
  private readonly data = new TextArray('json');
  private readonly metadata = new TextArray('json');
  private readonly correlationId = new TextArray();
  private readonly tenant = new TextArray();
  /** Of the batch in hand: index of each stream, from 1 on, and the partitions of the streams in that order. */
  private streams = new Map<string, number>();
  private partitionOf: number[] = [];

  constructor(private readonly partitions: number) {}

  of(groups: readonly (readonly StreamAppend[])[]): Buffer[] {
    this.streams = new Map();
    this.partitionOf = [];
    let appends = 0;
    for (const group of groups) {
      const last = appends + group.length;
      for (const append of group) this.add(append, ++appends, last);
    }
    // Ascending, since locks are taken in this order.
    const touched = [...new Set(this.partitionOf)].sort((one, other) => one - other);
    const place = new Map(touched.map((partition, index) => [partition, index + 1]));
    return [
      arrayOf(new IntegerArray(2), touched),
      this.name.take(),
      arrayOf(
        new IntegerArray(4),
        this.partitionOf.map((partition) => place.get(partition) ?? 0),
      ),
      this.last.take(),
      this.stream.take(),
      this.expected.take(),
      this.count.take(),
      this.eventAppend.take(),
      this.ordinal.take(),
      this.eventStream.take(),
      this.id.take(),
      this.type.take(),
      this.version.take(),
      this.data.take(),
      this.metadata.take(),
      this.correlationId.take(),
      this.tenant.take(),
    ];
  }

  private add({ stream, expected, records }: StreamAppend, append: number, last: number): void {
    this.last.add(last);
    this.stream.add(this.indexOf(stream));
    this.expected.add(expectation(expected));
    this.count.add(records.length);
    let ordinal = 0;
    for (const record of records) {
      this.eventAppend.add(append);
      this.eventStream.add(stream);
      this.ordinal.add(++ordinal);
      this.id.add(record.id);
      this.type.add(record.type);
      this.version.add(record.version);
      this.data.add(record.data);
      this.metadata.add(record.metadata);
      this.correlationId.add(record.correlationId);
      this.tenant.add(record.tenant);
    }
  }

  private indexOf(stream: string): number {
    let index = this.streams.get(stream);
    if (index === undefined) {
      index = this.partitionOf.push(partitionFor(stream, this.partitions));
      this.streams.set(stream, index);
      this.name.add(stream);
    }
    return index;
  }
}
