import type { NewEvent, SnapshotOptions } from '@annals/event-store';

/**
 * An aggregate as pure functions (J. Chassaing, "Functional Event Sourcing Decider"; the names are emmett's). Events are
 * instances of `@DomainEvent` classes, or `{ type, data }`; `evolve` gets them in the form `decide` gave them.
 */
export interface Decider<State, Command, Event extends NewEvent> {
  /** The state before the first event. */
  readonly initialState: () => State;
  /** What happens when `command` meets `state`; no events: nothing does. Throws to refuse. */
  readonly decide: (command: Command, state: State) => readonly Event[];
  /** The state after `event`. Gives a new state back, or the changed one; refuses nothing. */
  readonly evolve: (state: State, event: Event) => State;
}

/** A decider with the category of its streams, for a repository: `cart` makes `cart-4711`. */
export interface CategorisedDecider<State, Command, Event extends NewEvent> extends Decider<State, Command, Event> {
  readonly category: string;
  /** When snapshots of the state are taken. @default none are */
  readonly snapshot?: SnapshotOptions | undefined;
  /** How many states a process keeps between two commands; 0 keeps none. @default 1000 */
  readonly keptStates?: number | undefined;
}
