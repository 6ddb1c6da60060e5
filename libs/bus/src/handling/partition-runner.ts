import type { OwnedPartition } from '../groups/group-store.js';
import type { Topic } from '../topics/topic.js';
import type { StoredRecord } from '../topics/topic-record.js';
import { PartitionBuffer } from './partition-buffer.js';

/** What one read of a partition may bring, as far as its last read tells: large records must not fill the memory. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Records to be handled. */
export interface RunnerBatch {
  readonly records: readonly StoredRecord[];
  /** Where the partition stands once all are done. */
  readonly upTo: number;
  /** Says that everything below an offset is done. */
  readonly done: (offset: number) => void;
}

/** What a runner asks of its surroundings. */
export interface RunnerSurroundings {
  readonly batchSize: number;
  /**
   * Handles records, and says how far they are done.
   * @returns false when a record stands in the way
   */
  readonly handle: (runner: PartitionRunner, batch: RunnerBatch) => Promise<boolean>;
  /** Tries parked records again. */
  readonly retryParked: (runner: PartitionRunner) => Promise<void>;
  /** Told that more is done, and not committed. */
  readonly onDone: (runner: PartitionRunner) => void;
  /** Told that there is room for more. */
  readonly onRoom: () => void;
  /** Told of what ended the runner by itself. */
  readonly onEnd: (runner: PartitionRunner, error: unknown) => void;
  readonly now: () => number;
}

/**
 * What a member does with one partition while it has it.
 *
 *             ┌────records────┐
 *             ▼               │
 *   waiting ──► handling ─────┴──► blocked (a record stands in the way) ──retry()──► waiting
 *      │            │
 *      └─drain()────┴──► drained (its cursor is committed, it may be released)
 *      lose() from any ──► lost (somebody else has it, or may have)
 */
export class PartitionRunner {
  readonly #buffer: PartitionBuffer;
  readonly #lost = new AbortController();
  #draining = false;
  #paused = false;
  #blocked = false;
  #handlingSince: number | undefined;
  #wake: (() => void) | undefined;
  #done: number;
  #seeks = 0;
  #isToRetryParked = false;
  /** Keys of which a record is parked, so that all that follows must be. */
  readonly parked: Set<string>;
  /** Where the group's cursor is known to be; null before the first commit. */
  committed: number | null;
  /** Resolves when nothing of it runs any more. */
  readonly finished: Promise<void>;

  /**
   * @param start the offset to go on from
   * @param after what must have ended before: an earlier runner of the same partition in this process
   */
  constructor(
    readonly owned: OwnedPartition,
    readonly topic: Topic,
    start: number,
    private readonly around: RunnerSurroundings,
    parked: Iterable<string>,
    after: Promise<void>,
  ) {
    this.parked = new Set(parked);
    this.#buffer = new PartitionBuffer(start);
    this.#done = start;
    this.committed = owned.offset;
    this.finished = after.then(() => this.#run());
  }

  /** `topic/partition`, for messages. */
  get title(): string {
    return `${this.topic.name}/${this.owned.partition}`;
  }

  /** `topic/partition@offset`, for messages. */
  placeOf(record: Pick<StoredRecord, 'offset'> | undefined): string {
    return `${this.title}@${record?.offset ?? this.#done}`;
  }

  /** Aborts when the partition is lost. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** The offset up to which records are handled. */
  get done(): number {
    return this.#done;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Whether a record stands in the way. */
  get isBlocked(): boolean {
    return this.#blocked;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  /** For how many milliseconds one call of the handler has been going on; 0 when none is. */
  get handlingForMs(): number {
    return this.#handlingSince === undefined ? 0 : this.around.now() - this.#handlingSince;
  }

  /** What to read next; undefined while there is no room, or nothing is wanted. */
  get wanted(): { readonly partition: number; readonly offset: number; readonly limit: number } | undefined {
    const { batchSize } = this.around;
    const room = batchSize * 2 - this.#buffer.size;
    if (this.#paused || this.#blocked || this.#draining || this.signal.aborted || room < batchSize) return undefined;
    const limit = Math.min(room, this.#buffer.countOf(MOST_BYTES));
    return { partition: this.owned.partition, offset: this.#buffer.readTo, limit };
  }

  /** @param from the offset that was read from */
  add(records: readonly StoredRecord[], scannedTo: number, from: number): void {
    this.#buffer.add({ partition: this.owned.partition, records, scannedTo, outOfRange: false }, from);
    this.#wakeUp();
  }

  /** Goes on from another offset; what is being handled just now is still finished. */
  seek(offset: number): void {
    this.#buffer.seek(offset);
    this.#done = offset;
    this.#seeks += 1;
    this.#blocked = false;
    this.around.onDone(this);
    this.#wakeUp();
    this.around.onRoom();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wakeUp();
    this.around.onRoom();
  }

  /** Tries the record that stands in the way again. */
  retry(): void {
    if (this.#blocked) this.seek(this.#done);
  }

  /** Has parked records tried again, after the records in hand. */
  retryParked(): void {
    this.#isToRetryParked = true;
    this.#wakeUp();
  }

  /** Ends after the records in hand; resolves when they are done. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#wakeUp();
    await this.finished;
  }

  /** Ends at once: what the handler still does counts for nothing. */
  lose(): void {
    this.#lost.abort();
    this.#wakeUp();
  }

  async #run(): Promise<void> {
    for (;;) {
      if (this.#draining || this.signal.aborted) return;
      if (this.#isToRetryParked) {
        this.#isToRetryParked = false;
        await this.around.retryParked(this).catch((error: unknown) => this.around.onEnd(this, error));
        continue;
      }
      if (this.#paused || this.#blocked || (this.#buffer.size === 0 && this.#buffer.readTo === this.#done)) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const { records, upTo } = this.#buffer.take(this.around.batchSize);
      this.around.onRoom();
      this.#handlingSince = this.around.now();
      try {
        const seeks = this.#seeks;
        const done = (offset: number): void => this.#reached(offset, seeks);
        const handled = await this.around.handle(this, { records, upTo, done });
        if (seeks === this.#seeks) this.#blocked = !handled;
      } catch (error) {
        this.around.onEnd(this, error);
        return;
      } finally {
        this.#handlingSince = undefined;
      }
    }
  }

  /** A seek while the handler ran decides where to go on. */
  #reached(offset: number, seeks: number): void {
    if (seeks !== this.#seeks) return;
    this.#done = offset;
    this.around.onDone(this);
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
