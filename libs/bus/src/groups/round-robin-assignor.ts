import type { Assignor } from './assignor.js';
import { viewOf } from './group-view.js';

/**
 * All partitions in one row, dealt out like cards; who does not subscribe to a topic is passed over (Kafka's
 * RoundRobinAssignor).
 */
export const roundRobin: Assignor = (members, partitionsByTopic) => {
  const view = viewOf(members, partitionsByTopic);
  const assignment = view.nothing();
  let turn = 0;
  for (const { topic, partition } of view.partitions) {
    for (;;) {
      const member = view.members[turn % view.members.length];
      turn += 1;
      // Every topic in the row has a subscriber, so the round ends.
      if (member?.topics.includes(topic) !== true) continue;
      assignment[member.memberId]?.push({ topic, partition });
      break;
    }
  }
  return assignment;
};
