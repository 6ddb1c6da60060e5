import { PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import { Bus } from '../../bus.js';
import type { BusUnderTest } from '../../testing/index.js';
import {
  testAttached,
  testGroups,
  testHandling,
  testOffsets,
  testParking,
  testRetention,
  testTopics,
  testUnits,
} from '../../testing/index.js';
import { PostgresBusEngine } from './postgres-bus-engine.js';

const turnedClock = (ms: number): string =>
  `CREATE OR REPLACE FUNCTION annals.now() RETURNS timestamptz LANGUAGE sql VOLATILE
   AS 'SELECT clock_timestamp() + interval ''${ms} milliseconds'''`;

const open = async (): Promise<BusUnderTest> => {
  const database = await openTestDatabase('bus');
  const { connectionString } = database;
  const log = await PostgresLog.open({ connectionString, partitions: 4 });
  let passedMs = 0;
  const opened: { bus: Bus; dataSource: DataSource; unitOfWork: TypeOrmUnitOfWork }[] = [];
  const another = async (): Promise<Bus> => {
    const dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
    const unitOfWork = new TypeOrmUnitOfWork(dataSource, log);
    const bus = new Bus(await PostgresBusEngine.open({ connectionString }, { unitOfWork }));
    await bus.attach('events', log);
    opened.push({ bus, dataSource, unitOfWork });
    return bus;
  };
  return {
    bus: await another(),
    log,
    unitOfWork: opened[0]?.unitOfWork as TypeOrmUnitOfWork,
    passTime: async (ms) => {
      passedMs += ms;
      await log.database.query({ name: '', text: turnedClock(passedMs) });
    },
    other: another,
    stop: async () => {
      await Promise.all(
        opened.map(async ({ bus, dataSource }) => {
          await bus.stop();
          await dataSource.destroy();
        }),
      );
      await log.stop();
      await database.drop();
    },
  };
};

testAttached('Postgres', open);
testOffsets('Postgres', open);
testParking('Postgres', open);
testRetention('Postgres', open);
testTopics('Postgres', open);
testUnits('Postgres', open);
testGroups('Postgres', open);
testHandling('Postgres', open);
