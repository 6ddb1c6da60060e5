import type { Assignment, GroupMember } from './assignor.js';
import { assignors } from './assignors.js';
import type { AssignorName, CursorState, GroupState, MemberState, PartitionId, Target } from './group-state.js';

/** A member's sign of life, and what it says with it. */
export interface Beat {
  readonly group: string;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly topics: readonly string[];
  readonly assignor: AssignorName;
  readonly sessionMs: number;
  /** True for the first: a member that is unknown is taken in. */
  readonly joins: boolean;
  /** Partitions it was told to let go of and has, with the generation in which they were its own. */
  readonly released: readonly (PartitionId & { readonly generation: number })[];
}

/** Why a beat is refused. */
export type Refusal = 'unknown-member' | 'fenced-instance';

/** What a beat changes, to be carried out under the same lock. */
export interface Decision {
  readonly refusal?: Refusal;
  /** The one who beats, as it is from now on. */
  readonly member: MemberState;
  /** Members that are forgotten. */
  readonly removed: readonly string[];
  /** Set when partitions were dealt anew. */
  readonly deal?: { readonly epoch: number; readonly dealtFor: string; readonly target: Target } | undefined;
  /** Cursors that are not there yet; one with offset 0 is of a partition that was added to a topic already followed. */
  readonly create: readonly (PartitionId & { readonly offset: number | null })[];
  /** What the member has let go of. */
  readonly free: readonly PartitionId[];
  /** What nobody alive has, and the member is to have. */
  readonly claim: readonly PartitionId[];
  /** What the member has and is to let go of. */
  readonly revoke: readonly PartitionId[];
  /** Whether other members have to hear of it at once. */
  readonly concernsOthers: boolean;
  /** Milliseconds until the first of the others is silent for its session, unless it beats before; Infinity without others. */
  readonly expiresInMs: number;
}

const nameOf = ({ topicId, partition }: PartitionId): string => `${topicId} ${partition}`;

/**
 * What a sign of life leads to (the server's half of KIP-848, which has one request, no leader and no common halt):
 *
 *   partition:  free ──claimed by its target──► owned ──target changes──► revoking ──its owner lets go──► free
 *                 ▲                                └────────owner silent for its session──────────────────►┘
 *
 * Pure, and the same for each engine: who is silent, who is to have what, what is free and what has to be let go of.
 * A partition is claimed only when nobody alive has it, and those that do not move are not touched.
 */
export function coordinate(state: GroupState, beat: Beat): Decision {
  const { memberId, instanceId } = beat;
  const known = state.members.some(({ id }) => id === memberId);
  const namesake =
    instanceId === null
      ? undefined
      : state.members.find((other) => other.instanceId === instanceId && other.id !== memberId);
  const member: MemberState = {
    id: memberId,
    instanceId,
    topics: beat.topics,
    assignor: beat.assignor,
    sessionMs: beat.sessionMs,
    seenAt: state.now,
  };
  if (!known && !beat.joins) return refused(namesake === undefined ? 'unknown-member' : 'fenced-instance', member);
  const silent = state.members.filter(
    ({ id, seenAt, sessionMs }) => id !== memberId && id !== namesake?.id && seenAt + sessionMs < state.now,
  );
  const removed = [...silent.map(({ id }) => id), ...(namesake === undefined ? [] : [namesake.id])];
  const members = [...state.members.filter(({ id }) => id !== memberId && !removed.includes(id)), member];
  const create = missingCursors(state);
  const freed = freedBy(state, beat);
  const cursors = [...state.cursors, ...create.map((cursor) => ({ ...cursor, member: null, generation: 0 }))].map(
    (cursor) => (freed.has(nameOf(cursor)) ? { ...cursor, member: null } : cursor),
  );
  // A static member that comes back gets what its namesake had, without a new deal.
  const before = namesake === undefined ? state.target : renamed(state.target, namesake.id, memberId);
  const heirs = cursors.map((cursor) =>
    cursor.member !== null && cursor.member === namesake?.id ? { ...cursor, member: memberId } : cursor,
  );
  const deal = dealAnew({ ...state, target: before, members, cursors: heirs }, namesake);
  const target = deal?.target ?? before;
  const own = new Set((target[memberId] ?? []).map(([topicId, partition]) => nameOf({ topicId, partition })));
  const alive = new Set<string | null>(members.map(({ id }) => id));
  return {
    member,
    removed,
    deal,
    create,
    free: cursors.filter((cursor) => freed.has(nameOf(cursor))),
    claim: cursors.filter((cursor) => own.has(nameOf(cursor)) && !alive.has(cursor.member)),
    revoke: cursors.filter((cursor) => cursor.member === memberId && !own.has(nameOf(cursor))),
    concernsOthers: removed.length > 0 || freed.size > 0 || deal !== undefined,
    expiresInMs: Math.min(
      ...members.filter(({ id }) => id !== memberId).map(({ seenAt, sessionMs }) => seenAt + sessionMs - state.now),
    ),
  };
}

const refused = (refusal: Refusal, member: MemberState): Decision => ({
  refusal,
  member,
  removed: [],
  create: [],
  free: [],
  claim: [],
  revoke: [],
  concernsOthers: false,
  expiresInMs: Number.POSITIVE_INFINITY,
});

function freedBy(state: GroupState, { memberId, released }: Beat): Set<string> {
  const given = new Map(released.map((one) => [nameOf(one), one.generation]));
  const freed = state.cursors.filter(
    (cursor) => cursor.member === memberId && given.get(nameOf(cursor)) === cursor.generation,
  );
  return new Set(freed.map(nameOf));
}

/** All cursors of a topic are made when the group first meets it, so one that is missing later is of an added partition. */
function missingCursors({ topics, cursors }: GroupState): (PartitionId & { offset: number | null })[] {
  const there = new Set(cursors.map(nameOf));
  const followed = new Set(cursors.map(({ topicId }) => topicId));
  return topics.flatMap(({ id, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topicId: id, partition }))
      .filter((one) => !there.has(nameOf(one)))
      .map((one) => ({ ...one, offset: followed.has(id) ? 0 : null })),
  );
}

function renamed(target: Target, from: string, to: string): Target {
  return Object.fromEntries(Object.entries(target).map(([id, own]) => [id === from ? to : id, own]));
}

/** @returns undefined when nothing has changed since the last deal */
function dealAnew(state: GroupState, namesake: MemberState | undefined): Decision['deal'] {
  const dealtFor = occasionOf(state);
  // A namesake's own place in the occasion is the same, so its coming back is none.
  if (dealtFor === state.dealtFor) {
    return namesake === undefined ? undefined : { epoch: state.epoch, dealtFor, target: state.target };
  }
  return { epoch: state.epoch + 1, dealtFor, target: deal(state) };
}

/** What a deal rests on: who is there, what they subscribe to, and how many partitions there are. */
function occasionOf({ members, topics }: GroupState): string {
  const who = members.map(({ id, instanceId, topics, assignor }) => [
    instanceId === null ? `m ${id}` : `i ${instanceId}`,
    [...topics].sort(),
    assignor,
  ]);
  const what = topics.map(({ id, partitions }) => [id, partitions]);
  return JSON.stringify([who.sort((one, other) => (String(one[0]) < String(other[0]) ? -1 : 1)), what]);
}

function deal({ members, topics, cursors, epoch }: GroupState): Target {
  const ids = new Map(topics.map(({ id, name }) => [name, id]));
  const names = new Map(topics.map(({ id, name }) => [id, name]));
  const group = members.map(({ id, instanceId, topics }): GroupMember => ({
    memberId: id,
    instanceId: instanceId ?? undefined,
    topics,
    owned: ownedBy(id, cursors, names),
    generation: epoch,
  }));
  const partitions = Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions]));
  return toTarget(assignors[assignorOf(members)](group, partitions), ids);
}

const ownedBy = (member: string, cursors: readonly CursorState[], names: ReadonlyMap<number, string>) =>
  cursors.flatMap((cursor) => {
    const topic = names.get(cursor.topicId);
    return cursor.member === member && topic !== undefined ? [{ topic, partition: cursor.partition }] : [];
  });

/**
 * That of most members, so that a rolling change of it takes place once. A move takes two steps here whatever the assignor
 * is, so the cooperative one deals as `sticky` does: to hold back what is still owned is the group's own doing.
 */
function assignorOf(members: readonly MemberState[]): AssignorName {
  const votes = new Map<AssignorName, number>();
  for (const { assignor } of members) votes.set(assignor, (votes.get(assignor) ?? 0) + 1);
  const [[winner] = ['cooperativeSticky' as const]] = [...votes].sort(
    ([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1),
  );
  return winner === 'cooperativeSticky' ? 'sticky' : winner;
}

function toTarget(assignment: Assignment, ids: ReadonlyMap<string, number>): Target {
  return Object.fromEntries(
    Object.entries(assignment).map(([member, own]) => [
      member,
      own.map(({ topic, partition }) => [ids.get(topic) as number, partition] as const),
    ]),
  );
}
