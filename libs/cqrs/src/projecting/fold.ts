import type { StreamEvent } from '@annals/event-store';
import { EventMethods } from '../event-methods.js';
import type { EventClass } from '../event-methods.js';
import { InvalidProjection } from './invalid-projection.js';
import type { Row, RowKey } from './row-table.js';

/**
 * A method that changes a row.
 * @param row as it is; undefined: there is none. It may be changed and returned
 * @param key what the row is found by
 * @returns the row as it is to be; undefined: it is to be removed, or not to be made
 */
export type FoldMethod<Event extends object = object> = (
  row: never,
  event: StreamEvent<Event>,
  key: never,
) => Row | undefined;

/** Which rows an event changes; none: an empty list. */
export type KeysOf<Event extends object = object> = (event: StreamEvent<Event>) => RowKey | readonly RowKey[];

type DecorateFold<Event extends object> = <Method extends FoldMethod<Event>>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What `@Fold` says: the methods, and which rows they are for. */
export const foldMethods = new EventMethods<KeysOf>('Fold', (message) => new InvalidProjection(message));

/**
 * Marks the method of a projection with `rows` that changes a row for an event. The rows of a batch are read at once,
 * changed one event after the other, and written at once, so the method must be a plain function of what it is given:
 * the same rows come of it inline, asynchronously, in a rebuild and on demand. An inline event has no offset, position or
 * recorded time yet.
 * @param event a `@DomainEvent` class; events are told apart by its stored name and version
 * @param keysOf which rows the event changes; the method is called for each. @default one row, found by what stands after
 *   the category in the name of the stream: `4711` for `order-4711`
 * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when the class has two methods for one event
 */
export const Fold =
  <Event extends object>(event: EventClass<Event>, keysOf: KeysOf<Event> = idInStream): DecorateFold<Event> =>
  (target, method) =>
    foldMethods.declare(target, event, method, keysOf as KeysOf);

const idInStream = ({ stream }: StreamEvent): string => stream.slice(stream.indexOf('-') + 1);
