import { Observable } from 'rxjs';
import type { EventBatch } from './event-batch.js';
import type { RecordedEvent } from '../stream/recorded-event.js';

/**
 * The single events of a tail, pushed. Observables cannot hold back their source: `next` of a subscriber is waited for,
 * but not what it starts. A subscriber that works asynchronously (`concatMap`) queues what it has not come to, so it
 * should take `tail` itself, whose loop reads on only when it is asked to.
 * @param open makes the tail of one subscriber, to be ended by the signal
 */
export function tailObservable(
  open: (signal: AbortSignal) => AsyncIterable<EventBatch>,
  signal?: AbortSignal,
): Observable<RecordedEvent> {
  return new Observable((subscriber) => {
    const left = new AbortController();
    const leave = (): void => {
      left.abort();
    };
    const push = async (): Promise<void> => {
      for await (const { events } of open(left.signal)) {
        for (const event of events) {
          if (subscriber.closed) return;
          subscriber.next(event);
        }
      }
    };
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted) leave();
    push().then(
      () => {
        subscriber.complete();
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
    return () => {
      signal?.removeEventListener('abort', leave);
      leave();
    };
  });
}
