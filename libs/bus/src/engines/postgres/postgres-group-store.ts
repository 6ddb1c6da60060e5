import { murmur2 } from '@annals/log';
import { storableText } from '@annals/message';
import { arrayOf, IntegerArray, statements } from '@annals/postgres';
import type { Database, Queries, Row, WakeUps } from '@annals/postgres';
import { coordinate } from '../../groups/coordinate.js';
import type { Beat, Decision } from '../../groups/coordinate.js';
import { FencedInstance } from '../../groups/fenced-instance.js';
import { GroupNotEmpty } from '../../groups/group-not-empty.js';
import type { PartitionId, Target } from '../../groups/group-state.js';
import { GroupStore } from '../../groups/group-store.js';
import type {
  BeatAnswer,
  CursorMove,
  HandlerTransaction,
  Membership,
  OwnedPartition,
  ParkedPlace,
  ParkedRecord,
  StoredGroup,
  TransactionalMove,
} from '../../groups/group-store.js';
import { UnknownGroup } from '../../groups/unknown-group.js';
import { UnknownMember } from '../../groups/unknown-member.js';
import { GroupRows } from './group-rows.js';
import type { GroupRow } from './group-rows.js';
import { Parking } from './parking.js';
import type { HandlerTransactions } from './handler-transactions.js';

/** What wake-ups of a group are about: names are longer than that may be, and one that is woken for another only beats. */
const subjectOf = (group: string): string => `group-${murmur2(Buffer.from(group)) >>> 0}`;

const STATEMENTS = [
  'claim-cursors',
  'commit-cursors',
  'create-all-cursors',
  'create-cursors',
  'create-group',
  'deal',
  'delete-group',
  'find-group',
  'free-all-cursors',
  'free-cursors',
  'group-cursors',
  'group-members',
  'leave-group',
  'list-groups',
  'lock-group',
  'note-failure',
  'note-member',
  'owned-cursors',
  'remove-members',
  'set-offsets',
  'topics-named',
] as const;

/** Groups in Postgres: members, what they are dealt and where they stand are rows; each beat is one transaction. */
export class PostgresGroupStore extends GroupStore {
  readonly #sql;
  readonly #rows: GroupRows;
  readonly #parking: Parking;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly wakeUps: WakeUps,
    private readonly transactions: HandlerTransactions,
  ) {
    super();
    this.#sql = statements(import.meta.url, schema, STATEMENTS);
    this.#rows = new GroupRows(this.#sql);
    this.#parking = new Parking(database, schema);
  }

  override async beat(beat: Beat): Promise<BeatAnswer> {
    const { answer, decision } = await this.database.transaction(async (connection) => {
      const row = await this.#lockOrCreate(connection, beat.group);
      const state = await this.#rows.state(connection, row, beat.topics);
      const decision = coordinate(state, beat);
      if (decision.refusal === 'unknown-member') throw new UnknownMember(beat.group, beat.memberId);
      if (decision.refusal === 'fenced-instance') throw new FencedInstance(beat.group, beat.instanceId ?? '');
      await this.#carryOut(connection, row.id, decision);
      const { expiresInMs } = decision;
      const owned = await this.#owned(connection, row.id, decision);
      const wanted = (decision.deal?.target ?? state.target)[beat.memberId]?.length ?? 0;
      const held = owned.filter(({ revoked }) => !revoked).length;
      return {
        decision,
        answer: { epoch: decision.deal?.epoch ?? row.epoch, owned, awaits: held < wanted, expiresInMs },
      };
    });
    if (decision.concernsOthers) this.wakeUps.announce(subjectOf(beat.group));
    return answer;
  }

  override async leave({ group, memberId }: Membership): Promise<void> {
    const left = await this.database.transaction(async (connection) => {
      const row = await this.#rows.lock(connection, group);
      if (row === undefined) return false;
      const removed = await connection.query(this.#sql['leave-group'], [row.id, memberId]);
      if (removed.length > 0) await connection.query(this.#sql['free-all-cursors'], [row.id, memberId]);
      return removed.length > 0;
    });
    if (left) this.wakeUps.announce(subjectOf(group));
  }

  override async commit(
    { group, memberId }: Membership,
    moves: readonly CursorMove[],
    durable: boolean,
  ): Promise<readonly PartitionId[]> {
    const done = await this.database.query<readonly [number, number]>(this.#sql['commit-cursors'], [
      group,
      memberId,
      ...partitionArrays(moves),
      bigints(moves.map(({ generation }) => generation)),
      bigints(moves.map(({ offset }) => offset)),
      moves.map(({ metadata }) => metadata ?? null),
      durable ? 'on' : 'off',
    ]);
    const moved = new Set(done.map(([topicId, partition]) => `${topicId} ${partition}`));
    return moves.filter(({ topicId, partition }) => !moved.has(`${topicId} ${partition}`));
  }

  override transaction(
    member: Membership,
    move: TransactionalMove,
    work: (transaction: HandlerTransaction) => Promise<void>,
  ): Promise<void> {
    return this.transactions.run(member, move, work);
  }

  override async noteFailure(
    { group, memberId }: Membership,
    { topicId, partition, generation }: PartitionId & { readonly generation: number },
    message: string,
  ): Promise<void> {
    const values = [group, memberId, topicId, partition, generation, storableText(message)];
    await this.database.query(this.#sql['note-failure'], values);
  }

  override park(member: Membership, move: CursorMove, place: ParkedPlace, failure: string | null): Promise<boolean> {
    return this.#parking.park(member, move, place, failure);
  }

  override parkedKeys(group: string, at: PartitionId): Promise<readonly string[]> {
    return this.#parking.keys(group, at);
  }

  override resumedRecords(group: string, at: PartitionId): Promise<readonly ParkedPlace[]> {
    return this.#parking.resumed(group, at);
  }

  override unpark({ group }: Membership, at: PartitionId, place: ParkedPlace): Promise<void> {
    return this.#parking.unpark(this.database, group, at, place);
  }

  override suspend({ group }: Membership, at: PartitionId, place: ParkedPlace, failure: string): Promise<void> {
    return this.#parking.suspend(group, at, place, failure);
  }

  override async resumeParked(group: string, keys: readonly string[] | undefined): Promise<number> {
    const resumed = await this.#parking.resume(group, keys);
    if (resumed > 0) this.wakeUps.announce(subjectOf(group));
    return resumed;
  }

  override listParked(group: string): Promise<readonly ParkedRecord[]> {
    return this.#parking.list(group);
  }

  override async describe(group: string): Promise<StoredGroup | undefined> {
    const row = await this.#rows.find(this.database, group);
    return row && this.#rows.describe(this.database, group, row);
  }

  override async list(): Promise<readonly string[]> {
    return (await this.database.query<readonly [string]>(this.#sql['list-groups'])).map(([name]) => name);
  }

  override async setOffsets(
    group: string,
    offsets: readonly (PartitionId & { readonly offset: number })[],
  ): Promise<void> {
    await this.database.transaction(async (connection) => {
      const row = await this.#lockOrCreate(connection, group);
      await this.#refuseMembers(connection, group, row);
      const topics = [...new Set(offsets.map(({ topicId }) => topicId))];
      await connection.query(this.#sql['create-all-cursors'], [row.id, topics]);
      const values = [row.id, ...partitionArrays(offsets), bigints(offsets.map(({ offset }) => offset))];
      await connection.query(this.#sql['set-offsets'], values);
    });
  }

  override async delete(group: string): Promise<void> {
    await this.database.transaction(async (connection) => {
      const row = await this.#rows.lock(connection, group);
      if (row === undefined) throw new UnknownGroup(group);
      await this.#refuseMembers(connection, group, row);
      await connection.query(this.#sql['delete-group'], [row.id]);
    });
  }

  override onChange(group: string, wake: () => void): () => void {
    return this.wakeUps.onWake(wake, subjectOf(group));
  }

  async #refuseMembers(connection: Queries, group: string, row: GroupRow): Promise<void> {
    const { members, now } = await this.#rows.state(connection, row, []);
    const alive = members.filter(({ seenAt, sessionMs }) => seenAt + sessionMs >= now);
    if (alive.length > 0) throw new GroupNotEmpty(group, alive.length);
  }

  async #lockOrCreate(connection: Queries, group: string): Promise<GroupRow> {
    const row = await this.#rows.lock(connection, group);
    if (row !== undefined) return row;
    await connection.query(this.#sql['create-group'], [group]);
    return (await this.#rows.lock(connection, group)) as GroupRow;
  }

  async #carryOut(connection: Queries, group: number, decision: Decision): Promise<void> {
    const { member, removed, deal, create, free, claim } = decision;
    const { id, instanceId, topics, assignor, sessionMs } = member;
    const note = [group, id, instanceId, JSON.stringify(topics), assignor, sessionMs];
    const changes = [connection.query(this.#sql['note-member'], note)];
    if (removed.length > 0) changes.push(connection.query(this.#sql['remove-members'], [group, removed]));
    if (deal !== undefined) changes.push(this.#deal(connection, group, deal.epoch, deal.dealtFor, deal.target));
    if (create.length > 0) {
      const offsets = create.map(({ offset }) => offset);
      changes.push(connection.query(this.#sql['create-cursors'], [group, ...partitionArrays(create), offsets]));
    }
    for (const [name, partitions] of [['free-cursors', free] as const, ['claim-cursors', claim] as const]) {
      if (partitions.length === 0) continue;
      changes.push(connection.query(this.#sql[name], [group, id, ...partitionArrays(partitions)]));
    }
    // All are awaited, so that none is still under way when the transaction ends.
    const settled = await Promise.allSettled(changes);
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
  }

  #deal(connection: Queries, group: number, epoch: number, dealtFor: string, target: Target): Promise<Row[]> {
    return connection.query(this.#sql.deal, [group, epoch, dealtFor, JSON.stringify(target)]);
  }

  async #owned(connection: Queries, group: number, { member, revoke }: Decision): Promise<readonly OwnedPartition[]> {
    type Columns = readonly [number, string, number, number, number | null, boolean];
    const revoked = new Set(revoke.map(({ topicId, partition }) => `${topicId} ${partition}`));
    const rows = await connection.query<Columns>(this.#sql['owned-cursors'], [group, member.id]);
    return rows.map(([topicId, topic, partition, generation, offset, resumed]) => {
      return {
        topicId,
        topic,
        partition,
        generation,
        offset,
        revoked: revoked.has(`${topicId} ${partition}`),
        resumed,
      };
    });
  }
}

const bigints = (values: readonly number[]): Buffer => arrayOf(new IntegerArray(8), values);

const partitionArrays = (partitions: readonly PartitionId[]): [Buffer, Buffer] => [
  arrayOf(
    new IntegerArray(4),
    partitions.map(({ topicId }) => topicId),
  ),
  arrayOf(
    new IntegerArray(2),
    partitions.map(({ partition }) => partition),
  ),
];
