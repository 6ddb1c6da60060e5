import type { EventStore } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { Observable } from 'rxjs';
import type { ProjectionDefinition } from './projection-definition.js';
import type { ProjectionRunner } from './projection-runner.js';

/** What changes are seen by. */
interface Watched {
  readonly store: EventStore;
  readonly definition: ProjectionDefinition;
  /** Undefined: its rows are never behind the log. */
  readonly runner: ProjectionRunner | undefined;
  /** Milliseconds between looks while another process runs it. */
  readonly pollMs: number;
}

/** Where a projection is, at first and whenever it has moved. Who is slow is told of the last move only. */
export function changesOf({ store, definition, runner, pollMs }: Watched): Observable<Checkpoint> {
  return new Observable((subscriber) => {
    const ended = new AbortController();
    const follow = runner ? watchRunner(runner, pollMs, ended.signal) : watchLog(store, definition, ended.signal);
    void (async () => {
      try {
        for await (const checkpoint of follow) subscriber.next(checkpoint);
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

async function* watchRunner(runner: ProjectionRunner, pollMs: number, signal: AbortSignal): AsyncGenerator<Checkpoint> {
  let last: Checkpoint | undefined;
  while (!signal.aborted) {
    const moved = new Promise<void>((resolve) => {
      const forget = runner.onChange(() => {
        end();
      });
      // Another process may be the owner, and its moves are seen by looking.
      const timer = setTimeout(() => {
        end();
      }, pollMs);
      const end = (): void => {
        forget();
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
    });
    const at = runner.checkpoint ?? (await runner.describe()).checkpoint;
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
