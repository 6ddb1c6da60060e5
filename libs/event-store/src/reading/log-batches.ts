import type { Checkpoint, Log, LogBatch } from '@annals/log';
import type { EventBatch } from '../event-store.js';
import type { RecordedEvent } from '../stream/recorded-event.js';
import type { EventDecoder } from './event-decoder.js';
import { ahead, settled } from './read-ahead.js';
import type { ResolvedReadAll } from './resolve-read-options.js';

/** Whether a reader gets ahead by this batch: a batch without events may still have passed over some. */
export const hasMoved = (batch: LogBatch, from: Checkpoint): boolean =>
  batch.records.length > 0 || batch.checkpoint.some((offset, partition) => offset !== from[partition]);

/**
 * The events of the log from `after` on, batch after batch, until there are no more; the next batch is read while the
 * consumer works on this one. Batches that neither have events nor move the checkpoint are left out.
 */
export async function* logBatches(
  log: Log,
  decoder: EventDecoder,
  after: Checkpoint,
  { limit, direction, batchSize, filter }: ResolvedReadAll,
): AsyncGenerator<EventBatch> {
  let checkpoint = after;
  let remaining = limit;
  let next: Promise<LogBatch> | undefined;
  const read = (): Promise<LogBatch> => {
    const options = { limit: Math.min(batchSize, remaining), ...(filter === undefined ? {} : { filter }) };
    return ahead(
      direction === 'forwards' ? log.readForwards(checkpoint, options) : log.readBackwards(checkpoint, options),
    );
  };
  try {
    while (remaining > 0) {
      const batch: LogBatch = await (next ?? read());
      next = undefined;
      const moved = hasMoved(batch, checkpoint);
      checkpoint = batch.checkpoint;
      remaining -= batch.records.length;
      const more = !batch.caughtUp && remaining > 0;
      if (more) next = read();
      if (moved) yield { events: decoder.recorded(batch.records), checkpoint, caughtUp: batch.caughtUp };
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
