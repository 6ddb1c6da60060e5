import { isSystemEvent } from '@annals/event-store';
import type { NewEvent, ReplayedEvent } from '@annals/event-store';
import { toNamedEvent } from './to-named-event.js';

/** How an event changes the state. A symbol, so that it takes no name from the classes of the domain. */
export const evolve: unique symbol = Symbol('evolve');

/** All that the state is, for a snapshot; and the way back. Symbols for the same reason. */
export const capture: unique symbol = Symbol('capture');
export const restore: unique symbol = Symbol('restore');

/**
 * What both styles of aggregates are: an id, the state that its events have led to, and the events that are not saved
 * yet. The numbers are private fields, so they appear in no JSON of the state.
 */
export abstract class EventSourced {
  #revision = 0;
  #uncommitted: NewEvent[] = [];

  /** @param id what stands after `category-` in the name of the aggregate's stream */
  constructor(readonly id: string) {}

  /** How many events of the stream this state rests on, without uncommitted ones; 0: there is no stream yet. */
  get revision(): number {
    return this.#revision;
  }

  /** The events applied since the aggregate was loaded or saved, oldest first. */
  get uncommitted(): readonly NewEvent[] {
    return this.#uncommitted;
  }

  /**
   * Records that something happened: changes the state, then keeps the event for the next save. When the change throws,
   * the event is not kept.
   * @param event an instance of a `@DomainEvent` class, or `{ type, data }`
   */
  apply(event: NewEvent): void {
    const { type, version, data } = toNamedEvent(event);
    this[evolve](type, version, data);
    this.#uncommitted.push(event);
  }

  /**
   * Brings the state up to date with events read from the stream, in order.
   * @throws RangeError when the events do not follow on the revision, or events wait to be saved
   */
  loadFrom(events: Iterable<ReplayedEvent>): this {
    for (const event of events) this.replay(event);
    return this;
  }

  /** As `loadFrom`, for one event. */
  replay({ type, version, data, revision }: ReplayedEvent): void {
    if (revision !== this.#revision + 1 || this.#uncommitted.length > 0) {
      const waiting = this.#uncommitted.length;
      throw new RangeError(
        `Revision ${revision} does not follow on ${this.#revision} with ${waiting} uncommitted events`,
      );
    }
    // The store's own events are not the domain's.
    if (!isSystemEvent(type)) this[evolve](type, version, data);
    this.#revision = revision;
  }

  /**
   * Brings a state that nothing has happened to where a snapshot was taken.
   * @throws RangeError when something has happened to it
   */
  restoreAt(revision: number, captured: unknown): void {
    if (this.#revision > 0 || this.#uncommitted.length > 0) {
      throw new RangeError(`A state at revision ${this.#revision} cannot be restored to ${revision}: make a new one`);
    }
    this[restore](captured);
    this.#revision = revision;
  }

  /** Counts the uncommitted events as saved. The repository calls it after an append, and only then. */
  markCommitted(): void {
    this.#revision += this.#uncommitted.length;
    this.#uncommitted = [];
  }

  /** Changes the state. @param type the stored name @param data an instance of the class declared for type and version, else plain */
  protected abstract [evolve](type: string, version: number, data: unknown): void;

  /** @returns what `restore` needs to make the same state */
  abstract [capture](): unknown;

  /** @param captured what `capture` returned, or an equal value */
  protected abstract [restore](captured: unknown): void;
}
