import { PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import { PostgresKeyStore } from './engines/postgres/postgres-key-store.js';
import { PostgresSubjectRegistry } from './engines/postgres/postgres-subject-registry.js';
import { PostgresSnapshots } from './engines/postgres/postgres-snapshots.js';
import type { OpenEventStore, OpenForContract } from './testing/index.js';
import { testCopying, testEventStore, testKeyStore } from './testing/index.js';
import { openedStore } from './testing/opened-store.js';

async function openOn(connectionString: string): Promise<OpenEventStore> {
  const log = await PostgresLog.open({ connectionString });
  const dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
  const snapshots = await PostgresSnapshots.open(log);
  const personal = { keys: new PostgresKeyStore(log), subjects: new PostgresSubjectRegistry(log) };
  const unitOfWork = new TypeOrmUnitOfWork(dataSource, log);
  const stop = async (): Promise<void> => {
    await dataSource.destroy();
    await log.stop();
  };
  return openedStore({ log, unitOfWork, wakesReaders: log, snapshots, personal }, stop);
}

async function open(): Promise<OpenForContract> {
  const database = await openTestDatabase('event_store');
  const opened = await openOn(database.connectionString);
  const stop = async (): Promise<void> => {
    await opened.stop();
    await database.drop();
  };
  return { ...opened, stop, reopen: () => openOn(database.connectionString) };
}

testEventStore('Postgres', open, { survivesRestart: true });
testCopying('Postgres', open);
testKeyStore('on Postgres', async (test) => {
  const opened = await open();
  await test(opened.personal.keys);
  await opened.stop();
});
