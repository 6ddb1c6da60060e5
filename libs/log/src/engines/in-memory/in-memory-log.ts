import { newId } from '@annals/message';
import type { Checkpoint } from '../../checkpoint.js';
import { checkCheckpoint } from '../../checkpoint.js';
import { Log } from '../../log.js';
import type {
  LogBatch,
  PartitionRecords,
  PartitionToRead,
  ReadOptions,
  RecordFilter,
  RevisionRange,
} from '../../log.js';
import type { CloseOutcome, Closing, RestoreOutcome } from '../../closing.js';
import { CLOSED, TOMBSTONED } from '../../closing.js';
import type { LoggedRecord, LogRecord, RecordData } from '../../log-record.js';
import { LogUnavailable } from '../../log-unavailable.js';
import { partitionFor } from '../../partition-for.js';
import type { AppendOutcome, StreamAppend } from '../../stream-append.js';
import type { WakesReaders } from '../../wakes-readers.js';
import { decideAppend, logged, writeAppend } from './decide-append.js';
import type { Places } from './decide-append.js';
import { mergePartitions } from './merge-partitions.js';
import type { PartitionRead } from './merge-partitions.js';
import { PartitionStore, wanted } from './partition-store.js';

/** How an InMemoryLog is made. */
export interface InMemoryLogOptions {
  /** @default 16 */
  readonly partitions?: number;
  /** Milliseconds since 1970: what records are stamped with. @default Date.now */
  readonly now?: () => number;
}

/**
 * A log in the memory of this process: the same promises as on Postgres but for what a restart leaves behind, which is
 * nothing. An append decides and writes without a pause, so appends never mix.
 */
export class InMemoryLog extends Log implements WakesReaders {
  readonly partitions: number;
  readonly #stores: readonly PartitionStore[];
  readonly #places: Places;
  readonly #now: () => number;
  readonly #incarnation = newId();
  readonly #wakes = new Set<() => void>();
  #position = 0;
  #waking = false;
  #stopped = false;

  /** @throws RangeError when `partitions` is not a whole number from 1 on */
  constructor({ partitions = 16, now = Date.now }: InMemoryLogOptions = {}) {
    super();
    if (!Number.isInteger(partitions) || partitions < 1)
      throw new RangeError(`A log needs 1 partition or more, not ${partitions}`);
    this.partitions = partitions;
    this.#now = now;
    const stores = Array.from({ length: partitions }, () => new PartitionStore());
    this.#stores = stores;
    this.#places = {
      partitionOf: (stream) => partitionFor(stream, partitions),
      store: (partition) => stores[partition] as PartitionStore,
    };
  }

  override async append(appends: readonly StreamAppend[]): Promise<AppendOutcome> {
    if (this.#stopped) throw new LogUnavailable('The log has been stopped: append before stop()');
    const decided = decideAppend(appends, this.#places);
    if (decided !== undefined) return decided;
    const before = this.#position;
    const appended = appends.map((append) => writeAppend(append, this.#places, () => (this.#position += 1), this.#now));
    if (this.#position > before) this.#wakeSoon();
    return { outcome: 'appended', appended };
  }

  override async readStream(
    stream: string,
    { from = 1, to = Infinity }: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]> {
    const store = this.#places.store(this.#places.partitionOf(stream));
    return inRange(store.stream(stream), { from, to }, limit, direction);
  }

  override async readArchived(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]> {
    const store = this.#places.store(this.#places.partitionOf(stream));
    return inRange(store.archived(stream), range, limit, direction);
  }

  override async closeStream(stream: string, marker: LogRecord & { readonly type: Closing }): Promise<CloseOutcome> {
    const partition = this.#places.partitionOf(stream);
    const store = this.#places.store(partition);
    const last = store.stream(stream).at(-1);
    if (last === undefined) return 'no-stream';
    if (last.revision === CLOSED && last.type === marker.type) return 'closed-already';
    if (last.revision === CLOSED && last.type === TOMBSTONED) return 'tombstoned';
    const record = logged(marker, stream, partition, store, (this.#position += 1), this.#now(), CLOSED);
    store.close(record);
    this.#wakeSoon();
    return 'closed';
  }

  override async restoreStream(stream: string): Promise<RestoreOutcome> {
    const restored = this.#places.store(this.#places.partitionOf(stream)).restore(stream);
    return restored ? 'restored' : 'not-archived';
  }

  override readData(stream: string, range: RevisionRange, limit: number): Promise<readonly RecordData[]> {
    return this.readStream(stream, range, limit, 'forwards');
  }

  override async readForwards(from: Checkpoint, options: ReadOptions): Promise<LogBatch> {
    checkCheckpoint(from, this.partitions);
    const reads = this.#stores.map(({ records }, partition) => {
      const start = from[partition] ?? 0;
      // A checkpoint ahead of the head stays where it is: going back would hand out twice.
      return scan(records, start, 1, options.limit, options.filter, Math.max(start, records.length));
    });
    return mergePartitions(reads, options.limit, 'forwards');
  }

  override async readPartitions(
    wanted: readonly PartitionToRead[],
    filter?: RecordFilter,
  ): Promise<readonly PartitionRecords[]> {
    return wanted.map(({ partition, offset, limit }) => {
      const { records } = this.#places.store(partition);
      const read = scan(records, offset, 1, limit, filter, Math.max(offset, records.length));
      return { partition, records: read.records, scannedTo: read.goOnAt };
    });
  }

  override async readBackwards(from: Checkpoint, options: ReadOptions): Promise<LogBatch> {
    checkCheckpoint(from, this.partitions);
    const reads = this.#stores.map(({ records }, partition) =>
      scan(records, Math.min(from[partition] ?? 0, records.length) - 1, -1, options.limit, options.filter, 0),
    );
    return mergePartitions(reads, options.limit, 'backwards');
  }

  override async head(): Promise<Checkpoint> {
    return this.#stores.map((store) => store.records.length);
  }

  override async incarnation(): Promise<string> {
    return this.#incarnation;
  }

  onAppend(wake: () => void): () => void {
    // A function of its own, so that one given twice is called twice and each is stopped by itself.
    const listener = (): void => {
      wake();
    };
    this.#wakes.add(listener);
    return () => {
      this.#wakes.delete(listener);
    };
  }

  override async stop(): Promise<void> {
    this.#stopped = true;
    this.#wakes.clear();
  }

  #wakeSoon(): void {
    if (this.#waking || this.#wakes.size === 0) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      for (const wake of [...this.#wakes]) wake();
    });
  }
}

/** The part of a stream's records, which stand by revision without gaps but for a marker. */
function inRange(
  records: readonly LoggedRecord[],
  { from = 1, to = Infinity }: RevisionRange,
  limit: number,
  direction: 'forwards' | 'backwards',
): readonly LoggedRecord[] {
  if (records[0]?.revision === CLOSED) return to >= CLOSED ? records.slice(0, limit) : [];
  const first = Math.max(from, 1) - 1;
  const end = Math.min(to, records.length);
  if (direction === 'forwards') return records.slice(first, Math.max(first, Math.min(end, first + limit)));
  return records.slice(Math.max(first, end - limit), Math.max(first, end)).reverse();
}

/** Reads up to `share` wanted records, one after another from index `start` on by `step`. */
function scan(
  records: readonly (LoggedRecord | undefined)[],
  start: number,
  step: 1 | -1,
  share: number,
  filter: RecordFilter | undefined,
  end: number,
): PartitionRead {
  const found: LoggedRecord[] = [];
  let at = start;
  for (; at >= 0 && at < records.length; at += step) {
    const record = records[at];
    if (record === undefined) continue;
    if (filter !== undefined && !wanted(record, filter)) continue;
    if (found.length === share) return { records: found, goOnAt: step === 1 ? at : at + 1, cutShort: true };
    found.push(record);
  }
  return { records: found, goOnAt: end, cutShort: false };
}
