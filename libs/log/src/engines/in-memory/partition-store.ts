import type { LoggedRecord } from '../../log-record.js';
import { categoryOf } from '../../category-of.js';
import type { RecordFilter } from '../../log.js';

/** One partition: its records by offset, by stream and by id. */
export class PartitionStore {
  readonly records: LoggedRecord[] = [];
  readonly #streams = new Map<string, LoggedRecord[]>();
  readonly #byId = new Map<string, LoggedRecord>();

  /** All records of a stream, by revision. */
  stream(name: string): readonly LoggedRecord[] {
    return this.#streams.get(name) ?? [];
  }

  withId(id: string): LoggedRecord | undefined {
    return this.#byId.get(id);
  }

  push(record: LoggedRecord): void {
    this.records.push(record);
    this.#byId.set(record.id, record);
    const stream = this.#streams.get(record.stream);
    if (stream === undefined) this.#streams.set(record.stream, [record]);
    else stream.push(record);
  }
}

/** Whether a record is one that the reader wants. */
export const wanted = (record: LoggedRecord, filter: RecordFilter): boolean =>
  (filter.types === undefined || filter.types.includes(record.type)) &&
  (filter.category === undefined || categoryOf(record.stream) === filter.category) &&
  (filter.correlationId === undefined || record.correlationId === filter.correlationId) &&
  (filter.tenant === undefined || record.tenant === filter.tenant);
