import type { AppendOptions, AppendResult, EventStore, NewEvent } from '@annals/event-store';
import { checkCategory } from './aggregate.js';
import { Decided } from './decided.js';
import type { CategorisedDecider } from './decider.js';
import { Repository } from './repository.js';
import { resolveConflictRetry, retryOnConflict } from './retry-on-conflict.js';
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
  private readonly retry: Required<ConflictRetryOptions>;

  /**
   * @param decider the pure functions, and the category of the streams
   * @param retry how `handle` goes on after a conflict
   * @throws InvalidAggregate (`CQRS_INVALID_AGGREGATE`) when the category cannot be one, RangeError for the options
   */
  constructor(store: EventStore, decider: CategorisedDecider<State, Command, Event>, retry?: ConflictRetryOptions) {
    super(store, { category: checkCategory(decider.category), create: (id) => new Decided(id, decider) });
    this.retry = resolveConflictRetry(retry);
  }

  /**
   * Reads the stream, decides, and appends what was decided; after a conflict all three again. The stream need not exist.
   * Under the command bus, which retries as well, the attempts multiply: give one of the two `attempts: 1`.
   * @throws what `decide` throws, unchanged; WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`) when all attempts
   *   lost the race, and what else `EventStore.append` throws
   */
  async handle(id: string, command: Command, options?: AppendOptions): Promise<Handled<State, Event>> {
    return retryOnConflict(async () => {
      const decided = await this.read(id);
      const events = decided.decide(command);
      const appended = await this.save(decided, options);
      return { state: decided.state, events, appended };
    }, this.retry);
  }
}
