import type { Queries, Statement } from '@annals/postgres';
import type { AssignorName, GroupState, Target } from '../../groups/group-state.js';
import type { StoredGroup } from '../../groups/group-store.js';

/** A group's own row. */
export interface GroupRow {
  readonly id: number;
  readonly epoch: number;
  readonly dealtFor: string;
  readonly target: Target;
  /** Milliseconds since 1970, by the database's clock. */
  readonly now: number;
}

type GroupColumns = readonly [id: number, epoch: number, dealtFor: string, target: string, now: number];
type MemberColumns = readonly [
  id: string,
  instanceId: string | null,
  topics: string,
  assignor: string,
  sessionMs: number,
  seenAt: number,
];
type CursorColumns = readonly [
  topicId: number,
  partition: number,
  offset: number | null,
  metadata: string | null,
  member: string | null,
  generation: number,
  failure: string | null,
  failedAt: Date | null,
];

type Names = 'find-group' | 'group-cursors' | 'group-members' | 'lock-group' | 'topics-named';

/** Reads what is stored about a group. */
export class GroupRows {
  constructor(private readonly sql: Readonly<Record<Names, Statement>>) {}

  /** Locks a group until the transaction ends; undefined when it is not there. */
  lock(connection: Queries, group: string): Promise<GroupRow | undefined> {
    return this.#group(connection, this.sql['lock-group'], group);
  }

  find(connection: Queries, group: string): Promise<GroupRow | undefined> {
    return this.#group(connection, this.sql['find-group'], group);
  }

  /** @param topics that a member names now, beside those that are known */
  async state(connection: Queries, row: GroupRow, topics: readonly string[]): Promise<GroupState> {
    const members = (await this.#members(connection, row)).map(
      ([id, instanceId, named, assignor, sessionMs, seenAt]) => ({
        id,
        instanceId,
        topics: JSON.parse(named) as string[],
        assignor: assignor as AssignorName,
        sessionMs,
        seenAt,
      }),
    );
    const named = [...new Set([...topics, ...members.flatMap((member) => member.topics)])];
    const [cursors, existing] = await Promise.all([
      this.#cursors(connection, row),
      connection.query<readonly [number, string, number]>(this.sql['topics-named'], [named]),
    ]);
    return {
      ...row,
      members,
      cursors: cursors.map(([topicId, partition, offset, , member, generation]) => {
        return { topicId, partition, offset, member, generation };
      }),
      topics: existing.map(([id, name, partitions]) => ({ id, name, partitions })),
    };
  }

  async describe(connection: Queries, name: string, row: GroupRow): Promise<StoredGroup> {
    const [members, cursors] = await Promise.all([this.#members(connection, row), this.#cursors(connection, row)]);
    return {
      name,
      epoch: row.epoch,
      members: members.map(([memberId, instanceId, topics, , , seenAt]) => {
        return { memberId, instanceId, topics: JSON.parse(topics) as string[], seenAt: new Date(seenAt) };
      }),
      offsets: cursors.map(([topicId, partition, offset, metadata, member, generation, message, since]) => {
        const failure = message === null || since === null ? null : { message, since };
        return { topicId, partition, offset, metadata, member, generation, failure };
      }),
    };
  }

  async #group(connection: Queries, statement: Statement, group: string): Promise<GroupRow | undefined> {
    const [row] = await connection.query<GroupColumns>(statement, [group]);
    if (row === undefined) return undefined;
    const [id, epoch, dealtFor, target, now] = row;
    return { id, epoch, dealtFor, target: JSON.parse(target) as Target, now };
  }

  #members(connection: Queries, { id }: GroupRow): Promise<MemberColumns[]> {
    return connection.query<MemberColumns>(this.sql['group-members'], [id]);
  }

  #cursors(connection: Queries, { id }: GroupRow): Promise<CursorColumns[]> {
    return connection.query<CursorColumns>(this.sql['group-cursors'], [id]);
  }
}
