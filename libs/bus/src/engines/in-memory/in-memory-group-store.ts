import type { UnitOfWork } from '@annals/log';
import type { InMemoryTransaction } from '@annals/log';
import { coordinate } from '../../groups/coordinate.js';
import type { Beat } from '../../groups/coordinate.js';
import { CursorMoved } from '../../groups/cursor-moved.js';
import { FencedInstance } from '../../groups/fenced-instance.js';
import { GroupNotEmpty } from '../../groups/group-not-empty.js';
import type { PartitionId } from '../../groups/group-state.js';
import { InMemoryParking } from './in-memory-parking.js';
import { GroupStore } from '../../groups/group-store.js';
import type {
  BeatAnswer,
  CursorMove,
  HandlerTransaction,
  Membership,
  ParkedPlace,
  ParkedRecord,
  StoredGroup,
  TransactionalMove,
} from '../../groups/group-store.js';
import { StaleGeneration } from '../../groups/stale-generation.js';
import { UnknownGroup } from '../../groups/unknown-group.js';
import { UnknownMember } from '../../groups/unknown-member.js';
import type { UnitPublications } from '../../topics/unit-publications.js';
import { answerOf, carryOut, createCursor, forgetDeleted, nameOf } from './in-memory-group.js';
import type { Cursor, Group } from './in-memory-group.js';
import type { InMemoryTopicStore } from './in-memory-topic-store.js';

/** The application's units of work, and what is sent in them. */
interface Units {
  readonly unitOfWork: UnitOfWork;
  readonly publications: UnitPublications;
}

/** Groups in the memory of one process, on the topics of an InMemoryTopicStore. */
export class InMemoryGroupStore extends GroupStore {
  readonly #groups = new Map<string, Group>();
  readonly #wakes = new Set<() => void>();

  /** @param now milliseconds on a clock that never goes back */
  constructor(
    private readonly topics: InMemoryTopicStore,
    private readonly now: () => number = () => performance.now(),
    private readonly units?: Units,
  ) {
    super();
  }

  override async beat(beat: Beat): Promise<BeatAnswer> {
    const all = await this.topics.list();
    const group = this.#groupOrNew(beat.group);
    forgetDeleted(group, all);
    const wanted = new Set([...beat.topics, ...[...group.members.values()].flatMap(({ topics }) => topics)]);
    const topics = all
      .filter(({ name }) => wanted.has(name))
      .map(({ id, name, config }) => ({ id, name, partitions: config.partitions }));
    const members = [...group.members.values()];
    const cursors = [...group.cursors.values()];
    const decision = coordinate({ ...group, now: this.now(), members, cursors, topics }, beat);
    if (decision.refusal === 'unknown-member') throw new UnknownMember(beat.group, beat.memberId);
    if (decision.refusal === 'fenced-instance') throw new FencedInstance(beat.group, beat.instanceId ?? '');
    carryOut(group, decision);
    if (decision.concernsOthers) this.#changed();
    const names = new Map(all.map(({ id, name }) => [id, name]));
    return answerOf(group, beat.memberId, decision, names);
  }

  override async leave({ group: name, memberId }: Membership): Promise<void> {
    const group = this.#groups.get(name);
    const member = group?.members.get(memberId);
    // A static member is expected back within its session.
    if (group === undefined || member?.instanceId !== null) return;
    group.members.delete(memberId);
    for (const cursor of group.cursors.values()) if (cursor.member === memberId) cursor.member = null;
    this.#changed();
  }

  override async commit(member: Membership, moves: readonly CursorMove[]): Promise<readonly PartitionId[]> {
    return moves.filter((move) => {
      const cursor = this.#owned(member, move);
      if (cursor === undefined) return true;
      // A commit that moves nothing says nothing of what stands in the way.
      if (cursor.offset !== move.offset) cursor.failure = null;
      cursor.offset = move.offset;
      cursor.metadata = move.metadata ?? null;
      return false;
    });
  }

  override async transaction(
    member: Membership,
    move: TransactionalMove,
    work: (transaction: HandlerTransaction) => Promise<void>,
  ): Promise<void> {
    if (this.units !== undefined) return this.#inUnit(this.units, member, move, work);
    const appends: (() => void)[] = [];
    this.#fenced(member, move);
    await work({
      manager: undefined,
      append: (topic, record) => void appends.push(() => this.topics.appendNow(topic, [record])),
    });
    // Nothing is awaited from here on, so all of it takes place or none.
    const cursor = this.#fenced(member, move);
    for (const append of appends) append();
    if (move.unparks !== undefined) this.#parkedOf(member.group).remove(move, move.unparks);
    cursor.offset = move.offset;
    cursor.failure = null;
  }

  override async park(
    member: Membership,
    move: CursorMove,
    place: ParkedPlace,
    failure: string | null,
  ): Promise<boolean> {
    const cursor = this.#owned(member, move);
    if (cursor === undefined) return false;
    this.#parkedOf(member.group).add(move, place, failure, new Date(this.topics.now()));
    cursor.offset = move.offset;
    cursor.failure = null;
    return true;
  }

  override async parkedKeys(group: string, at: PartitionId): Promise<readonly string[]> {
    return this.#parkedOf(group).keysAt(at);
  }

  override async resumedRecords(group: string, at: PartitionId): Promise<readonly ParkedPlace[]> {
    return this.#parkedOf(group).resumedAt(at);
  }

  override async unpark({ group }: Membership, at: PartitionId, place: ParkedPlace): Promise<void> {
    this.#parkedOf(group).remove(at, place);
  }

  override async suspend({ group }: Membership, at: PartitionId, place: ParkedPlace, failure: string): Promise<void> {
    this.#parkedOf(group).suspend(at, place, failure);
  }

  override async resumeParked(group: string, keys: readonly string[] | undefined): Promise<number> {
    const resumed = this.#parkedOf(group).resume(keys);
    this.#changed();
    return resumed;
  }

  override async listParked(group: string): Promise<readonly ParkedRecord[]> {
    return this.#parkedOf(group).list();
  }

  /** The move is the last to be done of a unit, in the turn in which its log appends. */
  async #inUnit(
    { unitOfWork, publications }: Units,
    member: Membership,
    move: TransactionalMove,
    work: (transaction: HandlerTransaction) => Promise<void>,
  ): Promise<void> {
    const mover = {
      flush: async (transaction: unknown): Promise<void> => {
        const cursor = this.#fenced(member, move);
        (transaction as InMemoryTransaction).atCommit(() => {
          if (move.unparks !== undefined) this.#parkedOf(member.group).remove(move, move.unparks);
          cursor.offset = move.offset;
          cursor.failure = null;
        });
      },
    };
    await unitOfWork.run(async () => {
      const unit = unitOfWork.current();
      this.#fenced(member, move);
      await work({
        manager: undefined,
        append: (topic, record) => unit && publications.add(unit, { topic, record }),
      });
      this.#fenced(member, move);
      unit?.contribute(mover, undefined);
    });
  }

  override async noteFailure(
    member: Membership,
    at: PartitionId & { readonly generation: number },
    message: string,
  ): Promise<void> {
    const cursor = this.#owned(member, at);
    if (cursor !== undefined) cursor.failure = { message, since: cursor.failure?.since ?? new Date(this.topics.now()) };
  }

  override async describe(name: string): Promise<StoredGroup | undefined> {
    const group = this.#groups.get(name);
    if (group === undefined) return undefined;
    forgetDeleted(group, await this.topics.list());
    const toDate = (at: number): Date => new Date(this.topics.now() - (this.now() - at));
    return {
      name,
      epoch: group.epoch,
      members: [...group.members.values()].map(({ id, instanceId, topics, seenAt }) => {
        return { memberId: id, instanceId, topics, seenAt: toDate(seenAt) };
      }),
      offsets: [...group.cursors.values()],
    };
  }

  override async list(): Promise<readonly string[]> {
    return [...this.#groups.keys()].sort();
  }

  override async setOffsets(
    name: string,
    offsets: readonly (PartitionId & { readonly offset: number })[],
  ): Promise<void> {
    const topics = await this.topics.list();
    const group = this.#groupOrNew(name);
    this.#refuseMembers(name, group);
    for (const { topicId, partition, offset } of offsets) {
      const partitions = topics.find(({ id }) => id === topicId)?.config.partitions ?? 0;
      for (let other = 0; other < partitions; other += 1)
        createCursor(group, { topicId, partition: other, offset: null });
      const cursor = group.cursors.get(nameOf({ topicId, partition }));
      if (cursor !== undefined) cursor.offset = offset;
    }
  }

  override async delete(name: string): Promise<void> {
    const group = this.#groups.get(name);
    if (group === undefined) throw new UnknownGroup(name);
    this.#refuseMembers(name, group);
    this.#groups.delete(name);
  }

  override onChange(_group: string, wake: () => void): () => void {
    const own = (): void => wake();
    this.#wakes.add(own);
    return () => void this.#wakes.delete(own);
  }

  #refuseMembers(name: string, group: Group): void {
    const alive = [...group.members.values()].filter(({ seenAt, sessionMs }) => seenAt + sessionMs >= this.now());
    if (alive.length > 0) throw new GroupNotEmpty(name, alive.length);
  }

  #owned({ group, memberId }: Membership, at: PartitionId & { readonly generation: number }): Cursor | undefined {
    const cursor = this.#groups.get(group)?.cursors.get(nameOf(at));
    return cursor?.member === memberId && cursor.generation === at.generation ? cursor : undefined;
  }

  #fenced(member: Membership, move: TransactionalMove): Cursor {
    const cursor = this.#owned(member, move);
    if (cursor === undefined) throw new StaleGeneration(member.group, move.title, move.generation);
    if (cursor.offset !== move.from) {
      throw new CursorMoved(member.group, move.title, move.from ?? 0, cursor.offset);
    }
    return cursor;
  }

  #groupOrNew(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group: Group = {
      epoch: 0,
      dealtFor: '',
      target: {},
      members: new Map(),
      cursors: new Map(),
      parked: new InMemoryParking(),
    };
    this.#groups.set(name, group);
    return group;
  }

  #parkedOf(group: string): InMemoryParking {
    return this.#groups.get(group)?.parked ?? new InMemoryParking();
  }

  #changed(): void {
    for (const wake of this.#wakes) wake();
  }
}
