import type { InMemoryTransaction } from '@annals/log';
import type { Queue, QueueState } from '../../queues/queue.js';
import type { StoredMessage } from '../../queues/queue-message.js';
import { QueueStore } from '../../queues/queue-store.js';
import type {
  Claimant,
  EnqueueAttempt,
  EnqueueResult,
  Routed,
  Settlement,
  Step,
  Swept,
} from '../../queues/queue-store.js';
import { mayClaim } from './in-memory-queue-state.js';
import type { Entry, HeldQueue, InMemoryQueueState } from './in-memory-queue-state.js';
import { InMemoryIntake } from './in-memory-intake.js';
import { stateOfHeld } from './in-memory-topology-store.js';

/** The messages of queues in memory: gone when the process ends. */
export class InMemoryQueueStore extends QueueStore {
  readonly #intake: InMemoryIntake;
  #sequence = 0;

  /** @param delayedDue whether delayed messages are due */
  constructor(
    private readonly state: InMemoryQueueState,
    private readonly delayedDue: () => boolean,
  ) {
    super();
    this.#intake = new InMemoryIntake(state);
  }

  override nextSequence(): number {
    return (this.#sequence += 1);
  }

  override async findRepeated(): Promise<ReadonlySet<number>> {
    return new Set();
  }

  override async enqueue(
    messages: readonly Routed[],
    { version }: EnqueueAttempt,
  ): Promise<readonly EnqueueResult[] | 'stale'> {
    return this.enqueueNow(messages, version);
  }

  override async enqueueWithin(
    transaction: unknown,
    messages: readonly Routed[],
    version: number,
  ): Promise<readonly EnqueueResult[] | 'stale'> {
    if (version !== this.state.version) return 'stale';
    const { results, taken } = this.#intake.admit(messages);
    (transaction as InMemoryTransaction).atCommit(() => this.#intake.store(taken));
    return results;
  }

  /** As `enqueue`, within the turn that calls it. */
  enqueueNow(messages: readonly Routed[], version: number): readonly EnqueueResult[] | 'stale' {
    if (version !== this.state.version) return 'stale';
    const { results, taken } = this.#intake.admit(messages);
    this.#intake.store(taken);
    return results;
  }

  override kindOf(): 'statement' {
    return 'statement';
  }

  override announce(queues: Iterable<Queue>): void {
    for (const queue of queues) {
      const held = this.state.held(queue);
      if (held !== undefined) this.state.wake(held);
    }
  }

  override onMessages(queue: Queue, wake: () => void): () => void {
    const own = (): void => wake();
    const held = this.state.held(queue);
    held?.wakes.add(own);
    return () => void held?.wakes.delete(own);
  }

  override async step(claimant: Claimant, settlements: readonly Settlement[], want: number): Promise<Step> {
    const settled = settlements.map((settlement) => this.settleNow(claimant.session, settlement));
    const now = this.state.now();
    const nothing = { settled, messages: [], now };
    if (want <= 0) return nothing;
    const held = this.state.held(claimant.queue);
    if (held === undefined) return { ...nothing, ended: 'queue' };
    if (!this.state.lives(claimant.session)) return { ...nothing, ended: 'session' };
    if (!mayClaim(held, claimant.consumer)) return nothing;
    return {
      ...nothing,
      messages: this.#claim(
        held,
        claimant,
        want,
        (entry) => this.state.isReady(entry) && !this.state.isBehind(entry, held),
      ),
    };
  }

  override async settleWithin(transaction: unknown, session: string, settlement: Settlement): Promise<boolean> {
    if (!this.#isHeld(session, settlement)) return false;
    (transaction as InMemoryTransaction).atCommit(() => this.settleNow(session, settlement));
    return true;
  }

  /** As `settleWithin`, within the turn that calls it. */
  settleNow(session: string, { lane, seq, back }: Settlement): boolean {
    for (const held of this.state.queues.values()) {
      const entries = held.entries.get(lane);
      const entry = entries?.get(seq);
      if (entries === undefined || entry === undefined) continue;
      if (entry.holder?.session !== session) return false;
      if (back === undefined) entries.delete(seq);
      else {
        entry.holder = undefined;
        entry.attempts = back.attempts;
        entry.dueAt = this.state.now() + back.delayMs;
        entry.behind = back.delayMs > 0 ? (held.nextSeq.get(lane) ?? 0) - 1 : -1;
        if (back.delayMs === 0) this.state.wake(held);
      }
      // Whoever comes after in the order of consumers may have something to do now.
      if (held.consumers.size > 1) this.state.wake(held);
      return true;
    }
    return false;
  }

  override async move(
    session: string,
    settlements: readonly Settlement[],
    messages: readonly Routed[],
    version: number,
  ): Promise<'moved' | 'lost' | 'stale'> {
    if (messages.length > 0 && version !== this.state.version) return 'stale';
    if (!settlements.every((settlement) => this.#isHeld(session, settlement))) return 'lost';
    for (const settlement of settlements) this.settleNow(session, settlement);
    this.enqueueNow(messages, this.state.version);
    return 'moved';
  }

  #isHeld(session: string, { lane, seq }: Settlement): boolean {
    return [...this.state.queues.values()].some(
      ({ entries }) => entries.get(lane)?.get(seq)?.holder?.session === session,
    );
  }

  override async takeExpired(session: string, queue: Queue, most: number): Promise<readonly StoredMessage[]> {
    const held = this.state.held(queue);
    if (held === undefined) return [];
    const now = this.state.now();
    const expired: Entry[] = [];
    for (const entries of held.entries.values()) {
      for (const entry of entries.values()) {
        if (entry.holder !== undefined) continue;
        const isOver = entry.expiresAt !== null && entry.expiresAt <= now;
        // Only the next in line can expire, as in RabbitMQ's queues; of what was given back any.
        if (isOver) expired.push(entry);
        else if (entry.attempts === 0) break;
      }
    }
    const taken = new Set(expired.slice(0, most));
    return this.#claim(held, { session, consumer: 0, settled: false }, most, (entry) => taken.has(entry));
  }

  override async takeOverflow(session: string, queue: Queue, most: number): Promise<readonly StoredMessage[]> {
    const held = this.state.held(queue);
    if (held === undefined) return [];
    const { maxLength, maxBytes, dropFirst } = queue.config;
    const { ready, readyBytes } = stateOfHeld(this.state, held);
    let over = maxLength === null ? 0 : ready - maxLength;
    let overBytes = maxBytes === null ? 0 : readyBytes - maxBytes;
    const dropped = new Set<Entry>();
    for (const entry of this.state.entriesOf(held, dropFirst === 'lowest')) {
      if (dropped.size >= most || (over <= 0 && overBytes <= 0)) break;
      if (!this.state.isReady(entry)) continue;
      dropped.add(entry);
      over -= 1;
      overBytes -= entry.bytes;
    }
    return this.#claim(held, { session, consumer: 0, settled: false }, most, (entry) => dropped.has(entry));
  }

  override async peek(queue: Queue, most: number): Promise<readonly StoredMessage[]> {
    const held = this.state.held(queue);
    const free = held === undefined ? [] : [...this.state.entriesOf(held)].filter(({ holder }) => holder === undefined);
    return free
      .slice(0, most)
      .map((entry) => ({ ...entry, first: -1, attempt: entry.attempts + 1, redelivered: entry.attempts > 0 }));
  }

  override async purge(queue: Queue): Promise<number> {
    const held = this.state.held(queue);
    let purged = 0;
    for (const entries of held?.entries.values() ?? []) {
      for (const [seq, { holder }] of entries) {
        if (holder !== undefined) continue;
        entries.delete(seq);
        purged += 1;
      }
    }
    return purged;
  }

  override async noteExpiry(queues: readonly Queue[]): Promise<void> {
    for (const queue of queues) {
      const held = this.state.held(queue);
      if (held !== undefined) held.queue = { ...held.queue, expires: true };
    }
  }

  override async describe(queue: Queue): Promise<QueueState> {
    return stateOfHeld(this.state, this.state.held(queue));
  }

  override async sweep(): Promise<Swept> {
    return { ...this.state.sweep(), due: this.delayedDue() };
  }

  override async reclaim(): Promise<void> {
    // What is over is gone at once.
  }

  #claim(
    held: HeldQueue,
    { session, consumer, settled }: Pick<Claimant, 'session' | 'consumer' | 'settled'>,
    want: number,
    isWanted: (entry: Entry) => boolean,
  ): readonly StoredMessage[] {
    const messages: StoredMessage[] = [];
    for (const entry of this.state.entriesOf(held)) {
      if (messages.length >= want) break;
      if (!isWanted(entry)) continue;
      const { lane, seq, publishedAt, expiresAt, envelope, body } = entry;
      const first = entry.attempts > 0 ? -1 : seq;
      entry.attempts += 1;
      messages.push({
        lane,
        seq,
        first,
        attempt: entry.attempts,
        redelivered: first < 0,
        publishedAt,
        expiresAt,
        envelope,
        body,
      });
      if (settled) held.entries.get(lane)?.delete(seq);
      else entry.holder = { session, consumer };
    }
    return messages;
  }
}
