import type { EventStore, RecordedEvent } from '@annals/event-store';
import { inTime } from './apply-batch.js';
import type { ParkedKeys } from './parked-keys.js';
import type { ProjectionDefinition } from './projection-definition.js';
import type { DueKey, ProjectionStorage, Seizure } from './projection-storage.js';
import { hasCode, messageOf } from '@annals/message';
import type { ResolvedProjectionsOptions } from './projections-options.js';
import type { Surroundings } from './surroundings.js';

/** What events that were set aside are tried again with. */
export interface ParkedRetriesParts {
  readonly definition: ProjectionDefinition;
  readonly store: EventStore;
  readonly storage: ProjectionStorage;
  readonly options: ResolvedProjectionsOptions;
  readonly seizure: Seizure;
  readonly around: Surroundings;
  readonly parked: ParkedKeys;
}

/**
 * Tries events that were set aside again, key by key, each key's in order:
 *
 *   waiting ──due──► tried ──handled──► gone; the next of its key is due
 *                      └──failed──► waiting, longer each time, and after `attempts` until it is released
 */
export class ParkedRetries {
  constructor(private readonly parts: ParkedRetriesParts) {}

  /**
   * Tries what is due. @returns milliseconds until the next is due, as far as is known now
   * @throws what says that this process is no longer the owner, or that the database is gone
   */
  async run(signal: AbortSignal): Promise<number> {
    const { storage, seizure, options } = this.parts;
    let nextMs = options.standbyMs;
    for (const due of await storage.dueKeys(seizure)) {
      if (signal.aborted) break;
      if (due.dueInMs <= 0) await this.settle(due, signal);
      else nextMs = Math.min(nextMs, due.dueInMs);
    }
    return nextMs;
  }

  /** Works through a key's events until one fails or none is left. */
  private async settle(first: DueKey, signal: AbortSignal): Promise<void> {
    const { storage, seizure, parked } = this.parts;
    for (let due: DueKey | undefined = first; due !== undefined && !signal.aborted;) {
      const more = await this.attempt(due);
      if (more === 'failed') return;
      if (!more) {
        parked.forget(due.key);
        return;
      }
      const { key }: DueKey = due;
      due = (await storage.dueKeys(seizure)).find((next) => next.key === key && next.dueInMs <= 0);
    }
  }

  private async attempt(due: DueKey): Promise<boolean | 'failed'> {
    const { definition, storage, seizure, around, parked } = this.parts;
    const event = await this.eventAt(due);
    // An event whose stream was archived or removed meanwhile is passed over, as everywhere.
    const work = event ? definition.inTransaction([event], around) : () => Promise.resolve();
    try {
      return await inTime(this.parts, storage.settleParked(seizure, due, work));
    } catch (error) {
      if (storage.isUnavailable(error) || hasCode(error, 'CQRS_PROJECTION_SUPERSEDED')) throw error;
      await storage.failParked(seizure, due, messageOf(error), parked.waitMs(due.attempts + 1));
      return 'failed';
    }
  }

  private async eventAt({ partition, offset }: DueKey): Promise<RecordedEvent | undefined> {
    const after = this.parts.seizure.checkpoint.map((_, at) => (at === partition ? offset : 0));
    for await (const event of this.parts.store.readAll(after, {
      partitions: [partition],
      limit: 1,
      allTenants: true,
    })) {
      return event.offset === offset ? event : undefined;
    }
    return undefined;
  }
}
