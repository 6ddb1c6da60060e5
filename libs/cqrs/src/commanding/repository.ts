import type {
  AppendOptions,
  AppendResult,
  EventStore,
  SnapshotOptions,
  StateModel,
  Updated,
} from '@annals/event-store';
import { snapshotPolicy } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { backoffMs } from '@annals/message';
import { AggregateNotFound } from './aggregate-not-found.js';
import type { EventSourced } from './event-sourced.js';
import { capture } from './event-sourced.js';
import { resolveConflictRetry } from './retry-on-conflict.js';
import type { ConflictRetryOptions } from './retry-on-conflict.js';

/** What a repository must know about its aggregates. */
export interface AggregateKind<Aggregate extends EventSourced> {
  /** Names the streams: `category-id`. */
  readonly category: string;
  /** Makes an aggregate that nothing has happened to. */
  readonly create: (id: string) => Aggregate;
  /** When snapshots are taken. @default none are */
  readonly snapshot?: SnapshotOptions | undefined;
  /** How many aggregates a process keeps between two changes; 0 keeps none. @default 1000 */
  readonly keptStates?: number | undefined;
}

/** A moment in the past of an aggregate. */
export interface Moment {
  /** With this many events. */
  readonly revision?: number;
  /** With all events before it, or before that of a token. */
  readonly checkpoint?: Checkpoint | string;
  /** With all events recorded by then. */
  readonly at?: Date;
}

/**
 * Loads aggregates from their streams and saves what happened to them, for both styles: `AggregateRoot` classes and
 * deciders. Aggregate `4711` of category `order` is the stream `order-4711`. Made by `CqrsModule.forFeature`, or by
 * `repositoryOf`. Inside a unit of work it reads the events that wait there, and its saves wait for the unit's commit.
 */
export class Repository<Aggregate extends EventSourced> {
  readonly #model: StateModel<Aggregate>;
  readonly #retry: Required<ConflictRetryOptions>;

  /**
   * @param retry how `change` goes on after a conflict
   * @throws RangeError naming every option at fault
   */
  constructor(
    protected readonly store: EventStore,
    protected readonly kind: AggregateKind<Aggregate>,
    retry?: ConflictRetryOptions,
  ) {
    this.#model = modelOf(kind);
    this.#retry = resolveConflictRetry(retry);
  }

  /**
   * The aggregate as its events have made it, from its newest snapshot on if it has one.
   * @throws AggregateNotFound (`CQRS_AGGREGATE_NOT_FOUND`) when its stream has none
   */
  async load(id: string): Promise<Aggregate> {
    const aggregate = await this.find(id);
    if (aggregate === undefined) throw new AggregateNotFound(this.kind.category, id);
    return aggregate;
  }

  /** As `load`, but undefined when the stream has no events. */
  async find(id: string): Promise<Aggregate | undefined> {
    const aggregate = await this.store.load(this.streamOf(id), this.#model);
    return aggregate.revision === 0 ? undefined : aggregate;
  }

  /**
   * The aggregate as it was: at a revision, at a checkpoint, at a time by the database's clock; where several are given, at the
   * earliest. It is made from its first event on, and cannot be saved once the stream has gone on.
   * @returns undefined when it had no events then
   * @throws CheckpointAhead (`STORE_CHECKPOINT_AHEAD`) for a foreign token
   */
  async loadAt(id: string, moment: Moment): Promise<Aggregate | undefined> {
    const checkpoint =
      typeof moment.checkpoint === 'string' ? await this.store.fromToken(moment.checkpoint) : moment.checkpoint;
    const aggregate = this.kind.create(id);
    const to = moment.revision === undefined ? {} : { to: moment.revision };
    for await (const event of this.store.read(this.streamOf(id), to)) {
      const { partition, offset, recordedAt } = event;
      if (checkpoint && (partition === undefined || (offset ?? 0) >= (checkpoint[partition] ?? 0))) break;
      if (moment.at && (recordedAt === undefined || recordedAt > moment.at)) break;
      aggregate.replay(event);
    }
    return aggregate.revision === 0 ? undefined : aggregate;
  }

  /**
   * Appends the aggregate's uncommitted events, expecting the revision it was loaded at, 0 for one that was made with
   * `new`. When that fails, the aggregate stays as it was. After a conflict load it again: its state is out of date.
   * After `LOG_UNAVAILABLE` it may be saved again: the events keep their ids and are not appended twice.
   * Inside a unit of work the result is `{ pending: true }`; if the unit does not commit, drop the aggregate.
   * @param options `commandId` and metadata for every event
   * @returns undefined when there was nothing to save; then the database is not asked
   * @throws WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`), and what else `EventStore.append` throws
   */
  save(aggregate: Aggregate, options?: AppendOptions): Promise<AppendResult | undefined> {
    return this.store.save(this.streamOf(aggregate.id), this.#model, aggregate, options);
  }

  /**
   * Loads, decides and saves in one: again with fresh state when others were faster. Changes of one aggregate in one
   * process queue up and share appends, so a busy aggregate loses no work to conflicts, and one that is changed often is
   * kept, so that the next change costs one round trip (`EventStore.update`). Under the command bus, which retries as
   * well, the attempts multiply.
   * @param decide is given the aggregate, at revision 0 when its stream has no events; may be called again, and must not
   *   keep the aggregate. What it throws rejects the change, and nothing of it is appended
   * @returns what `decide` returned, and what was appended; undefined when it decided nothing
   * @throws WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`) when all attempts lost the race, NestedUpdate
   *   (`STORE_NESTED_UPDATE`) for a change inside a decision, and what else `EventStore.append` throws
   */
  change<Result>(
    id: string,
    decide: (aggregate: Aggregate) => Result | Promise<Result>,
    options: AppendOptions = {},
  ): Promise<Updated<Result>> {
    const { attempts, baseMs, maxMs, random, delay } = this.#retry;
    const pause = (attempt: number): Promise<unknown> => delay(backoffMs(attempt, { baseMs, maxMs }, random));
    return this.store.update(this.streamOf(id), this.#model, decide, { ...options, attempts, pause });
  }

  /** The name of the stream that holds the aggregate's events. */
  streamOf(id: string): string {
    return `${this.kind.category}-${id}`;
  }
}

/** How a store makes the aggregates of a kind from their streams. */
function modelOf<Aggregate extends EventSourced>(kind: AggregateKind<Aggregate>): StateModel<Aggregate> {
  const { category, create, keptStates, snapshot } = kind;
  return {
    name: category,
    create: (stream) => create(stream.slice(category.length + 1)),
    keptStates,
    snapshot: snapshot && {
      policy: snapshotPolicy(snapshot),
      capture: (aggregate) => aggregate[capture](),
      restore: (aggregate, revision, captured) => {
        aggregate.restoreAt(revision, captured);
      },
    },
  };
}
