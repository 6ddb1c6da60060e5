import type { SnapshotPolicy } from '../snapshot/snapshot-options.js';
import type { NewEvent } from '../stream/new-event.js';
import type { ReplayedEvent } from '../stream/recorded-event.js';

/** A state that rests on the events of one stream, and on what was decided since, which waits to be appended. */
export interface Stateful {
  /** Of the stream, as far as this state knows it; 0: no stream yet. */
  readonly revision: number;
  /** What was decided and is not appended yet; the state has it in already. */
  readonly uncommitted: readonly NewEvent[];
  /** Takes in the next event of the stream. */
  replay(event: ReplayedEvent): void;
  /** Counts what was decided as appended. */
  markCommitted(): void;
}

/** How states are taken to snapshots and from there. */
export interface SnapshotModel<State extends Stateful> {
  readonly policy: SnapshotPolicy;
  /** All that the state is, of values that its codecs know. Must not be changed afterwards. */
  readonly capture: (state: State) => unknown;
  /** Puts a state that nothing has happened to where the captured one was. */
  readonly restore: (state: State, revision: number, captured: unknown) => void;
}

/** How the states of a kind of streams are made. The object itself is what a store keeps its hot states under. */
export interface StateModel<State extends Stateful> {
  /** Names the snapshots; stable. */
  readonly name: string;
  /** The state before the first event. */
  readonly create: (stream: string) => State;
  /** @default no snapshots */
  readonly snapshot?: SnapshotModel<State> | undefined;
  /** How many streams' states a process keeps between two updates; 0 keeps none. @default 1000 */
  readonly keptStates?: number | undefined;
}
