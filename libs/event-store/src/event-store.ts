import type { Checkpoint, ExpectedRevision, NamedStream } from '@annals/log';
import type { Observable } from 'rxjs';
import type { EventBatch } from './reading/event-batch.js';
import type { ReadAllOptions, ReplayRange, StreamRange, TailOptions } from './reading/read-options.js';
import type { Stateful, StateModel } from './state/state-model.js';
import type { AppendOptions, StreamChange } from './stream/append-options.js';
import type { AppendResult } from './stream/appended.js';
import type { StreamMetadata } from './stream/stream-metadata.js';
import type { CloseOptions } from './closing/stream-closer.js';
import type { OfTenant } from './stream/key-of.js';
import type { NewEvent } from './stream/new-event.js';
import type { RecordedEvent, StreamEvent, ReplayedEvent } from './stream/recorded-event.js';
import type { Updated, UpdateOptions } from './updating/update-options.js';
import type { InlineHandler } from './writing/inline-handlers.js';

/**
 * Streams of events on one log. Names have 1 to 255 bytes in UTF-8, without control characters; the category of
 * `order-4711` is `order`. Port and dependency-injection token.
 */
export abstract class EventStore {
  /**
   * Appends all events or none. Inside a unit of work it validates, enrols and resolves at once with `pending: true`.
   * No events at all: only the expectation is checked. The same ids once more, in order, in this stream: the first result.
   * @param expected an exact revision (0 is `no-stream`), or `'no-stream'`, `'stream-exists'`, `'any'`
   * @throws WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`), EventIdReused (`STORE_EVENT_ID_REUSED`),
   *   InvalidEvent (`STORE_INVALID_EVENT`), InvalidStreamName (`STORE_INVALID_STREAM_NAME`),
   *   InvalidExpectedRevision (`STORE_INVALID_EXPECTED_REVISION`), InvalidId (`MESSAGE_INVALID_ID`) for the command's,
   *   NotEncodable (`MESSAGE_NOT_ENCODABLE`), TooLarge (`MESSAGE_TOO_LARGE`), NotJoined (`STORE_NOT_JOINED`),
   *   UnitOfWorkClosed (`STORE_UNIT_OF_WORK_CLOSED`), StreamClosed (`STORE_STREAM_CLOSED`), NoKeyStore
   *   (`STORE_NO_KEY_STORE`), LogUnavailable (`LOG_UNAVAILABLE`)
   */
  abstract append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options?: AppendOptions,
  ): Promise<AppendResult>;

  /** As `append`, for several streams, all or none; results in the order given. */
  abstract appendAll(changes: readonly StreamChange[], options?: AppendOptions): Promise<readonly AppendResult[]>;

  /**
   * Reads one stream, revisions inclusive; a stream that does not exist reads as empty. Inside a unit of work the
   * events enrolled there follow the committed ones. The iteration rejects with UnknownEventVersion
   * (`STORE_UNKNOWN_EVENT_VERSION`) at an event whose type has classes, but none for its version; this goes for all reads.
   * With StreamClosed (`STORE_STREAM_CLOSED`) when the stream is tombstoned.
   * @throws InvalidStreamName (`STORE_INVALID_STREAM_NAME`), RangeError naming every fault of the range
   */
  abstract read(stream: string, range?: StreamRange): AsyncIterable<StreamEvent>;

  /**
   * Reads one stream to rebuild a state from it: as `read`, forwards, in pages, and with only what that takes. About
   * twice as fast; what repositories load aggregates with.
   * @throws InvalidStreamName (`STORE_INVALID_STREAM_NAME`), RangeError naming every fault of the range
   */
  abstract replay(stream: string, range?: ReplayRange): AsyncIterable<readonly ReplayedEvent[]>;

  /**
   * The state that the events of a stream have led to, at revision 0 when there are none: from its newest snapshot on,
   * when the model has snapshots. Inside a unit of work what is enrolled there is in it.
   * @throws InvalidStreamName (`STORE_INVALID_STREAM_NAME`)
   */
  abstract load<State extends Stateful>(stream: string, model: StateModel<State>, of?: OfTenant): Promise<State>;

  /**
   * Appends what was decided on a state, expecting the revision it has, and takes a snapshot when one is due. When it
   * fails the state is as it was; saved again, its events keep their ids and are not appended twice.
   * @returns undefined when nothing waits in the state; then the log is not asked
   * @throws as `append`
   */
  abstract save<State extends Stateful>(
    stream: string,
    model: StateModel<State>,
    state: State,
    options?: AppendOptions,
  ): Promise<AppendResult | undefined>;

  /**
   * Decides on the newest state of a stream and appends what was decided, again when others were faster. Updates of one
   * stream in one process queue up, and each is decided on the state that the one before has left; those that wait share
   * an append. The state is kept between updates, so that one more costs a round trip. What `decide` returns or throws is
   * told only if the state it saw was the newest. Inside a unit of work it is a `load` and a `save`.
   * @param decide must take nothing from the state with it that it changes later; may be called again
   * @throws what `decide` throws, WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`) when all attempts lost the race,
   *   NestedUpdate (`STORE_NESTED_UPDATE`), and as `append`
   */
  abstract update<State extends Stateful, Result>(
    stream: string,
    model: StateModel<State>,
    decide: (state: State) => Result | Promise<Result>,
    options?: UpdateOptions,
  ): Promise<Updated<Result>>;

  /**
   * Reads all partitions merged, cause before effect, up to the head as it is when the reader gets there. Events of the
   * store itself, whose type begins with `$`, are among them.
   * @param after where to go on; backwards: what to begin before. @default the start; backwards: the head
   * @throws InvalidCheckpoint (`LOG_INVALID_CHECKPOINT`), RangeError naming every fault of the options
   */
  abstract readAll(after?: Checkpoint, options?: ReadAllOptions): AsyncIterable<RecordedEvent>;

  /**
   * As `readAll`, in batches with the checkpoint after each, for readers that keep one. A batch may have no events: then
   * it moves the checkpoint past what was filtered out, or says that the reader has caught up. At the head there is none.
   */
  abstract readBatches(after?: Checkpoint, options?: ReadAllOptions): AsyncIterable<EventBatch>;

  /** Reads the events of all streams of one category. */
  abstract readCategory(category: string, options?: Omit<ReadAllOptions, 'category'>): AsyncIterable<RecordedEvent>;

  /** Reads the events that carry one correlation id. */
  abstract readCorrelated(
    correlationId: string,
    options?: Omit<ReadAllOptions, 'correlationId'>,
  ): AsyncIterable<RecordedEvent>;

  /**
   * Reads on from `after` and then waits for more, until the signal aborts or the loop is left: then it ends, without an
   * error, once the read under way is over. Nothing is read further ahead than one batch. A read that fails ends it
   * with its error; go on from the last checkpoint.
   */
  abstract tail(after: Checkpoint, options?: TailOptions): AsyncIterable<EventBatch>;

  /**
   * The same as an Observable of single events; unsubscribing ends it. Observables cannot hold back their source: who
   * works on events asynchronously takes `tail`.
   */
  abstract tail$(after: Checkpoint, options?: TailOptions): Observable<RecordedEvent>;

  /**
   * Takes a stream out of normal reads, with all its events; `read` with `archived` still gives them. The stream reads as
   * one that does not exist, and appends to it are refused. Not part of a unit of work; may be repeated.
   *
   * A projection that has not read the events by then passes them over; so does one that is rebuilt before the stream is
   * restored.
   * @throws StreamNotFound (`STORE_STREAM_NOT_FOUND`), StreamClosed (`STORE_STREAM_CLOSED`) when it is tombstoned,
   *   LogUnavailable (`LOG_UNAVAILABLE`)
   */
  abstract archive(stream: string, options?: CloseOptions): Promise<void>;

  /**
   * Puts an archived stream back: every event as it was, at the offset it had. It goes on at the next revision.
   * @throws StreamNotArchived (`STORE_STREAM_NOT_ARCHIVED`), LogUnavailable (`LOG_UNAVAILABLE`)
   */
  abstract restore(stream: string, of?: OfTenant): Promise<void>;

  /**
   * Removes a stream's events for good, archived ones, too; an event that says so stays. Reads and appends of the stream
   * are refused from now on, so its name and revisions are never used again. May be repeated.
   * @throws StreamNotFound (`STORE_STREAM_NOT_FOUND`), LogUnavailable (`LOG_UNAVAILABLE`)
   */
  abstract tombstone(stream: string, options?: CloseOptions): Promise<void>;

  /** What was noted about a stream as a whole; the stream need not exist. */
  abstract streamMetadata(stream: string, of?: OfTenant): Promise<StreamMetadata>;

  /**
   * Notes something about a stream as a whole, in the place of what was noted before; in the unit of work, if there is one.
   * @param metadata plain JSON
   * @param expected the metadata's own revision. @default 'any'
   * @throws WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`), NotEncodable (`MESSAGE_NOT_ENCODABLE`), and as `append`
   */
  abstract setStreamMetadata(
    stream: string,
    metadata: StreamMetadata['metadata'],
    expected?: ExpectedRevision,
    of?: OfTenant,
  ): Promise<AppendResult>;

  /**
   * Forgets a data subject: erases the key of what is personal of it (`@Personal`), so that those fields read as `Shredded`
   * in all events from now on, in other processes once they have let go of the key (a second by default). Snapshots of
   * the streams that had some are removed, and each of these streams gets an event `PersonalDataShredded`, by which
   * projections blank what they copied. Goes on after a crash; may be repeated. Not part of a unit of work. Copies outside
   * the database, as its backups, hold the key until they are gone, too.
   * @param subject as `@DataSubject` makes it, or a stream's name
   * @throws NoKeyStore (`STORE_NO_KEY_STORE`)
   */
  abstract shred(subject: string): Promise<void>;

  /** The streams that have, or had, personal data of a subject. @throws NoKeyStore (`STORE_NO_KEY_STORE`) */
  abstract streamsOfSubject(subject: string): Promise<readonly NamedStream[]>;

  /**
   * Has events handled in the transaction that appends them, before they are written. An append that brings such events and
   * is made outside a unit of work opens one for itself, and no longer shares a transaction with other appends. Handlers
   * may read, but append nothing (`STORE_UNIT_OF_WORK_CLOSED`).
   */
  abstract handleInline(handler: InlineHandler): void;

  /** Past the last visible event of each partition. */
  abstract head(): Promise<Checkpoint>;

  /** A checkpoint that may leave the database: it carries the log's incarnation. */
  abstract toToken(checkpoint: Checkpoint): Promise<string>;

  /**
   * The checkpoint of a token.
   * @throws CheckpointAhead (`STORE_CHECKPOINT_AHEAD`) when the token is of another log, or of a state this log has not reached
   * @throws InvalidCheckpoint (`LOG_INVALID_CHECKPOINT`) when it is no token
   */
  abstract fromToken(token: string): Promise<Checkpoint>;
}
