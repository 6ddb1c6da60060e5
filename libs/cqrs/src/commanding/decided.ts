import type { NewEvent } from '@annals/event-store';
import type { Decider } from './decider.js';
import { capture, evolve, EventSourced, restore } from './event-sourced.js';

/** A decider's state in one stream: what a repository loads and saves for the decider style. */
export class Decided<State, Command, Event extends NewEvent> extends EventSourced {
  readonly #decider: Decider<State, Command, Event>;
  #state: State;

  /** @param id what stands after `category-` in the stream's name */
  constructor(id: string, decider: Decider<State, Command, Event>) {
    super(id);
    this.#decider = decider;
    this.#state = decider.initialState();
  }

  /** The state that all events, saved and not yet saved, have led to. */
  get state(): State {
    return this.#state;
  }

  /**
   * Decides on the state as it is, and applies what was decided.
   * @returns the new events
   */
  decide(command: Command): readonly Event[] {
    const events = this.#decider.decide(command, this.#state);
    for (const event of events) this.apply(event);
    return events;
  }

  protected override [evolve](type: string, version: number, data: unknown): void {
    this.#state = this.#decider.evolve(this.#state, asDecided(type, version, data) as Event);
  }

  override [capture](): unknown {
    return this.#state;
  }

  protected override [restore](captured: unknown): void {
    this.#state = captured as State;
  }
}

/** Instances of classes stand for themselves; plain data needs its type said beside it. */
function asDecided(type: string, version: number, data: unknown): NewEvent {
  if (typeof data === 'object' && data !== null) {
    const prototype: unknown = Object.getPrototypeOf(data);
    if (prototype !== Object.prototype && prototype !== null && !Array.isArray(data)) return data;
  }
  return { type, version, data };
}
