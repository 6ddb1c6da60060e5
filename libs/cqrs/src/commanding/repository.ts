import type { AppendOptions, AppendResult, EventStore, NewEvent } from '@annals/event-store';
import { newId } from '@annals/message';
import { AggregateNotFound } from './aggregate-not-found.js';
import type { EventSourced } from './event-sourced.js';
import { toNamedEvent } from './to-named-event.js';

/** What a repository must know about its aggregates. */
export interface AggregateKind<Aggregate extends EventSourced> {
  /** Names the streams: `category-id`. */
  readonly category: string;
  /** Makes an aggregate that nothing has happened to. */
  readonly create: (id: string) => Aggregate;
}

/**
 * Loads aggregates from their streams and saves what happened to them, for both styles: `AggregateRoot` classes and
 * deciders. Aggregate `4711` of category `order` is the stream `order-4711`. Made by `CqrsModule.forFeature`, or by
 * `repositoryOf`. Inside a unit of work it reads the events that wait there, and its saves wait for the unit's commit.
 */
export class Repository<Aggregate extends EventSourced> {
  /** Ids of events whose append failed, by place, so that saving once more can be recognised as the same append. */
  readonly #ids = new WeakMap<Aggregate, string[]>();

  constructor(
    protected readonly store: EventStore,
    protected readonly kind: AggregateKind<Aggregate>,
  ) {}

  /**
   * The aggregate as its events have made it.
   * @throws AggregateNotFound (`CQRS_AGGREGATE_NOT_FOUND`) when its stream has none
   */
  async load(id: string): Promise<Aggregate> {
    const aggregate = await this.find(id);
    if (aggregate === undefined) throw new AggregateNotFound(this.kind.category, id);
    return aggregate;
  }

  /** As `load`, but undefined when the stream has no events. */
  async find(id: string): Promise<Aggregate | undefined> {
    const aggregate = await this.read(id);
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
  async save(aggregate: Aggregate, options?: AppendOptions): Promise<AppendResult | undefined> {
    if (aggregate.uncommitted.length === 0) return undefined;
    const events = options?.commandId === undefined ? this.withIds(aggregate) : aggregate.uncommitted;
    const result = await this.store.append(this.streamOf(aggregate.id), aggregate.revision, events, options);
    aggregate.markCommitted();
    this.#ids.delete(aggregate);
    return result;
  }

  /** The name of the stream that holds the aggregate's events. */
  streamOf(id: string): string {
    return `${this.kind.category}-${id}`;
  }

  /** The aggregate, at revision 0 when its stream has no events. */
  protected async read(id: string): Promise<Aggregate> {
    const aggregate = this.kind.create(id);
    for await (const events of this.store.replay(this.streamOf(id))) {
      for (const event of events) aggregate.replay(event);
    }
    return aggregate;
  }

  private withIds(aggregate: Aggregate): readonly NewEvent[] {
    const ids = this.#ids.get(aggregate) ?? [];
    this.#ids.set(aggregate, ids);
    return aggregate.uncommitted.map((event, place) => {
      const named = toNamedEvent(event);
      return named.id === undefined ? { ...named, id: (ids[place] ??= newId()) } : event;
    });
  }
}
