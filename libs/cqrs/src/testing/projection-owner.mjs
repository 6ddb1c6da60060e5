// A process that runs one projection until it is killed, for projection-crash.hard-spec.ts. Tells its parent 'ready'.
import 'reflect-metadata';
import { DataSource } from 'typeorm';

/** The built libraries, which a fresh clone has only after `npm run build`. */
const built = (lib) => import(new URL(`../../../../dist/libs/${lib}/src/index.js`, import.meta.url).href);
const { DomainEvent, LogEventStore } = await built('event-store');
const { PostgresLog, TypeOrmUnitOfWork } = await built('log');
const { On, PostgresProjectionStorage, Projection, Projections } = await built('cqrs');

const [, , connectionString, name] = process.argv;

class Sold {}
DomainEvent('sales.sold')(Sold);

class Sales {
  async sold({ id, stream, revision }, { manager }) {
    const row = [name, id, stream, revision];
    await manager.query('INSERT INTO sale (projection, event, stream, revision) VALUES ($1, $2, $3, $4)', row);
  }
}
On(Sold)(Sales.prototype, 'sold', Object.getOwnPropertyDescriptor(Sales.prototype, 'sold'));
Projection({ name })(Sales);

const log = await PostgresLog.open({ connectionString });
const dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
const store = new LogEventStore({ log, unitOfWork: new TypeOrmUnitOfWork(dataSource, log), wakesReaders: log });
const storage = await PostgresProjectionStorage.open(log.database, dataSource);
// Small batches and a short lease: many transactions to be killed in, and many changes of owner.
const projections = new Projections(store, storage, { batchSize: 5, leaseMs: 600, standbyMs: 50, pollMs: 50 });
projections.add(new Sales());
projections.start();
process.send('ready');
