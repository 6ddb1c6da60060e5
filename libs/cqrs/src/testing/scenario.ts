import { AssertionError, deepStrictEqual } from 'node:assert';
import type { NewEvent } from '@annals/event-store';
import type { Decided } from '../commanding/decided.js';
import type { EventSourced } from '../commanding/event-sourced.js';
import type { Outcome, Refusal } from './outcome.js';
import { describeOutcome, isRefusal } from './outcome.js';
import type { Script } from './rehearsal.js';
import { asStored, rehearse } from './rehearsal.js';

/** A specification under way: more can be done, or something be said about what then happens. */
export class Scenario<Subject extends EventSourced> {
  constructor(protected readonly script: Script<Subject>) {}

  /** Does something; what happens is saved before the next step. */
  when(step: (subject: Subject) => unknown): Scenario<Subject> {
    return new Scenario({ ...this.script, steps: [...this.script.steps, step] });
  }

  /**
   * The last step led to these events, in this order, and to no others; compared by stored name, version and data.
   * @throws AssertionError
   */
  async thenEvents(...expected: readonly NewEvent[]): Promise<void> {
    const outcome = await this.run();
    const events = await asStored(this.script, expected);
    if (outcome.refusal !== undefined) throw this.failed('The last step was refused', outcome, events);
    this.equal(outcome.events, events, 'The last step led to other events');
  }

  /** The last step led to nothing. @throws AssertionError */
  thenNothing(): Promise<void> {
    return this.thenEvents();
  }

  /**
   * The last step was refused.
   * @param by the class of the error, its code, a pattern for its message, or whatever must be true of it. @default anything
   * @throws AssertionError
   */
  async thenRefused(by?: Refusal): Promise<void> {
    const outcome = await this.run();
    if (outcome.refusal === undefined) throw this.failed('The last step was not refused', outcome, by);
    if (!isRefusal(outcome.refusal.error, by))
      throw this.failed('The last step was refused by another error', outcome, by);
  }

  /**
   * After all steps the state is this.
   * @param expected some of its fields; or a function that throws, or returns false, when it is not
   * @throws AssertionError
   */
  async thenState(expected: object | ((subject: Subject) => unknown)): Promise<void> {
    const outcome = await this.run();
    if (outcome.refusal !== undefined) throw this.failed('The last step was refused', outcome, expected);
    const { state } = outcome;
    if (typeof expected === 'function') {
      if ((expected as (subject: unknown) => unknown)(this.stateOf(state)) === false) {
        throw this.failed('The state is another', { ...outcome, state }, 'a state for which the function is not false');
      }
      return;
    }
    const found = this.stateOf(state) as Record<string, unknown>;
    const same = Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]]));
    this.equal(same, { ...expected }, 'The state is another');
  }

  /** What `thenState` is about. */
  protected stateOf(subject: Subject): unknown {
    return subject;
  }

  private async run(): Promise<Outcome<Subject>> {
    if (this.script.steps.length === 0) throw new TypeError('Nothing is done: say what with when(…)');
    const outcome = await rehearse(this.script, 'replayed');
    if (this.script.kind.snapshot === undefined) return outcome;
    const again = await rehearse(this.script, 'from a snapshot');
    const different =
      'The state does not survive its snapshot: what happens from one is something else than from the events';
    this.equal(describeOutcome(again), describeOutcome(outcome), different);
    return outcome;
  }

  private equal(actual: unknown, expected: unknown, message: string): void {
    try {
      deepStrictEqual(actual, expected);
    } catch {
      throw this.failed(message, actual, expected);
    }
  }

  private failed(message: string, actual: unknown, expected: unknown): AssertionError {
    const { kind, history, steps } = this.script;
    const where = `${kind.category} with ${history.length} events given, after ${steps.length} steps`;
    return new AssertionError({ message: `${message} (${where})`, actual, expected, operator: 'deepStrictEqual' });
  }
}

/** The same for a decider, whose steps are commands. */
export class DeciderScenario<State, Command, Event extends NewEvent> {
  readonly #scenario: Scenario<Decided<State, Command, Event>>;

  constructor(private readonly script: Script<Decided<State, Command, Event>>) {
    this.#scenario = new Scenario(script);
  }

  /** Decides on a command; what happens is saved before the next. */
  when(command: Command): DeciderScenario<State, Command, Event> {
    const step = (decided: Decided<State, Command, Event>) => decided.decide(command);
    return new DeciderScenario({ ...this.script, steps: [...this.script.steps, step] });
  }

  /** The last command led to these events, in this order, and to no others. @throws AssertionError */
  thenEvents(...expected: readonly Event[]): Promise<void> {
    return this.#scenario.thenEvents(...expected);
  }

  /** The last command led to nothing. @throws AssertionError */
  thenNothing(): Promise<void> {
    return this.#scenario.thenNothing();
  }

  /** The last command was refused; `by` as at `Scenario.thenRefused`. @throws AssertionError */
  thenRefused(by?: Refusal): Promise<void> {
    return this.#scenario.thenRefused(by);
  }

  /** After all commands the state is this, or the function does not throw or return false. @throws AssertionError */
  async thenState(expected: State | ((state: State) => unknown)): Promise<void> {
    await this.#scenario.thenState((decided: Decided<State, Command, Event>) => {
      if (typeof expected === 'function') return (expected as (state: State) => unknown)(decided.state);
      deepStrictEqual(decided.state, expected, 'The state is another');
      return true;
    });
  }
}
