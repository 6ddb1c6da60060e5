import { InvalidEventType } from './invalid-event-type.js';
import { SYSTEM } from './system-events.js';
import type { EventClass } from './event-types.js';
import { declaredEventTypes } from './event-types.js';
import type { Upcasters } from './upcasting.js';

/** How the instances of an event class are stored. */
export interface DomainEventOptions {
  /** Schema version of the class's fields, 1 to 32767: raise it when old data would no longer fit. @default 1 */
  readonly version?: number;
  /**
   * By version, functions that lift the plain data of that version to the next: `{ 1: v1ToV2, 2: v2ToV3 }` for a class of
   * version 3. Events of old versions are then read as instances of this class. @default none
   */
  readonly upcasters?: Upcasters;
  /** Names that events of this type were stored under before, in any of its versions. @default none */
  readonly formerNames?: readonly string[];
}

/**
 * Declares a class of events under a stable name. The name is what is stored, never the class's own, which may be
 * renamed or minified; so it never changes. What is read back under this name and version is an instance of the class.
 *
 * The constructor is not called when an event is read, unless the class uses class-transformer's decorators: then it
 * is called without arguments.
 * @param name 1 to 255 bytes in UTF-8, without control characters
 * @throws DuplicateEventType (`STORE_DUPLICATE_EVENT_TYPE`) when another class has this name and version,
 *   InvalidEventType (`STORE_INVALID_EVENT_TYPE`) when the name or version cannot be stored, or the upcasters do not lead
 *   step by step to the version
 */
export function DomainEvent(name: string, { version = 1, ...history }: DomainEventOptions = {}): ClassDecorator {
  return (target) => {
    if (name.startsWith(SYSTEM)) throw new InvalidEventType(target.name, `its name must not begin with ${SYSTEM}`);
    declaredEventTypes.add(target as unknown as EventClass, name, version, history);
  };
}
