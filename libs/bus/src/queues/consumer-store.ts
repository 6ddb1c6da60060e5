import type { Queue } from './queue.js';

/** How a consumer wants to be known. */
export interface NewConsumer {
  readonly session: string;
  readonly queue: Queue;
  readonly tag: string;
  readonly priority: number;
  /** 0: any number. */
  readonly prefetch: number;
  readonly exclusive: boolean;
}

/** Who consumes. A process does so in a session: when it is silent for too long, what it has is given back. */
export abstract class ConsumerStore {
  abstract open(id: string, sessionMs: number): Promise<void>;

  /** A sign of life. @returns false when the session is over */
  abstract beat(id: string): Promise<boolean>;

  /** Ends a session: its consumers go, and what it has is given back. */
  abstract close(id: string): Promise<void>;

  /** @returns its number, or what stands in the way: nothing was added */
  abstract add(consumer: NewConsumer): Promise<number | 'queue-gone' | 'has-exclusive' | 'has-others'>;

  /**
   * @param giveBack whether what it has is given back; else its session may still settle it
   * @returns whether the queue goes with its last consumer, and this was it
   */
  abstract remove(queue: Queue, consumer: number, giveBack: boolean): Promise<boolean>;
}
