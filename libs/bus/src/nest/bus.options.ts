import type { DataSource } from 'typeorm';
import type { BusOptions } from '../bus.js';
import type { PostgresBusOptions } from '../engines/postgres/postgres-bus.options.js';
import type { BusTopology } from './bus-topology.js';
import type { TopicConfig } from '../topics/topic.js';

/** Options of `BusModule.forRoot`. What only Postgres has is refused in memory. */
export interface BusModuleOptions extends Partial<PostgresBusOptions>, BusOptions {
  /** `'in-memory'` forgets all when the process ends. */
  readonly engine: 'postgres' | 'in-memory';
  /**
   * The TypeORM DataSource whose transactions handlers of `effectively-once` get, initialized, on the same database;
   * `'none'` for none. @default the application's default DataSource, if it has one
   */
  readonly dataSource?: DataSource | 'none';
  /** Topics that are made at the start where they are not there. */
  readonly topics?: Readonly<Record<string, Partial<TopicConfig>>>;
  /** Exchanges, queues and bindings that are to be there at the start. */
  readonly topology?: BusTopology;
  /** Show the event store's log, where the application has one, as the topic `events`. @default true */
  readonly events?: boolean;
  /** False leaves all subscriptions and consumers to other processes. @default true */
  readonly autoStart?: boolean;
  /** Milliseconds that handlers may still take when the application stops. @default 30000 */
  readonly graceMs?: number;
}

const ENGINES: readonly unknown[] = ['postgres', 'in-memory'];
const COMMON = [
  'engine',
  'topics',
  'events',
  'autoStart',
  'graceMs',
  'producer',
  'metadataMaxAgeMs',
  'queues',
  'topology',
];

/**
 * @param hasLog whether there is an event store whose database can be used
 * @throws RangeError naming every fault of the options at once, but for those that only the engine can tell
 */
export function checkBusModuleOptions(options: BusModuleOptions, hasLog: boolean): void {
  const { engine, connectionString = '', dataSource, graceMs = 1 } = options;
  const faults: string[] = [];
  if (!ENGINES.includes(engine)) faults.push(`engine must be 'postgres' or 'in-memory', not ${JSON.stringify(engine)}`);
  if (engine === 'in-memory') {
    const given = Object.entries(options).filter(
      ([key, value]: [string, unknown]) => value !== undefined && !COMMON.includes(key),
    );
    faults.push(...given.map(([key]) => `${key} means nothing to the engine 'in-memory'`));
  } else if (connectionString === '' && !hasLog) {
    faults.push('connectionString must name a database, unless EventStoreModule on Postgres names one');
  }
  if (typeof dataSource === 'object' && !dataSource.isInitialized) faults.push('dataSource must be initialized');
  if (!Number.isSafeInteger(graceMs) || graceMs < 0) faults.push('graceMs must be a whole number from 0 on');
  if (faults.length > 0) throw new RangeError(`BusModuleOptions: ${faults.join('; ')}`);
}
