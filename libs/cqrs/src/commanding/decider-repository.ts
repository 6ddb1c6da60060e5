import type { AppendOptions, AppendResult, EventStore, NewEvent } from '@annals/event-store';
import { checkCategory } from './aggregate.js';
import { Decided } from './decided.js';
import type { CategorisedDecider } from './decider.js';
import { Repository } from './repository.js';
import type { ConflictRetryOptions } from './retry-on-conflict.js';

/** What a command led to. */
export interface Handled<State, Event> {
  /** After the new events. */
  readonly state: State;
  /** What was decided; empty when nothing happened. */
  readonly events: readonly Event[];
  /** Undefined when nothing happened. */
  readonly appended: AppendResult | undefined;
}

/** A repository for the decider style: beside `load` and `save` it handles a command in one call. */
export class DeciderRepository<State, Command, Event extends NewEvent> extends Repository<
  Decided<State, Command, Event>
> {
  /**
   * @param decider the pure functions, and the category of the streams
   * @param retry how `change` and `handle` go on after a conflict
   * @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) when the category cannot be one, RangeError for the options
   */
  constructor(store: EventStore, decider: CategorisedDecider<State, Command, Event>, retry?: ConflictRetryOptions) {
    const { category, keptStates, snapshot } = decider;
    super(
      store,
      { category: checkCategory(category), create: (id) => new Decided(id, decider), keptStates, snapshot },
      retry,
    );
  }

  /**
   * Decides on the state of the stream and appends what was decided, as `change` does. The stream need not exist.
   * Under the command bus, which retries as well, the attempts multiply: give one of the two `attempts: 1`.
   * @throws what `decide` throws, unchanged; WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`) when all attempts
   *   lost the race, and what else `EventStore.append` throws
   */
  async handle(id: string, command: Command, options?: AppendOptions): Promise<Handled<State, Event>> {
    const decide = (decided: Decided<State, Command, Event>) => {
      const events = decided.decide(command);
      return { state: decided.state, events };
    };
    const { result, appended } = await this.change(id, decide, options);
    return { ...result, appended };
  }
}
