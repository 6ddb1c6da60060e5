import type { Checkpoint, ExpectedRevision, Log, NamedStream, UnitOfWork, WakesReaders } from '@annals/log';
import { streamOfKey } from '@annals/log';
import type { Observable } from 'rxjs';
import type { EventBatch } from './reading/event-batch.js';
import type { AppendOptions, StreamChange } from './stream/append-options.js';
import { EventStore } from './event-store.js';
import type { LogEventStoreOptions } from './log-event-store.options.js';
import { resolveLogEventStoreOptions } from './log-event-store.options.js';
import { fromToken, toToken } from './reading/checkpoint-tokens.js';
import { EventDecoder } from './reading/event-decoder.js';
import { eventsOf } from './reading/log-batches.js';
import type { ReadAllOptions, ReplayRange, StreamRange, TailOptions } from './reading/read-options.js';
import { StoreReader } from './reading/store-reader.js';
import { tailObservable } from './reading/tail-observable.js';
import type { PersonalDataParts } from './shredding/personal-data.js';
import { PersonalData } from './shredding/personal-data.js';
import type { SnapshotStore } from './snapshot/snapshot-store.js';
import { SnapshotWriter } from './snapshot/snapshot-writer.js';
import { StateLoader } from './state/state-loader.js';
import type { Stateful, StateModel } from './state/state-model.js';
import { StreamStates } from './state/stream-states.js';
import type { AppendResult } from './stream/appended.js';
import type { OfTenant } from './stream/key-of.js';
import type { NewEvent } from './stream/new-event.js';
import type { RecordedEvent, ReplayedEvent, StreamEvent } from './stream/recorded-event.js';
import type { Updated, UpdateOptions } from './updating/update-options.js';
import type { StreamMetadata } from './stream/stream-metadata.js';
import { StreamMetadatas } from './stream/stream-metadata.js';
import type { CloseOptions } from './closing/stream-closer.js';
import { StreamCloser } from './closing/stream-closer.js';
import type { InlineHandler } from './writing/inline-handlers.js';
import { InlineHandlers } from './writing/inline-handlers.js';
import type { AppendTracker } from './writing/track-appends.js';
import { currentTracker } from './writing/track-appends.js';
import { tracedWrite } from './writing/traced-write.js';
import { StoreWriter } from './writing/store-writer.js';
import { EventWriter } from './writing/event-writer.js';

/** What a LogEventStore stands on. */
export interface LogEventStoreParts {
  readonly log: Log;
  readonly unitOfWork: UnitOfWork;
  readonly wakesReaders: WakesReaders;
  /** Where keys of personal data are. @default nowhere: events with personal fields are refused */
  readonly personal?: PersonalDataParts | undefined;
  /** @default none: every state is replayed */
  readonly snapshots?: SnapshotStore | undefined;
}

/** The event store of every engine: what it means to append and read events, over what the engine's log can do. */
export class LogEventStore extends EventStore {
  readonly #log: Log;
  readonly #reader: StoreReader;
  readonly #personal: PersonalData;
  readonly #inline: InlineHandlers;
  readonly #writer: StoreWriter;
  readonly #closer: StreamCloser;
  readonly #metadata: StreamMetadatas;
  readonly #snapshots: SnapshotWriter | undefined;
  readonly #states: StreamStates;

  /** @throws RangeError naming every option at fault */
  constructor(parts: LogEventStoreParts, options: LogEventStoreOptions = {}) {
    super();
    const { log, unitOfWork, wakesReaders, snapshots } = parts;
    const { maxEventBytes, types, unknownTypes, onSnapshotFault: onFault } = resolveLogEventStoreOptions(options);
    const personal = new PersonalData(parts.personal);
    this.#log = log;
    this.#personal = personal;
    const writer = new EventWriter({ types, maxEventBytes, unknownTypes });
    const decoder = new EventDecoder({ types, personal, unknownTypes });
    this.#inline = new InlineHandlers(log, decoder, types);
    this.#writer = new StoreWriter({ log, unitOfWork, writer, personal, inline: this.#inline });
    this.#closer = new StreamCloser(log, snapshots);
    this.#reader = new StoreReader({ log, unitOfWork, wakes: wakesReaders, decoder, types });
    this.#snapshots = snapshots && new SnapshotWriter(snapshots, onFault);
    const loader = new StateLoader({ log, decoder, snapshots, writer: this.#snapshots, onFault });
    this.#states = new StreamStates({
      types,
      loader,
      append: (changes) => this.#writer.appendInContext(changes, (results) => results),
      unitToWrite: () => unitOfWork.current(),
      unit: () => this.#reader.unit(),
    });
    this.#metadata = new StreamMetadatas({
      log,
      unit: () => this.#reader.unit(),
      commit: (appends) => this.#writer.commit(appends),
    });
  }

  override append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    return this.#writer.append([{ stream, expected, events }], options, ([result]) => result as AppendResult);
  }

  override async appendAll(
    changes: readonly StreamChange[],
    options: AppendOptions = {},
  ): Promise<readonly AppendResult[]> {
    return changes.length === 0 ? [] : this.#writer.append(changes, options, (results) => results);
  }

  override read(stream: string, range: StreamRange = {}): AsyncIterable<StreamEvent> {
    return this.#reader.read(stream, range);
  }

  override replay(stream: string, range: ReplayRange = {}): AsyncIterable<readonly ReplayedEvent[]> {
    return this.#reader.replay(stream, range);
  }

  override load<State extends Stateful>(stream: string, model: StateModel<State>, of?: OfTenant): Promise<State> {
    return this.#states.load(stream, model, of);
  }

  override save<State extends Stateful>(
    stream: string,
    model: StateModel<State>,
    state: State,
    options?: AppendOptions,
  ): Promise<AppendResult | undefined> {
    return this.#states.save(stream, model, state, options);
  }

  override update<State extends Stateful, Result>(
    stream: string,
    model: StateModel<State>,
    decide: (state: State) => Result | Promise<Result>,
    options?: UpdateOptions,
  ): Promise<Updated<Result>> {
    const update = () => this.#states.update(stream, model, decide, options);
    const updated = tracedWrite('update', () => [stream], update);
    // Updates of a stream share appends, which are made on nobody's behalf in particular: what came of it is told here.
    const tracker = currentTracker();
    return tracker === undefined ? updated : updated.then((done) => told(tracker, done));
  }

  override readAll(after?: Checkpoint, options: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    return eventsOf(this.readBatches(after, options));
  }

  override readBatches(after?: Checkpoint, options: ReadAllOptions = {}): AsyncIterable<EventBatch> {
    return this.#reader.batches(after, options);
  }

  override readCategory(
    category: string,
    options: Omit<ReadAllOptions, 'category'> = {},
  ): AsyncIterable<RecordedEvent> {
    return this.readAll(undefined, { ...options, category });
  }

  override readCorrelated(
    correlationId: string,
    options: Omit<ReadAllOptions, 'correlationId'> = {},
  ): AsyncIterable<RecordedEvent> {
    return this.readAll(undefined, { ...options, correlationId });
  }

  override tail(after: Checkpoint, options: TailOptions = {}): AsyncIterable<EventBatch> {
    return this.#reader.tail(after, options);
  }

  override tail$(after: Checkpoint, options: TailOptions = {}): Observable<RecordedEvent> {
    return tailObservable((signal) => this.tail(after, { ...options, signal }), options.signal);
  }

  override archive(stream: string, options: CloseOptions = {}): Promise<void> {
    return this.#closer.archive(stream, options);
  }

  override restore(stream: string, of: OfTenant = {}): Promise<void> {
    return this.#closer.restore(stream, of);
  }

  override tombstone(stream: string, options: CloseOptions = {}): Promise<void> {
    return this.#closer.tombstone(stream, options);
  }

  override streamMetadata(stream: string, of?: OfTenant): Promise<StreamMetadata> {
    return this.#metadata.get(stream, of);
  }

  override setStreamMetadata(
    stream: string,
    metadata: StreamMetadata['metadata'],
    expected: ExpectedRevision = 'any',
    of?: OfTenant,
  ): Promise<AppendResult> {
    return this.#metadata.set(stream, metadata, expected, of);
  }

  override shred(subject: string): Promise<void> {
    return this.#personal.shred(subject);
  }

  override async streamsOfSubject(subject: string): Promise<readonly NamedStream[]> {
    return (await this.#personal.streamsOf(subject)).map((key) => streamOfKey(key));
  }

  /** Finishes what was begun to be shredded before a crash. */
  resumeShredding(): Promise<void> {
    return this.#personal.resume();
  }

  override handleInline(handler: InlineHandler): void {
    this.#inline.add(handler);
  }

  override head(): Promise<Checkpoint> {
    return this.#log.head();
  }

  override toToken(checkpoint: Checkpoint): Promise<string> {
    return toToken(this.#log, checkpoint);
  }

  override fromToken(token: string): Promise<Checkpoint> {
    return fromToken(this.#log, token);
  }

  /** Resolves when all snapshots that are due are written, or found impossible to write. */
  async snapshotsWritten(): Promise<void> {
    await this.#snapshots?.drained();
  }
}

function told<Result>(tracker: AppendTracker, updated: Updated<Result>): Updated<Result> {
  if (updated.appended?.pending === false) tracker.reach(updated.appended.checkpoint);
  return updated;
}
