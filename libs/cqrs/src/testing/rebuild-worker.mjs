// A process that runs a projection and works on its rebuild until it is killed, for rebuild-crash.hard-spec.ts.
import 'reflect-metadata';
import { DataSource, EntitySchema } from 'typeorm';

/** The built libraries, which a fresh clone has only after `npm run build`. */
const built = (lib) => import(new URL(`../../../../dist/libs/${lib}/src/index.js`, import.meta.url).href);
const { DomainEvent, LogEventStore } = await built('event-store');
const { PostgresLog, TypeOrmUnitOfWork } = await built('log');
const { On, PostgresProjectionStorage, PostgresRebuildStorage, Projection, Projections } = await built('cqrs');

const [, , connectionString, name, rebuilds] = process.argv;

class Sold {}
DomainEvent('sales.sold')(Sold);

const Sale = new EntitySchema({
  name: 'sale',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    projection: { type: 'text' },
    event: { type: 'text' },
    stream: { type: 'text' },
    revision: { type: 'int' },
  },
});

class Sales {
  async sold({ id, stream, revision }, { manager }) {
    await manager.insert(Sale, { projection: name, event: id, stream, revision });
  }
}
On(Sold)(Sales.prototype, 'sold', Object.getOwnPropertyDescriptor(Sales.prototype, 'sold'));
Projection({ name, tables: [Sale], lanes: 4 })(Sales);

const log = await PostgresLog.open({ connectionString });
const dataSource = new DataSource({ type: 'postgres', url: connectionString, entities: [Sale] });
await dataSource.initialize();
const store = new LogEventStore({ log, unitOfWork: new TypeOrmUnitOfWork(dataSource, log), wakesReaders: log });
const storage = await PostgresProjectionStorage.open(log.database, dataSource);
// Small batches and a short lease: many transactions to be killed in, and many changes of owner.
const options = { batchSize: 5, leaseMs: 600, standbyMs: 50, pollMs: 50 };
const projections = new Projections(store, storage, options, new PostgresRebuildStorage(storage));
projections.add(new Sales());
projections.start();
process.send('ready');
if (rebuilds === 'rebuild') projections.rebuild(name).then(() => process.send('rebuilt'), console.error);
