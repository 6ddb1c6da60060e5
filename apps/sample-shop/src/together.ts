import type { AggregateRoot, Repository } from '@annals/cqrs';
import type { EventStore, StreamChange } from '@annals/event-store';

/**
 * What an aggregate has to append, for `EventStore.appendAll`: several aggregates then change together or not at all.
 *
 * @param repository that the aggregate comes from
 * @param aggregate as it was found or made
 * @returns one change, or none when nothing happened to the aggregate
 */
export function changesOf<Kind extends AggregateRoot>(
  repository: Repository<Kind>,
  aggregate: Kind,
): readonly StreamChange[] {
  if (aggregate.uncommitted.length === 0) return [];
  const stream = repository.streamOf(aggregate.id);
  return [{ stream, expected: aggregate.revision, events: aggregate.uncommitted }];
}

/**
 * Appends changes together.
 *
 * @param commandId from which the ids of the events follow, so that the same command twice appends once
 * @returns whether anything was to be appended
 * @throws what EventStore.appendAll throws
 */
export async function appendTogether(
  store: EventStore,
  changes: readonly StreamChange[],
  commandId?: string,
): Promise<boolean> {
  if (changes.length === 0) return false;
  await store.appendAll(changes, commandId === undefined ? {} : { commandId });
  return true;
}
