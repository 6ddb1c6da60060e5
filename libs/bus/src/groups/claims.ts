import type { GroupMember, TopicPartition } from './assignor.js';
import type { GroupView } from './group-view.js';

/** Names a partition in maps. */
export const nameOf = ({ topic, partition }: TopicPartition): string => `${partition} ${topic}`;

const OLDEST = -1;

/**
 * Whose each partition is, as far as what members say of themselves can be believed: the claim of the newest generation
 * counts; two claims of one generation contradict each other, so neither does. Nobody keeps a partition that is not there
 * any more, or whose topic they no longer subscribe to.
 */
export function validClaims(view: GroupView): Map<string, GroupMember> {
  const partitions = new Set(view.partitions.map(nameOf));
  const claims = new Map<string, { member: GroupMember; generation: number; contradicted: boolean }>();
  for (const member of view.members) {
    const generation = member.generation ?? OLDEST;
    const names = new Set((member.owned ?? []).filter(({ topic }) => member.topics.includes(topic)).map(nameOf));
    for (const name of names) {
      if (!partitions.has(name)) continue;
      const other = claims.get(name);
      if (other === undefined || other.generation < generation)
        claims.set(name, { member, generation, contradicted: false });
      else if (other.generation === generation) other.contradicted = true;
    }
  }
  const valid = [...claims].filter(([, { contradicted }]) => !contradicted);
  return new Map(valid.map(([name, { member }]) => [name, member]));
}
