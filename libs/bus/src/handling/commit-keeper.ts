import type { GroupStore, Membership } from '../groups/group-store.js';
import type { PartitionRunner } from './partition-runner.js';

/** Commits what runners have done, all of them together and not more often than asked for. */
export class CommitKeeper {
  readonly #dirty = new Set<PartitionRunner>();
  #isScheduled = false;
  #flushing: Promise<void> = Promise.resolve();

  /**
   * @param member who the subscription is in its group just now
   * @param onStale told of partitions that are somebody else's by now
   */
  constructor(
    private readonly groups: GroupStore,
    private readonly member: () => Membership,
    private readonly intervalMs: number,
    private readonly onStale: (runner: PartitionRunner) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Has the cursor of a runner moved to what it has done. */
  mark(runner: PartitionRunner): void {
    this.#dirty.add(runner);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      // May be lost with the database: then the records come again.
      void this.flush(false).catch((error: unknown) => {
        this.onError(error);
        for (const left of this.#dirty) this.mark(left);
      });
    }, this.intervalMs);
  }

  /** Commits at once; one flush after the other. @throws what the database throws; then all of it stays marked */
  flush(durable: boolean): Promise<void> {
    this.#flushing = this.#flushing.catch(() => undefined).then(() => this.#flush(durable));
    return this.#flushing;
  }

  forget(runner: PartitionRunner): void {
    this.#dirty.delete(runner);
  }

  async #flush(durable: boolean): Promise<void> {
    const runners = [...this.#dirty].filter((runner) => runner.done !== runner.committed && !runner.signal.aborted);
    const offsets = runners.map((runner) => runner.done);
    this.#dirty.clear();
    if (runners.length === 0) return;
    const moves = runners.map(({ owned: { topicId, partition, generation } }, index) => {
      return { topicId, partition, generation, offset: offsets[index] ?? 0 };
    });
    let stale;
    try {
      stale = await this.groups.commit(this.member(), moves, durable);
    } catch (error) {
      for (const runner of runners) this.#dirty.add(runner);
      throw error;
    }
    const lost = new Set(stale.map(({ topicId, partition }) => `${topicId} ${partition}`));
    for (const [index, runner] of runners.entries()) {
      if (lost.has(`${runner.owned.topicId} ${runner.owned.partition}`)) this.onStale(runner);
      else runner.committed = offsets[index] ?? runner.committed;
    }
  }
}
