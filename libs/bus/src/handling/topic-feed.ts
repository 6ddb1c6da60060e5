import type { Topic } from '../topics/topic.js';
import type { FetchedPartition, TopicFilter, TopicStore } from '../topics/topic-store.js';
import { WakeableNap } from '../topics/wakeable-nap.js';
import type { PartitionRunner } from './partition-runner.js';

/** How a feed reads. */
export interface FeedOptions {
  readonly filter: TopicFilter;
  readonly pollMs: number;
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds before the next read after `failures` that failed. */
  readonly backoff: (failures: number) => number;
  readonly onError: (error: unknown) => void;
  /** Told of a partition whose offset is gone. */
  readonly onOutOfRange: (runner: PartitionRunner) => Promise<void>;
}

/** Records at which it pays to let more come together, and milliseconds for that. */
const GATHER_FROM = 16;
const GATHER_MS = 3;
const NOTHING = { moved: 0, records: 0, isBehind: false };

/** Reads one topic for the runners of this member: all that have room, in one statement, and waits when there is nothing. */
export class TopicFeed {
  /** With how to stop its wake-ups. */
  readonly #runners = new Map<PartitionRunner, () => void>();
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  readonly #nap = new WakeableNap();

  constructor(
    private readonly topic: Topic,
    private readonly store: TopicStore,
    private readonly options: FeedOptions,
  ) {
    this.#running = this.#run();
  }

  get size(): number {
    return this.#runners.size;
  }

  add(runner: PartitionRunner): void {
    const stopWaking = this.store.onRecords(this.topic, runner.owned.partition, () => this.wake());
    this.#runners.set(runner, stopWaking);
    this.wake();
  }

  remove(runner: PartitionRunner): void {
    this.#runners.get(runner)?.();
    this.#runners.delete(runner);
  }

  /** Says that there may be something to read, or room for it. */
  wake(): void {
    this.#nap.wake();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.wake();
    await this.#running;
    for (const runner of [...this.#runners.keys()]) this.remove(runner);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped.signal.aborted) {
      this.#nap.listen();
      try {
        const { moved, records, isBehind } = await this.#read();
        failures = 0;
        // Under load what comes in a moment shares the next read; a reader that is behind, or has little to do, goes on.
        if (!isBehind && records >= GATHER_FROM) await this.options.delay(GATHER_MS, this.#stopped.signal);
        else if (moved === 0) await this.#nap.sleep(this.options.pollMs);
      } catch (error) {
        failures += 1;
        this.options.onError(error);
        await this.options.delay(this.options.backoff(failures), this.#stopped.signal);
      }
    }
  }

  /** @returns how many partitions moved on, how many records there were, and whether there are more for certain */
  async #read(): Promise<{ readonly moved: number; readonly records: number; readonly isBehind: boolean }> {
    const asked = [...this.#runners.keys()].flatMap((runner) => {
      const { wanted } = runner;
      return wanted === undefined ? [] : [{ runner, wanted }];
    });
    if (asked.length === 0) return NOTHING;
    const fetched = await this.store.fetch(
      this.topic,
      asked.map(({ wanted }) => wanted),
      this.options.filter,
    );
    const byPartition = new Map<number, FetchedPartition>(fetched.map((one) => [one.partition, one]));
    let moved = 0;
    let records = 0;
    let isBehind = false;
    for (const { runner, wanted } of asked) {
      const got = byPartition.get(wanted.partition);
      if (got === undefined) continue;
      if (got.outOfRange) {
        await this.options.onOutOfRange(runner);
        moved += 1;
      } else if (got.scannedTo > wanted.offset) {
        runner.add(got.records, got.scannedTo, wanted.offset);
        moved += 1;
        records += got.records.length;
        isBehind ||= got.records.length >= wanted.limit;
      }
    }
    return { moved, records, isBehind };
  }
}
