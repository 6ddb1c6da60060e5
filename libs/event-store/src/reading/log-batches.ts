import type { Checkpoint, Log, LogBatch } from '@annals/log';
import type { EventBatch } from './event-batch.js';
import type { RecordedEvent } from '../stream/recorded-event.js';
import type { EventDecoder } from './event-decoder.js';
import { ahead, settled } from './read-ahead.js';
import { readLog } from './read-log.js';
import type { ResolvedReadAll } from './resolve-read-options.js';

/**
 * Whether a batch tells a reader anything: it has events, has passed over some, or says for the first time after
 * batches that did not that there is nothing more.
 */
export const isNews = (batch: LogBatch, from: Checkpoint, wasCaughtUp: boolean): boolean =>
  batch.records.length > 0 ||
  (batch.caughtUp && !wasCaughtUp) ||
  batch.checkpoint.some((offset, partition) => offset !== from[partition]);

/**
 * The events of the log from `after` on, batch after batch, until there are no more; the next batch is read while the
 * consumer works on this one.
 */
export async function* logBatches(
  log: Log,
  decoder: EventDecoder,
  after: Checkpoint,
  { limit, direction, batchSize, filter, partitions }: ResolvedReadAll,
): AsyncGenerator<EventBatch> {
  let checkpoint = after;
  let remaining = limit;
  let caughtUp = true;
  let next: Promise<LogBatch> | undefined;
  const readFrom = readLog(log, filter, partitions);
  const read = (): Promise<LogBatch> => {
    const size = Math.min(batchSize, remaining);
    if (direction === 'forwards') return ahead(readFrom(checkpoint, size));
    return ahead(log.readBackwards(checkpoint, { limit: size, ...(filter === undefined ? {} : { filter }) }));
  };
  try {
    while (remaining > 0) {
      const batch: LogBatch = await (next ?? read());
      next = undefined;
      const news = isNews(batch, checkpoint, caughtUp);
      ({ checkpoint, caughtUp } = batch);
      remaining -= batch.records.length;
      const more = !caughtUp && remaining > 0;
      if (more) next = read();
      if (news) {
        const decoding = decoder.recorded(batch.records);
        yield { events: decoding instanceof Promise ? await decoding : decoding, checkpoint, caughtUp };
      }
      if (!more) return;
    }
  } finally {
    await settled(next);
  }
}

/** The events of batches, one by one. */
export async function* eventsOf(batches: AsyncIterable<EventBatch>): AsyncGenerator<RecordedEvent> {
  for await (const { events } of batches) {
    for (const event of events) yield event;
  }
}
