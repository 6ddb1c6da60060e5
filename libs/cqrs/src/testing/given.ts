import type { NewEvent } from '@annals/event-store';
import type { AggregateRoot } from '../commanding/aggregate-root.js';
import { optionsOfAggregate } from '../commanding/aggregate.js';
import type { CategorisedDecider } from '../commanding/decider.js';
import { Decided } from '../commanding/decided.js';
import type { AggregateClass } from '../commanding/repository-of.js';
import { DeciderScenario, Scenario } from './scenario.js';

/**
 * Begins a specification of an aggregate class: what has happened to it, what is then done, what happens.
 *
 * ```ts
 * await given(Order, new OrderPlaced('tea'))
 *   .when((order) => order.cancel('too late'))
 *   .thenEvents(new OrderCancelled('too late'));
 * ```
 * All of it goes through a store in memory: events are validated, encoded, read back and lifted as they would be, so a class
 * that does not survive storage fails. When the aggregate has snapshots, everything is done a second time with its state
 * taken through one, and must come out the same.
 * @param history the events so far; none: the aggregate does not exist yet
 */
export function given<Aggregate extends AggregateRoot>(
  aggregate: AggregateClass<Aggregate>,
  ...history: readonly NewEvent[]
): Scenario<Aggregate>;
/**
 * Begins a specification of a decider: `given(cart, opened).when({ type: 'add', … }).thenEvents(added)`.
 * @param history the events so far
 */
export function given<State, Command, Event extends NewEvent>(
  decider: CategorisedDecider<State, Command, Event>,
  ...history: readonly Event[]
): DeciderScenario<State, Command, Event>;
export function given(
  of: AggregateClass | CategorisedDecider<unknown, unknown, NewEvent>,
  ...history: readonly NewEvent[]
): Scenario<AggregateRoot> | DeciderScenario<unknown, unknown, NewEvent> {
  if (typeof of === 'function') {
    return new Scenario({ kind: { ...optionsOfAggregate(of), create: (id) => new of(id) }, history, steps: [] });
  }
  const { category, keptStates, snapshot } = of;
  const kind = { category, keptStates, snapshot, create: (id: string) => new Decided(id, of) };
  return new DeciderScenario({ kind, history, steps: [] });
}
