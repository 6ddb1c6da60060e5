import { openTestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import { Bus } from '../../bus.js';
import type { BusUnderTest } from '../../testing/index.js';
import { testGroups, testHandling, testTopics } from '../../testing/index.js';
import { PostgresBusEngine } from './postgres-bus-engine.js';

const open = async (): Promise<BusUnderTest> => {
  const database = await openTestDatabase('bus');
  const { connectionString } = database;
  const opened: { bus: Bus; dataSource: DataSource }[] = [];
  const another = async (): Promise<Bus> => {
    const dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
    const bus = new Bus(await PostgresBusEngine.open({ connectionString }, dataSource));
    opened.push({ bus, dataSource });
    return bus;
  };
  return {
    bus: await another(),
    other: another,
    stop: async () => {
      await Promise.all(
        opened.map(async ({ bus, dataSource }) => {
          await bus.stop();
          await dataSource.destroy();
        }),
      );
      await database.drop();
    },
  };
};

testTopics('Postgres', open);
testGroups('Postgres', open, { sharesTopics: true, entityManager: true });
testHandling('Postgres', open);
