import { declaredEventTypes } from '@annals/event-store';
import { UnnamedClasses } from './unnamed-classes.js';

/** A class, whatever its constructor takes. */
export type AnyClass = abstract new (...args: never[]) => object;

/** The stored names of classes that were written for `@nestjs/cqrs` alone. */
export class StoredNames {
  private readonly missing = new Set<string>();

  /** @param names by class name; of a saga by `Class.method` */
  constructor(private readonly names: Readonly<Record<string, string>>) {}

  /** The stored name of an event class, which is declared under it if it was not. */
  ofEvent(type: AnyClass): string | undefined {
    const declared = declaredEventTypes.ofClass(type);
    if (declared !== undefined) return declared.name;
    const name = this.of(type.name);
    if (name !== undefined) declaredEventTypes.add(type, name, 1, {});
    return name;
  }

  /** The stored name of anything else; noted as missing where there is none. */
  of(className: string): string | undefined {
    const name = this.names[className];
    if (name === undefined) this.missing.add(className);
    return name;
  }

  /** The stored name of an aggregate's class, which is its category; its own name unless another is said. */
  categoryOf(dispatcher: object): string {
    // A class that was merged with a publisher is a nameless subclass.
    let type: unknown = dispatcher.constructor;
    while (typeof type === 'function' && type.name === '') type = Object.getPrototypeOf(type);
    const { name } = typeof type === 'function' ? type : { name: 'aggregate' };
    return this.names[name] ?? `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  }

  /** @throws UnnamedClasses (`CQRS_UNNAMED_CLASSES`) listing all that were missing */
  check(): void {
    if (this.missing.size > 0) throw new UnnamedClasses([...this.missing].sort());
  }
}
