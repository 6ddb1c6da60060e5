import type { EventBatch, RecordedEvent } from '@annals/event-store';

/**
 * Puts small batches together while more is to come: a read over all partitions ends where the first of them was cut
 * short, so during a burst on a few streams it brings little, and each transaction costs the same however little it does.
 * @param batches in order
 * @param size events per batch at the most, but for a batch that is larger by itself
 */
export async function* gatherBatches(batches: AsyncIterable<EventBatch>, size: number): AsyncGenerator<EventBatch> {
  let events: RecordedEvent[] = [];
  let last: EventBatch | undefined;
  for await (const batch of batches) {
    if (last !== undefined && events.length + batch.events.length > size) {
      yield { ...last, events };
      events = [];
    }
    events = events.concat(batch.events);
    last = batch;
    if (!batch.caughtUp && events.length < size) continue;
    yield { ...batch, events };
    events = [];
    last = undefined;
  }
  if (last !== undefined) yield { ...last, events };
}
