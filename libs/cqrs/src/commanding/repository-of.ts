import type { EventStore, NewEvent } from '@annals/event-store';
import type { AggregateRoot } from './aggregate-root.js';
import { optionsOfAggregate } from './aggregate.js';
import { DeciderRepository } from './decider-repository.js';
import type { CategorisedDecider } from './decider.js';
import { Repository } from './repository.js';
import type { ConflictRetryOptions } from './retry-on-conflict.js';

/** A class of aggregates that a repository can make: its constructor takes the id. */
export type AggregateClass<Aggregate extends AggregateRoot = AggregateRoot> = new (id: string) => Aggregate;

/**
 * The repository of an aggregate class.
 * @param retry how its `change` goes on after a conflict
 * @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) when the class has no `@Aggregate`
 */
export function repositoryOf<Aggregate extends AggregateRoot>(
  store: EventStore,
  aggregate: AggregateClass<Aggregate>,
  retry?: ConflictRetryOptions,
): Repository<Aggregate>;
/**
 * The repository of a decider.
 * @param retry how its `change` and `handle` go on after a conflict
 * @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) when the category cannot be one, RangeError for the options
 */
export function repositoryOf<State, Command, Event extends NewEvent>(
  store: EventStore,
  decider: CategorisedDecider<State, Command, Event>,
  retry?: ConflictRetryOptions,
): DeciderRepository<State, Command, Event>;
export function repositoryOf(
  store: EventStore,
  of: AggregateClass | CategorisedDecider<unknown, unknown, NewEvent>,
  retry?: ConflictRetryOptions,
): Repository<AggregateRoot> | DeciderRepository<unknown, unknown, NewEvent> {
  if (typeof of !== 'function') return new DeciderRepository(store, of, retry);
  return new Repository(store, { ...optionsOfAggregate(of), create: (id) => new of(id) }, retry);
}
