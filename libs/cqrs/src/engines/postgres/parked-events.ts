import { storableText } from '@annals/message';
import { statements } from '@annals/postgres';
import type { Queries } from '@annals/postgres';
import type { DueKey, ParkedKey, SetAside } from '../../projecting/projection-storage.js';
import type { ProjectionKey } from '../../projecting/projection.js';

const STATEMENTS = [
  'count-parked',
  'due-parked',
  'forget-parked',
  'list-parked',
  'note-parked',
  'park-events',
  'parked-before',
  'parked-keys',
  'release-parked',
  'unpark-event',
] as const;

/** The events that projections have set aside, as rows. */
export class ParkedEvents {
  private readonly sql;

  constructor(
    private readonly database: Queries,
    schema: string,
  ) {
    this.sql = statements(import.meta.url, schema, STATEMENTS);
  }

  async keys(connection: Queries, { name, version }: ProjectionKey, partitions: readonly number[]): Promise<string[]> {
    const rows = await connection.query<readonly [string]>(this.sql['parked-keys'], [name, version, partitions]);
    return rows.map(([key]) => key);
  }

  async add(connection: Queries, { name, version }: ProjectionKey, events: readonly SetAside[]): Promise<void> {
    await connection.query(this.sql['park-events'], [
      ...[name, version],
      events.map(({ event }) => event.partition),
      events.map(({ event }) => event.offset),
      events.map(({ key }) => key),
      events.map(({ event }) => event.position),
      events.map(({ event }) => event.stream),
      events.map(({ failure }) => (failure === undefined ? null : storableText(failure))),
      events.map(({ attempts }) => attempts),
      events.map(({ waitMs }) => waitMs ?? null),
      events.map(({ skipped }) => skipped),
    ]);
  }

  async due({ name, version }: ProjectionKey, partitions: readonly number[]): Promise<readonly DueKey[]> {
    type Columns = readonly [string, number, number, number, number];
    const rows = await this.database.query<Columns>(this.sql['due-parked'], [name, version, partitions]);
    return rows.map(([key, partition, offset, attempts, dueInMs]) => ({ key, partition, offset, attempts, dueInMs }));
  }

  /** @returns whether another of the key waits */
  async remove(
    connection: Queries,
    { name, version }: ProjectionKey,
    { partition, offset }: Pick<DueKey, 'partition' | 'offset'>,
  ): Promise<boolean> {
    const rows = await connection.query(this.sql['unpark-event'], [name, version, partition, offset]);
    return rows.length > 0;
  }

  async fail(
    { name, version }: ProjectionKey,
    { partition, offset, attempts }: DueKey,
    failure: string,
    waitMs: number | undefined,
  ): Promise<void> {
    const values = [name, version, partition, offset, failure, attempts + 1, waitMs ?? null];
    await this.database.query(this.sql['note-parked'], values);
  }

  async release({ name, version }: ProjectionKey, key: string): Promise<boolean> {
    return (await this.database.query(this.sql['release-parked'], [name, version, key])).length > 0;
  }

  async list({ name, version }: ProjectionKey, most: number): Promise<readonly ParkedKey[]> {
    type Columns = readonly [string, number, number, string, string | null, number, Date | null, Date, number];
    const rows = await this.database.query<Columns>(this.sql['list-parked'], [name, version, most]);
    return rows.map(([key, partition, offset, stream, failure, attempts, nextAt, since, events]) => ({
      ...{ key, partition, offset, stream, attempts, since, events },
      failure: failure ?? undefined,
      nextAt: nextAt ?? undefined,
    }));
  }

  async before(
    { name, version }: ProjectionKey,
    { partition, offset, stream }: { readonly partition: number; readonly offset: number; readonly stream: string },
  ): Promise<{ readonly key: string; readonly failure: string } | undefined> {
    const values = [name, version, partition, offset, stream];
    const [row] = await this.database.query<readonly [string | null, string]>(this.sql['parked-before'], values);
    return row && { failure: row[0] ?? '', key: row[1] };
  }

  async count({ name, version }: ProjectionKey): Promise<Readonly<Record<number, number>>> {
    const rows = await this.database.query<readonly [number, number]>(this.sql['count-parked'], [name, version]);
    return Object.fromEntries(rows);
  }

  async forget(connection: Queries, { name, version }: ProjectionKey): Promise<void> {
    await connection.query(this.sql['forget-parked'], [name, version]);
  }
}
