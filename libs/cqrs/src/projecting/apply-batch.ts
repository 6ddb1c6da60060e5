import type { EventBatch, RecordedEvent } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { hasCode } from '@annals/message';
import { backoffMs } from '@annals/message';
import type { ProjectionDefinition } from './projection-definition.js';
import { ProjectionFailed } from './projection-failed.js';
import { ProjectionStuck } from './projection-stuck.js';
import type { Ownership, ProjectionStorage } from './projection-storage.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';

/** What became of a batch. */
export type Applied =
  | { readonly applied: true }
  /** One event was tried as often as allowed; all before it is done, nothing from it on. */
  | { readonly applied: false; readonly error: unknown };

/** What a batch is applied with. */
export interface Application {
  readonly definition: ProjectionDefinition;
  readonly storage: ProjectionStorage;
  readonly options: ResolvedProjectionsOptions;
  readonly ownership: Ownership;
  /** Ends the pauses between attempts. */
  readonly signal: AbortSignal;
  /** Told how far the projection is after each transaction. */
  readonly onAdvance: (checkpoint: Checkpoint) => void;
  /** Told of each failed attempt. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Applies a batch in one transaction. When an event fails, the events before it are committed by themselves and it is
 * tried again after a pause, at the head of the rest, so that a poisonous event holds up nothing that comes before it.
 * A transaction that fails as a whole, as at COMMIT, is halved until the event stands alone.
 * @param from where the cursor is
 * @throws what `ProjectionStorage.advance` throws but for failures of handlers, ProjectionStuck
 *   (`CQRS_PROJECTION_STUCK`), and the signal's reason
 */
export async function applyBatch(batch: EventBatch, from: Checkpoint, application: Application): Promise<Applied> {
  const failures = new Failures();
  let cursor = from;
  let rest = batch.events;
  let size = rest.length;
  do {
    const events = rest.slice(0, size);
    const to = size === rest.length ? batch.checkpoint : past(cursor, events);
    try {
      await advance(application, cursor, to, events);
    } catch (error) {
      const blame = blameFor(error, events, application.storage);
      if (blame === undefined) throw error;
      size = blame.size;
      if (blame.culprit === undefined) continue;
      const failed = failures.count(blame.culprit);
      if (!(await mayTryAgain(application, blame.culprit, failed, error))) return { applied: false, error };
      continue;
    }
    cursor = to;
    rest = rest.slice(size);
    size = rest.length;
  } while (rest.length > 0);
  return { applied: true };
}

async function advance(
  { definition, storage, options, ownership, onAdvance }: Application,
  from: Checkpoint,
  to: Checkpoint,
  events: readonly RecordedEvent[],
): Promise<void> {
  const work = events.length === 0 ? undefined : definition.inTransaction(events);
  if (to.some((offset, partition) => offset !== from[partition])) {
    const ended = new AbortController();
    const late = options.delay(options.maxTransactionMs, ended.signal).then(() => {
      if (!ended.signal.aborted) throw new ProjectionStuck(definition.title, options.maxTransactionMs);
    });
    try {
      await Promise.race([storage.advance(ownership, { from, to, work }), late]);
    } finally {
      ended.abort();
    }
  }
  onAdvance(to);
}

/** Makes a failed attempt known, and waits before the next, if there is to be one. */
async function mayTryAgain(
  { storage, options, ownership, signal, onFailure }: Application,
  culprit: RecordedEvent,
  failed: number,
  error: unknown,
): Promise<boolean> {
  onFailure(error);
  await storage.fail(ownership, culprit.partition, error instanceof Error ? error.message : String(error));
  if (failed >= options.attempts) return false;
  const backoff = { baseMs: options.retryBaseMs, maxMs: options.retryMaxMs };
  await options.delay(backoffMs(failed, backoff, options.random), signal);
  signal.throwIfAborted();
  return true;
}

/** The event that failed, if it is known by now, and how many events to try next. */
interface Blame {
  readonly culprit: RecordedEvent | undefined;
  readonly size: number;
}

/** @returns undefined for what is no fault of the events, so that the same events may well succeed later */
function blameFor(error: unknown, events: readonly RecordedEvent[], storage: ProjectionStorage): Blame | undefined {
  if (error instanceof ProjectionFailed) {
    return { culprit: error.event, size: error.place > 0 ? error.place : events.length };
  }
  if (events.length === 0 || storage.isUnavailable(error) || NO_FAULT.some((code) => hasCode(error, code)))
    return undefined;
  return { culprit: events.length === 1 ? events[0] : undefined, size: Math.ceil(events.length / 2) };
}

const NO_FAULT = ['CQRS_PROJECTION_SUPERSEDED', 'CQRS_PROJECTION_CURSOR_MOVED', 'CQRS_PROJECTION_STUCK'] as const;

/** How often the event that failed last has failed. */
class Failures {
  private culprit: string | undefined;
  private failed = 0;

  count({ id }: RecordedEvent): number {
    this.failed = this.culprit === id ? this.failed + 1 : 1;
    this.culprit = id;
    return this.failed;
  }
}

/** Where the cursor is when `events`, which follow on it, are done. */
function past(cursor: Checkpoint, events: readonly RecordedEvent[]): Checkpoint {
  const checkpoint = [...cursor];
  for (const { partition, offset } of events) checkpoint[partition] = offset + 1;
  return checkpoint;
}
