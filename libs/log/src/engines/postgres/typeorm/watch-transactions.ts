import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { OpenTransaction, TransactionScopes } from './transaction-scope.js';
import type { Unit } from './unit.js';

/** What a unit of work does at a transaction's end. */
export interface CommitHook {
  /** Called before the outermost COMMIT of a transaction that a unit has joined; `commit` sends it. */
  commit(runner: QueryRunner, unit: Unit, commit: () => Promise<void>): Promise<void>;
}

/**
 * Learns of every transaction that a DataSource opens, by wrapping four methods of its query runners: TypeORM's
 * subscribers are told too, but off the caller's asynchronous path, and cannot tell a savepoint from a transaction.
 */
export class WatchedTransactions {
  private readonly open = new WeakMap<QueryRunner, OpenTransaction>();

  constructor(
    dataSource: DataSource,
    private readonly scopes: TransactionScopes,
    private readonly hook: CommitHook,
  ) {
    const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (mode) => this.watch(createQueryRunner(mode));
    this.isolate(dataSource.manager);
  }

  /** The transaction that `runner` has open. */
  of(runner: QueryRunner): OpenTransaction | undefined {
    const transaction = this.open.get(runner);
    return transaction?.active === true ? transaction : undefined;
  }

  /** `manager.transaction(work)` begins its transaction on its own asynchronous path, not on that of whoever calls it. */
  private isolate(manager: EntityManager): void {
    const transaction = manager.transaction.bind(manager) as (...args: unknown[]) => Promise<unknown>;
    const isolated = (...args: unknown[]): Promise<unknown> => this.scopes.isolate(() => transaction(...args));
    manager.transaction = isolated;
  }

  private watch(runner: QueryRunner): QueryRunner {
    const start = runner.startTransaction.bind(runner);
    const commit = runner.commitTransaction.bind(runner);
    const rollback = runner.rollbackTransaction.bind(runner);
    let depth = 0;

    const begin = async (transaction: OpenTransaction, isolation: Parameters<typeof start>[0]): Promise<void> => {
      try {
        await start(isolation);
      } catch (error) {
        if (depth === 0) transaction.active = false;
        throw error;
      }
      if (depth > 0) transaction.unit?.openSavepoint();
      depth++;
    };
    // Not async: the scope must be entered on the caller's path, before the first await.
    runner.startTransaction = (isolation) => {
      const transaction = this.of(runner) ?? this.scopes.enter(runner);
      this.open.set(runner, transaction);
      return begin(transaction, isolation);
    };
    runner.commitTransaction = async () => {
      const transaction = this.of(runner);
      if (transaction === undefined) return commit();
      if (depth > 1) {
        await commit();
        transaction.unit?.releaseSavepoint();
      } else {
        await (transaction.unit ? this.hook.commit(runner, transaction.unit, commit) : commit());
        transaction.active = false;
      }
      depth--;
    };
    runner.rollbackTransaction = async () => {
      const transaction = this.of(runner);
      // Counted first: a connection that cannot even roll back is rolled back by the server.
      depth = Math.max(0, depth - 1);
      if (transaction && depth > 0) transaction.unit?.rollbackSavepoint();
      if (transaction && depth === 0) transaction.active = false;
      await rollback();
    };
    const release = runner.release.bind(runner);
    runner.release = () => {
      const transaction = this.of(runner);
      if (transaction) transaction.active = false;
      return release();
    };
    this.isolate(runner.manager);
    return runner;
  }
}
