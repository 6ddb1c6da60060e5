import { EventMethods } from '../event-methods.js';
import type { EventClass } from '../event-methods.js';
import { InvalidAggregate } from './invalid-aggregate.js';

type DecorateWhen<Event extends object> = <Method extends (event: Event) => void>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What `@When` says. */
export const whenMethods = new EventMethods('When', (message) => new InvalidAggregate(message));

/**
 * Marks the method of an aggregate that changes its state for an event. A subclass inherits the methods; it may override
 * one by its name, or name another method for the same event, which then takes its place.
 * @param event a `@DomainEvent` class; events are told apart by its stored name and version
 * @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) when the class has two methods for one event
 */
export const When =
  <Event extends object>(event: EventClass<Event>): DecorateWhen<Event> =>
  (target, method) =>
    whenMethods.declare(target, event, method, undefined);
