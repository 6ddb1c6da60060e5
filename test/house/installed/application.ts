import 'reflect-metadata';
import type { EventStore } from '@annals/event-store';
import { DomainEvent, LogEventStore } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork, PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import { hasCode } from '@annals/message';
import { DataSource } from 'typeorm';

/** A whole application, as somebody writes it who has nothing but the packages. It says as JSON what it has seen. */

@DomainEvent('order-placed')
class OrderPlaced {
  constructor(
    readonly order: string,
    readonly lines: number,
  ) {}
}

async function trial(store: EventStore): Promise<object> {
  await store.append('order-1', 'no-stream', [new OrderPlaced('1', 3), new OrderPlaced('1', 4)]);
  const refused = await store
    .append('order-1', 'no-stream', [new OrderPlaced('1', 5)])
    .catch((error: unknown) => error);
  const events: object[] = [];
  for await (const { stream, revision, type, data } of store.read('order-1')) {
    events.push({ stream, revision, type, data, revived: data instanceof OrderPlaced });
  }
  return { events, refused: hasCode(refused, 'STORE_WRONG_EXPECTED_REVISION') };
}

async function inMemory(): Promise<object> {
  const log = new InMemoryLog();
  return trial(new LogEventStore({ log, wakesReaders: log, unitOfWork: new InMemoryUnitOfWork(log) }));
}

async function onPostgres(connectionString: string): Promise<object> {
  const log = await PostgresLog.open({ connectionString });
  const dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
  const store = new LogEventStore({ log, wakesReaders: log, unitOfWork: new TypeOrmUnitOfWork(dataSource, log) });
  const seen = await trial(store);
  await dataSource.destroy();
  await log.stop();
  return seen;
}

const url = process.env['DATABASE_URL'];
const seen = { inMemory: await inMemory(), onPostgres: url === undefined ? undefined : await onPostgres(url) };
console.log(JSON.stringify(seen));
