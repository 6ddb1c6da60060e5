import { declaredEventTypes } from '@annals/event-store';
import type { NamedEvent, NewEvent } from '@annals/event-store';
import { InvalidAggregate } from './invalid-aggregate.js';

/** An event with name and version, and as data what it will be read back as. */
export type Named = NamedEvent & Required<Pick<NamedEvent, 'version'>>;

/**
 * What an event that is applied now will be when it is read again: its stored name and version, and an instance of the
 * class declared for them, also when it was given as plain data.
 * @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) when it is neither of a declared class nor `{ type, data }`
 */
export function toNamedEvent(event: NewEvent): Named {
  const declared = declaredEventTypes.ofClass(event.constructor);
  if (declared) return { type: declared.name, version: declared.version, data: event };
  if (!('type' in event && 'data' in event && typeof event.type === 'string')) {
    throw new InvalidAggregate(
      `${event.constructor.name} is no event: declare its class with @DomainEvent, or give { type, data }`,
    );
  }
  const named = event;
  const { type, data } = named;
  const isObject = typeof data === 'object' && data !== null;
  const own = isObject ? declaredEventTypes.ofClass(data.constructor) : undefined;
  const version = named.version ?? own?.version ?? 1;
  if (own || !isObject) return { ...named, version };
  const declaredType = declaredEventTypes.versionsOf(type)?.get(version);
  return { ...named, version, data: declaredType ? declaredType.live(data) : data };
}
