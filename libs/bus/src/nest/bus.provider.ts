import { InMemoryUnitOfWork, isSameDatabase, Log, PostgresLog, TypeOrmUnitOfWork, UnitOfWork } from '@annals/log';
import type { WakesReaders } from '@annals/log';
import type { FactoryProvider } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Bus } from '../bus.js';
import type { BusEngine } from '../bus-engine.js';
import { InMemoryBusEngine } from '../engines/in-memory/in-memory-bus-engine.js';
import { PostgresBusEngine } from '../engines/postgres/postgres-bus-engine.js';
import type { PostgresBusOptions } from '../engines/postgres/postgres-bus.options.js';
import { declareTopology } from './bus-topology.js';
import { BUS_OPTIONS } from './bus.module-definition.js';
import { checkBusModuleOptions } from './bus.options.js';
import type { BusModuleOptions } from './bus.options.js';

/** The bus on the engine that the options name; open, with its topics made, when it is injected. */
export const busProvider: FactoryProvider<Promise<Bus>> = {
  provide: Bus,
  inject: [
    BUS_OPTIONS,
    { token: PostgresLog, optional: true },
    { token: Log, optional: true },
    { token: getDataSourceToken(), optional: true },
    { token: UnitOfWork, optional: true },
  ],
  useFactory: async (
    options: BusModuleOptions,
    postgresLog: PostgresLog | undefined,
    log: (Log & WakesReaders) | undefined,
    dataSource: DataSource | undefined,
    unitOfWork: UnitOfWork | undefined,
  ) => {
    checkBusModuleOptions(options, postgresLog !== undefined);
    const engine = await engineOf(options, postgresLog, dataSource, unitOfWork);
    const { producer, metadataMaxAgeMs, queues } = options;
    const given = {
      ...(producer && { producer }),
      ...(metadataMaxAgeMs && { metadataMaxAgeMs }),
      ...(queues && { queues }),
    };
    const bus = new Bus(engine, given);
    try {
      if (log !== undefined && options.events !== false) await bus.attach('events', log);
      for (const [name, config] of Object.entries(options.topics ?? {})) await bus.ensureTopic(name, config);
      await declareTopology(bus.queues, options.topology ?? {});
      return bus;
    } catch (error) {
      await bus.stop();
      throw error;
    }
  },
};

const OF_THE_ENGINE = [
  'schema',
  'maxConnections',
  'connectTimeoutMs',
  'lockWaitMs',
  'messageTableBytes',
  'prepare',
  'listen',
  'applicationName',
] as const;

async function engineOf(
  options: BusModuleOptions,
  log: PostgresLog | undefined,
  applications: DataSource | undefined,
  unitOfWork: UnitOfWork | undefined,
): Promise<BusEngine> {
  if (options.engine === 'in-memory') {
    const units = unitOfWork instanceof InMemoryUnitOfWork ? unitOfWork : undefined;
    return new InMemoryBusEngine(undefined, undefined, units);
  }
  const given = Object.fromEntries(OF_THE_ENGINE.map((name) => [name, options[name]]));
  const place = options.connectionString ?? log?.database.options.connectionString ?? '';
  const schema = options.schema ?? (options.connectionString === undefined ? log?.schema : undefined);
  const dataSource = options.dataSource === 'none' ? undefined : (options.dataSource ?? applications);
  const all = { ...given, connectionString: place, ...(schema !== undefined && { schema }) } as PostgresBusOptions;
  // Units of the event store's are on its database: of use where the bus lies there, too, and was given no other.
  const units =
    unitOfWork instanceof TypeOrmUnitOfWork &&
    options.dataSource === undefined &&
    options.connectionString === undefined;
  const engine = await PostgresBusEngine.open(all, units ? { unitOfWork } : { dataSource });
  if (dataSource === undefined || (await isSameDatabase(engine.database, dataSource))) return engine;
  await engine.stop();
  const which = options.dataSource === undefined ? "the application's DataSource" : 'dataSource';
  throw new RangeError(
    `BusModuleOptions: ${which} is on another database than the bus, so no transaction can hold both rows and cursors: ` +
      "name the same database, or say dataSource: 'none'",
  );
}
