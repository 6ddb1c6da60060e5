import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventMetadata, StreamEvent } from '../stream/recorded-event.js';

const surrounding = new AsyncLocalStorage<EventMetadata>();

const NONE: EventMetadata = Object.freeze({});

/**
 * Runs `work` so that all it appends, however deep and however late, carries `metadata`, unless the append or the event
 * says otherwise. Inside another `withMetadata` it adds to the outer metadata, and wins over it.
 * @returns what `work` returns
 */
export function withMetadata<Result>(metadata: EventMetadata, work: () => Result): Result {
  return surrounding.run({ ...surrounding.getStore(), ...metadata }, work);
}

/** The metadata that an append made here would carry. */
export const currentMetadata = (): EventMetadata => surrounding.getStore() ?? NONE;

/**
 * The metadata of whatever follows from `event`: caused by it, of its tenant, and tied to it by its correlation id, or by
 * its own id when it has none.
 */
export function causedBy(event: Pick<StreamEvent, 'id' | 'metadata'>): EventMetadata {
  const { correlationId = event.id, tenant } = event.metadata;
  return { correlationId, causationId: event.id, ...(tenant === undefined ? {} : { tenant }) };
}
