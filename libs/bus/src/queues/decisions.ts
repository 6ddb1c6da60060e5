import type { Settlement, Step } from './queue-store.js';

/** Whether a message still was the consumer's, or, where that is not known, what came between. */
export type OnSettled = (held: boolean, error?: unknown) => void;

interface Decision {
  readonly settlement: Settlement;
  readonly onSettled: OnSettled;
}

/** Milliseconds for which a decision waits to go along with the next messages: by itself each would be a transaction. */
const LINGER_MS = 10;
/** So many are told at once at the most. */
const MOST_AT_ONCE = 500;

/** What a consumer has decided of messages and the engine does not know yet. */
export class Decisions {
  readonly #waiting: Decision[] = [];
  /** On a clock that never goes back. */
  #tellBy = 0;

  get size(): number {
    return this.#waiting.length;
  }

  /** Milliseconds until the engine is to be told; 0 when there is nothing to tell. */
  get dueInMs(): number {
    return this.size === 0 ? 0 : Math.max(0, this.#tellBy - performance.now());
  }

  /**
   * @param onSettled is called once
   * @returns whether they are due at another time now
   */
  add(settlement: Settlement, onSettled: OnSettled, isUrgent: boolean): boolean {
    this.#waiting.push({ settlement, onSettled });
    if (!isUrgent && this.size > 1) return false;
    this.#tellBy = isUrgent ? 0 : performance.now() + LINGER_MS;
    return true;
  }

  /** Tells the engine the first of them, and each who decided what came of it. */
  async tell(step: (settlements: readonly Settlement[]) => Promise<Step>): Promise<Step> {
    const told = this.#waiting.splice(0, MOST_AT_ONCE);
    try {
      const outcome = await step(told.map(({ settlement }) => settlement));
      for (const [index, { onSettled }] of told.entries()) onSettled(outcome.settled[index] ?? false);
      return outcome;
    } catch (error) {
      for (const { onSettled } of told) onSettled(false, error);
      throw error;
    }
  }

  /** The messages are somebody else's. */
  lose(): void {
    for (const { onSettled } of this.#waiting.splice(0)) onSettled(false);
  }
}
