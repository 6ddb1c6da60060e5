import type { RecordedEvent } from '@annals/event-store';
import type { BackoffOptions } from '@annals/message';
import { backoffMs, messageOf } from '@annals/message';
import type { DeclaredProjection } from './projection.js';
import type { SetAside } from './projection-storage.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';

/** Which keys of a lane wait, and how long until an event that failed is tried again. */
export class ParkedKeys {
  private readonly keys: Set<string>;

  /** @param keys that wait already */
  constructor(
    private readonly declared: DeclaredProjection,
    private readonly options: ResolvedProjectionsOptions,
    keys: Iterable<string>,
  ) {
    this.keys = new Set(keys);
  }

  get isEmpty(): boolean {
    return this.keys.size === 0;
  }

  /** Whether an event must wait for one before it. */
  isWaiting(event: RecordedEvent): boolean {
    return this.keys.size > 0 && this.keys.has(this.declared.parkBy(event));
  }

  /** Those of the events that must wait, as they are to be set aside. */
  waitingAmong(events: readonly RecordedEvent[]): readonly SetAside[] {
    if (this.keys.size === 0) return [];
    return events
      .filter((event) => this.isWaiting(event))
      .map((event) => {
        const key = this.declared.parkBy(event);
        return { event, key, skipped: false, failure: undefined, attempts: 0, waitMs: undefined };
      });
  }

  /** An event that failed, as it is to be set aside. */
  first(event: RecordedEvent, error: unknown, failed: number): SetAside {
    const failure = messageOf(error);
    if (this.declared.onFailure === 'skip')
      return { event, key: event.id, skipped: true, failure, attempts: failed, waitMs: undefined };
    const key = this.declared.parkBy(event);
    return { event, key, skipped: false, failure, attempts: failed, waitMs: this.waitMs(failed) };
  }

  /** Milliseconds until an event that has failed so often is tried again; undefined: it has been tried often enough. */
  waitMs(failed: number): number | undefined {
    const { attempts, retryBaseMs, retryMaxMs, random } = this.options;
    if (failed >= attempts) return undefined;
    const backoff: BackoffOptions = { baseMs: retryBaseMs, maxMs: retryMaxMs };
    return backoffMs(failed, backoff, random);
  }

  /** Has later events of what was set aside wait, too. */
  wait(setAside: readonly SetAside[]): void {
    for (const { key, skipped } of setAside) if (!skipped) this.keys.add(key);
  }

  /** Lets a key's events pass again. */
  forget(key: string): void {
    this.keys.delete(key);
  }
}
