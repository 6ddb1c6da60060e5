import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { Observable } from 'rxjs';
import { nextChange } from './next-change.js';
import type { ProjectionDefinition } from './projection-definition.js';
import type { ProjectionRunner } from './projection-runner.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';

/** What changes are seen by. */
interface Watched {
  readonly store: EventStore;
  readonly definition: ProjectionDefinition;
  /** Undefined: its rows are never behind the log. */
  readonly runner: ProjectionRunner | undefined;
  /** Milliseconds between looks while another process runs it. */
  readonly pollMs: number;
  readonly delay: ResolvedProjectionsOptions['delay'];
}

/** Where a projection is, at first and whenever it has moved. Who is slow is told of the last move only. */
export const changesOf = (watched: Watched): Observable<Checkpoint> =>
  observed(
    (signal) => follow(watched, signal),
    (checkpoint) => Promise.resolve(checkpoint),
  );

/** How often a live query is asked. */
export interface LiveQueryOptions {
  /** Milliseconds between two answers at least. @default 100 */
  readonly quietMs?: number;
}

/** The answer to a query, at first and whenever the rows of a projection may have changed; never two at a time. */
export const liveQuery = <Answer>(
  watched: Watched,
  query: () => Promise<Answer>,
  { quietMs = 100 }: LiveQueryOptions = {},
): Observable<Answer> =>
  observed(
    (signal) => follow(watched, signal),
    () => query(),
    quietMs,
  );

const follow = (watched: Watched, signal: AbortSignal): AsyncGenerator<Checkpoint> => {
  const { store, definition, runner } = watched;
  return runner ? watchRunner(runner, watched, signal) : watchLog(store, definition, signal);
};

/** Hands on one thing after the other; unsubscribing ends it. */
function observed<Source, Value>(
  open: (signal: AbortSignal) => AsyncIterable<Source>,
  map: (source: Source) => Promise<Value>,
  quietMs = 0,
): Observable<Value> {
  return new Observable((subscriber) => {
    const ended = new AbortController();
    void (async () => {
      try {
        for await (const source of open(ended.signal)) {
          const value = await map(source);
          if (ended.signal.aborted) break;
          subscriber.next(value);
          if (quietMs > 0) await sleep(quietMs, undefined, { signal: ended.signal }).catch(() => undefined);
        }
        subscriber.complete();
      } catch (error) {
        subscriber.error(error);
      }
    })();
    return () => {
      ended.abort();
    };
  });
}

async function* watchRunner(
  runner: ProjectionRunner,
  { pollMs, delay }: Watched,
  signal: AbortSignal,
): AsyncGenerator<Checkpoint> {
  let last: Checkpoint | undefined;
  while (!signal.aborted) {
    const moved = nextChange(runner, delay).orAfter(pollMs, signal);
    const at = await runner.whereItIs();
    if (last === undefined || at.some((offset, partition) => offset !== last?.[partition])) {
      last = at;
      yield at;
    }
    await moved;
  }
}

async function* watchLog(
  store: EventStore,
  { types }: ProjectionDefinition,
  signal: AbortSignal,
): AsyncGenerator<Checkpoint> {
  const head = await store.head();
  yield head;
  for await (const { events, checkpoint } of store.tail(head, { types, signal, allTenants: true })) {
    if (events.length > 0) yield checkpoint;
  }
}
