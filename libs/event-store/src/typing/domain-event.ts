import type { EventClass } from './event-types.js';
import { declaredEventTypes } from './event-types.js';

/** How the instances of an event class are stored. */
export interface DomainEventOptions {
  /** Schema version of the class's fields, 1 to 32767: raise it when old data would no longer fit. @default 1 */
  readonly version?: number;
}

/**
 * Declares a class of events under a stable name. The name is what is stored, never the class's own, which may be
 * renamed or minified; so it never changes. What is read back under this name and version is an instance of the class.
 *
 * The constructor is not called when an event is read, unless the class uses class-transformer's decorators: then it
 * is called without arguments (see EventTypes.revive).
 * @param name 1 to 255 bytes in UTF-8, without control characters
 * @throws DuplicateEventType (`STORE_DUPLICATE_EVENT_TYPE`) when another class has this name and version,
 *   InvalidEventType (`STORE_INVALID_EVENT_TYPE`) when the name or version cannot be stored
 */
export function DomainEvent(name: string, { version = 1 }: DomainEventOptions = {}): ClassDecorator {
  return (target) => {
    declaredEventTypes.add(target as unknown as EventClass, name, version);
  };
}
