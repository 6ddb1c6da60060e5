import type { EncodedMessage } from './encode-message.js';
import type { Queue, QueueState } from './queue.js';
import type { StoredMessage } from './queue-message.js';

/** A message for queues. */
export interface Routed {
  readonly message: EncodedMessage;
  readonly queues: readonly Queue[];
  /** By it a repeated message is found. */
  readonly sequence: number;
}

/** What became of a message: stored, also where some queues had no room for it, or 'locked' when it would have to wait. */
export type EnqueueResult = 'stored' | 'locked' | { readonly rejectedBy: readonly Queue[] };

/** How messages are to be stored. */
export interface EnqueueAttempt {
  /** The version of the topology by which they were routed. */
  readonly version: number;
  /** Answer 'locked' for what would have to wait for another writer. */
  readonly skipLocked: boolean;
}

/** A consumer as the engine knows it. */
export interface Claimant {
  readonly session: string;
  /** As `ConsumerStore.add` gave it; 0: the bus itself. */
  readonly consumer: number;
  readonly queue: Queue;
  /** Nobody will settle what it gets. */
  readonly settled: boolean;
}

/** A message that is settled: done, or given back to come again. */
export interface Settlement {
  readonly lane: number;
  readonly seq: number;
  readonly first: number;
  /** Undefined when it is done. */
  readonly back?: {
    /** How often it was tried by now. */
    readonly attempts: number;
    /** Milliseconds until it may come again. */
    readonly delayMs: number;
  };
}

/** What a step gave. */
export interface Step {
  /** For each settlement whether the message was still the session's. */
  readonly settled: readonly boolean[];
  readonly messages: readonly StoredMessage[];
  /** By the engine's clock, milliseconds since 1970; 0 when no message was asked for. */
  readonly now: number;
  /** What nobody gets messages for any more. */
  readonly ended?: 'session' | 'queue';
}

/** What the look-after has found. */
export interface Swept {
  /** Names of queues in which messages have expired. */
  readonly expired: readonly string[];
  /** Names of queues that are to go: unused for too long, or their owner is gone, or their last consumer. */
  readonly unused: readonly string[];
  /** Whether delayed messages are due. */
  readonly due: boolean;
}

/** Where the messages of queues are kept. */
export abstract class QueueStore {
  /** A number that no other message of this store's process has. */
  abstract nextSequence(): number;

  /**
   * Which of these messages an earlier attempt has stored, by their sequences; what was under way then is refused from now on.
   */
  abstract findRepeated(messages: readonly Routed[]): Promise<ReadonlySet<number>>;

  /**
   * Puts messages into queues, in this order.
   * @returns one result for each, or 'stale' when the topology has changed since: then nothing was stored
   */
  abstract enqueue(messages: readonly Routed[], attempt: EnqueueAttempt): Promise<readonly EnqueueResult[] | 'stale'>;

  /**
   * Stores in a transaction of the caller's; `announce` once it is committed.
   * @param connection the engine's, with the transaction open; in memory the `InMemoryTransaction`
   */
  abstract enqueueWithin(
    connection: unknown,
    messages: readonly Routed[],
    version: number,
  ): Promise<readonly EnqueueResult[] | 'stale'>;

  /** What an error of `enqueue` means for those that wait for it. */
  abstract kindOf(error: unknown): 'statement' | 'locked' | 'connection-lost';

  /** Wakes consumers of queues. */
  abstract announce(queues: Iterable<Queue>): void;

  /** Calls `wake` soon after there may be something in a queue. A hint: consumers poll as well. Returns how to stop. */
  abstract onMessages(queue: Queue, wake: () => void): () => void;

  /** Settles messages of a session and, where `want` is above 0, gets more. */
  abstract step(claimant: Claimant, settlements: readonly Settlement[], want: number): Promise<Step>;

  /** Settles in a transaction of the caller's. @returns false when the message is not the session's any more */
  abstract settleWithin(connection: unknown, session: string, settlement: Settlement): Promise<boolean>;

  /**
   * Settles messages and stores others, all or nothing.
   * @returns 'lost' when one of them is not the session's any more, 'stale' when the topology has changed: then nothing was done
   */
  abstract move(
    session: string,
    settlements: readonly Settlement[],
    messages: readonly Routed[],
    version: number,
  ): Promise<'moved' | 'lost' | 'stale'>;

  /** Takes ready messages that have expired. */
  abstract takeExpired(session: string, queue: Queue, most: number): Promise<readonly StoredMessage[]>;

  /** Takes ready messages that are beyond the queue's length. */
  abstract takeOverflow(session: string, queue: Queue, most: number): Promise<readonly StoredMessage[]>;

  /** Shows messages that are in nobody's hands, the next first, and leaves them where they are. */
  abstract peek(queue: Queue, most: number): Promise<readonly StoredMessage[]>;

  /** Removes all ready messages, also those that wait. @returns how many */
  abstract purge(queue: Queue): Promise<number>;

  /** Says that messages may expire in these queues. */
  abstract noteExpiry(queues: readonly Queue[]): Promise<void>;

  /** What is in a queue; counts as use. */
  abstract describe(queue: Queue): Promise<QueueState>;

  /** Gives back what dead sessions had, and says what is to be done. */
  abstract sweep(): Promise<Swept>;

  /** Lets go of the room of messages that are over. */
  abstract reclaim(): Promise<void>;
}

/** After how many milliseconds a message expires in a queue; null: never. */
export function ttlOf({ config }: Queue, { expirationMs }: EncodedMessage): number | null {
  if (config.messageTtlMs === null) return expirationMs;
  return expirationMs === null ? config.messageTtlMs : Math.min(config.messageTtlMs, expirationMs);
}
