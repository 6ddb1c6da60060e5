import type { Checkpoint } from '@annals/log';
import { Connection, isConnectionLoss, Leases, migrate, PostgresUnavailable, statements } from '@annals/postgres';
import type { Database, DriverConnection, Queries } from '@annals/postgres';
import type { DataSource, EntityManager } from 'typeorm';
import { ProjectionCursorMoved } from '../../projecting/projection-cursor-moved.js';
import type { Advance, Ownership, StoredProjection } from '../../projecting/projection-storage.js';
import { ProjectionStorage } from '../../projecting/projection-storage.js';
import { ProjectionSuperseded } from '../../projecting/projection-superseded.js';
import { describeProjection } from '../../projecting/projection.js';
import type { ProjectionKey } from '../../projecting/projection.js';

/** The tables of this lib. */
const CQRS_MIGRATIONS = { lib: 'cqrs', directory: new URL('./migrations/', import.meta.url) };

const PROBE = { name: '', text: 'SELECT 1' };
const STATEMENTS = [
  'limit-wait',
  'lock-cursors',
  'move-cursors',
  'note-failure',
  'read-cursors',
  'seize-cursors',
] as const;

/**
 * Cursors of projections beside the read models, in the application's database. Owners, failures and status go over
 * connections of their own, so a handler that holds TypeORM's last connection never waits for a second one.
 */
export class PostgresProjectionStorage extends ProjectionStorage {
  private readonly sql;
  private readonly leases: Leases;

  /**
   * Brings the schema up to date.
   * @param database of the event store
   * @param dataSource of the read models, on the same database
   * @param schema of Annals' tables
   * @throws PostgresUnavailable (`POSTGRES_UNAVAILABLE`), MigrationChanged (`POSTGRES_MIGRATION_CHANGED`)
   */
  static async open(database: Database, dataSource: DataSource, schema = 'annals'): Promise<PostgresProjectionStorage> {
    await migrate(database, schema, [CQRS_MIGRATIONS]);
    return new PostgresProjectionStorage(database, dataSource, schema);
  }

  private constructor(
    private readonly database: Database,
    private readonly dataSource: DataSource,
    schema: string,
  ) {
    super();
    this.sql = statements(import.meta.url, schema, STATEMENTS);
    this.leases = new Leases(database, schema);
  }

  override async acquire(projection: ProjectionKey, holder: string, leaseMs: number): Promise<Ownership | undefined> {
    const lease = await this.leases.acquire(leaseName(projection), holder, leaseMs);
    return lease && { projection, holder, generation: lease.generation, leaseMs };
  }

  override async renew(ownership: Ownership): Promise<boolean> {
    const { renewed } = await this.leases.renew(leaseOf(ownership), ownership.leaseMs);
    return renewed;
  }

  override async release(ownership: Ownership): Promise<void> {
    await this.leases.release(leaseOf(ownership));
  }

  override async seize({ projection, generation, leaseMs }: Ownership, partitions: number): Promise<Checkpoint> {
    const { name, version } = projection;
    const rows = await this.database.transaction(async (connection) => {
      await connection.query(this.sql['limit-wait'], [String(leaseMs)]);
      const values = [name, version, partitions, generation];
      return connection.query<readonly [number, number]>(this.sql['seize-cursors'], values);
    });
    if (rows.length < partitions) throw new ProjectionSuperseded(describeProjection(projection), generation);
    return toCheckpoint(rows);
  }

  override async advance(ownership: Ownership, step: Advance): Promise<void> {
    try {
      await this.dataSource.transaction('READ COMMITTED', (manager) => this.advanceIn(manager, ownership, step));
    } catch (error) {
      throw this.isUnavailable(error) ? unavailable(error) : error;
    }
  }

  override isUnavailable(error: unknown): boolean {
    return error instanceof PostgresUnavailable || isConnectionLoss(driverErrorOf(error));
  }

  override async fail({ projection, generation }: Ownership, partition: number, message: string): Promise<void> {
    // Postgres stores no U+0000, and this text is anybody's.
    const text = message.replaceAll('\u0000', '\ufffd');
    const values = [projection.name, projection.version, partition, generation, text];
    await this.database.query(this.sql['note-failure'], values);
  }

  override async describe({ name, version }: ProjectionKey): Promise<StoredProjection> {
    type Columns = readonly [number, number, string | null, Date | null];
    const rows = await this.database.query<Columns>(this.sql['read-cursors'], [name, version]);
    const failures = rows.flatMap(([partition, , message, since]) =>
      message === null || since === null ? [] : [{ partition, message, since }],
    );
    return { checkpoint: toCheckpoint(rows), failure: failures[0] };
  }

  private async advanceIn(manager: EntityManager, ownership: Ownership, { from, to, work }: Advance): Promise<void> {
    const { projection, generation, leaseMs } = ownership;
    const key = [projection.name, projection.version] as const;
    const moved = [...to.keys()].filter((partition) => to[partition] !== from[partition]);
    const connection = await this.connectionOf(manager);
    // A cursor that only passes events of others may be lost by a crash: they are passed once more.
    const durability = work ? 'on' : 'off';
    const held = await connection.query<readonly [number, number]>(this.sql['lock-cursors'], [
      ...key,
      moved,
      generation,
      String(leaseMs),
      durability,
    ]);
    if (held.length < moved.length) throw new ProjectionSuperseded(describeProjection(projection), generation);
    if (held.some(([partition, offset]) => offset !== from[partition])) {
      throw new ProjectionCursorMoved(describeProjection(projection));
    }
    await work?.(manager).catch(async (error: unknown) => {
      // A handler's error may come from any connection. Only if this one is gone, nobody is to blame but the database.
      await connection.query(PROBE).catch((lost: unknown) => {
        if (this.isUnavailable(lost)) throw lost;
      });
      throw error;
    });
    const at = moved.map((partition) => from[partition]);
    const upTo = moved.map((partition) => to[partition]);
    const done = await connection.query(this.sql['move-cursors'], [...key, moved, at, upTo, generation]);
    if (done.length < moved.length) throw new ProjectionCursorMoved(describeProjection(projection));
  }

  private async connectionOf(manager: EntityManager): Promise<Queries> {
    if (manager.queryRunner === undefined) throw new TypeError('The manager of a transaction has a query runner');
    const client = (await manager.queryRunner.connect()) as DriverConnection;
    return new Connection(client, this.database.options.prepare ?? true);
  }
}

const leaseName = (projection: ProjectionKey): string => `projection ${describeProjection(projection)}`;

const leaseOf = ({ projection, holder, generation }: Ownership) => ({
  name: leaseName(projection),
  holder,
  generation,
});

function toCheckpoint(rows: readonly (readonly [number, number, ...unknown[]])[]): Checkpoint {
  const checkpoint = new Array<number>(rows.length).fill(0);
  for (const [partition, offset] of rows) checkpoint[partition] = offset;
  return checkpoint;
}

/** TypeORM wraps what the driver threw. */
const driverErrorOf = (error: unknown): unknown =>
  error instanceof Error && 'driverError' in error ? error.driverError : error;

function unavailable(error: unknown): PostgresUnavailable {
  if (error instanceof PostgresUnavailable) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new PostgresUnavailable(`A projection's transaction lost its connection (${reason})`, error);
}
