import type { Checkpoint } from '@annals/log';
import { storableText } from '@annals/message';
import type { Queries } from '@annals/postgres';
import { DataSource } from 'typeorm';
import type { ProjectionDefinition } from '../../projecting/projection-definition.js';
import type { ProjectionKey } from '../../projecting/projection.js';
import { RebuildRefused } from '../../projecting/rebuild-refused.js';
import type { Beside, RebuildComparison, RebuildState, StoredRebuild } from '../../projecting/rebuild-storage.js';
import { RebuildStorage } from '../../projecting/rebuild-storage.js';
import { besideKey } from '../../projecting/rebuilds.js';
import { BesideTables } from './beside-tables.js';
import { PostgresBeside } from './postgres-beside.js';
import type { PostgresProjectionStorage } from './postgres-projection-storage.js';
import { beforeKey } from './rebuild-keys.js';
import type { RebuildStatements } from './rebuild-statements.js';
import { rebuildStatements } from './rebuild-statements.js';

/** Rebuilds in Postgres: tables like those there are, in a schema of their own, which change places in one transaction. */
export class PostgresRebuildStorage extends RebuildStorage {
  private readonly sql: RebuildStatements;

  constructor(private readonly storage: PostgresProjectionStorage) {
    super();
    this.sql = rebuildStatements(storage.schema);
  }

  override async begin(
    definition: ProjectionDefinition,
    replaces: number,
    compare: RebuildComparison,
  ): Promise<boolean> {
    const { key } = definition;
    const tables = this.tablesOf(definition);
    return this.storage.database.transaction(async (connection) => {
      const begun = await connection.query(this.sql['begin-rebuild'], [key.name, key.version, replaces, compare]);
      if (begun.length === 0) return false;
      await tables.checkMovable(connection);
      await tables.make(connection);
      const beside = besideKey(key);
      await this.forget(connection, beside);
      await connection.query(this.sql.resume, [beside.name, beside.version]);
      return true;
    });
  }

  override async list(names: readonly string[]): Promise<readonly StoredRebuild[]> {
    type Columns = readonly [
      ...[string, number, number, RebuildState, RebuildComparison],
      ...[string | null, Date, Date | null, number],
    ];
    const rows = await this.storage.database.query<Columns>(this.sql['list-rebuilds'], [names]);
    return rows.map(([name, version, replaces, state, compare, detail, beganAt, endedAt, elapsedMs]) => ({
      ...{ name, version, replaces, state, compare, beganAt, elapsedMs },
      detail: detail ?? undefined,
      endedAt: endedAt ?? undefined,
    }));
  }

  override async predecessorOf({ name, version }: ProjectionKey): Promise<number | undefined> {
    const [row] = await this.storage.database.query<readonly [number | null]>(this.sql.predecessor, [name, version]);
    return row?.[0] ?? undefined;
  }

  override async open(definition: ProjectionDefinition, rebuild: StoredRebuild): Promise<Beside> {
    const { dataSource } = this.storage;
    const tables = this.tablesOf(definition);
    const filled = await new DataSource({
      ...dataSource.options,
      ...{ synchronize: false, dropSchema: false, migrationsRun: false, migrations: [], subscribers: [] },
      ...{ poolSize: definition.declared.lanes + 2 },
    } as typeof dataSource.options).initialize();
    for (const { entity } of tables.tables) {
      const metadata = filled.getMetadata(entity);
      metadata.schema = tables.besideSchema;
      metadata.tablePath = `${tables.besideSchema}.${metadata.tableName}`;
    }
    return new PostgresBeside({ definition, rebuild, tables, filled, storage: this.storage, sql: this.sql });
  }

  override async end(name: string, state: 'failed' | 'cancelled', detail: string): Promise<void> {
    const values = [name, state, storableText(detail), 'filling'];
    await this.storage.database.query(this.sql['end-rebuild'], values);
  }

  override async switchBack(definition: ProjectionDefinition): Promise<void> {
    const { key, title } = definition;
    const tables = this.tablesOf(definition);
    if (definition.declared.mode === 'inline')
      throw new RebuildRefused(
        title,
        'it is inline, so the tables that were replaced lack all that happened since: rebuild it',
      );
    await this.storage.database.transaction(async (connection) => {
      type Columns = readonly [RebuildState, number, number];
      const [row] = await connection.query<Columns>(this.sql['lock-rebuild'], [key.name]);
      if (row?.[0] !== 'switched')
        throw new RebuildRefused(
          title,
          `its last rebuild is ${row?.[0] ?? 'none'}: only one that was switched can be switched back`,
        );
      const [, version, replaces] = row;
      await this.exchange(connection, { name: key.name, version }, replaces);
      await tables.swapBack(connection);
      await connection.query(this.sql['end-rebuild'], [key.name, 'switched-back', null, 'switched']);
    });
  }

  /** Puts the cursors back with the tables: the projection goes on where it was when it was replaced. */
  private async exchange(connection: Queries, key: ProjectionKey, replaces: number): Promise<void> {
    const before = beforeKey({ name: key.name, version: replaces });
    type Cursor = readonly [number, number];
    await connection.query(this.sql['hold-cursors'], [key.name, key.version]);
    const kept = await connection.query<Cursor>(this.sql['hold-cursors'], [before.name, before.version]);
    const checkpoint: Checkpoint = kept.map(([, offset]) => offset);
    await connection.query(this.sql['forget-parked'], [key.name, key.version]);
    await connection.query(this.sql['rename-parked'], [before.name, before.version, key.name, replaces]);
    await this.forget(connection, before);
    await connection.query(this.sql['set-cursors'], [key.name, replaces, [...checkpoint.keys()], checkpoint]);
    if (replaces === key.version) return;
    await connection.query(this.sql['fence-cursors'], [key.name, key.version]);
    await connection.query(this.sql.pause, [key.name, key.version, `switched back to version ${replaces}`]);
    await connection.query(this.sql.resume, [key.name, replaces]);
  }

  private async forget(connection: Queries, { name, version }: ProjectionKey): Promise<void> {
    await connection.query(this.sql['forget-cursors'], [name, version]);
    await connection.query(this.sql['forget-parked'], [name, version]);
  }

  private tablesOf(definition: ProjectionDefinition): BesideTables {
    const { storage } = this;
    return new BesideTables(definition.key.name, definition.ownTables, storage.dataSource, storage.schema);
  }
}
