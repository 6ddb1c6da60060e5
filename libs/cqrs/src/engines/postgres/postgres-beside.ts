import type { Checkpoint } from '@annals/log';
import { statements } from '@annals/postgres';
import type { Queries } from '@annals/postgres';
import type { DataSource, EntityManager } from 'typeorm';
import type { ProjectionDefinition } from '../../projecting/projection-definition.js';
import type { ProjectionKey } from '../../projecting/projection.js';
import type { Advance, Seizure } from '../../projecting/projection-storage.js';
import { RebuildWroteLive } from '../../projecting/rebuild-wrote-live.js';
import type { Beside, CatchUp, ComparesRebuild, Finish, StoredRebuild } from '../../projecting/rebuild-storage.js';
import { besideKey } from '../../projecting/rebuilds.js';
import type { BesideTables } from './beside-tables.js';
import { PostgresProjectionStorage } from './postgres-projection-storage.js';
import type { RebuildStatements } from './rebuild-statements.js';
import { beforeKey, isLockTimeout } from './rebuild-keys.js';
import { tableNameOf } from './table-name.js';

/** Milliseconds that readers may be kept waiting for, because a table is to change places. */
const LOCK_MS = 2_000;
/** Events at the most that are handled while a projection stands still. */
const MOST_AT_THE_END = 5_000;

/** What a filling works with. */
interface PostgresBesideParts {
  readonly definition: ProjectionDefinition;
  readonly rebuild: StoredRebuild;
  readonly tables: BesideTables;
  /** A DataSource whose entities are the tables that are filled. */
  readonly filled: DataSource;
  readonly storage: PostgresProjectionStorage;
  readonly sql: RebuildStatements;
}

/** The tables of a rebuild under way. */
export class PostgresBeside implements Beside {
  readonly key: ProjectionKey;
  readonly storage: GuardedStorage;

  constructor(private readonly parts: PostgresBesideParts) {
    const { rebuild, storage, filled, tables, definition } = parts;
    this.key = besideKey(rebuild);
    this.storage = new GuardedStorage(storage, filled, tables, definition.title);
  }

  async finish(catchUp: CatchUp, head: () => Promise<Checkpoint>): Promise<Finish> {
    try {
      return await this.storage.transaction((manager, connection) => this.finishIn(manager, connection, catchUp, head));
    } catch (error) {
      // Readers hold the tables for long: they must not wait for us meanwhile.
      if (isLockTimeout(error)) return 'wait';
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.parts.filled.destroy();
  }

  private async finishIn(
    manager: EntityManager,
    connection: Queries,
    catchUp: CatchUp,
    head: () => Promise<Checkpoint>,
  ): Promise<Finish> {
    const { definition, rebuild, tables, sql } = this.parts;
    await connection.query(sql['limit-wait'], [String(LOCK_MS)]);
    const [row] = await connection.query<readonly [string]>(sql['lock-rebuild'], [rebuild.name]);
    if (row?.[0] !== 'filling') return 'ended';
    const live = await this.holdLive(connection, head);
    const filled = await this.hold(connection, this.key);
    if (filled === undefined) return 'fill-on';
    const ahead = filled.some((offset, partition) => offset > (live?.[partition] ?? 0));
    if (rebuild.compare !== 'none' && ahead) return 'wait';
    // One that never ran goes on at the head, and not somewhere before it.
    const aim = live ?? (await head());
    const to = filled.map((offset, partition) => Math.max(offset, aim[partition] ?? 0));
    if (to.reduce((sum, offset, at) => sum + offset - (filled[at] ?? 0), 0) > MOST_AT_THE_END) return 'fill-on';
    // What waits behind an event that was set aside must go the same way: the lanes see to that.
    const { parked } = await this.storage.describe(this.key);
    if (Object.keys(parked).length > 0 && to.some((offset, at) => offset > (filled[at] ?? 0))) return 'fill-on';
    await catchUp(filled, to, manager);
    await this.storage.refuseLive(manager);
    const unequal = await this.compare(manager, connection);
    if (unequal === undefined) {
      await tables.swapIn(connection);
      await this.moveCursors(connection, to, live);
    } else await connection.query(sql['fence-cursors'], [this.key.name, this.key.version]);
    await connection.query(sql.pause, [this.key.name, this.key.version, 'its rebuild has ended']);
    const state = unequal === undefined ? 'switched' : 'unequal';
    await connection.query(sql['end-rebuild'], [definition.key.name, state, unequal ?? null, 'filling']);
    return 'ended';
  }

  /** Where the projection is, which nobody moves from here on; undefined: it never ran. */
  private async holdLive(connection: Queries, head: () => Promise<Checkpoint>): Promise<Checkpoint | undefined> {
    const { rebuild, tables, definition } = this.parts;
    if (definition.declared.mode !== 'inline') return this.hold(connection, { ...rebuild, version: rebuild.replaces });
    // Whoever has written inline has committed once this is granted; whoever is about to will write to the new tables.
    await tables.lock(connection);
    return head();
  }

  private async hold(connection: Queries, { name, version }: ProjectionKey): Promise<Checkpoint | undefined> {
    type Cursor = readonly [number, number];
    const rows = await connection.query<Cursor>(this.parts.sql['hold-cursors'], [name, version]);
    return rows.length === 0 ? undefined : rows.map(([, offset]) => offset);
  }

  private async compare(manager: EntityManager, connection: Queries): Promise<string | undefined> {
    const { rebuild, tables, definition, storage } = this.parts;
    if (rebuild.compare === 'none') return undefined;
    if (rebuild.compare === 'equal') return tables.difference(connection);
    return (definition.instance as ComparesRebuild).compareRebuild({
      manager,
      live: (entity) => tableNameOf(storage.dataSource.manager, entity),
      rebuilt: (entity) => tableNameOf(manager, entity),
    });
  }

  private async moveCursors(connection: Queries, to: Checkpoint, live: Checkpoint | undefined): Promise<void> {
    const { rebuild, definition, sql } = this.parts;
    const { name, version, replaces } = rebuild;
    const before = beforeKey({ name, version: replaces });
    await connection.query(sql['forget-cursors'], [before.name, before.version]);
    await connection.query(sql['forget-parked'], [before.name, before.version]);
    await connection.query(sql['rename-parked'], [name, replaces, before.name, before.version]);
    await connection.query(sql['rename-parked'], [this.key.name, this.key.version, name, version]);
    await connection.query(sql['forget-cursors'], [this.key.name, this.key.version]);
    if (definition.declared.mode === 'inline') return;
    if (live) await connection.query(sql['set-cursors'], [before.name, before.version, [...live.keys()], live]);
    await connection.query(sql['set-cursors'], [name, version, [...to.keys()], to]);
    if (replaces === version) return;
    await connection.query(sql['fence-cursors'], [name, replaces]);
    await connection.query(sql.pause, [name, replaces, `version ${version} has taken its place`]);
    await connection.query(sql.resume, [name, version]);
  }
}

/** Refuses transactions of the filling that write to the tables there are. */
class GuardedStorage extends PostgresProjectionStorage {
  private readonly written;

  constructor(
    storage: PostgresProjectionStorage,
    filled: DataSource,
    private readonly tables: BesideTables,
    private readonly title: string,
  ) {
    super(storage.database, filled, storage.schema, undefined);
    this.written = statements(import.meta.url, storage.schema, ['written-in-transaction'])['written-in-transaction'];
  }

  override advance(seizure: Seizure, step: Advance): Promise<void> {
    const { work } = step;
    if (work === undefined) return super.advance(seizure, step);
    return super.advance(seizure, { ...step, work: (manager) => work(manager).then(() => this.refuseLive(manager)) });
  }

  /** @throws RebuildWroteLive (`CQRS_REBUILD_WROTE_LIVE`) */
  async refuseLive(manager: EntityManager): Promise<void> {
    const live = this.tables.tables.map((table) => table.live);
    const found: { relid: string }[] = await manager.query(this.written.text, [live]);
    if (found.length > 0)
      throw new RebuildWroteLive(
        this.title,
        found.map(({ relid }) => relid),
      );
  }
}
