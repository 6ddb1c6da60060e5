/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A member of a consumer group, as it is when partitions are assigned. */
export interface GroupMember {
  readonly memberId: string;
  /** Of a static member: stays the same when the process starts anew (Kafka's `group.instance.id`). */
  readonly instanceId?: string | undefined;
  /** The topics it subscribes to. */
  readonly topics: readonly string[];
  /** The partitions it says it has. @default none */
  readonly owned?: readonly TopicPartition[] | undefined;
  /** The generation in which it was given them; a claim of an older one loses. @default older than any */
  readonly generation?: number | undefined;
}

/** How many partitions each topic has. Topics that are not named do not exist. */
export type PartitionsByTopic = Readonly<Record<string, number>>;

/** What each member is to have, by its id; every member is named. */
export type Assignment = Record<string, TopicPartition[]>;

/**
 * Deals the partitions of topics out to the members of a group (Kafka's ConsumerPartitionAssignor). Pure: the same input
 * gives the same output on every machine, in whatever order the members are given.
 * @throws RangeError when two members have one id, or a number of partitions is no whole number from 0 on
 */
export type Assignor = (members: readonly GroupMember[], partitionsByTopic: PartitionsByTopic) => Assignment;
