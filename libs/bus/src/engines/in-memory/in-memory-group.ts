import type { Decision } from '../../groups/coordinate.js';
import type { MemberState, PartitionId, Target } from '../../groups/group-state.js';
import type { BeatAnswer } from '../../groups/group-store.js';
import type { Topic } from '../../topics/topic.js';
import type { InMemoryParking } from './in-memory-parking.js';

/** Where a group in memory stands in a partition. */
export interface Cursor {
  readonly topicId: number;
  readonly partition: number;
  offset: number | null;
  metadata: string | null;
  member: string | null;
  generation: number;
  failure: { readonly message: string; readonly since: Date } | null;
}

/** A group in memory. */
export interface Group {
  epoch: number;
  dealtFor: string;
  target: Target;
  readonly members: Map<string, MemberState>;
  readonly cursors: Map<string, Cursor>;
  readonly parked: InMemoryParking;
}

/** Names a partition in maps. */
export const nameOf = ({ topicId, partition }: PartitionId): string => `${topicId} ${partition}`;

/** Makes the changes that a beat led to. */
export function carryOut(group: Group, { member, removed, deal, create, free, claim }: Decision): void {
  for (const id of removed) group.members.delete(id);
  group.members.set(member.id, member);
  Object.assign(group, deal);
  for (const cursor of create) createCursor(group, cursor);
  for (const one of free) (group.cursors.get(nameOf(one)) as Cursor).member = null;
  for (const one of claim) {
    const cursor = group.cursors.get(nameOf(one)) as Cursor;
    cursor.member = member.id;
    cursor.generation += 1;
    cursor.failure = null;
  }
}

/** Makes a cursor where it is not there. */
export function createCursor(
  group: Group,
  { topicId, partition, offset }: PartitionId & { offset: number | null },
): void {
  const name = nameOf({ topicId, partition });
  if (group.cursors.has(name)) return;
  group.cursors.set(name, {
    topicId,
    partition,
    offset,
    metadata: null,
    member: null,
    generation: 0,
    failure: null,
  });
}

/** Deleting a topic ends its offsets. */
export function forgetDeleted(group: Group, topics: readonly Topic[]): void {
  const there = new Set(topics.map(({ id }) => id));
  for (const [name, { topicId }] of group.cursors) if (!there.has(topicId)) group.cursors.delete(name);
}

/** What a member is told after its beat. */
export function answerOf(
  group: Group,
  memberId: string,
  decision: Decision,
  names: ReadonlyMap<number, string>,
): BeatAnswer {
  const revoked = new Set(decision.revoke.map(nameOf));
  const owned = [...group.cursors.values()]
    .filter(({ member }) => member === memberId)
    .map(({ topicId, partition, generation, offset }) => {
      const id = nameOf({ topicId, partition });
      const resumed = group.parked.isResumedAt({ topicId, partition });
      return {
        topicId,
        partition,
        generation,
        offset,
        topic: names.get(topicId) ?? '',
        revoked: revoked.has(id),
        resumed,
      };
    });
  const held = owned.filter((one) => !one.revoked).length;
  const awaits = held < (group.target[memberId]?.length ?? 0);
  return { epoch: group.epoch, owned, awaits, expiresInMs: decision.expiresInMs };
}
