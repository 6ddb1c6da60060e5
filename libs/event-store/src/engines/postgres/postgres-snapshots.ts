import type { PostgresLog, RecordData } from '@annals/log';
import { partitionFor } from '@annals/log';
import { migrate, statements } from '@annals/postgres';
import type { Resumed, Snapshot, SnapshotKind } from '../../snapshot/snapshot-store.js';
import { SnapshotStore } from '../../snapshot/snapshot-store.js';

const MIGRATIONS = { lib: 'event-store', directory: new URL('./migrations/', import.meta.url) };

type StateRow = readonly [
  revision: RecordData['revision'],
  /** Null in the snapshot's row. */
  type: string | null,
  version: number | null,
  data: string,
];

/** Snapshots in the database of the log. */
export class PostgresSnapshots extends SnapshotStore {
  private readonly sql;

  /** Brings the tables up to date. @throws PostgresUnavailable (`POSTGRES_UNAVAILABLE`) */
  static async open(log: PostgresLog): Promise<PostgresSnapshots> {
    await migrate(log.database, log.schema, [MIGRATIONS]);
    return new PostgresSnapshots(log);
  }

  private constructor(private readonly log: PostgresLog) {
    super();
    this.sql = statements(import.meta.url, log.schema, [
      'find-snapshot',
      'lock-snapshots',
      'remove-snapshots',
      'resume-state',
      'save-snapshot',
    ]);
  }

  override async resume(stream: string, { model, version }: SnapshotKind, limit: number): Promise<Resumed> {
    const values = [this.partitionOf(stream), stream, model, version, limit];
    const rows = await this.log.database.query<StateRow>(this.sql['resume-state'], values);
    const [first] = rows;
    const snapshot = first?.[1] === null ? { revision: first[0], state: first[3] } : undefined;
    const following = snapshot === undefined ? rows : rows.slice(1);
    const records = following.map(([revision, type, of, data]) => ({
      revision,
      type: type as string,
      version: of as number,
      data,
    }));
    return { snapshot, records };
  }

  override async find(stream: string, { model, version }: SnapshotKind): Promise<Snapshot | undefined> {
    const values = [this.partitionOf(stream), stream, model, version];
    const [row] = await this.log.database.query<readonly [number, string]>(this.sql['find-snapshot'], values);
    return row && { revision: row[0], state: row[1] };
  }

  override async save(stream: string, { model, version }: SnapshotKind, { revision, state }: Snapshot): Promise<void> {
    const values = [this.partitionOf(stream), stream, model, version, revision, state];
    await this.log.database.query(this.sql['save-snapshot'], values);
  }

  override async remove(stream: string): Promise<void> {
    await this.log.database.transaction(async (connection) => {
      // Who is keeping one just now is waited for; the statement after the lock sees what it kept.
      await connection.query(this.sql['lock-snapshots'], [stream]);
      await connection.query(this.sql['remove-snapshots'], [this.partitionOf(stream), stream]);
    });
  }

  private partitionOf(stream: string): number {
    return partitionFor(stream, this.log.partitions);
  }
}
