import { backoffMs, hasCode } from '@annals/message';
import type { GroupStore, OwnedPartition } from '../groups/group-store.js';
import { MembershipKeeper } from '../groups/membership-keeper.js';
import { InvalidOffset } from '../groups/invalid-offset.js';
import { NoOffset } from '../groups/no-offset.js';
import type { Topic } from '../topics/topic.js';
import type { TopicDirectory } from '../topics/topic-directory.js';
import type { TopicStore } from '../topics/topic-store.js';
import { CommitKeeper } from './commit-keeper.js';
import { assignedOf } from './assigned-partition.js';
import type { AssignedPartition } from './assigned-partition.js';
import type { Deliverer } from './deliverer.js';
import { PartitionRunner } from './partition-runner.js';
import type { ResolvedSubscribeOptions } from './subscribe-options.js';
import { TopicFeeds } from './topic-feeds.js';

/** What a subscription works with. */
export interface SubscriptionParts {
  readonly topics: TopicStore;
  readonly groups: GroupStore;
  readonly directory: TopicDirectory;
  readonly deliverer: (member: MembershipKeeper) => Deliverer;
  readonly onStopped: (subscription: Subscription) => void;
}

/** Milliseconds to wait before what failed for no fault of a record is tried again. */
const PATIENCE = { baseMs: 100, maxMs: 5_000 };

/** A member of a group, in this process: the partitions it is dealt are read, handled and committed. */
export class Subscription {
  readonly #keeper: MembershipKeeper;
  readonly #deliverer: Deliverer;
  readonly #commits: CommitKeeper;
  readonly #runners = new Map<string, PartitionRunner>();
  readonly #feeds: TopicFeeds;
  /** When the last runner of a partition in this process is over. */
  readonly #over = new Map<string, Promise<void>>();
  /** Partitions that are being taken, or rest after a failure. */
  readonly #resting = new Set<string>();
  #released: OwnedPartition[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #stopping = new AbortController();
  #failures = 0;
  #fenced: unknown;
  #stopped: Promise<void> | undefined;

  constructor(
    readonly options: ResolvedSubscribeOptions,
    private readonly parts: SubscriptionParts,
  ) {
    this.#keeper = new MembershipKeeper(parts.groups, options, {
      onAnswer: (owned) => this.#answered(owned),
      onLost: () => this.#loseAll(),
      takeReleased: () => this.#released.splice(0),
      handlingForMs: () => Math.max(0, ...[...this.#runners.values()].map((runner) => runner.handlingForMs)),
      idle: async () => {
        await Promise.all(this.#over.values());
      },
      onFenced: (error) => {
        this.#fenced = error;
        this.#report(error);
        this.#changed();
      },
      onError: (error) => this.#report(error),
    });
    this.#deliverer = parts.deliverer(this.#keeper);
    this.#commits = new CommitKeeper(
      parts.groups,
      () => this.#keeper.member,
      options.commitIntervalMs,
      (runner) => this.#lose(runner),
      (error) => this.#report(error),
    );
    const { filter, pollMs, delay, random } = options;
    const backoff = (failures: number): number => backoffMs(failures, PATIENCE, random);
    const onOutOfRange = async (runner: PartitionRunner): Promise<void> =>
      runner.seek(await this.#startOf(runner.topic, runner.owned.partition));
    this.#feeds = new TopicFeeds(parts.topics, { filter, pollMs, delay, backoff, onOutOfRange }, (error, topic) => {
      this.#report(error, topic.name);
      // Deleted: what is assigned goes with the next beat.
      if (hasCode(error, 'BUS_UNKNOWN_TOPIC')) this.#keeper.beatSoon();
    });
    this.#keeper.start();
  }

  /** What this member has just now, by topic and partition. */
  get assignment(): readonly AssignedPartition[] {
    const all = [...this.#runners.values()].map(assignedOf);
    return all.sort((one, other) =>
      one.topic === other.topic ? one.partition - other.partition : one.topic < other.topic ? -1 : 1,
    );
  }

  /** Why the subscription has ended by itself, as when another process has its instance id; undefined while it has not. */
  get failure(): unknown {
    return this.#fenced;
  }

  /** Stops handing over records of a partition, or of all that are assigned now. It stays assigned; a new assignment is not paused. */
  pause(topic?: string, partition?: number): void {
    for (const runner of this.#chosen(topic, partition)) runner.pause();
  }

  /** Goes on after `pause`. */
  resume(topic?: string, partition?: number): void {
    for (const runner of this.#chosen(topic, partition)) runner.resume();
  }

  /** Tries records again that stand in the way of partitions. */
  retry(topic?: string, partition?: number): void {
    for (const runner of this.#chosen(topic, partition)) runner.retry();
  }

  /**
   * Goes on from another offset, which is committed, too, unless commits are manual. Only for a partition that is assigned.
   * @throws InvalidOffset (`BUS_INVALID_OFFSET`) when it is not assigned, or the offset lies beyond its end: it goes on as before
   */
  async seek(topic: string, partition: number, offset: number): Promise<void> {
    const { group } = this.options;
    const [runner] = this.#chosen(topic, partition);
    if (runner === undefined) throw new InvalidOffset(group, [`${topic}/${partition} is not assigned to this member`]);
    const range = (await this.parts.topics.ranges(runner.topic))[partition];
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > (range?.end ?? 0)) {
      throw new InvalidOffset(group, [
        `${runner.title} goes from ${range?.start ?? 0} to ${range?.end ?? 0}, not to ${offset}`,
      ]);
    }
    runner.seek(offset);
  }

  /** Commits at once what is handled, and waits for it to be on disk. */
  commit(): Promise<void> {
    return this.#commits.flush(true);
  }

  /** Calls `watch` after each change of the assignment, until the returned function is called. */
  onChange(watch: () => void): () => void {
    this.#watchers.add(watch);
    return () => void this.#watchers.delete(watch);
  }

  /**
   * Hands over no more records, waits for those in hand, commits, and leaves the group. May be called twice.
   * @param graceMs how long handlers may go on; then their signal aborts, and what they do counts for nothing
   */
  stop(graceMs = 30_000): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    const drained = Promise.all([...this.#runners.values()].map((runner) => runner.drain()));
    await this.#feeds.stop();
    const late = this.options.delay(graceMs, this.#stopping.signal).then(() => {
      for (const runner of this.#runners.values()) runner.lose();
    });
    await Promise.race([drained, late]);
    this.#stopping.abort();
    await this.#commits.flush(true).catch((error: unknown) => this.#report(error));
    await this.#keeper.stop();
    if (this.#fenced === undefined) await this.#keeper.leave();
    this.#runners.clear();
    this.#changed();
    this.parts.onStopped(this);
  }

  #answered(owned: readonly OwnedPartition[]): void {
    if (this.#stopped !== undefined) return;
    const kept = new Set<string>();
    for (const one of owned) {
      const name = nameOf(one);
      const runner = this.#runners.get(name);
      if (runner?.owned.generation === one.generation) {
        kept.add(name);
        if (one.revoked) this.#revoke(name, runner);
        else if (one.resumed) runner.retryParked();
      } else if (one.revoked) this.#release(one);
      else if (!this.#resting.has(name)) {
        if (runner !== undefined) this.#lose(runner);
        kept.add(name);
        this.#resting.add(name);
        void this.#take(name, one).finally(() => this.#resting.delete(name));
      }
    }
    for (const [name, runner] of this.#runners) if (!kept.has(name)) this.#lose(runner);
  }

  /** Begins with a partition that was dealt to this member. */
  async #take(name: string, owned: OwnedPartition): Promise<void> {
    try {
      const { directory } = this.parts;
      const topic = directory.known(owned.topic) ?? (await directory.get(owned.topic));
      const start = owned.offset ?? (await this.#startOf(topic, owned.partition));
      const { options } = this;
      const around = {
        batchSize: options.batchSize,
        now: options.now,
        handle: this.#deliverer.handle.bind(this.#deliverer),
        retryParked: this.#deliverer.retryParked.bind(this.#deliverer),
        onDone: (runner: PartitionRunner) => {
          this.#failures = 0;
          if (options.commit === 'auto' && runner.done !== runner.committed) this.#commits.mark(runner);
        },
        onRoom: () => this.#feeds.wake(topic),
        onEnd: (runner: PartitionRunner, error: unknown) => this.#ended(runner, error),
      };
      const parked = await this.parts.groups.parkedKeys(this.options.group, owned);
      if (this.#stopped !== undefined) return;
      const before = this.#over.get(name) ?? Promise.resolve();
      const runner = new PartitionRunner(owned, topic, start, around, parked, before);
      this.#over.set(name, runner.finished);
      this.#runners.set(name, runner);
      if (owned.offset === null && this.options.offsetReset === 'latest') {
        // Else what is sent before the first commit would be passed over by the next owner.
        await this.parts.groups.commit(this.#keeper.member, [{ ...owned, offset: start }], true);
        runner.committed = start;
      }
      this.#feeds.add(runner);
      this.#changed();
    } catch (error) {
      this.#report(error, `${owned.topic}/${owned.partition}`);
      await this.#patience();
      this.#keeper.beatSoon();
    }
  }

  /** Where a group begins that has no offset, or one that is gone. @throws NoOffset (`BUS_NO_OFFSET`) */
  async #startOf(topic: Topic, partition: number): Promise<number> {
    if (this.options.offsetReset === 'none') throw new NoOffset(this.options.group, `${topic.name}/${partition}`);
    const range = (await this.parts.topics.ranges(topic))[partition];
    return (this.options.offsetReset === 'earliest' ? range?.start : range?.end) ?? 0;
  }

  #revoke(name: string, runner: PartitionRunner): void {
    if (runner.isDraining) return;
    void runner.drain().then(async () => {
      await this.#commits.flush(true).catch((error: unknown) => this.#report(error));
      if (this.#runners.get(name) !== runner) return;
      this.#drop(name, runner);
      this.#release(runner.owned);
    });
  }

  #release(owned: OwnedPartition): void {
    this.#released.push(owned);
    this.#keeper.beatSoon();
  }

  /** A runner that met what no record is to blame for: it begins anew where the group stands. */
  #ended(runner: PartitionRunner, error: unknown): void {
    const name = nameOf(runner.owned);
    if (this.#runners.get(name) !== runner) return;
    if (!runner.signal.aborted) this.#report(error, runner.title);
    this.#resting.add(name);
    this.#lose(runner);
    void this.#patience().then(() => {
      this.#resting.delete(name);
      this.#keeper.beatSoon();
    });
  }

  async #patience(): Promise<void> {
    this.#failures += 1;
    await this.options.delay(backoffMs(this.#failures, PATIENCE, this.options.random), this.#stopping.signal);
  }

  #loseAll(): void {
    for (const runner of this.#runners.values()) this.#lose(runner);
    this.#released = [];
  }

  #lose(runner: PartitionRunner): void {
    const name = nameOf(runner.owned);
    runner.lose();
    this.#commits.forget(runner);
    if (this.#runners.get(name) === runner) this.#drop(name, runner);
    this.#keeper.beatSoon();
  }

  #drop(name: string, runner: PartitionRunner): void {
    this.#runners.delete(name);
    this.#feeds.remove(runner);
    this.#changed();
  }

  #chosen(topic?: string, partition?: number): readonly PartitionRunner[] {
    return [...this.#runners.values()].filter(
      (runner) =>
        (topic === undefined || runner.topic.name === topic) &&
        (partition === undefined || runner.owned.partition === partition),
    );
  }

  #report(error: unknown, where = this.options.group): void {
    this.options.onError(error, where);
  }

  #changed(): void {
    for (const watch of this.#watchers) watch();
  }
}

const nameOf = ({ topicId, partition }: OwnedPartition): string => `${topicId} ${partition}`;
