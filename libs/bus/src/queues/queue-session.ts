import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerStore } from './consumer-store.js';

/** The part of a session that its process relies on; the rest is for clocks and answers on their way. */
const TRUST = 0.9;

/**
 * This process as one that consumes: gives signs of life as long as anything needs it.
 *
 *   none ──id()──► open ──silent for too long, or the database says that it is over──► none (whoever needs one gets another)
 *                    └──stop()──► closed: what it has is given back
 */
export class QueueSession {
  readonly #stopping = new AbortController();
  readonly #lostListeners = new Set<(id: string) => void>();
  #current: Promise<string> | undefined;
  /** What `#current` has come to. */
  #open: string | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ConsumerStore,
    private readonly options: { readonly heartbeatMs: number; readonly sessionMs: number },
    private readonly onError: (error: unknown, where: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The one that is open, for those that need none. */
  get current(): string | undefined {
    return this.#open;
  }

  /** Opens one where there is none. */
  id(): Promise<string> {
    if (this.#current !== undefined) return this.#current;
    const id = randomUUID();
    const opened = this.store.open(id, this.options.sessionMs).then(() => id);
    this.#current = opened;
    opened.then(
      () => {
        if (this.#current !== opened) return;
        this.#open = id;
        this.#beating = this.#beat(id);
      },
      () => this.#forget(opened),
    );
    return opened;
  }

  /** Calls `listener` when a session is over before its time: all that came with it is somebody else's. Returns how to stop. */
  onLost(listener: (id: string) => void): () => void {
    this.#lostListeners.add(listener);
    return () => void this.#lostListeners.delete(listener);
  }

  /** Says that a session was found to be over. */
  lose(id: string): void {
    if (this.#open !== id) return;
    this.#open = undefined;
    this.#current = undefined;
    for (const listener of [...this.#lostListeners]) listener(id);
  }

  /** Gives back what it has. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#beating;
    const id = await this.#current?.catch(() => undefined);
    this.#current = undefined;
    // Should it not arrive, the session runs out by itself.
    if (id !== undefined) await this.store.close(id).catch((error: unknown) => this.onError(error, 'session'));
  }

  async #beat(id: string): Promise<void> {
    const { heartbeatMs, sessionMs } = this.options;
    const { signal } = this.#stopping;
    let trustedUntil = this.now() + sessionMs * TRUST;
    let pauseMs = heartbeatMs;
    for (;;) {
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted || (await this.#current?.catch(() => undefined)) !== id) return;
      const asked = this.now();
      try {
        if (!(await this.store.beat(id))) {
          this.lose(id);
          return;
        }
        trustedUntil = asked + sessionMs * TRUST;
        pauseMs = heartbeatMs;
      } catch (error) {
        this.onError(error, 'session');
        if (this.now() >= trustedUntil) {
          this.lose(id);
          return;
        }
        pauseMs = Math.ceil(heartbeatMs / 4);
      }
    }
  }

  #forget(opened: Promise<string>): void {
    if (this.#current === opened) this.#current = undefined;
  }
}
