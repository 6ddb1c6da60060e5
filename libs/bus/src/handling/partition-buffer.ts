import type { FetchedPartition } from '../topics/topic-store.js';
import type { StoredRecord } from '../topics/topic-record.js';

/** What a record is taken for before any was seen. */
const ASSUMED_BYTES = 8 * 1024;

/** What was read of one partition and is not handled yet. */
export class PartitionBuffer {
  #records: StoredRecord[] = [];
  #meanBytes = ASSUMED_BYTES;
  #scannedTo: number;

  /** @param from the offset to go on from */
  constructor(from: number) {
    this.#scannedTo = from;
  }

  /** The offset to read on from. */
  get readTo(): number {
    return this.#scannedTo;
  }

  get size(): number {
    return this.#records.length;
  }

  /** How many records are likely to have so many bytes; 1 at least. */
  countOf(bytes: number): number {
    return Math.max(1, Math.floor(bytes / this.#meanBytes));
  }

  /** Adds what was read from `readTo` on; what was read from elsewhere, as before a seek, is dropped. */
  add({ records, scannedTo }: FetchedPartition, from: number): void {
    if (from !== this.#scannedTo) return;
    if (records.length > 0) {
      const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0) + 1, 0);
      this.#meanBytes = bytes / records.length;
    }
    this.#records = this.#records.length === 0 ? [...records] : this.#records.concat(records);
    this.#scannedTo = scannedTo;
  }

  /** Takes up to so many records, and where the cursor is once they are done. */
  take(most: number): { readonly records: readonly StoredRecord[]; readonly upTo: number } {
    const records = this.#records.slice(0, most);
    this.#records = this.#records.slice(most);
    const last = records.at(-1);
    return { records, upTo: this.#records.length > 0 && last !== undefined ? last.offset + 1 : this.#scannedTo };
  }

  /** Forgets what was read, and goes on from another offset. */
  seek(offset: number): void {
    this.#records = [];
    this.#scannedTo = offset;
  }
}
