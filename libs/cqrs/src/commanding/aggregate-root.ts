import { declaredEventTypes, UnknownEventType } from '@annals/event-store';
import { capture, evolve, EventSourced, restore } from './event-sourced.js';
import { whenMethods } from './when.js';

/**
 * An aggregate as a class: its methods check the rules and `apply` events, its `@When(Event)` methods change the state.
 * An event without a `@When` method changes nothing, which is no fault: not every event matters to later decisions. But
 * a method for other versions of the event only is one (`CQRS_UNHANDLED_EVENT_VERSION`).
 *
 * ```ts
 * @Aggregate('order')
 * class Order extends AggregateRoot {
 *   private cancelled = false;
 *   cancel(reason: string): void {
 *     if (!this.cancelled) this.apply(new OrderCancelled(reason));
 *   }
 *   @When(OrderCancelled)
 *   protected whenCancelled(): void {
 *     this.cancelled = true;
 *   }
 * }
 * ```
 *
 * Rules belong into the methods, never into `@When`: what has happened is not refused when it is read again. A subclass
 * has the constructor `(id)`, by which a repository makes it.
 */
export abstract class AggregateRoot extends EventSourced {
  protected override [evolve](type: string, version: number, data: unknown): void {
    const found = whenMethods.methodFor(Object.getPrototypeOf(this) as object, type, version);
    if (found === undefined) {
      // Under a name that nothing declares any more it would be missing from the state without a word.
      if (!declaredEventTypes.knows(type))
        throw new UnknownEventType(`An event of ${this.constructor.name} ${this.id}`, type);
      return;
    }
    (this as unknown as Record<PropertyKey, (event: unknown) => void>)[found.method]?.(data);
  }

  /**
   * All that the state is, for a snapshot. Override both this and `fromSnapshot` where state is kept elsewhere than in
   * ordinary fields: `#private` ones cannot be seen from here.
   * @returns plain values, Date, bigint, Map, Set, and what the snapshot's codecs know. @default all own fields but the id
   */
  protected toSnapshot(): unknown {
    return Object.fromEntries(Object.entries(this).filter(([field]) => field !== 'id'));
  }

  /** Takes in what `toSnapshot` returned; nothing has happened to the aggregate yet. @default sets the fields */
  protected fromSnapshot(state: unknown): void {
    Object.assign(this, state);
  }

  override [capture](): unknown {
    return this.toSnapshot();
  }

  protected override [restore](captured: unknown): void {
    this.fromSnapshot(captured);
  }
}
