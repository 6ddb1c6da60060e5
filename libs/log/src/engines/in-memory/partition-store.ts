import { ARCHIVED, CLOSED } from '../../closing.js';
import type { LoggedRecord } from '../../log-record.js';
import { categoryOf } from '../../category-of.js';
import type { RecordFilter } from '../../log.js';
import type { Revision } from '../../numbers.js';
import { count } from '../../numbers.js';

/** One partition: its records by offset, by stream and by id. */
export class PartitionStore {
  /** By offset; undefined where a record was taken away. */
  readonly records: (LoggedRecord | undefined)[] = [];
  /** Of the last record, milliseconds since 1970. */
  lastTime = 0;
  readonly #streams = new Map<string, LoggedRecord[]>();
  readonly #archived = new Map<string, readonly LoggedRecord[]>();
  readonly #byId = new Map<string, LoggedRecord>();

  /** All records of a stream, by revision; of one that is closed the marker alone. */
  stream(name: string): readonly LoggedRecord[] {
    return this.#streams.get(name) ?? [];
  }

  archived(name: string): readonly LoggedRecord[] {
    return this.#archived.get(name) ?? [];
  }

  /** The last one of a stream; CLOSED when it is closed. */
  revision(name: string): Revision {
    return this.stream(name).at(-1)?.revision ?? count(0);
  }

  withId(id: string): LoggedRecord | undefined {
    return this.#byId.get(id);
  }

  push(record: LoggedRecord): void {
    this.records.push(record);
    this.lastTime = record.recordedAt.getTime();
    this.#byId.set(record.id, record);
    const stream = this.#streams.get(record.stream);
    if (stream === undefined) this.#streams.set(record.stream, [record]);
    else stream.push(record);
  }

  /** Takes a stream's records away, and puts the marker in their place. */
  close(marker: LoggedRecord): void {
    const { stream, type } = marker;
    const taken = this.#take(stream);
    if (type === ARCHIVED) this.#archived.set(stream, taken);
    else this.#archived.delete(stream);
    this.push(marker);
  }

  /** Puts an archived stream's records back in the place of its marker. @returns whether it was archived */
  restore(stream: string): boolean {
    const [marker] = this.stream(stream);
    if (marker?.revision !== CLOSED || marker.type !== ARCHIVED) return false;
    this.#take(stream);
    const records = this.archived(stream);
    for (const record of records) {
      this.records[record.offset] = record;
      this.#byId.set(record.id, record);
    }
    this.#streams.set(stream, [...records]);
    this.#archived.delete(stream);
    return true;
  }

  #take(stream: string): readonly LoggedRecord[] {
    const records = this.stream(stream);
    for (const { id, offset } of records) {
      this.records[offset] = undefined;
      this.#byId.delete(id);
    }
    this.#streams.delete(stream);
    return records;
  }
}

/** Whether a record is one that the reader wants. */
export const wanted = (record: LoggedRecord, filter: RecordFilter): boolean =>
  (filter.types === undefined || filter.types.includes(record.type)) &&
  (filter.category === undefined || categoryOf(record.stream) === filter.category) &&
  (filter.correlationId === undefined || record.correlationId === filter.correlationId) &&
  (filter.tenant === undefined || record.tenant === filter.tenant);
