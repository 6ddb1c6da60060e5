import type { Assignor } from './assignor.js';
import { nameOf } from './claims.js';
import { sticky } from './sticky-assignor.js';

/**
 * As `sticky`, but a partition that somebody else still says they have is given to nobody in this round: its owner learns
 * that it is gone, lets go of it, and the next round gives it away. Whoever keeps their partitions is never interrupted
 * (Kafka's CooperativeStickyAssignor, KIP-429).
 */
export const cooperativeSticky: Assignor = (members, partitionsByTopic) => {
  const assignment = sticky(members, partitionsByTopic);
  const holders = new Map<string, Set<string>>();
  for (const { memberId, owned = [] } of members) {
    for (const partition of owned) {
      const name = nameOf(partition);
      holders.set(name, (holders.get(name) ?? new Set()).add(memberId));
    }
  }
  for (const [memberId, partitions] of Object.entries(assignment)) {
    assignment[memberId] = partitions.filter((partition) => {
      const others = holders.get(nameOf(partition));
      return others === undefined || (others.size === 1 && others.has(memberId));
    });
  }
  return assignment;
};
