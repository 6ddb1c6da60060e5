import { LogEventStore } from '@annals/event-store';
import { PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import { testCommandLedger } from '../../testing/command-ledger-contract.js';
import { PostgresCommandLedger } from './postgres-command-ledger.js';

const PROCESSES = 3;

testCommandLedger('Postgres', async () => {
  const database = await openTestDatabase('command_ledger');
  const openProcess = async () => {
    const log = await PostgresLog.open({ connectionString: database.connectionString });
    const dataSource = new DataSource({ type: 'postgres', url: database.connectionString, poolSize: 10 });
    const unitOfWork = new TypeOrmUnitOfWork(await dataSource.initialize(), log);
    const store = new LogEventStore({ log, unitOfWork, wakesReaders: log });
    const ledger = await PostgresCommandLedger.open(log.database);
    const stop = async () => {
      await dataSource.destroy();
      await log.stop();
    };
    return { ledger, store, unitOfWork, stop };
  };
  const processes = [];
  for (let n = 0; n < PROCESSES; n += 1) processes.push(await openProcess());
  const [one, ...others] = processes;
  if (one === undefined) throw new Error('there is one at least');
  const stopLast = async () => {
    await one.stop();
    await database.drop();
  };
  return [...others, { ...one, stop: stopLast }];
});
