import type { Checkpoint, UnitOfWork } from '@annals/log';
import { messageOf, storableText } from '@annals/message';
import { Connection, isConnectionLoss, Leases, migrate, PostgresUnavailable, statements } from '@annals/postgres';
import type { Database, DriverConnection, Queries } from '@annals/postgres';
import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Lane } from '../../projecting/lane.js';
import { describeLane, partitionsOf } from '../../projecting/lane.js';
import { InvalidProjection } from '../../projecting/invalid-projection.js';
import { ProjectionCursorMoved } from '../../projecting/projection-cursor-moved.js';
import type {
  Advance,
  DueKey,
  Ownership,
  ParkedKey,
  Paused,
  RunningTransaction,
  Seizure,
  StoredProjection,
  Work,
} from '../../projecting/projection-storage.js';
import { ProjectionStorage } from '../../projecting/projection-storage.js';
import { ProjectionSuperseded } from '../../projecting/projection-superseded.js';
import type { ProjectionKey } from '../../projecting/projection.js';
import type { RowTable } from '../../projecting/row-table.js';
import { CQRS_MIGRATIONS } from './cqrs-migrations.js';
import { ParkedEvents } from './parked-events.js';
import { PostgresRowTable } from './postgres-row-table.js';
import { checkpointIn, failuresIn } from './stored-cursor.js';
import type { StoredCursor } from './stored-cursor.js';
import { tableNameOf } from './table-name.js';
import { readRunning } from './running-transactions.js';

const PROBE = { name: '', text: 'SELECT 1' };
const STATEMENTS = [
  'fence-cursors',
  'limit-wait',
  'lock-cursors',
  'move-cursors',
  'note-failure',
  'pause',
  'paused',
  'read-cursors',
  'resume',
  'seize-cursors',
  'set-cursors',
] as const;

/**
 * Cursors of projections beside the read models, in the application's database. Owners, failures and status go over
 * connections of their own, so a handler that holds TypeORM's last connection never waits for a second one.
 */
export class PostgresProjectionStorage extends ProjectionStorage {
  private readonly sql;
  private readonly leases: Leases;
  private readonly aside: ParkedEvents;

  /**
   * Brings the schema up to date.
   * @param database of the event store
   * @param dataSource of the read models, on the same database
   * @param schema of Annals' tables
   * @param unitOfWork of the event store, for side effects; without it there can be none
   * @throws PostgresUnavailable (`POSTGRES_UNAVAILABLE`), MigrationChanged (`POSTGRES_MIGRATION_CHANGED`)
   */
  static async open(
    database: Database,
    dataSource: DataSource,
    schema = 'annals',
    unitOfWork?: UnitOfWork<EntityManager>,
  ): Promise<PostgresProjectionStorage> {
    await migrate(database, schema, [CQRS_MIGRATIONS]);
    return new PostgresProjectionStorage(database, dataSource, schema, unitOfWork);
  }

  protected constructor(
    readonly database: Database,
    readonly dataSource: DataSource,
    readonly schema: string,
    private readonly unitOfWork: UnitOfWork<EntityManager> | undefined,
  ) {
    super();
    this.sql = statements(import.meta.url, schema, STATEMENTS);
    this.leases = new Leases(database, schema);
    this.aside = new ParkedEvents(database, schema);
  }

  override async acquire(lane: Lane, holder: string, leaseMs: number): Promise<Ownership | undefined> {
    const lease = await this.leases.acquire(leaseName(lane), holder, leaseMs);
    return lease && { lane, holder, generation: lease.generation, leaseMs };
  }

  override async renew(ownership: Ownership): Promise<boolean> {
    const { renewed } = await this.leases.renew(leaseOf(ownership), ownership.leaseMs);
    // An owner that has nothing to do would notice at its next event only that it is to stand still.
    return renewed && (await this.readPaused(this.database, ownership.lane)) === undefined;
  }

  override async release(ownership: Ownership): Promise<void> {
    await this.leases.release(leaseOf(ownership));
  }

  override async seize(ownership: Ownership, total: number, startAt: Checkpoint = []): Promise<Seizure | Paused> {
    const { lane, leaseMs } = ownership;
    const partitions = partitionsOf(lane, total);
    type Columns = readonly [partition: number, offset: number, generation: number, replayedTo: number];
    const found = await this.database.transaction(async (connection) => {
      await connection.query(this.sql['limit-wait'], [String(leaseMs)]);
      const paused = await this.readPaused(connection, lane);
      if (paused !== undefined) return paused;
      // Whoever is late and has lost the lease must not fence its successor off.
      if (!(await this.leases.isHeld(connection, leaseOf(ownership)))) {
        throw new ProjectionSuperseded(describeLane(lane), ownership.generation);
      }
      const begin = partitions.map((partition) => startAt[partition] ?? 0);
      const values = [lane.name, lane.version, partitions, begin];
      const rows = await connection.query<Columns>(this.sql['seize-cursors'], values);
      return { rows, parkedKeys: await this.aside.keys(connection, lane, partitions) };
    });
    if (!('rows' in found)) return found;
    const [checkpoint, generations, replayedTo] = [0, 1, 2].map(() => new Array<number>(total).fill(0)) as [
      number[],
      number[],
      number[],
    ];
    for (const [partition, offset, generation, replayed] of found.rows) {
      checkpoint[partition] = offset;
      generations[partition] = generation;
      replayedTo[partition] = replayed;
    }
    return { ...ownership, partitions, checkpoint, generations, replayedTo, parkedKeys: found.parkedKeys };
  }

  override async advance(seizure: Seizure, { from, to, work, setAside = [] }: Advance): Promise<void> {
    const { lane } = seizure;
    const moved = [...to.keys()].filter((partition) => to[partition] !== from[partition]);
    // A cursor that only passes events of others may be lost by a crash: they are passed once more.
    const durability = work || setAside.length > 0 ? 'on' : 'off';
    await this.transaction(async (manager, connection) => {
      const held = await this.lock(connection, seizure, moved, durability);
      if (held.some(([partition, offset]) => offset !== from[partition])) {
        throw new ProjectionCursorMoved(describeLane(lane));
      }
      await this.do(work, manager, connection);
      if (setAside.length > 0) await this.aside.add(connection, lane, setAside);
      const at = moved.map((partition) => from[partition]);
      const upTo = moved.map((partition) => to[partition]);
      const values = [lane.name, lane.version, moved, at, upTo];
      const done = await connection.query(this.sql['move-cursors'], values);
      if (done.length < moved.length) throw new ProjectionCursorMoved(describeLane(lane));
    });
  }

  override isUnavailable(error: unknown): boolean {
    return error instanceof PostgresUnavailable || isConnectionLoss(error);
  }

  override async fail({ lane, generations }: Seizure, partition: number, message: string): Promise<void> {
    const values = [lane.name, lane.version, partition, generations[partition], storableText(message)];
    await this.database.query(this.sql['note-failure'], values);
  }

  override dueKeys({ lane, partitions }: Seizure): Promise<readonly DueKey[]> {
    return this.aside.due(lane, partitions);
  }

  override async settleParked(seizure: Seizure, place: DueKey, work: Work): Promise<boolean> {
    return this.transaction(async (manager, connection) => {
      await this.lock(connection, seizure, [place.partition], 'on');
      await this.do(work, manager, connection);
      return this.aside.remove(connection, seizure.lane, place);
    });
  }

  override failParked({ lane }: Seizure, place: DueKey, failure: string, waitMs: number | undefined): Promise<void> {
    return this.aside.fail(lane, place, storableText(failure), waitMs);
  }

  override releaseKey(projection: ProjectionKey, key: string): Promise<boolean> {
    return this.aside.release(projection, key);
  }

  override parked(projection: ProjectionKey, most: number): Promise<readonly ParkedKey[]> {
    return this.aside.list(projection, most);
  }

  override parkedBefore(
    projection: ProjectionKey,
    place: { readonly partition: number; readonly offset: number; readonly stream: string },
  ): Promise<{ readonly key: string; readonly failure: string } | undefined> {
    return this.aside.before(projection, place);
  }

  override async pause({ name, version }: ProjectionKey, reason: string): Promise<void> {
    await this.database.transaction(async (connection) => {
      await connection.query(this.sql.pause, [name, version, storableText(reason)]);
      await connection.query(this.sql['fence-cursors'], [name, version]);
    });
  }

  override async resume({ name, version }: ProjectionKey): Promise<void> {
    await this.database.query(this.sql.resume, [name, version]);
  }

  override async putBack({ name, version }: ProjectionKey, to: Checkpoint, work: Work): Promise<void> {
    await this.transaction(async (manager, connection) => {
      // First the cursors: the owner's open transaction ends before what it wrote is undone.
      await connection.query(this.sql['set-cursors'], [name, version, [...to.keys()], to]);
      await this.aside.forget(connection, { name, version });
      await this.do(work, manager, connection);
    });
  }

  override async checkpointOf(projection: ProjectionKey): Promise<Checkpoint> {
    return checkpointIn(await this.readCursors(projection));
  }

  override async describe(projection: ProjectionKey): Promise<StoredProjection> {
    const cursors = await this.readCursors(projection);
    const parked = await this.aside.count(projection);
    const paused = await this.readPaused(this.database, projection);
    return { checkpoint: checkpointIn(cursors), failures: failuresIn(cursors), parked, paused };
  }

  override running(projection: ProjectionKey): Promise<readonly RunningTransaction[]> {
    return readRunning(this.database, this.schema, projection);
  }

  override rowTable(entity: EntityTarget<ObjectLiteral>, lockName: string): RowTable {
    return new PostgresRowTable(entity, lockName);
  }

  override tableName(manager: EntityManager, entity: EntityTarget<ObjectLiteral>): string {
    return tableNameOf(manager, entity);
  }

  override async join(manager: EntityManager, work: () => Promise<unknown>): Promise<void> {
    if (this.unitOfWork === undefined)
      throw new InvalidProjection('A side effect needs a unit of work: give one to PostgresProjectionStorage.open');
    await this.unitOfWork.join(manager, work);
  }

  /** Runs work in a transaction of the read models. @throws PostgresUnavailable (`POSTGRES_UNAVAILABLE`), and what it throws */
  async transaction<Result>(work: (manager: EntityManager, connection: Queries) => Promise<Result>): Promise<Result> {
    try {
      return await this.dataSource.transaction('READ COMMITTED', async (manager) =>
        work(manager, await this.connectionOf(manager)),
      );
    } catch (error) {
      throw this.isUnavailable(error) ? unavailable(error) : error;
    }
  }

  private async do(work: Work | undefined, manager: EntityManager, connection: Queries): Promise<void> {
    await work?.(manager).catch(async (error: unknown) => {
      // A handler's error may come from any connection. Only if this one is gone, nobody is to blame but the database.
      await connection.query(PROBE).catch((lost: unknown) => {
        if (this.isUnavailable(lost)) throw lost;
      });
      throw error;
    });
  }

  private async lock(connection: Queries, seizure: Seizure, partitions: readonly number[], durability: 'on' | 'off') {
    const { lane, leaseMs, generations } = seizure;
    const values = [lane.name, lane.version, partitions, String(leaseMs), durability];
    type Columns = readonly [partition: number, offset: number, generation: number];
    const held = await connection.query<Columns>(this.sql['lock-cursors'], values);
    const mine = held.filter(([partition, , generation]) => generation === generations[partition]);
    if (mine.length < partitions.length) throw new ProjectionSuperseded(describeLane(lane), seizure.generation);
    return held;
  }

  private readCursors({ name, version }: ProjectionKey): Promise<StoredCursor[]> {
    return this.database.query<StoredCursor>(this.sql['read-cursors'], [name, version]);
  }

  private async readPaused(queries: Queries, { name, version }: ProjectionKey): Promise<Paused | undefined> {
    const [row] = await queries.query<readonly [string, Date]>(this.sql.paused, [name, version]);
    return row && { reason: row[0], since: row[1] };
  }

  private async connectionOf(manager: EntityManager): Promise<Queries> {
    if (manager.queryRunner === undefined) throw new TypeError('The manager of a transaction has a query runner');
    const client = (await manager.queryRunner.connect()) as DriverConnection;
    return new Connection(client, this.database.options.prepare ?? true);
  }
}

const leaseName = (lane: Lane): string => `projection ${describeLane(lane)}`;

const leaseOf = ({ lane, holder, generation }: Ownership) => ({ name: leaseName(lane), holder, generation });

function unavailable(error: unknown): PostgresUnavailable {
  if (error instanceof PostgresUnavailable) return error;
  const reason = messageOf(error);
  return new PostgresUnavailable(`A projection's transaction lost its connection (${reason})`, error);
}
