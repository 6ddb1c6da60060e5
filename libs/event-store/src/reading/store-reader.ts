import type { Checkpoint, Enrolment, Log, UnitOfWork, WakesReaders } from '@annals/log';
import { checkCheckpoint, startOf } from '@annals/log';
import { hasCode } from '@annals/message';
import type { EventBatch } from './event-batch.js';
import { keyOf } from '../stream/key-of.js';
import type { ReplayedEvent, StreamEvent } from '../stream/recorded-event.js';
import type { EventTypes } from '../typing/event-types.js';
import type { EventDecoder } from './event-decoder.js';
import { logBatches } from './log-batches.js';
import type { ReadAllOptions, ReplayRange, StreamRange, TailOptions } from './read-options.js';
import { resolveRange, resolveReadAll, resolveTail } from './resolve-read-options.js';
import { replayedEvents, replayedInUnit, streamEvents, streamEventsInUnit } from './stream-events.js';
import { tailOf } from './tail.js';

/** What events are read from. */
export interface StoreReaderParts {
  readonly log: Log;
  readonly unitOfWork: UnitOfWork;
  readonly wakes: WakesReaders;
  readonly decoder: EventDecoder;
  readonly types: EventTypes;
}

/** Reads events, of one stream or of all, as the calling code's unit of work sees them. */
export class StoreReader {
  constructor(private readonly parts: StoreReaderParts) {}

  read(stream: string, range: StreamRange): AsyncIterable<StreamEvent> {
    const { log, decoder } = this.parts;
    const key = keyOf(stream, range);
    const resolved = resolveRange(range);
    const unit = this.unit();
    return unit === undefined
      ? streamEvents(log, decoder, key, resolved)
      : streamEventsInUnit(log, decoder, unit, key, resolved);
  }

  replay(stream: string, range: ReplayRange): AsyncIterable<readonly ReplayedEvent[]> {
    const { log, decoder } = this.parts;
    const key = keyOf(stream, range);
    const resolved = resolveRange(range);
    const unit = this.unit();
    return unit === undefined
      ? replayedEvents(log, decoder, key, resolved)
      : replayedInUnit(log, decoder, unit, key, resolved);
  }

  batches(after: Checkpoint | undefined, options: ReadAllOptions): AsyncIterable<EventBatch> {
    const { log, decoder, types } = this.parts;
    const resolved = resolveReadAll(options, types);
    if (after !== undefined) checkCheckpoint(after, log.partitions);
    else if (resolved.direction === 'backwards') return this.batchesFromHead(options);
    return logBatches(log, decoder, after ?? startOf(log.partitions), resolved);
  }

  tail(after: Checkpoint, options: TailOptions): AsyncIterable<EventBatch> {
    const resolved = resolveTail(options, this.parts.types);
    checkCheckpoint(after, this.parts.log.partitions);
    return tailOf(this.parts, after, resolved, options.signal);
  }

  /** The unit of the calling code. Reading is harmless where appending is refused. */
  unit(): Enrolment | undefined {
    try {
      return this.parts.unitOfWork.current();
    } catch (error) {
      if (hasCode(error, 'STORE_NOT_JOINED')) return undefined;
      throw error;
    }
  }

  private async *batchesFromHead(options: ReadAllOptions): AsyncGenerator<EventBatch> {
    const { log, decoder, types } = this.parts;
    yield* logBatches(log, decoder, await log.head(), resolveReadAll(options, types));
  }
}
