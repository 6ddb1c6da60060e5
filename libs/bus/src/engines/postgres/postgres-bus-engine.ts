import { Database, migrate, WakeUps } from '@annals/postgres';
import type { UnitOfWork } from '@annals/log';
import { BusEngine } from '../../bus-engine.js';
import type { QueueEngine } from '../../queues/queue-engine.js';
import { UnitPublications } from '../../topics/unit-publications.js';
import { HandlerTransactions } from './handler-transactions.js';
import type { ApplicationTransactions } from './handler-transactions.js';
import { PostgresGroupStore } from './postgres-group-store.js';
import { postgresQueueEngine } from './postgres-queue-engine.js';
import { PostgresTopicStore } from './postgres-topic-store.js';
import type { PostgresBusOptions } from './postgres-bus.options.js';
import { resolvePostgresBusOptions } from './postgres-bus.options.js';

const BUS_MIGRATIONS = { lib: 'bus', directory: new URL('./migrations/', import.meta.url) };

/** A bus in Postgres. */
export class PostgresBusEngine extends BusEngine {
  override readonly capabilities;
  override readonly topics: PostgresTopicStore;
  override readonly groups: PostgresGroupStore;
  override readonly queues: QueueEngine;
  override readonly publications: UnitPublications;
  override readonly unitOfWork: UnitOfWork | undefined;
  #stopped: Promise<void> | undefined;

  /**
   * Brings the schema up to date and starts to listen for other processes.
   * @param application what opens its transactions: with it handlers of `effectively-once` get an EntityManager; with units of work also what
   *   they append to the event store is part of their transaction, and `Bus.publish` in a unit is part of that
   * @throws RangeError naming every fault of the options, PostgresUnavailable (`POSTGRES_UNAVAILABLE`)
   */
  static async open(given: PostgresBusOptions, application: ApplicationTransactions = {}): Promise<PostgresBusEngine> {
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
    return new PostgresBusEngine(database, wakeUps, options, application);
  }

  private constructor(
    readonly database: Database,
    private readonly wakeUps: WakeUps,
    { schema, lockWaitMs, messageTableBytes }: Required<PostgresBusOptions>,
    application: ApplicationTransactions,
  ) {
    super();
    this.capabilities = { durable: true, transactions: true, entityManager: Object.values(application).some(Boolean) };
    this.unitOfWork = application.unitOfWork;
    this.topics = new PostgresTopicStore(database, schema, wakeUps, lockWaitMs);
    this.queues = postgresQueueEngine(database, schema, wakeUps, { lockWaitMs, messageTableBytes });
    this.publications = new UnitPublications(this.topics);
    const transactions = new HandlerTransactions(database, schema, this.topics, this.publications, application);
    this.groups = new PostgresGroupStore(database, schema, wakeUps, transactions);
  }

  override stop(): Promise<void> {
    this.#stopped ??= this.wakeUps.stop().then(() => this.database.stop());
    return this.#stopped;
  }
}
