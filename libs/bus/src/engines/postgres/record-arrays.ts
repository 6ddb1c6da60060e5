import { arrayOf, IntegerArray, TextArray } from '@annals/postgres';
import type { EncodedRecord } from '../../topics/encode-record.js';

/** What the arrays need of a record. */
export interface PlacedRecord extends EncodedRecord {
  readonly partition: number;
  readonly sequence: number;
}

/** The records of a batch as the arrays that the append function takes. */
export class RecordArrays {
  readonly #partition = new IntegerArray(4);
  readonly #place = new IntegerArray(4);
  readonly #sequence = new IntegerArray(8);
  readonly #timestamp = new IntegerArray(8);
  readonly #key = new TextArray();
  readonly #value = new TextArray();
  readonly #headers = new TextArray();

  /** @returns the partitions, ascending, each record's place among its partition's, and the values for the statement */
  fill(records: readonly PlacedRecord[]): {
    readonly partitions: readonly number[];
    readonly places: readonly number[];
    readonly values: readonly unknown[];
  } {
    const counts = new Map<number, number>();
    for (const { partition } of records) counts.set(partition, 0);
    const partitions = [...counts.keys()].sort((one, other) => one - other);
    // SQL counts from 1.
    const indexes = new Map(partitions.map((partition, index) => [partition, index + 1]));
    const places = records.map(({ partition }) => {
      const place = counts.get(partition) ?? 0;
      counts.set(partition, place + 1);
      return place;
    });
    for (const [index, { partition, sequence, timestamp, key, value, headers }] of records.entries()) {
      this.#partition.add(indexes.get(partition) ?? 0);
      this.#place.add(places[index] ?? 0);
      this.#sequence.add(sequence);
      this.#timestamp.add(timestamp ?? -1);
      this.#key.add(key);
      this.#value.add(value);
      this.#headers.add(headers);
    }
    const arrays = [
      this.#partition,
      this.#place,
      this.#sequence,
      this.#timestamp,
      this.#key,
      this.#value,
      this.#headers,
    ];
    return {
      partitions,
      places,
      values: [arrayOf(new IntegerArray(2), partitions), ...arrays.map((array) => array.take())],
    };
  }
}
