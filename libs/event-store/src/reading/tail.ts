import type { Checkpoint, Log, LogBatch, RecordFilter, WakesReaders } from '@annals/log';
import type { EventBatch } from './event-batch.js';
import { Doorbell } from './doorbell.js';
import type { EventDecoder } from './event-decoder.js';
import { isNews } from './log-batches.js';
import { ahead, settled } from './read-ahead.js';
import { readLog } from './read-log.js';

/** What a tail reads, and how often at least. */
export interface ResolvedTail {
  readonly batchSize: number;
  readonly filter: RecordFilter | undefined;
  readonly partitions: readonly number[] | undefined;
  readonly pollMs: number;
}

/** Where a tail gets its events from. */
export interface TailSource {
  readonly log: Log;
  readonly wakes: WakesReaders;
  readonly decoder: EventDecoder;
}

/**
 * A tail that can be iterated several times, each from `after` on. Its iterator may be ended by `return()` while it
 * waits for events, which a bare generator would only notice at its next event.
 */
export function tailOf(
  source: TailSource,
  after: Checkpoint,
  options: ResolvedTail,
  signal?: AbortSignal,
): AsyncIterable<EventBatch> {
  return {
    [Symbol.asyncIterator]() {
      const bell = new Doorbell(source.wakes, signal);
      const batches = tailBatches(source, after, options, bell);
      return {
        next: () => batches.next(),
        return: () => {
          bell.end();
          return batches.return(undefined);
        },
      };
    },
  };
}

/**
 * ```
 * reading ──events──► handing over ──asked for more──► reading (already under way, unless caught up)
 * reading ──caught up──► (handing over) ──► waiting ──ring | pollMs──► reading
 * any ──signal aborts | loop is left──► ended, once the read under way is over
 * ```
 */
async function* tailBatches(
  { log, decoder }: TailSource,
  after: Checkpoint,
  { batchSize, filter, partitions, pollMs }: ResolvedTail,
  bell: Doorbell,
): AsyncGenerator<EventBatch, undefined> {
  const readFrom = readLog(log, filter, partitions);
  let checkpoint = after;
  let caughtUp = true;
  let next: Promise<LogBatch> | undefined;
  const read = (): Promise<LogBatch> => {
    // Before the read, not after it: a wake-up during the read may be about something it did not see.
    bell.unring();
    return ahead(readFrom(checkpoint, batchSize));
  };
  try {
    while (!bell.hasEnded()) {
      const batch: LogBatch = await (next ?? read());
      next = undefined;
      if (bell.hasEnded()) return;
      const news = isNews(batch, checkpoint, caughtUp);
      ({ checkpoint, caughtUp } = batch);
      if (!caughtUp) next = read();
      if (news) {
        const decoding = decoder.recorded(batch.records);
        yield { events: decoding instanceof Promise ? await decoding : decoding, checkpoint, caughtUp };
      }
      if (caughtUp) await bell.wait(pollMs);
    }
  } finally {
    bell.end();
    await settled(next);
  }
}
