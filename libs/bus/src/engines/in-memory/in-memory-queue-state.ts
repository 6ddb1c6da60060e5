import type { Exchange } from '../../routing/exchange.js';
import { DEFAULT_EXCHANGE, PREDECLARED } from '../../routing/exchange.js';
import type { Binding } from '../../routing/binding.js';
import type { Queue } from '../../queues/queue.js';

/** A message in a queue; it keeps its place until it is done. */
export interface Entry {
  readonly lane: number;
  readonly seq: number;
  readonly publishedAt: number;
  readonly expiresAt: number | null;
  readonly envelope: string;
  readonly body: string;
  readonly bytes: number;
  /** How often it was delivered. */
  attempts: number;
  /** When it may be delivered. */
  dueAt: number;
  /** The number of the message of its lane behind which it comes again; -1: none, it comes first. */
  behind: number;
  holder: { readonly session: string; readonly consumer: number } | undefined;
}

/** A consumer of a queue. */
export interface HeldConsumer {
  readonly id: number;
  readonly session: string;
  readonly priority: number;
  readonly prefetch: number;
  readonly exclusive: boolean;
}

/** A queue with what is in it. */
export interface HeldQueue {
  queue: Queue;
  /** By lane; in a lane in order of numbers. */
  readonly entries: ReadonlyMap<number, Map<number, Entry>>;
  readonly nextSeq: Map<number, number>;
  readonly consumers: Map<number, HeldConsumer>;
  readonly wakes: Set<() => void>;
  hadConsumer: boolean;
  usedAt: number;
}

/** Exchanges, bindings, queues and sessions in the memory of one process, which its stores share. */
export class InMemoryQueueState {
  version = 0;
  readonly exchanges = new Map<string, Exchange>(
    PREDECLARED.filter(({ name }) => name !== DEFAULT_EXCHANGE).map((exchange) => [exchange.name, exchange]),
  );
  bindings: readonly Binding[] = [];
  readonly queues = new Map<string, HeldQueue>();
  /** Milliseconds since 1970 until which each session lives, and how long it may be silent. */
  readonly sessions = new Map<string, { until: number; readonly sessionMs: number }>();
  #lastId = 0;

  /** @param now milliseconds since 1970 */
  constructor(readonly now: () => number) {}

  nextId(): number {
    return (this.#lastId += 1);
  }

  /** The queue, unless it was deleted, perhaps with another declared under its name. */
  held({ name, id }: Queue): HeldQueue | undefined {
    const held = this.queues.get(name);
    return held?.queue.id === id ? held : undefined;
  }

  lives(session: string): boolean {
    return (this.sessions.get(session)?.until ?? 0) > this.now();
  }

  /** All messages of a queue, of the highest priority first. */
  *entriesOf({ queue, entries }: HeldQueue, lowestFirst = false): Generator<Entry> {
    for (const { id } of lowestFirst ? queue.lanes : [...queue.lanes].reverse()) yield* entries.get(id)?.values() ?? [];
  }

  isReady(entry: Entry): boolean {
    return entry.holder === undefined && entry.dueAt <= this.now();
  }

  /** Whether nobody has yet had a message of its lane behind which it is to come. */
  isBehind({ behind, lane }: Entry, { entries }: HeldQueue): boolean {
    if (behind < 0) return false;
    for (const other of entries.get(lane)?.values() ?? []) {
      if (other.attempts === 0 && other.holder === undefined) return other.seq <= behind;
    }
    return false;
  }

  /** Whether a queue is to go. */
  isUnused({ queue: { owner, config }, consumers, hadConsumer, usedAt }: HeldQueue): boolean {
    if (owner !== null && !this.sessions.has(owner)) return true;
    const isExpired = config.expiresMs !== null && usedAt + config.expiresMs <= this.now();
    return consumers.size === 0 && (isExpired || (config.autoDelete && hadConsumer));
  }

  wake({ wakes }: HeldQueue): void {
    for (const wake of wakes) wake();
  }

  /** Ends sessions that gave no sign of life, and names the queues that something is to be done about. */
  sweep(): { expired: readonly string[]; unused: readonly string[] } {
    for (const session of [...this.sessions.keys()]) {
      if (this.lives(session)) continue;
      this.sessions.delete(session);
      for (const { consumers } of this.queues.values()) {
        for (const [id, consumer] of consumers) if (consumer.session === session) consumers.delete(id);
      }
      this.giveBack((holder) => holder.session === session);
    }
    const all = [...this.queues.values()];
    const now = this.now();
    const hasExpired = (held: HeldQueue): boolean =>
      [...this.entriesOf(held)].some(({ holder, expiresAt }) => !holder && expiresAt !== null && expiresAt <= now);
    return {
      expired: all.filter(hasExpired).map(({ queue }) => queue.name),
      unused: all.filter((held) => this.isUnused(held)).map(({ queue }) => queue.name),
    };
  }

  /** Gives back what some have. */
  giveBack(isMeant: (holder: NonNullable<Entry['holder']>) => boolean): void {
    for (const held of this.queues.values()) {
      let any = false;
      for (const entry of this.entriesOf(held)) {
        if (entry.holder === undefined || !isMeant(entry.holder)) continue;
        entry.holder = undefined;
        entry.dueAt = this.now();
        entry.behind = -1;
        any = true;
      }
      if (any) this.wake(held);
    }
  }
}

/** Whether it is a consumer's turn. */
export function mayClaim({ queue, consumers, entries }: HeldQueue, consumer: number): boolean {
  const mine = consumers.get(consumer);
  if (mine === undefined) return consumer === 0;
  const others = [...consumers.values()].filter(({ id }) => id !== consumer);
  if (queue.config.singleActiveConsumer) {
    return !others.some(
      ({ id, priority }) => priority > mine.priority || (priority === mine.priority && id < consumer),
    );
  }
  const heldBy = ({ id }: HeldConsumer): number =>
    [...entries.values()].flatMap((lane) => [...lane.values()]).filter(({ holder }) => holder?.consumer === id).length;
  return !others.some(
    (other) => other.priority > mine.priority && (other.prefetch === 0 || heldBy(other) < other.prefetch),
  );
}
