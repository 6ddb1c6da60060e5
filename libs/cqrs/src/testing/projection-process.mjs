// A process that runs one projection until it is killed, for projection-crash.hard-spec.ts and rebuild-crash.hard-spec.ts. Tells its
// parent 'ready'. With 'rebuildable' it works on rebuilds of the projection, too, with four lanes; with 'rebuild' it also asks for one.
import 'reflect-metadata';
import { DataSource, EntitySchema } from 'typeorm';

/** The built libraries, which a fresh clone has only after `npm run build`. */
const built = (lib) => import(new URL(`../../../../dist/libs/${lib}/src/index.js`, import.meta.url).href);
const { DomainEvent, LogEventStore } = await built('event-store');
const { PostgresLog, TypeOrmUnitOfWork } = await built('log');
const { On, PostgresProjectionStorage, PostgresRebuildStorage, Projection, Projections } = await built('cqrs');

const [, , connectionString, name, role] = process.argv;

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
Projection({ name, ...(role && { tables: [Sale], lanes: 4 }) })(Sales);

const log = await PostgresLog.open({ connectionString });
const dataSource = new DataSource({ type: 'postgres', url: connectionString, entities: [Sale] });
await dataSource.initialize();
const store = new LogEventStore({ log, unitOfWork: new TypeOrmUnitOfWork(dataSource, log), wakesReaders: log });
const storage = await PostgresProjectionStorage.open(log.database, dataSource);
// Small batches and a short lease: many transactions to be killed in, and many changes of owner.
const options = { batchSize: 5, leaseMs: 600, standbyMs: 50, pollMs: 50 };
const projections = new Projections(store, storage, options, role && new PostgresRebuildStorage(storage));
projections.add(new Sales());
projections.start();
process.send('ready');
if (role === 'rebuild') projections.rebuild(name).then(() => process.send('rebuilt'), console.error);
