import type { EncodedRecord } from './encode-record.js';
import type { Topic } from './topic.js';

/** A record and where it goes. */
export interface ProducedRecord {
  readonly topic: Topic;
  readonly record: EncodedRecord & { readonly partition: number };
}

/** Records by topic, in the one order in which everybody locks topics: or two transactions could wait for each other. */
export function byTopic(
  produced: readonly ProducedRecord[],
): readonly (readonly [Topic, readonly ProducedRecord['record'][]])[] {
  const topics = new Map<number, { readonly topic: Topic; readonly records: ProducedRecord['record'][] }>();
  for (const { topic, record } of produced) {
    const known = topics.get(topic.id);
    if (known === undefined) topics.set(topic.id, { topic, records: [record] });
    else known.records.push(record);
  }
  const sorted = [...topics.values()].sort((one, other) => one.topic.id - other.topic.id);
  return sorted.map(({ topic, records }) => [topic, records] as const);
}
