import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventStore, NewEvent } from '@annals/event-store';
import type { Stage } from './pipeline/stage.js';

/** Events that a command's handler has published, each with the stream they go to. */
export interface Publication {
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

const surrounding = new AsyncLocalStorage<Publication[]>();

/** The publications of the command whose handler the calling code is in; undefined outside. */
export const currentPublications = (): Publication[] | undefined => surrounding.getStore();

/**
 * Appends what a handler has published once it is done, all or none, before the command's sender gets its answer: what
 * `commit()` of `@nestjs/cqrs` hands over without waiting. A handler that throws has published nothing.
 * @param store undefined where nothing is durable
 */
export const publications =
  (store: EventStore | undefined): Stage =>
  (next) =>
  (execution) => {
    if (store === undefined || execution.kind === 'query') return next(execution);
    const published: Publication[] = [];
    return surrounding.run(published, () =>
      next(execution).then(async (result) => {
        if (published.length > 0) await appendPublished(store, published);
        return result;
      }),
    );
  };

/** Appends publications, all or none. */
export async function appendPublished(store: EventStore, published: readonly Publication[]): Promise<void> {
  await store.appendAll(published.map(({ stream, events }) => ({ stream, events, expected: 'any' as const })));
}
