import { personalFieldsOf } from '../shredding/personal.js';
import type { PersonalFields } from '../shredding/personal.js';
import { faultOfShortText } from '../stream/short-text.js';
import { CodedFields } from './coded-fields.js';
import { DuplicateEventType } from './duplicate-event-type.js';
import { InvalidEventType } from './invalid-event-type.js';
import type { AnyClass } from './reviver.js';
import { livenerOf, reviverOf } from './reviver.js';
import type { Upcasters, UpcastStep } from './upcasting.js';
import { stepsTo } from './upcasting.js';

/** A class of events, whatever its constructor takes. */
export type EventClass = AnyClass;

/** A class with the name and version its instances are stored under. */
export interface EventType {
  readonly name: string;
  readonly version: number;
  readonly eventClass: EventClass;
  /** Makes an instance of what was stored. */
  readonly revive: (plain: object) => object;
  /** Makes an instance of given data, in which coded fields may have their values already. */
  readonly live: (data: object) => object;
  readonly coded: CodedFields | undefined;
  readonly personal: PersonalFields | undefined;
}

/** How events that are stored under one name and version are read. */
export interface EventReading {
  readonly type: EventType;
  /** From the stored version to the type's. */
  readonly steps: readonly UpcastStep[];
}

/** How the class of an event came to what it is. */
export interface EventHistory {
  readonly upcasters?: Upcasters | undefined;
  readonly formerNames?: readonly string[] | undefined;
}

// smallint in the event table.
const MAX_VERSION = 32_767;

/** Whether a number can be the schema version of an event. */
export const isEventVersion = (version: number): boolean =>
  Number.isInteger(version) && version >= 1 && version <= MAX_VERSION;

/** Which class has which stored name and version. */
export class EventTypes {
  readonly #byName = new Map<string, Map<number, EventType>>();
  readonly #byClass = new Map<unknown, EventType>();
  readonly #readings = new Map<string, Map<number, EventReading>>();
  readonly #formerNames = new Map<string, Set<string>>();
  readonly #namesOnly = new Set<string>();

  /**
   * @throws DuplicateEventType (`STORE_DUPLICATE_EVENT_TYPE`), InvalidEventType (`STORE_INVALID_EVENT_TYPE`) for a name
   *   or version that cannot be stored, a class declared twice, upcasters with a gap, or a version that both a class and
   *   an upcaster are for
   */
  add(
    eventClass: EventClass,
    name: string,
    version: number,
    { upcasters = {}, formerNames = [] }: EventHistory = {},
  ): void {
    const invalid = (fault: string): InvalidEventType => new InvalidEventType(eventClass.name, fault);
    for (const each of [name, ...formerNames]) {
      const fault = faultOfShortText(each);
      if (fault !== undefined) throw invalid(`its name ${fault}`);
    }
    if (!isEventVersion(version)) {
      throw invalid(`its version must be a whole number from 1 to ${MAX_VERSION}, not ${version}`);
    }
    if (this.#byClass.has(eventClass)) throw invalid('the class is declared already');
    const taken = this.#byName.get(name)?.get(version);
    if (taken !== undefined) throw new DuplicateEventType(name, version, taken.eventClass.name, eventClass.name);
    const steps = stepsTo(version, upcasters);
    if (typeof steps === 'string') throw invalid(steps);
    const readings = this.#newReadings(name, formerNames, typeOf(eventClass, name, version, invalid), steps, invalid);
    const [[, { type }]] = readings as [[readonly [string, number], EventReading]];
    for (const [[stored, from], reading] of readings) mapIn(this.#readings, stored).set(from, reading);
    mapIn(this.#byName, name).set(version, type);
    this.#byClass.set(eventClass, type);
    for (const former of formerNames)
      this.#formerNames.set(name, (this.#formerNames.get(name) ?? new Set()).add(former));
  }

  /** Declares a type by its name alone, for events that have no class. */
  addName(name: string): void {
    this.#namesOnly.add(name);
  }

  /** The type declared for exactly this class; subclasses have types of their own. */
  ofClass(eventClass: unknown): EventType | undefined {
    return this.#byClass.get(eventClass);
  }

  /** The versions declared under this name; undefined when there is none. */
  versionsOf(name: string): ReadonlyMap<number, EventType> | undefined {
    return this.#byName.get(name);
  }

  /** How events stored under this name are read, by their version; undefined when no class is for them. */
  readingsOf(storedName: string): ReadonlyMap<number, EventReading> | undefined {
    return this.#readings.get(storedName);
  }

  /** Whether a class, or at least a name, is declared for events stored under this name. */
  knows(storedName: string): boolean {
    return this.#readings.has(storedName) || this.#namesOnly.has(storedName);
  }

  /** All names that events of a type are stored under: its own and its former ones. */
  storedNamesOf(name: string): readonly string[] {
    return [name, ...(this.#formerNames.get(name) ?? [])];
  }

  /** All types, each with the versions that are read for it. */
  all(): { readonly storedName: string; readonly version: number; readonly reading: EventReading }[] {
    return [...this.#readings].flatMap(([storedName, versions]) =>
      [...versions].map(([version, reading]) => ({ storedName, version, reading })),
    );
  }

  #newReadings(
    name: string,
    formerNames: readonly string[],
    type: EventType,
    steps: readonly UpcastStep[],
    invalid: (fault: string) => InvalidEventType,
  ): (readonly [readonly [string, number], EventReading])[] {
    const versions = [type.version, ...steps.map(({ from }) => from)];
    return [name, ...formerNames].flatMap((stored) =>
      versions.map((version) => {
        const other = this.#readings.get(stored)?.get(version)?.type;
        if (other !== undefined) {
          throw invalid(
            `version ${version} of "${stored}" is read as ${other.eventClass.name} already: keep either a class or an ` +
              'upcaster for it',
          );
        }
        return [[stored, version], { type, steps: steps.filter(({ from }) => from >= version) }] as const;
      }),
    );
  }
}

function typeOf(
  eventClass: EventClass,
  name: string,
  version: number,
  invalid: (fault: string) => InvalidEventType,
): EventType {
  const coded = CodedFields.of(eventClass);
  const personal = personalFieldsOf(eventClass);
  if (typeof personal === 'string') throw invalid(personal);
  return {
    name,
    version,
    eventClass,
    revive: reviverOf(eventClass, coded),
    live: livenerOf(eventClass, coded),
    coded,
    personal,
  };
}

function mapIn<Value>(maps: Map<string, Map<number, Value>>, key: string): Map<number, Value> {
  const map = maps.get(key) ?? new Map<number, Value>();
  maps.set(key, map);
  return map;
}

/** What `@DomainEvent` declares in this process. */
export const declaredEventTypes = new EventTypes();

/**
 * Declares a type of events that have no class: `{ type, data }` as it is. Where unknown types are refused, this lets them
 * pass.
 * @param names stable, 1 to 255 bytes in UTF-8
 */
export function declareEventType(...names: readonly string[]): void {
  for (const name of names) declaredEventTypes.addName(name);
}
