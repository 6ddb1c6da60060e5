import type { WakesReaders } from '@annals/log';

/**
 * What a waiting tail listens to: wake-ups, the clock, and its end. A ring that comes while nobody waits is kept, so
 * one between "read: nothing" and "wait" is not lost.
 *
 * ```
 * silent ──wake──► rung ──wait() returns at once──► (unring before the next read) ──► silent
 * silent ──wait()──► waiting ──wake | pollMs | end──► wait() returns
 * any ──end()──► ended: wait() always returns at once
 * ```
 */
export class Doorbell {
  #rung = false;
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #stopListening: () => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => {
    this.end();
  };

  constructor(wakes: WakesReaders, signal?: AbortSignal) {
    this.#signal = signal;
    this.#stopListening = wakes.onAppend(() => {
      this.#rung = true;
      this.#wake?.();
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted) this.end();
  }

  hasEnded(): boolean {
    return this.#ended;
  }

  /** Forgets earlier rings. Call before a read begins: what rings after that may be news to it. */
  unring(): void {
    this.#rung = false;
  }

  /** Returns at the next ring or the end, at once if either was already; after `pollMs` milliseconds at the latest. */
  async wait(pollMs: number): Promise<void> {
    if (this.#rung || this.#ended) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, pollMs);
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }

  /** Stops listening, and lets whoever waits go. May be called twice. */
  end(): void {
    this.#ended = true;
    this.#stopListening();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#wake?.();
  }
}
