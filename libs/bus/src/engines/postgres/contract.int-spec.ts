import { PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import { Bus } from '../../bus.js';
import type { BusUnderTest } from '../../testing/index.js';
import {
  testAttached,
  testConsuming,
  testDeadLetters,
  testDelaysAndRequests,
  testGroups,
  testHandling,
  testLimits,
  testOffsets,
  testParking,
  testQueueLives,
  testRetention,
  testRouting,
  testTopics,
  testUnits,
} from '../../testing/index.js';
import { PostgresBusEngine } from './postgres-bus-engine.js';

const turnedClock = (ms: number): string =>
  `CREATE OR REPLACE FUNCTION annals.now() RETURNS timestamptz LANGUAGE sql VOLATILE
   AS 'SELECT clock_timestamp() + interval ''${ms} milliseconds'''`;

const LIVES_MS = 600_000;
const DIES_MS = 8_000;

const open = async (): Promise<BusUnderTest> => {
  const database = await openTestDatabase('bus');
  const { connectionString } = database;
  const log = await PostgresLog.open({ connectionString, partitions: 4 });
  let passedMs = 0;
  const opened: { bus: Bus; dataSource: DataSource; unitOfWork: TypeOrmUnitOfWork }[] = [];
  const another = async (sessionMs = LIVES_MS): Promise<Bus> => {
    const dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
    const unitOfWork = new TypeOrmUnitOfWork(dataSource, log);
    const bus = new Bus(await PostgresBusEngine.open({ connectionString }, { unitOfWork }), {
      queues: { sessionMs, heartbeatMs: 4_000, onError: () => undefined },
    });
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
    dying: () => another(DIES_MS),
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
testRouting('Postgres', open);
testConsuming('Postgres', open);
testLimits('Postgres', open);
testDeadLetters('Postgres', open);
testDelaysAndRequests('Postgres', open);
testQueueLives('Postgres', open);
