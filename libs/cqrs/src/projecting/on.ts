import type { RecordedEvent } from '@annals/event-store';
import { EventMethods } from '../event-methods.js';
import type { EventClass } from '../event-methods.js';
import { InvalidProjection } from './invalid-projection.js';
import type { ProjectionContext } from './projection-context.js';

/** A method that handles events of one type. */
export type Handle<Event extends object = object> = (
  event: RecordedEvent<Event>,
  context: ProjectionContext,
) => Promise<void> | void;

type DecorateOn<Event extends object> = <Method extends Handle<Event>>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What `@On` says. */
export const onMethods = new EventMethods('On', (message) => new InvalidProjection(message));

/**
 * Marks the method of a projection that handles an event. Events come one at a time, each stream's in order and no effect
 * before its cause. A subclass inherits the methods; its own method for the same event takes the place of the inherited one.
 * @param event a `@DomainEvent` class; events are told apart by its stored name and version
 * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when the class has two methods for one event
 */
export const On =
  <Event extends object>(event: EventClass<Event>): DecorateOn<Event> =>
  (target, method) =>
    onMethods.declare(target, event, method);
