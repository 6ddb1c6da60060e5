import type { RecordedEvent } from '@annals/event-store';
import { InvalidProjection } from './invalid-projection.js';
import { onMethods } from './on.js';
import type { Handle } from './on.js';
import type { ProjectionContext } from './projection-context.js';
import { ProjectionFailed } from './projection-failed.js';
import { describeProjection, projectionKeyOf } from './projection.js';
import type { ProjectionKey } from './projection.js';

/** A projection as its runner needs it: a key, the events it wants, and what they do. */
export class ProjectionDefinition {
  readonly key: ProjectionKey;
  /** Name and version in one word. */
  readonly title: string;
  /** The stored names of the events that have a handler. */
  readonly types: readonly string[];

  /**
   * @param instance of a `@Projection` class
   * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when its class is none, or has no `@On` method
   */
  constructor(private readonly instance: object) {
    const key = projectionKeyOf(instance.constructor);
    const { name } = instance.constructor;
    if (key === undefined)
      throw new InvalidProjection(`Class ${name} is no projection: decorate it with @Projection({ name: "…" })`);
    this.key = key;
    this.title = describeProjection(key);
    this.types = onMethods.typesOf(Object.getPrototypeOf(instance) as object);
    // Without a type the filter would let every event pass, and nothing would be done with any of them.
    if (this.types.length === 0)
      throw new InvalidProjection(`Projection ${this.title} handles nothing: give ${name} an @On(Event) method`);
  }

  /**
   * Work for a transaction: handles events one after the other, in their order.
   * @returns a function that rejects with ProjectionFailed (`CQRS_PROJECTION_FAILED`) when a handler throws
   */
  inTransaction(events: readonly RecordedEvent[]): (manager: ProjectionContext['manager']) => Promise<void> {
    return async (manager) => {
      const context: ProjectionContext = { manager };
      for (const [place, event] of events.entries()) {
        try {
          await this.handle(event as RecordedEvent<object>, context);
        } catch (error) {
          throw new ProjectionFailed(this.title, event, place, error);
        }
      }
    };
  }

  private handle(event: RecordedEvent<object>, context: ProjectionContext): Promise<void> | void {
    const method = onMethods.methodFor(Object.getPrototypeOf(this.instance) as object, event.type, event.version);
    if (method !== undefined) return (this.instance as Record<PropertyKey, Handle>)[method]?.(event, context);
  }
}
