import type { EventEmitter } from 'node:events';
import type { Queries } from '@annals/postgres';
import { Connection, guardClients, isConnectionLoss, sqlState } from '@annals/postgres';
import type { DriverConnection } from '@annals/postgres';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { appendedOrThrow } from '../../../appended-or-throw.js';
import { checkpointAfter } from '../../../checkpoint.js';
import { LogUnavailable } from '../../../log-unavailable.js';
import type { StreamAppend, StreamAppended } from '../../../stream-append.js';
import { UnitOfWork } from '../../../unit-of-work.js';
import type { Enrolment, UnitResult } from '../../../unit-of-work.js';
import type { PostgresLog } from '../postgres-log.js';
import { NoTransaction } from './no-transaction.js';
import type { JoinedTransaction } from './transaction-scope.js';
import { TransactionScopes } from './transaction-scope.js';
import { Unit } from './unit.js';
import { WatchedTransactions } from './watch-transactions.js';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Units of work in transactions of TypeORM, on the database of the log: rows and events commit or vanish together.
 *
 * The order at the end of a unit: the application's work → what is to run before the flush → one flush of all its appends → COMMIT. Locks of the log are
 * thus taken last and held for one round trip, so two units that wait for each other's rows never wait for the log.
 */
export class TypeOrmUnitOfWork extends UnitOfWork<EntityManager> {
  private readonly scopes = new TransactionScopes();
  private readonly transactions: WatchedTransactions;

  /**
   * @param dataSource of the application, on the same database as the log; its transactions are watched from here on
   * @param log what the units append to
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: PostgresLog,
  ) {
    super();
    // TypeORM listens to a connection only some turns after its pool has let go of it.
    const { master } = dataSource.driver as { master?: EventEmitter };
    if (master !== undefined) guardClients(master);
    this.transactions = new WatchedTransactions(dataSource, this.scopes, { commit: this.commit.bind(this) });
  }

  override async run<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<UnitResult<Result>> {
    const around = this.scopes.current();
    if (around) return this.runInside(around.runner.manager, work);
    return this.scopes.isolate(async () => {
      const runner = this.dataSource.createQueryRunner();
      try {
        await runner.startTransaction('READ COMMITTED');
        const transaction = this.joined(runner);
        const result = await this.scopes.runIn(transaction, () => work(runner.manager));
        await runner.commitTransaction();
        return this.left(result, transaction.unit.appended);
      } catch (error) {
        // The work's own error is what the caller must see, also when the connection is gone.
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      } finally {
        await runner.release();
      }
    });
  }

  /** @throws NoTransaction (`STORE_NO_TRANSACTION`) when `manager` is not that of an open transaction of the DataSource */
  override async join<Result>(manager: EntityManager, work: () => Promise<Result>): Promise<Result> {
    if (manager.queryRunner === undefined) throw new NoTransaction();
    return this.scopes.runIn(this.joined(manager.queryRunner), work);
  }

  override current(): Enrolment | undefined {
    return this.scopes.current()?.unit;
  }

  /** A unit inside a unit is a savepoint of it: it can fail alone, and is committed with the whole. */
  private async runInside<Result>(
    manager: EntityManager,
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<UnitResult<Result>> {
    return this.left(await manager.transaction(work), []);
  }

  private joined(runner: QueryRunner): JoinedTransaction {
    const transaction = this.transactions.of(runner);
    if (transaction === undefined) throw new NoTransaction();
    transaction.unit ??= new Unit();
    return transaction as JoinedTransaction;
  }

  private async commit(runner: QueryRunner, unit: Unit, commit: () => Promise<void>): Promise<void> {
    unit.close();
    await this.scopes.runIn(this.joined(runner), () => unit.runBeforeFlush(runner.manager));
    const connection = new Connection((await runner.connect()) as DriverConnection, this.log.prepare);
    const settle = await this.flush(connection, unit).catch((error: unknown) => {
      throw isBusy(error)
        ? new LogUnavailable('Another unit of work holds a partition too long: try again', error)
        : error;
    });
    try {
      await commit();
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      // The COMMIT may have been carried out: nothing may be executed again before that is known.
      if (!(await settle()))
        throw new LogUnavailable('The connection was lost before COMMIT: nothing was written, try again', error);
    }
    if (unit.appended.length > 0) this.log.announce();
    unit.committed();
  }

  /** Sends what the unit appends; returns how to find out later whether it was committed. */
  private async flush(connection: Queries, unit: Unit): Promise<() => Promise<boolean>> {
    const appends: readonly StreamAppend[] = unit.enrolled;
    const settle = await this.flushAppends(connection, unit, appends);
    await unit.flushContributions(connection);
    return settle;
  }

  private async flushAppends(
    connection: Queries,
    unit: Unit,
    appends: readonly StreamAppend[],
  ): Promise<() => Promise<boolean>> {
    if (!appends.some(({ records }) => records.length > 0)) {
      unit.appended = appends.length === 0 ? [] : appendedOrThrow(await this.log.flush(connection, appends));
      const marker = await this.log.mark(connection);
      return () => this.log.isMarked(marker);
    }
    unit.appended = appendedOrThrow(await this.log.flush(connection, appends));
    return () => this.log.isStored(appends);
  }

  private left<Result>(result: Result, appended: readonly StreamAppended[]): UnitResult<Result> {
    return { result, checkpoint: checkpointAfter(appended, this.log.partitions), appended };
  }
}

const isBusy = (error: unknown): boolean => sqlState(error) === LOCK_NOT_AVAILABLE;
