import { Observable } from 'rxjs';
import type { Bus } from '../bus.js';
import type { TopicRecord } from '../topics/topic-record.js';
import type { SubscribeOptions } from './subscribe-options.js';
import type { Subscription } from './subscription.js';

/** A record that waits to be acknowledged. */
export interface ObservedRecord {
  readonly record: TopicRecord;
  /** Says that it is done: its cursor may move, and the next record of its partition comes. */
  readonly ack: () => void;
  /** Says that it failed: it is tried again, and treated by `onFailure` in the end, as where a handler throws. */
  readonly nack: (error: unknown) => void;
}

/**
 * Topics as an Observable, read as a member of a group. One record of each partition is out at a time, until it is
 * acknowledged: so whoever is slow is not flooded, and nothing is read ahead of what they can take.
 * It errors when the subscription cannot be (`BUS_INVALID_SUBSCRIPTION`, `BUS_UNKNOWN_TOPIC`); unsubscribing leaves the group.
 */
export function observe(bus: Bus, options: SubscribeOptions): Observable<ObservedRecord> {
  return new Observable((subscriber) => {
    const handle = (record: TopicRecord): Promise<void> =>
      new Promise((resolve, reject) => {
        const nack = (error: unknown): void => reject(error instanceof Error ? error : new Error(String(error)));
        subscriber.next({ record, ack: resolve, nack });
      });
    const opened: Promise<Subscription | undefined> = bus.subscribe(options, handle).catch((error: unknown) => {
      subscriber.error(error);
      return undefined;
    });
    return () => {
      // What is out and not acknowledged comes again.
      void opened.then((subscription) => subscription?.stop(0));
    };
  });
}
