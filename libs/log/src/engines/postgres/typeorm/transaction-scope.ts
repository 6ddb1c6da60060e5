import { AsyncLocalStorage } from 'node:async_hooks';
import type { QueryRunner } from 'typeorm';
import { NotJoined } from '../../../not-joined.js';
import { UnitOfWorkClosed } from '../../../unit-of-work-closed.js';
import type { Unit } from './unit.js';

/** A transaction of TypeORM that is open, or was. */
export interface OpenTransaction {
  readonly runner: QueryRunner;
  /** False from its COMMIT or ROLLBACK on. */
  active: boolean;
  /** The unit that has joined it. */
  unit: Unit | undefined;
  /** Around what the code after it goes on in. */
  readonly outer: Scope | undefined;
}

/** A transaction of which a unit has charge. */
export interface JoinedTransaction extends OpenTransaction {
  unit: Unit;
}

const isJoined = (transaction: OpenTransaction): transaction is JoinedTransaction => transaction.unit !== undefined;

/** The code that runs inside a unit's `run` or `join`. */
interface UnitScope {
  readonly of: JoinedTransaction;
  readonly outer: Scope | undefined;
}

/** Code that keeps to itself which transactions it begins. */
interface IsolatedScope {
  readonly outer: Scope | undefined;
}

type Scope = OpenTransaction | UnitScope | IsolatedScope;

/** Which transaction the calling code runs in, carried along its asynchronous path. */
export class TransactionScopes {
  private readonly scopes = new AsyncLocalStorage<Scope | undefined>();

  /** Runs `work` so that transactions it begins are not taken for its caller's. */
  isolate<Result>(work: () => Result): Result {
    // A scope of its own, since Node opens none for a store that is there already.
    return this.scopes.run({ outer: this.scopes.getStore() }, work);
  }

  /** The calling code, and what it calls and awaits from here on, runs in a new transaction. */
  enter(runner: QueryRunner): OpenTransaction {
    const transaction: OpenTransaction = { runner, active: true, unit: undefined, outer: this.scopes.getStore() };
    this.scopes.enterWith(transaction);
    return transaction;
  }

  /** Runs `work` as part of the unit that has joined `transaction`. */
  runIn<Result>(transaction: JoinedTransaction, work: () => Result): Result {
    return this.scopes.run({ of: transaction, outer: this.scopes.getStore() }, work);
  }

  /**
   * The transaction of the calling code, which a unit has joined.
   * @throws NotJoined (`STORE_NOT_JOINED`), UnitOfWorkClosed (`STORE_UNIT_OF_WORK_CLOSED`)
   */
  current(): JoinedTransaction | undefined {
    for (let scope = this.scopes.getStore(); scope !== undefined; scope = scope.outer) {
      if ('of' in scope) {
        // Work of a unit that was not awaited: committed by itself, it would survive the unit's rollback.
        if (!scope.of.active) throw new UnitOfWorkClosed();
        return scope.of;
      }
      if (!('active' in scope) || !scope.active) continue;
      if (!isJoined(scope)) throw new NotJoined();
      return scope;
    }
    return undefined;
  }
}
