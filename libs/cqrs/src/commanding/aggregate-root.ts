import { evolve, EventSourced } from './event-sourced.js';
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
    const method = whenMethods.methodFor(Object.getPrototypeOf(this) as object, type, version);
    if (method === undefined) return;
    (this as unknown as Record<PropertyKey, (event: unknown) => void>)[method]?.(data);
  }
}
