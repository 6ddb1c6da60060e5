import { messageOf } from '@annals/message';
import pg from 'pg';
import { guardClients } from './guard-clients.js';
import { PostgresUnavailable } from './postgres-unavailable.js';
import { PreparedQuery } from './prepared-query.js';
import { resultTypes } from './result-types.js';
import { isConnectionLoss } from './sql-state.js';
import type { Statement } from './statement.js';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly connectionString: string;
  /** Connections at the most. @default 10 */
  readonly maxConnections?: number;
  /** Milliseconds to wait for a connection. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** Shown in `pg_stat_activity`. @default 'annals' */
  readonly applicationName?: string;
  /** Keep statements prepared on their connection; false behind pgbouncer in transaction mode before 1.21. @default true */
  readonly prepare?: boolean;
}

/** A row as an array, in the order of the select list: half the driver's work of a row as an object. */
export type Row = readonly unknown[];

/** What runs statements: a pool, or one connection with a transaction open. */
export interface Queries {
  /**
   * Runs one statement with bound values.
   * @throws PostgresUnavailable (`POSTGRES_UNAVAILABLE`) when the connection broke; else the driver's error with its SQLSTATE
   */
  query<Columns extends Row>(statement: Statement, values?: readonly unknown[]): Promise<Columns[]>;
}

/** A pool of connections to one database. */
export class Database implements Queries {
  private readonly pool: pg.Pool;
  private readonly prepare: boolean;
  private ended: Promise<void> | undefined;

  constructor(readonly options: DatabaseOptions) {
    this.prepare = options.prepare ?? true;
    this.pool = new pg.Pool({
      connectionString: options.connectionString,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
      application_name: options.applicationName ?? 'annals',
      keepAlive: true,
      // Statements are sent at once, not each after the answer to the one before: what a Pipeline is for.
      pipeline: true,
    });
    // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
    this.pool.on('error', () => undefined);
    guardClients(this.pool);
  }

  async query<Columns extends Row>(statement: Statement, values?: readonly unknown[]): Promise<Columns[]> {
    return this.withConnection((connection) => connection.query<Columns>(statement, values));
  }

  /** Runs `work` with one connection, which goes back to the pool unless it broke. */
  async withConnection<Result>(work: (connection: Queries) => Promise<Result>): Promise<Result> {
    const checkedOut = await this.checkOut();
    try {
      return await work(checkedOut.connection);
    } catch (error) {
      checkedOut.brokeBy(error);
      throw error;
    } finally {
      checkedOut.release();
    }
  }

  /** Takes a connection out of the pool, which must be released. @throws PostgresUnavailable (`POSTGRES_UNAVAILABLE`) */
  async checkOut(): Promise<CheckedOut> {
    const client = await this.pool.connect().catch(unavailable);
    return new CheckedOut(client, new Connection(client, this.prepare));
  }

  /** Runs `work` in a transaction at READ COMMITTED: COMMIT when it resolves, ROLLBACK when it throws. */
  async transaction<Result>(work: (connection: Queries) => Promise<Result>): Promise<Result> {
    return this.withConnection(async (connection) => {
      await connection.query(BEGIN);
      try {
        const result = await work(connection);
        await connection.query(COMMIT);
        return result;
      } catch (error) {
        // A connection that cannot even roll back is thrown away, and the server rolls back for it.
        if (!(error instanceof PostgresUnavailable)) await connection.query(ROLLBACK).catch(() => undefined);
        throw error;
      }
    });
  }

  /** Closes all connections once they are idle. May be called twice. */
  async stop(): Promise<void> {
    this.ended ??= this.pool.end();
    await this.ended;
  }
}

/** A connection taken out of the pool. */
export class CheckedOut {
  private broken: Error | undefined;
  private readonly onError = (error: Error): void => void (this.broken = error);

  constructor(
    private readonly client: pg.PoolClient,
    readonly connection: Queries,
  ) {
    client.on('error', this.onError);
  }

  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  /** Only a broken connection is thrown away: a reconnect for every SQL error would cost each conflict 5 to 8 ms. */
  brokeBy(error: unknown): void {
    if (error instanceof PostgresUnavailable) this.broken ??= error;
  }

  /** Gives the connection back to the pool, or throws it away if it broke. */
  release(): void {
    this.client.off('error', this.onError);
    this.client.release(this.broken);
  }
}

const plain = (text: string): Statement => ({ name: '', text });
const BEGIN = plain('BEGIN ISOLATION LEVEL READ COMMITTED');
const COMMIT = plain('COMMIT');
const ROLLBACK = plain('ROLLBACK');

/** The part of a driver's connection that is needed here; TypeORM hands out the same. */
export type DriverConnection = Pick<pg.ClientBase, 'query'>;

/** One connection of the driver. */
export class Connection implements Queries {
  constructor(
    private readonly client: DriverConnection,
    private readonly prepare: boolean,
  ) {}

  query<Columns extends Row>(statement: Statement, values: readonly unknown[] = []): Promise<Columns[]> {
    const isPrepared = this.prepare && statement.name !== '';
    return isPrepared ? this.prepared(statement, values) : this.unprepared(statement.text, values);
  }

  private async unprepared<Columns extends Row>(text: string, values: readonly unknown[]): Promise<Columns[]> {
    const config = { text, values: values as unknown[], rowMode: 'array' as const, types: resultTypes };
    const result = await this.client.query<unknown[]>(config).catch(unavailable);
    return result.rows as unknown as Columns[];
  }

  private async prepared<Columns extends Row>(statement: Statement, values: readonly unknown[]): Promise<Columns[]> {
    try {
      return await new Promise<Columns[]>((resolve, reject) => {
        const query = new PreparedQuery(statement, values, (error, rows) => {
          if (error === undefined) resolve(rows as unknown as Columns[]);
          else reject(error);
        });
        this.client.query(query as unknown as pg.Submittable);
      });
    } catch (error) {
      // The driver's own trace leads to its socket; from here it leads to who asked.
      if (error instanceof Error) Error.captureStackTrace(error);
      return unavailable(error);
    }
  }
}

function unavailable(error: unknown): never {
  if (!isConnectionLoss(error)) throw error;
  const reason = messageOf(error);
  throw new PostgresUnavailable(
    `The database is not reachable (${reason}): check DATABASE_URL and that it runs`,
    error,
  );
}
