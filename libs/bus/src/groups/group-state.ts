import type { assignors } from './assignors.js';

/** The ways to deal partitions out, by Kafka's names. */
export type AssignorName = keyof typeof assignors;

/** A partition of a topic, by the topic's id, which outlives no deletion. */
export interface PartitionId {
  readonly topicId: number;
  readonly partition: number;
}

/** A member as the group knows it. */
export interface MemberState {
  readonly id: string;
  readonly instanceId: string | null;
  readonly topics: readonly string[];
  readonly assignor: AssignorName;
  /** Milliseconds without a sign of life after which it is forgotten. */
  readonly sessionMs: number;
  /** Milliseconds, by the clock that all members share, of its last sign of life. */
  readonly seenAt: number;
}

/** Where a group stands in a partition, and whose it is. */
export interface CursorState extends PartitionId {
  /** The offset to go on from; null before the first commit. */
  readonly offset: number | null;
  readonly member: string | null;
  readonly generation: number;
}

/** The topics that members subscribe to, as far as they exist. */
export interface SubscribedTopic {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
}

/** Whose each partition is to be: by member, pairs of topic id and partition. */
export type Target = Readonly<Record<string, readonly (readonly [topicId: number, partition: number])[]>>;

/** All that is known of a group, read under its lock. */
export interface GroupState {
  /** Milliseconds, by the clock that all members share. */
  readonly now: number;
  readonly epoch: number;
  /** What `target` was dealt for. */
  readonly dealtFor: string;
  readonly target: Target;
  readonly members: readonly MemberState[];
  readonly cursors: readonly CursorState[];
  readonly topics: readonly SubscribedTopic[];
}
