import { Database, migrate, WakeUps } from '@annals/postgres';
import type { DataSource } from 'typeorm';
import { BusEngine } from '../../bus-engine.js';
import { HandlerTransactions } from './handler-transactions.js';
import { PostgresGroupStore } from './postgres-group-store.js';
import { PostgresTopicStore } from './postgres-topic-store.js';
import type { PostgresBusOptions } from './postgres-bus.options.js';
import { resolvePostgresBusOptions } from './postgres-bus.options.js';

const BUS_MIGRATIONS = { lib: 'bus', directory: new URL('./migrations/', import.meta.url) };

/** A bus in Postgres. */
export class PostgresBusEngine extends BusEngine {
  override readonly capabilities;
  override readonly topics: PostgresTopicStore;
  override readonly groups: PostgresGroupStore;
  #stopped: Promise<void> | undefined;

  /**
   * Brings the schema up to date and starts to listen for other processes.
   * @param dataSource the application's, initialized, on the same database: with it, handlers of `effectively-once` get its EntityManager
   * @throws RangeError naming every fault of the options, PostgresUnavailable (`POSTGRES_UNAVAILABLE`)
   */
  static async open(given: PostgresBusOptions, dataSource?: DataSource): Promise<PostgresBusEngine> {
    const options = resolvePostgresBusOptions(given);
    const database = new Database(options);
    const wakeUps = new WakeUps(database, `${options.schema}_bus`, { minGapMs: 1 });
    try {
      await migrate(database, options.schema, [BUS_MIGRATIONS]);
      if (options.listen) await wakeUps.start();
    } catch (error) {
      await wakeUps.stop();
      await database.stop();
      throw error;
    }
    return new PostgresBusEngine(database, wakeUps, options, dataSource);
  }

  private constructor(
    readonly database: Database,
    private readonly wakeUps: WakeUps,
    { schema, lockWaitMs }: Required<PostgresBusOptions>,
    dataSource: DataSource | undefined,
  ) {
    super();
    this.capabilities = { durable: true, transactions: true, entityManager: dataSource !== undefined };
    this.topics = new PostgresTopicStore(database, schema, wakeUps, lockWaitMs);
    const transactions = new HandlerTransactions(database, schema, this.topics, dataSource);
    this.groups = new PostgresGroupStore(database, schema, wakeUps, transactions);
  }

  override stop(): Promise<void> {
    this.#stopped ??= this.wakeUps.stop().then(() => this.database.stop());
    return this.#stopped;
  }
}
