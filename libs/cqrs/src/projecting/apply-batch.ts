import type { EventBatch, RecordedEvent } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { backoffMs, hasCode, messageOf } from '@annals/message';
import { externalTargetOf } from './external-target.js';
import type { ParkedKeys } from './parked-keys.js';
import type { ProjectionDefinition } from './projection-definition.js';
import { ProjectionFailed } from './projection-failed.js';
import { ProjectionStuck } from './projection-stuck.js';
import type { ProjectionStorage, Seizure, Work } from './projection-storage.js';
import { tracedStep } from './traced-step.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';
import type { Surroundings } from './surroundings.js';

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
  readonly seizure: Seizure;
  readonly around: Surroundings;
  /** Keys whose events wait. */
  readonly parked: ParkedKeys;
  /** Ends the pauses between attempts. */
  readonly signal: AbortSignal;
  /** Told how far the projection is after each transaction, and how many events that were. */
  readonly onAdvance: (checkpoint: Checkpoint, events: number) => void;
  /** Told when the database has been given work, so that this thread is free for a while. */
  readonly onIdle: () => void;
  /** Told of each failed attempt. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Applies a batch in one transaction. When an event fails, the events before it are committed by themselves and it is
 * tried again after a pause, at the head of the rest, so that a poisonous event holds up nothing that comes before it.
 * A transaction that fails as a whole, as at COMMIT, is halved until the event stands alone. An event that is not to be
 * tried again here is set aside, if that is the projection's policy.
 * @param from where the cursor is
 * @throws what `ProjectionStorage.advance` throws but for failures of handlers, ProjectionStuck
 *   (`CQRS_PROJECTION_STUCK`), and the signal's reason
 */
export async function applyBatch(batch: EventBatch, from: Checkpoint, application: Application): Promise<Applied> {
  const failures = new Failures();
  let cursor = from;
  let rest = batch.events;
  let size = rest.length;
  /** What failed too often, once all before it is done. */
  let hopeless: Hopeless | undefined;
  do {
    const poison = hopeless !== undefined && rest[0] === hopeless.event ? hopeless : undefined;
    const events = rest.slice(0, poison ? 1 : size);
    const to = events.length === rest.length ? batch.checkpoint : past(cursor, events);
    try {
      await tracedStep(application.definition.title, events, () => advance(application, cursor, to, events, poison));
    } catch (error) {
      const blame = blameFor(error, events, application.storage);
      if (blame === undefined || poison !== undefined) throw error;
      size = blame.size;
      if (blame.culprit === undefined) continue;
      const failed = failures.count(blame.culprit);
      const verdict = await judge(application, blame.culprit, failed, error);
      if (verdict === 'stop') return { applied: false, error };
      if (verdict === 'set-aside') hopeless = { event: blame.culprit, error, failed };
      continue;
    }
    cursor = to;
    rest = rest.slice(events.length);
    size = rest.length;
  } while (rest.length > 0);
  return { applied: true };
}

/** An event that is not tried again here. */
interface Hopeless {
  readonly event: RecordedEvent;
  readonly error: unknown;
  readonly failed: number;
}

async function advance(
  application: Application,
  from: Checkpoint,
  to: Checkpoint,
  events: readonly RecordedEvent[],
  poison: Hopeless | undefined,
): Promise<void> {
  const { definition, storage, seizure, around, parked, onAdvance, onIdle } = application;
  const waiting = poison ? [] : parked.waitingAmong(events);
  const setAside = poison ? [parked.first(poison.event, poison.error, poison.failed)] : waiting;
  const mine = poison ? [] : waiting.length === 0 ? events : events.filter((event) => !parked.isWaiting(event));
  const external = externalTargetOf(definition);
  if (external !== undefined) await definition.saveExternally(mine, { from, to });
  const work = mine.length === 0 || external ? undefined : thenIdle(definition.inTransaction(mine, around), onIdle);
  if (work === undefined) onIdle();
  if (to.some((offset, partition) => offset !== from[partition])) {
    await inTime(application, storage.advance(seizure, { from, to, work, setAside }));
  }
  parked.wait(setAside);
  onAdvance(to, events.length);
}

/** Tells when work has sent what it sends first. */
function thenIdle(work: Work, onIdle: () => void): Work {
  return (manager) => {
    const working = work(manager);
    setImmediate(onIdle);
    return working;
  };
}

/** @throws ProjectionStuck (`CQRS_PROJECTION_STUCK`) when a transaction takes longer than any should */
export async function inTime<Result>(
  { definition, options }: Pick<Application, 'definition' | 'options'>,
  transaction: Promise<Result>,
): Promise<Result> {
  const ended = new AbortController();
  const late = options.delay(options.maxTransactionMs, ended.signal).then((): never => {
    if (ended.signal.aborted) return undefined as never;
    throw new ProjectionStuck(definition.title, options.maxTransactionMs);
  });
  try {
    return await Promise.race([transaction, late]);
  } finally {
    ended.abort();
  }
}

/** Makes a failed attempt known, and waits before the next, if there is to be one. */
async function judge(
  { definition, storage, options, seizure, signal, onFailure }: Application,
  culprit: RecordedEvent,
  failed: number,
  error: unknown,
): Promise<'again' | 'stop' | 'set-aside'> {
  onFailure(error);
  const { onFailure: policy } = definition.declared;
  // Others must not wait for its attempts: it is tried again by itself.
  if (policy === 'park') return 'set-aside';
  if (policy === 'skip' && failed >= options.attempts) return 'set-aside';
  await storage.fail(seizure, culprit.partition, messageOf(error));
  if (failed >= options.attempts) return 'stop';
  const backoff = { baseMs: options.retryBaseMs, maxMs: options.retryMaxMs };
  await options.delay(backoffMs(failed, backoff, options.random), signal);
  signal.throwIfAborted();
  return 'again';
}

/** The event that failed, if it is known by now, and how many events to try next. */
interface Blame {
  readonly culprit: RecordedEvent | undefined;
  readonly size: number;
}

/** @returns undefined for what is no fault of the events, so that the same events may well succeed later */
function blameFor(error: unknown, events: readonly RecordedEvent[], storage: ProjectionStorage): Blame | undefined {
  if (error instanceof ProjectionFailed) {
    const place = events.findIndex(({ id }) => id === error.event.id);
    return { culprit: events[place], size: place > 0 ? place : events.length };
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
