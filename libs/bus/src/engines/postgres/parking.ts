import { storableText } from '@annals/message';
import { statements } from '@annals/postgres';
import type { Database, Queries } from '@annals/postgres';
import type { PartitionId } from '../../groups/group-state.js';
import type { CursorMove, Membership, ParkedPlace, ParkedRecord } from '../../groups/group-store.js';
import { keyOfParking } from '../../groups/parking-key.js';

type ParkedColumns = readonly [
  topicId: number,
  partition: number,
  key: string,
  offset: number,
  failure: string | null,
  since: Date,
  resumed: boolean,
];

/** Records that are set aside. Only where they lie is kept, so no record stands in a second table. */
export class Parking {
  readonly #sql;

  constructor(
    private readonly database: Database,
    schema: string,
  ) {
    this.#sql = statements(import.meta.url, schema, [
      'list-parked',
      'park',
      'parked-keys',
      'resume-parked',
      'resumed-records',
      'suspend-parked',
      'unpark',
    ]);
  }

  async park(
    { group, memberId }: Membership,
    { topicId, partition, generation, offset: upTo }: CursorMove,
    { key, offset }: ParkedPlace,
    failure: string | null,
  ): Promise<boolean> {
    const why = failure === null ? null : storableText(failure);
    const values = [group, memberId, topicId, partition, generation, upTo, key, offset, why];
    return (await this.database.query(this.#sql.park, values)).length > 0;
  }

  async keys(group: string, { topicId, partition }: PartitionId): Promise<readonly string[]> {
    const values = [group, topicId, partition];
    return (await this.database.query<readonly [string]>(this.#sql['parked-keys'], values)).map(([key]) => key);
  }

  async resumed(group: string, { topicId, partition }: PartitionId): Promise<readonly ParkedPlace[]> {
    const values = [group, topicId, partition];
    const rows = await this.database.query<readonly [string, number]>(this.#sql['resumed-records'], values);
    return rows.map(([key, offset]) => ({ key, offset }));
  }

  /** @param connection with the transaction to which it belongs, or a pool */
  async unpark(
    connection: Queries,
    group: string,
    { topicId, partition }: PartitionId,
    { key, offset }: ParkedPlace,
  ): Promise<void> {
    await connection.query(this.#sql.unpark, [group, topicId, partition, key, offset]);
  }

  async suspend(
    group: string,
    { topicId, partition }: PartitionId,
    { key, offset }: ParkedPlace,
    failure: string,
  ): Promise<void> {
    const values = [group, topicId, partition, key, offset, storableText(failure)];
    await this.database.query(this.#sql['suspend-parked'], values);
  }

  async resume(group: string, keys: readonly string[] | undefined): Promise<number> {
    return (await this.database.query(this.#sql['resume-parked'], [group, keys ?? null])).length;
  }

  async list(group: string): Promise<readonly ParkedRecord[]> {
    const rows = await this.database.query<ParkedColumns>(this.#sql['list-parked'], [group]);
    return rows.map(([topicId, partition, key, offset, failure, since, resumed]) => {
      return { topicId, partition, key: keyOfParking(key), offset, failure, since, resumed };
    });
  }
}
