import type { EventStore, StreamEvent } from '@annals/event-store';
import type { EntityManager } from 'typeorm';
import type { ProjectionDefinition } from './projection-definition.js';
import type { Surroundings } from './surroundings.js';

/** Has projections handle events in the transaction that appends them, in the order of their names. */
export function handleInline(
  store: EventStore,
  definition: ProjectionDefinition,
  around: Omit<Surroundings, 'isReplay' | 'lockRows'>,
): void {
  store.handleInline({
    types: definition.types,
    handle: (events: readonly StreamEvent[], manager) =>
      definition.inTransaction(events, { ...around, isReplay: () => false, lockRows: true })(manager as EntityManager),
  });
}
