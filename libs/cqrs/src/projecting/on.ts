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

/** A method that handles many events at a time. */
export type HandleBatch<Event extends object = object> = (
  events: readonly RecordedEvent<Event>[],
  context: ProjectionContext,
) => Promise<void> | void;

type Decorate<Handler> = <Method extends Handler>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What `@On` and `@OnBatch` say: the methods, and whether they take many events at a time. */
export const onMethods = new EventMethods<'one' | 'many'>('On', (message) => new InvalidProjection(message));

/**
 * Marks the method of a projection that handles an event. Events come one at a time, each stream's in order and, in one
 * lane, no effect before its cause. A subclass inherits the methods; its own method for the same event takes the place of
 * the inherited one. An inline projection is given events that have no offset, position or recorded time yet.
 * @param event a `@DomainEvent` class; events are told apart by its stored name and version
 * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when the class has two methods for one event
 */
export const On =
  <Event extends object>(event: EventClass<Event>): Decorate<Handle<Event>> =>
  (target, method) =>
    onMethods.declare(target, event, method, 'one');

/**
 * Marks the method of a projection that handles events of some types, all that come in a row at once: one statement for
 * many rows. When it throws, the batch is halved until the event at fault stands alone, so it is called again with fewer.
 * @param events `@DomainEvent` classes
 * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when the class has two methods for one event
 */
export const OnBatch =
  <Event extends object>(...events: readonly EventClass<Event>[]): Decorate<HandleBatch<Event>> =>
  (target, method) => {
    for (const event of events) onMethods.declare(target, event, method, 'many');
  };
