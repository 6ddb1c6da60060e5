import { declaredEventTypes } from '@annals/event-store';
import { prototypesOf } from './prototypes-of.js';
import { UnhandledEventVersion } from './unhandled-event-version.js';

/** A class of events, whatever its constructor takes. */
export type EventClass<Event extends object = object> = abstract new (...args: never[]) => Event;

/** A method, and what its decorator was told beside the event. */
interface Declared<Detail> {
  readonly method: PropertyKey;
  readonly detail: Detail;
}

/** A method by the stored name and version of the event it is for. */
type MethodTable<Detail> = ReadonlyMap<string, ReadonlyMap<number, Declared<Detail>>>;

/**
 * Which methods of a class are for which events, as one decorator says. A subclass inherits the methods; it may override
 * one by its name, or name another one for the same event, which then takes its place.
 */
export class EventMethods<Detail = undefined> {
  /** By prototype; without what it inherits. */
  private readonly declared = new WeakMap<object, Map<EventClass, Declared<Detail>>>();
  private readonly tables = new WeakMap<object, MethodTable<Detail>>();

  /**
   * @param decorator its name, for errors
   * @param invalid makes the error for a declaration that cannot work
   */
  constructor(
    private readonly decorator: string,
    private readonly invalid: (message: string) => Error,
  ) {}

  /** Notes that `method` is for `event`. @throws what `invalid` makes, when the class has another method for it */
  declare(target: object, event: EventClass, method: PropertyKey, detail: Detail): void {
    const methods = this.declared.get(target) ?? new Map<EventClass, Declared<Detail>>();
    const other = methods.get(event)?.method;
    if (other !== undefined) {
      const where = `${target.constructor.name} has two methods @${this.decorator}(${event.name})`;
      throw this.invalid(`${where}: ${String(other)} and ${String(method)}; keep one`);
    }
    this.declared.set(target, methods.set(event, { method, detail }));
  }

  /** The stored names of the events that instances of the class have methods for. */
  typesOf(prototype: object): readonly string[] {
    return [...this.tableOf(prototype).keys()];
  }

  /** The names of the methods, each once. */
  methodsOf(prototype: object): readonly PropertyKey[] {
    const declared = [...this.tableOf(prototype).values()].flatMap((versions) => [...versions.values()]);
    return [...new Set(declared.map(({ method }) => method))];
  }

  /**
   * The method for an event; undefined when the class has none for events of this name.
   * @throws UnhandledEventVersion (`CQRS_UNHANDLED_EVENT_VERSION`) when it has one for other versions only: passing
   *   the event over would lose what it says, without a word
   */
  methodFor(prototype: object, type: string, version: number): Declared<Detail> | undefined {
    const versions = this.tableOf(prototype).get(type);
    if (versions === undefined) return undefined;
    const method = versions.get(version);
    if (method === undefined) {
      throw new UnhandledEventVersion(prototype.constructor.name, this.decorator, type, version, [...versions.keys()]);
    }
    return method;
  }

  /** Built once per class, so that an event costs three look-ups. */
  private tableOf(prototype: object): MethodTable<Detail> {
    let table = this.tables.get(prototype);
    if (table === undefined) {
      table = this.buildTable(prototype);
      this.tables.set(prototype, table);
    }
    return table;
  }

  private buildTable(of: object): MethodTable<Detail> {
    const table = new Map<string, Map<number, Declared<Detail>>>();
    for (const prototype of prototypesOf(of)) {
      for (const [event, declared] of this.declared.get(prototype) ?? []) {
        const type = declaredEventTypes.ofClass(event);
        if (type === undefined) {
          const where = `${prototype.constructor.name} has a method @${this.decorator}(${event.name})`;
          throw this.invalid(`${where}, but ${event.name} is no event: decorate it with @DomainEvent('…')`);
        }
        const versions = table.get(type.name) ?? new Map<number, Declared<Detail>>();
        table.set(type.name, versions.set(type.version, declared));
      }
    }
    return table;
  }
}
