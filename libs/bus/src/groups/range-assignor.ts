import type { Assignor } from './assignor.js';
import { viewOf } from './group-view.js';

/**
 * Topic by topic, a run of neighbours for each member; the first ones get one more where it does not come out even. So equal
 * partitions of two topics go to one member, which can join them (Kafka's RangeAssignor).
 */
export const range: Assignor = (members, partitionsByTopic) => {
  const view = viewOf(members, partitionsByTopic);
  const assignment = view.nothing();
  for (const topic of view.topics) {
    const subscribers = view.subscribersOf(topic);
    const partitions = partitionsByTopic[topic] ?? 0;
    const each = Math.floor(partitions / subscribers.length);
    const extra = partitions % subscribers.length;
    for (const [place, { memberId }] of subscribers.entries()) {
      const first = each * place + Math.min(place, extra);
      const count = each + (place < extra ? 1 : 0);
      for (let partition = first; partition < first + count; partition += 1)
        assignment[memberId]?.push({ topic, partition });
    }
  }
  return assignment;
};
