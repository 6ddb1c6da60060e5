import { arrayOf, IntegerArray, TextArray } from '@annals/postgres';
import { laneFor } from '../../queues/queue.js';
import { ttlOf } from '../../queues/queue-store.js';
import type { Routed } from '../../queues/queue-store.js';

/** Messages, one entry for each of their queues, as the arrays that the function `enqueue` takes. */
export class MessageArrays {
  readonly #lane = new IntegerArray(4);
  readonly #place = new IntegerArray(4);
  readonly #bytes = new IntegerArray(8);
  readonly #sequence = new IntegerArray(8);
  readonly #ttl = new IntegerArray(8);
  readonly #envelope = new TextArray();
  readonly #body = new TextArray();
  readonly #bodyOf = new IntegerArray(4);

  /** The values from the lanes on. */
  fill(messages: readonly Routed[]): readonly unknown[] {
    const lanes = lanesOf(messages);
    const totals = lanes.map(() => ({ count: 0, bytes: 0 }));
    // SQL counts from 1.
    const indexes = new Map(lanes.map((lane, index) => [lane, index]));
    let entries = 0;
    for (const { message, queues, sequence } of messages) {
      const own = entries + 1;
      for (const queue of queues) {
        const index = indexes.get(laneFor(queue, message.priority).id) ?? 0;
        const total = totals[index] as (typeof totals)[number];
        total.bytes += message.bytes;
        entries += 1;
        this.#lane.add(index + 1);
        this.#place.add(total.count++);
        this.#bytes.add(total.bytes);
        this.#sequence.add(sequence);
        this.#ttl.add(ttlOf(queue, message) ?? -1);
        this.#envelope.add(message.envelope);
        this.#body.add(entries === own ? message.body : null);
        this.#bodyOf.add(entries === own ? 0 : own);
      }
    }
    const arrays = [
      this.#lane,
      this.#place,
      this.#bytes,
      this.#sequence,
      this.#ttl,
      this.#envelope,
      this.#body,
      this.#bodyOf,
    ];
    return [arrayOf(new IntegerArray(4), lanes), ...arrays.map((array) => array.take())];
  }
}

/** The lanes that messages go to, ascending. */
export function lanesOf(messages: readonly Routed[]): readonly number[] {
  const lanes = new Set<number>();
  for (const { message, queues } of messages)
    for (const queue of queues) lanes.add(laneFor(queue, message.priority).id);
  return [...lanes].sort((one, other) => one - other);
}
