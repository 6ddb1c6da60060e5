import type { NamedEvent } from '../stream/new-event.js';
import type { EventMetadata } from '../stream/recorded-event.js';
import { faultOfShortText } from '../stream/short-text.js';
import type { EventType, EventTypes } from '../typing/event-types.js';
import { isEventVersion } from '../typing/event-types.js';
import { isSystemEvent, SYSTEM } from '../typing/system-events.js';

/** An event with all that its class says about it. */
export interface EventToWrite {
  readonly id: string | undefined;
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
  readonly metadata: EventMetadata | undefined;
  /** The class declared for type and version; then `data` is an object. */
  readonly declared: EventType | undefined;
}

/** What is wrong with an event as such. */
export interface NoEvent {
  readonly type: string | undefined;
  readonly path: string;
  readonly fault: string;
}

/** Which types there are. */
export interface NamingOptions {
  readonly types: EventTypes;
  /** Whether a type that nothing declares may be written. */
  readonly unknownTypes: 'plain' | 'refuse';
}

/** Finds out name and version of what was given: an instance of a declared class, or a NamedEvent. */
export function namedEvent(given: unknown, { types, unknownTypes }: NamingOptions): EventToWrite | NoEvent {
  if (typeof given !== 'object' || given === null) return { type: undefined, path: '', fault: 'must be an object' };
  const declared = types.ofClass(given.constructor);
  if (declared !== undefined && !isSystemEvent(declared.name)) {
    const { name, version } = declared;
    return { id: undefined, type: name, version, data: given, metadata: undefined, declared };
  }
  if (!('type' in given && 'data' in given)) {
    const name = typeof given.constructor === 'function' ? given.constructor.name : 'object';
    return {
      type: undefined,
      path: '',
      fault: `is a ${name}: declare its class with @DomainEvent, or give { type, data }`,
    };
  }
  const event = fromNamed(given as NamedEvent, types);
  if (unknownTypes === 'refuse' && !('fault' in event) && !types.knows(event.type)) {
    return { type: event.type, path: 'type', fault: 'is declared by no class, and not by declareEventType' };
  }
  return event;
}

function fromNamed({ id, type, version, data, metadata }: NamedEvent, types: EventTypes): EventToWrite | NoEvent {
  const fault = faultOfShortText(type);
  if (fault !== undefined) return { type: undefined, path: 'type', fault };
  if (isSystemEvent(type)) return { type, path: 'type', fault: `begins with ${SYSTEM}, as only the store's own do` };
  if (version !== undefined && !isEventVersion(version)) {
    return { type, path: 'version', fault: `must be a whole number from 1 to 32767, not ${String(version)}` };
  }
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  const own = isObject ? types.ofClass(data.constructor) : undefined;
  if (own !== undefined && (own.name !== type || (version !== undefined && own.version !== version))) {
    return {
      type,
      path: 'data',
      fault: `is declared as "${own.name}" in version ${own.version}, not as the event's type`,
    };
  }
  const stored = version ?? own?.version ?? 1;
  const versions = types.versionsOf(type);
  const declared = versions?.get(stored);
  if (versions !== undefined && declared === undefined) {
    const declaredVersions = [...versions.keys()].join(', ');
    return {
      type,
      path: 'version',
      fault: `is ${stored}, but the classes of this type have version ${declaredVersions}`,
    };
  }
  if (declared !== undefined && !isObject)
    return { type, path: 'data', fault: 'must be an object, since its type has a class' };
  return { id, type, version: stored, data, metadata, declared };
}
