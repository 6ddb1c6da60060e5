import { DEFAULT_LIMIT_BYTES } from '@annals/message';
import type { PostgresLogOptions } from '@annals/log';
import type { DataSource } from 'typeorm';
import type { KeyStore } from '../shredding/key-store.js';

/** Where events are kept, and how. What only Postgres has is refused in memory. */
export interface EventStoreModuleOptions extends Partial<PostgresLogOptions> {
  /** `'in-memory'` forgets all when the process ends. */
  readonly engine: 'postgres' | 'in-memory';
  /**
   * The TypeORM DataSource whose transactions units of work share, initialized, on the database of `connectionString`;
   * `'own'` for one that the module opens. @default the application's default DataSource, or an own when it has none
   */
  readonly dataSource?: DataSource | 'own';
  /** Bytes of the data of one event as JSON in UTF-8 at the most, and of its metadata. @default 1048576 */
  readonly maxEventBytes?: number;
  /** What becomes of events whose type nothing declares, see `LogEventStoreOptions`. @default 'plain' */
  readonly unknownTypes?: 'plain' | 'refuse';
  /** Where the keys of personal data are kept. @default beside the events */
  readonly keyStore?: KeyStore;
  /** Milliseconds for which a key that was read may be used again. @default 1000 */
  readonly keptKeysMs?: number;
}

const ENGINES: readonly unknown[] = ['postgres', 'in-memory'];
const COMMON = ['engine', 'keptKeysMs', 'keyStore', 'maxEventBytes', 'partitions', 'unknownTypes'];

/** @throws RangeError naming every fault of the options at once, but for those that only the log's engine can tell */
export function checkEventStoreOptions(options: EventStoreModuleOptions): void {
  const { engine, connectionString, dataSource, maxEventBytes = DEFAULT_LIMIT_BYTES, partitions = 1 } = options;
  const faults: string[] = [];
  if (!ENGINES.includes(engine)) faults.push(`engine must be 'postgres' or 'in-memory', not ${JSON.stringify(engine)}`);
  if (engine === 'in-memory') {
    const given = Object.entries(options).filter(([key, value]) => value !== undefined && !COMMON.includes(key));
    faults.push(...given.map(([key]) => `${key} means nothing to the engine 'in-memory'`));
  } else if (typeof connectionString !== 'string' || connectionString === '') {
    faults.push('connectionString must name a database, as in postgres://user:password@host:port/database');
  }
  if (typeof dataSource === 'object') faults.push(...faultsOfDataSource(dataSource));
  if (!Number.isSafeInteger(partitions) || partitions < 1) faults.push('partitions must be a whole number from 1 on');
  if (!Number.isSafeInteger(maxEventBytes) || maxEventBytes < 1) {
    faults.push('maxEventBytes must be a whole number from 1 on');
  }
  if (faults.length > 0) throw new RangeError(`EventStoreModuleOptions: ${faults.join('; ')}`);
}

function faultsOfDataSource({ isInitialized, options }: DataSource): string[] {
  const faults: string[] = [];
  if (!isInitialized) faults.push('dataSource must be initialized');
  if (options.type !== 'postgres') faults.push(`dataSource must be of type 'postgres', not '${options.type}'`);
  return faults;
}
