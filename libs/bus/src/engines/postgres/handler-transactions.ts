import { LogUnavailable } from '@annals/log';
import type { UnitOfWork } from '@annals/log';
import { Connection, isConnectionLoss, PostgresUnavailable, sqlState, statements } from '@annals/postgres';
import type { Database, DriverConnection, Queries } from '@annals/postgres';
import type { DataSource, EntityManager } from 'typeorm';
import { CursorMoved } from '../../groups/cursor-moved.js';
import type { HandlerTransaction, Membership, TransactionalMove } from '../../groups/group-store.js';
import { StaleGeneration } from '../../groups/stale-generation.js';
import { byTopic } from '../../topics/produced.js';
import type { ProducedRecord } from '../../topics/produced.js';
import type { UnitPublications } from '../../topics/unit-publications.js';
import { Parking } from './parking.js';
import type { PostgresTopicStore } from './postgres-topic-store.js';

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK_DETECTED = '40P01';
const PROBE = { name: '', text: 'SELECT 1' };

/** What opens transactions of the application: units of work, or a DataSource alone; with neither, no rows are part of them. */
export interface ApplicationTransactions {
  readonly unitOfWork?: UnitOfWork<EntityManager> | undefined;
  /** Initialized, on the same database. */
  readonly dataSource?: DataSource | undefined;
}

/** Runs handlers in transactions that hold the rows they write, the records they produce and the move of their cursor. */
export class HandlerTransactions {
  readonly #sql;
  readonly #parking: Parking;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly topics: PostgresTopicStore,
    private readonly publications: UnitPublications,
    private readonly application: ApplicationTransactions,
  ) {
    this.#sql = statements(import.meta.url, schema, ['lock-cursor', 'move-cursor']);
    this.#parking = new Parking(database, schema);
  }

  /**
   * Locks the cursor, runs `work`, moves the cursor, commits.
   * @throws StaleGeneration (`BUS_STALE_GENERATION`), CursorMoved (`BUS_CURSOR_MOVED`), PostgresUnavailable
   *   (`POSTGRES_UNAVAILABLE`), or what `work` throws
   */
  async run(
    member: Membership,
    move: TransactionalMove,
    work: (transaction: HandlerTransaction) => Promise<void>,
  ): Promise<void> {
    const { unitOfWork, dataSource } = this.application;
    const produced: ProducedRecord[] = [];
    try {
      if (unitOfWork !== undefined) await this.#inUnit(unitOfWork, member, move, work);
      else {
        const around = (connection: Queries, manager: unknown): Promise<void> =>
          this.#move(connection, member, move, async () => {
            await work({ manager, append: (topic, record) => void produced.push({ topic, record }) });
            await this.publications.flush(connection, produced).catch(busy);
          });
        await (dataSource === undefined
          ? this.database.transaction((connection) => around(connection, undefined))
          : dataSource.transaction('READ COMMITTED', async (manager) =>
              around(await this.#connectionOf(manager), manager),
            ));
      }
    } catch (error) {
      throw isConnectionLoss(error)
        ? new PostgresUnavailable("A handler's transaction lost its connection: what became of it is not known", error)
        : error;
    }
    for (const [topic, records] of byTopic(produced)) {
      this.topics.announce(topic, new Set(records.map(({ partition }) => partition)));
    }
  }

  /** What the handler appends to the event store, and sends by the bus, is part of its unit as well. */
  async #inUnit(
    unitOfWork: UnitOfWork<EntityManager>,
    member: Membership,
    move: TransactionalMove,
    work: (transaction: HandlerTransaction) => Promise<void>,
  ): Promise<void> {
    await unitOfWork.run(async (manager) => {
      await this.#move(await this.#connectionOf(manager), member, move, () =>
        work({
          manager,
          append: (topic, record) => {
            const unit = unitOfWork.current();
            if (unit !== undefined) this.publications.add(unit, { topic, record });
          },
        }),
      );
    });
  }

  async #move(
    connection: Queries,
    { group, memberId, sessionMs }: Membership,
    { topicId, partition, generation, from, offset, title, unparks }: TransactionalMove,
    work: () => Promise<void>,
  ): Promise<void> {
    const values = [group, memberId, topicId, partition, generation, String(sessionMs)];
    const [held] = await connection.query<readonly [number | null, number]>(this.#sql['lock-cursor'], values);
    if (held === undefined) throw new StaleGeneration(group, title, generation);
    if (held[0] !== from) throw new CursorMoved(group, title, from ?? 0, held[0]);
    await work().catch(async (error: unknown) => {
      // A handler's error may come from any connection. Only if this one is gone, nobody is to blame but the database.
      await connection.query(PROBE).catch((lost: unknown) => {
        if (isConnectionLoss(lost) || lost instanceof PostgresUnavailable) throw lost;
      });
      throw error;
    });
    if (unparks !== undefined) await this.#parking.unpark(connection, group, { topicId, partition }, unparks);
    const to = [held[1], topicId, partition, generation, from, offset];
    const moved = await connection.query(this.#sql['move-cursor'], to);
    if (moved.length === 0) throw new CursorMoved(group, title, from ?? 0, null);
  }

  async #connectionOf(manager: EntityManager): Promise<Queries> {
    if (manager.queryRunner === undefined) throw new TypeError('The manager of a transaction has a query runner');
    const client = (await manager.queryRunner.connect()) as DriverConnection;
    return new Connection(client, this.database.options.prepare ?? true);
  }
}

/** Others that write to the same partitions are no fault of the records that are handled. */
function busy(error: unknown): never {
  const state = sqlState(error);
  if (state !== LOCK_NOT_AVAILABLE && state !== DEADLOCK_DETECTED) throw error;
  throw new LogUnavailable('Other writers hold a partition for too long: the handler is run again', error);
}
