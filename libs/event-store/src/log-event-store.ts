import type {
  Checkpoint,
  Enrolment,
  ExpectedRevision,
  Log,
  StreamAppended,
  UnitOfWork,
  WakesReaders,
} from '@annals/log';
import { appendedOrThrow, checkCheckpoint, checkpointAfter, startOf } from '@annals/log';
import { DEFAULT_LIMIT_BYTES, hasCode } from '@annals/message';
import type { Observable } from 'rxjs';
import type { AppendOptions, EventBatch, StreamChange } from './event-store.js';
import { EventStore } from './event-store.js';
import { fromToken, toToken } from './reading/checkpoint-tokens.js';
import { EventDecoder } from './reading/event-decoder.js';
import { eventsOf, logBatches } from './reading/log-batches.js';
import type { ReadAllOptions, ReplayRange, StreamRange, TailOptions } from './reading/read-options.js';
import { resolveRange, resolveReadAll, resolveTail } from './reading/resolve-read-options.js';
import { replayedEvents, replayedInUnit, streamEvents, streamEventsInUnit } from './reading/stream-events.js';
import { tailObservable } from './reading/tail-observable.js';
import { tailOf } from './reading/tail.js';
import type { AppendResult } from './stream/appended.js';
import type { NewEvent } from './stream/new-event.js';
import type { RecordedEvent, ReplayedEvent, StreamEvent } from './stream/recorded-event.js';
import { checkStreamName } from './stream/stream-name.js';
import type { EventTypes } from './typing/event-types.js';
import { declaredEventTypes } from './typing/event-types.js';
import { EventWriter } from './writing/event-writer.js';

/** What a LogEventStore stands on. */
export interface LogEventStoreParts {
  readonly log: Log;
  readonly unitOfWork: UnitOfWork;
  readonly wakesReaders: WakesReaders;
}

/** How a LogEventStore behaves. */
export interface LogEventStoreOptions {
  /** Bytes of the data of one event as JSON in UTF-8 at the most, and of its metadata. @default 1 MiB */
  readonly maxEventBytes?: number;
  /** The classes of events. @default what `@DomainEvent` declares in this process */
  readonly types?: EventTypes;
}

const PENDING: AppendResult = Object.freeze({ pending: true });

/** The event store of every engine: what it means to append and read events, over what the engine's log can do. */
export class LogEventStore extends EventStore {
  readonly #log: Log;
  readonly #unitOfWork: UnitOfWork;
  readonly #wakes: WakesReaders;
  readonly #writer: EventWriter;
  readonly #decoder: EventDecoder;

  /** @throws RangeError when `maxEventBytes` is not a whole number from 1 on */
  constructor({ log, unitOfWork, wakesReaders }: LogEventStoreParts, options: LogEventStoreOptions = {}) {
    super();
    const { maxEventBytes = DEFAULT_LIMIT_BYTES, types = declaredEventTypes } = options;
    if (!Number.isSafeInteger(maxEventBytes) || maxEventBytes < 1) {
      throw new RangeError(
        `LogEventStoreOptions: maxEventBytes must be a whole number from 1 on, not ${maxEventBytes}`,
      );
    }
    this.#log = log;
    this.#unitOfWork = unitOfWork;
    this.#wakes = wakesReaders;
    this.#writer = new EventWriter(types, maxEventBytes);
    this.#decoder = new EventDecoder(types);
  }

  override append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    return this.#append([{ stream, expected, events }], options, ([result]) => result as AppendResult);
  }

  override async appendAll(
    changes: readonly StreamChange[],
    options: AppendOptions = {},
  ): Promise<readonly AppendResult[]> {
    return changes.length === 0 ? [] : this.#append(changes, options, (results) => results);
  }

  override read(stream: string, range: StreamRange = {}): AsyncIterable<StreamEvent> {
    checkStreamName(stream);
    const resolved = resolveRange(range);
    const unit = this.#unitIfJoined();
    return unit === undefined
      ? streamEvents(this.#log, this.#decoder, stream, resolved)
      : streamEventsInUnit(this.#log, this.#decoder, unit, stream, resolved);
  }

  override replay(stream: string, range: ReplayRange = {}): AsyncIterable<readonly ReplayedEvent[]> {
    checkStreamName(stream);
    const resolved = resolveRange(range);
    const unit = this.#unitIfJoined();
    return unit === undefined
      ? replayedEvents(this.#log, this.#decoder, stream, resolved)
      : replayedInUnit(this.#log, this.#decoder, unit, stream, resolved);
  }

  override readAll(after?: Checkpoint, options: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    return eventsOf(this.readBatches(after, options));
  }

  override readBatches(after?: Checkpoint, options: ReadAllOptions = {}): AsyncIterable<EventBatch> {
    const resolved = resolveReadAll(options);
    if (after !== undefined) checkCheckpoint(after, this.#log.partitions);
    else if (resolved.direction === 'backwards') return this.#batchesFromHead(options);
    return logBatches(this.#log, this.#decoder, after ?? startOf(this.#log.partitions), resolved);
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
    const resolved = resolveTail(options);
    checkCheckpoint(after, this.#log.partitions);
    const source = { log: this.#log, wakes: this.#wakes, decoder: this.#decoder };
    return tailOf(source, after, resolved, options.signal);
  }

  override tail$(after: Checkpoint, options: TailOptions = {}): Observable<RecordedEvent> {
    return tailObservable((signal) => this.tail(after, { ...options, signal }), options.signal);
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

  /** @param answer what the caller is given of the results, one for each change */
  async #append<Answer>(
    changes: readonly StreamChange[],
    options: AppendOptions,
    answer: (results: readonly AppendResult[]) => Answer,
  ): Promise<Answer> {
    // Asked first: inside a transaction that no unit has joined nothing at all may be done.
    const unit = this.#unitOfWork.current();
    const checking = this.#writer.check(changes, options);
    // Without rules to check, an append reaches the log in the tick it is called in, and so the batch that is being made.
    const checked = checking instanceof Promise ? await checking : checking;
    if (unit === undefined) {
      const appends = this.#writer.encode(checked, () => 0);
      const appended = appendedOrThrow(await this.#log.append(appends));
      return answer(appended.map((each) => this.#resultOf(each)));
    }
    unit.enrol(this.#writer.encode(checked, (stream) => enrolledIn(unit, stream)));
    return answer(changes.map(() => PENDING));
  }

  #resultOf(appended: StreamAppended): AppendResult {
    const { revision, position } = appended;
    return { pending: false, revision, position, checkpoint: checkpointAfter([appended], this.#log.partitions) };
  }

  async *#batchesFromHead(options: ReadAllOptions): AsyncGenerator<EventBatch> {
    yield* logBatches(this.#log, this.#decoder, await this.#log.head(), resolveReadAll(options));
  }

  /** Reading is harmless where appending is refused. */
  #unitIfJoined(): Enrolment | undefined {
    try {
      return this.#unitOfWork.current();
    } catch (error) {
      if (hasCode(error, 'STORE_NOT_JOINED')) return undefined;
      throw error;
    }
  }
}

function enrolledIn(unit: Enrolment, stream: string): number {
  let records = 0;
  for (const append of unit.enrolled) if (append.stream === stream) records += append.records.length;
  return records;
}
