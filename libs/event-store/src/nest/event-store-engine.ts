import { InMemoryLog, InMemoryUnitOfWork, isSameDatabase, PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import type { PostgresLogOptions, UnitOfWork } from '@annals/log';
import { messageOf } from '@annals/message';
import { DataSource } from 'typeorm';
import { InMemoryKeyStore } from '../engines/in-memory/in-memory-key-store.js';
import { InMemorySubjectRegistry } from '../engines/in-memory/in-memory-subject-registry.js';
import { InMemorySnapshots } from '../engines/in-memory/in-memory-snapshots.js';
import { PostgresKeyStore } from '../engines/postgres/postgres-key-store.js';
import { PostgresSubjectRegistry } from '../engines/postgres/postgres-subject-registry.js';
import { PostgresSnapshots } from '../engines/postgres/postgres-snapshots.js';
import type { LogEventStoreOptions } from '../log-event-store.options.js';
import { LogEventStore } from '../log-event-store.js';
import type { PersonalDataParts } from '../shredding/personal-data.js';
import type { SnapshotStore } from '../snapshot/snapshot-store.js';
import type { EventStoreModuleOptions } from './event-store.options.js';
import { checkEventStoreOptions } from './event-store.options.js';

/** An open engine with the store on it; what the module provides is taken from it. */
export class EventStoreEngine {
  readonly store: LogEventStore;
  #stopped: Promise<void> | undefined;

  /**
   * Opens the engine that the options name.
   * @param applications the application's default DataSource, if it has one
   * @throws RangeError naming every fault of the options; PostgresUnavailable (`POSTGRES_UNAVAILABLE`);
   *   PartitionsFixed (`LOG_PARTITIONS_FIXED`) when the log was made with another number of partitions
   */
  static async start(options: EventStoreModuleOptions, applications?: DataSource): Promise<EventStoreEngine> {
    checkEventStoreOptions(options);
    return options.engine === 'in-memory' ? startInMemory(options) : startPostgres(options, applications);
  }

  /** @param own a DataSource that only this engine uses */
  constructor(
    readonly log: InMemoryLog | PostgresLog,
    readonly unitOfWork: UnitOfWork,
    snapshots: SnapshotStore,
    readonly personal: PersonalDataParts,
    options: LogEventStoreOptions,
    private readonly own?: DataSource,
  ) {
    this.store = new LogEventStore({ log, unitOfWork, wakesReaders: log, snapshots, personal }, options);
  }

  /** Waits for appends in flight and lets all connections go. May be called twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await this.store.snapshotsWritten();
    await this.own?.destroy();
    await this.log.stop();
  }
}

const storeOptions = ({ maxEventBytes, unknownTypes }: EventStoreModuleOptions): LogEventStoreOptions => ({
  ...(maxEventBytes === undefined ? {} : { maxEventBytes }),
  ...(unknownTypes === undefined ? {} : { unknownTypes }),
});

const OF_THE_STORE = new Set(['dataSource', 'engine', 'keptKeysMs', 'keyStore', 'maxEventBytes', 'unknownTypes']);

/** What of the options is the log's. */
const logOptions = (options: EventStoreModuleOptions): Partial<PostgresLogOptions> =>
  Object.fromEntries(Object.entries(options).filter(([key]) => !OF_THE_STORE.has(key)));

function startInMemory(options: EventStoreModuleOptions): EventStoreEngine {
  const log = new InMemoryLog(options.partitions === undefined ? {} : { partitions: options.partitions });
  const snapshots = new InMemorySnapshots(log);
  const personal = {
    keys: options.keyStore ?? new InMemoryKeyStore(),
    subjects: new InMemorySubjectRegistry(log, snapshots),
    keptKeysMs: options.keptKeysMs,
  };
  return new EventStoreEngine(log, new InMemoryUnitOfWork(log), snapshots, personal, storeOptions(options));
}

async function startPostgres(options: EventStoreModuleOptions, applications?: DataSource): Promise<EventStoreEngine> {
  const { dataSource: given, connectionString = '' } = options;
  const log = await PostgresLog.open({ ...logOptions(options), connectionString });
  let own: DataSource | undefined;
  try {
    const shared = given === 'own' ? undefined : (given ?? applications);
    if (shared !== undefined && !(await isSameDatabase(log.database, shared))) {
      const which = given === undefined ? "the application's DataSource" : 'dataSource';
      throw new RangeError(
        `EventStoreModuleOptions: ${which} is on another database than connectionString, so no transaction can hold ` +
          "both rows and events: name the same database, or say dataSource: 'own'",
      );
    }
    if (shared === undefined) own = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
    const unitOfWork = new TypeOrmUnitOfWork((shared ?? own) as DataSource, log);
    const snapshots = await PostgresSnapshots.open(log);
    const keys = options.keyStore ?? new PostgresKeyStore(log);
    const personal = { keys, subjects: new PostgresSubjectRegistry(log), keptKeysMs: options.keptKeysMs };
    const opened = new EventStoreEngine(log, unitOfWork, snapshots, personal, storeOptions(options), own);
    await opened.store.resumeShredding().catch((error: unknown) => {
      // A key store that cannot be asked just now must not keep the application from starting; the next start tries again.
      const message = messageOf(error);
      process.emitWarning(`A shredding that was begun could not be finished: ${message}`, {
        type: 'AnnalsShreddingWarning',
      });
    });
    return opened;
  } catch (error) {
    await own?.destroy();
    await log.stop();
    throw error;
  }
}
