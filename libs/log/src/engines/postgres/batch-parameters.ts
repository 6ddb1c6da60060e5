import type { AppendBatch, BatchAppend } from './append-batch.js';
import { IntegerArray, TextArray, UuidArray } from '@annals/postgres';

/**
 * Turns batches into the parameters of `append_batch` from the partitions on, keeping its memory from batch to batch.
 */
export class BatchParameters {
  private readonly partition = new IntegerArray(2);
  private readonly name = new TextArray();
  private readonly partitionOf = new IntegerArray(4);
  private readonly storedExpected = new IntegerArray(8);
  private readonly last = new IntegerArray(4);
  private readonly stream = new IntegerArray(4);
  private readonly expected = new IntegerArray(8);
  private readonly count = new IntegerArray(4);
  private readonly before = new IntegerArray(4);
  private readonly eventAppend = new IntegerArray(4);
  private readonly eventStream = new IntegerArray(4);
  private readonly ordinal = new IntegerArray(4);
  private readonly place = new IntegerArray(4);
  private readonly eventName = new TextArray();
  private readonly id = new UuidArray();
  private readonly type = new TextArray();
  private readonly version = new IntegerArray(2);
  private readonly data = new TextArray('json');
  private readonly metadata = new TextArray('json');
  private readonly correlationId = new TextArray();
  private readonly tenant = new TextArray();
  /** In the order of the function's parameters. */
  private readonly arrays = [
    ...[this.partition, this.name, this.partitionOf, this.storedExpected],
    ...[this.last, this.stream, this.expected, this.count, this.before],
    ...[this.eventAppend, this.eventStream, this.ordinal, this.place, this.eventName],
    ...[this.id, this.type, this.version, this.data, this.metadata, this.correlationId, this.tenant],
  ];

  of(batch: AppendBatch): Buffer[] {
    const indexOf = new Map<number, number>();
    for (const partition of batch.partitions) {
      this.partition.add(partition);
      indexOf.set(partition, indexOf.size + 1);
    }
    for (const { name, partition, expected } of batch.streams) {
      this.name.add(name);
      this.partitionOf.add(indexOf.get(partition) ?? 0);
      this.storedExpected.add(expected);
    }
    const places = new Map<number, number>();
    batch.appends.forEach((append, index) => this.add(append, index + 1, places));
    return this.arrays.map((array) => array.take());
  }

  /** @param places how many events of the batch there are for each partition so far */
  private add(
    { append, stream, before, expected, last }: BatchAppend,
    index: number,
    places: Map<number, number>,
  ): void {
    const { records } = append;
    this.last.add(last);
    this.stream.add(stream.index);
    this.expected.add(expected);
    this.count.add(records.length);
    this.before.add(before);
    let place = places.get(append.partition) ?? 0;
    let ordinal = before;
    for (const record of records) {
      this.eventAppend.add(index);
      this.eventStream.add(stream.index);
      this.ordinal.add(++ordinal);
      this.place.add(place++);
      this.eventName.add(stream.name);
      this.id.add(record.id);
      this.type.add(record.type);
      this.version.add(record.version);
      this.data.add(record.data);
      this.metadata.add(record.metadata);
      this.correlationId.add(record.correlationId);
      this.tenant.add(record.tenant);
    }
    places.set(append.partition, place);
  }
}
