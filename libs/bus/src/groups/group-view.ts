import type { Assignment, GroupMember, PartitionsByTopic, TopicPartition } from './assignor.js';

/** The members and topics of a group in the order in which assignors go through them. */
export interface GroupView {
  /** Static members by instance id, then the others by member id (Kafka's MemberInfo). */
  readonly members: readonly GroupMember[];
  /** Topics that exist and that somebody subscribes to, by name. */
  readonly topics: readonly string[];
  /** All partitions of these topics, by topic and number. */
  readonly partitions: readonly TopicPartition[];
  /** Those who subscribe to a topic, in their order. */
  readonly subscribersOf: (topic: string) => readonly GroupMember[];
  /** Everybody with nothing yet. */
  readonly nothing: () => Assignment;
}

/** @throws RangeError naming every fault */
export function viewOf(given: readonly GroupMember[], partitionsByTopic: PartitionsByTopic): GroupView {
  refuseFaults(given, partitionsByTopic);
  const members = [...given].sort(byRank);
  const subscribed = new Set(members.flatMap(({ topics }) => topics));
  const topics = Object.keys(partitionsByTopic)
    .filter((topic) => subscribed.has(topic))
    .sort(byText);
  const subscribers = new Map(
    topics.map((topic) => [topic, members.filter((member) => member.topics.includes(topic))]),
  );
  return {
    members,
    topics,
    partitions: topics.flatMap((topic) =>
      Array.from({ length: partitionsByTopic[topic] ?? 0 }, (_, partition) => ({ topic, partition })),
    ),
    subscribersOf: (topic) => subscribers.get(topic) ?? [],
    nothing: () => Object.fromEntries(members.map(({ memberId }) => [memberId, []])),
  };
}

function refuseFaults(members: readonly GroupMember[], partitionsByTopic: PartitionsByTopic): void {
  const ids = members.map(({ memberId }) => memberId);
  const faults = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two members are named "${id}"`);
  for (const [topic, count] of Object.entries(partitionsByTopic)) {
    if (!Number.isSafeInteger(count) || count < 0) faults.push(`topic "${topic}" cannot have ${count} partitions`);
  }
  if (faults.length > 0) throw new RangeError(`Partitions cannot be assigned: ${faults.join('; ')}`);
}

/** By UTF-16 code units, as Java compares texts. */
const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function byRank(one: GroupMember, other: GroupMember): number {
  if (one.instanceId !== undefined && other.instanceId !== undefined) return byText(one.instanceId, other.instanceId);
  if (one.instanceId !== undefined) return -1;
  if (other.instanceId !== undefined) return 1;
  return byText(one.memberId, other.memberId);
}
