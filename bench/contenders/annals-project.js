// @ts-check
/* eslint-disable max-lines-per-function -- one method for each of a contender's */
import * as cqrs from '../../dist/libs/cqrs/src/index.js';
import * as eventStore from '../../dist/libs/event-store/src/index.js';
import * as log from '../../dist/libs/log/src/index.js';
import { DataSource, EntitySchema } from '../../node_modules/typeorm/index.mjs';
import { open as openAnnals, OrderLineAdded } from './annals.js';

/** @typedef {import('./contender.js').Contender} Contender */
/** @typedef {import('../../libs/event-store/src/index.js').RecordedEvent<any>} Recorded */

/** One row per event. */
const LineRow = new EntitySchema({
  name: 'line',
  columns: {
    id: { type: 'text', primary: true },
    stream: { type: 'text' },
    revision: { type: 'int' },
    total: { type: 'numeric' },
  },
});

/** The two ways to write many rows. @param {'fold' | 'batch'} way @param {string} name @param {number} lanes */
function linesOf(way, name, lanes) {
  class Lines {
    /** @param {unknown} _ @param {Recorded} event @param {string} id */
    folded(_, { stream, revision, data }, id) {
      return { id, stream, revision, total: String(data.total) };
    }
    /** @param {readonly Recorded[]} events @param {import('../../libs/cqrs/src/index.js').ProjectionContext} context */
    async batched(events, { manager, table }) {
      await manager.query(
        `INSERT INTO ${table(LineRow)} (id, stream, revision, total)
         SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::numeric[]) ON CONFLICT (id) DO NOTHING`,
        [
          events.map(({ id }) => id),
          events.map(({ stream }) => stream),
          events.map(({ revision }) => revision),
          events.map(({ data }) => data.total),
        ],
      );
    }
  }
  const options = { name, lanes, ...(way === 'fold' ? { rows: LineRow } : { tables: [LineRow] }) };
  cqrs.Projection(options)(Lines);
  const descriptor = /** @type {any} */ (Object.getOwnPropertyDescriptor(Lines.prototype, 'folded'));
  const type = /** @type {any} */ (OrderLineAdded);
  if (way === 'fold') cqrs.Fold(type, ({ id }) => id)(Lines.prototype, 'folded', descriptor);
  else cqrs.OnBatch(type)(Lines.prototype, 'batched', descriptor);
  return new Lines();
}

/**
 * Annals with projections that write one row per event.
 *
 * @param {string} url
 * @returns {Promise<Contender & { project: (options: { way: 'fold' | 'batch', lanes: number, rebuild?: boolean }) => Promise<number>, reach: (stream: number, event: import('./contender.js').OrderEvent) => Promise<number>, openReach: () => Promise<void> }>}
 */
export async function open(url) {
  const bare = await openAnnals(url);
  const ours = await log.PostgresLog.open({ connectionString: url });
  const dataSource = new DataSource({ type: 'postgres', url, entities: [LineRow], synchronize: true, poolSize: 10 });
  await dataSource.initialize();
  const unitOfWork = new log.TypeOrmUnitOfWork(dataSource, ours);
  const store = new eventStore.LogEventStore({ log: ours, unitOfWork, wakesReaders: ours });
  const storage = await cqrs.PostgresProjectionStorage.open(ours.database, dataSource);
  const make = () =>
    new cqrs.Projections(store, storage, { batchSize: 1_000 }, new cqrs.PostgresRebuildStorage(storage));
  let runs = 0;
  /** @type {{ projections: ReturnType<typeof make>, name: string } | undefined} */
  let live;
  return {
    ...bare,
    async project({ way, lanes, rebuild = false }) {
      const name = `lines-${process.pid}-${(runs += 1)}`;
      const projections = make();
      projections.add(linesOf(way, name, lanes));
      const head = await store.head();
      const events = head.reduce((sum, offset) => sum + offset, 0);
      await dataSource.query('TRUNCATE line');
      if (rebuild) {
        const { state } = await projections.rebuild(name);
        if (state !== 'switched') throw new Error(`the rebuild ended ${state}`);
      } else {
        projections.start();
        await projections.reached(name, head, { timeoutMs: 600_000 });
      }
      await projections.stop();
      const [{ count }] = await dataSource.query('SELECT count(*)::int AS count FROM line');
      if (count !== events) throw new Error(`${events} events, ${count} rows`);
      return events;
    },
    async openReach() {
      if (live !== undefined) return;
      const name = `reach-${process.pid}`;
      const projections = make();
      projections.add(linesOf('fold', name, 1));
      const head = await store.head();
      await projections.replayFrom(name, head);
      projections.start();
      await projections.reached(name, head);
      live = { projections, name };
    },
    async reach(stream, event) {
      const appended = await store.append(`order-${stream}`, 'any', [event]);
      const committed = performance.now();
      if (appended.pending || live === undefined) throw new Error('nothing is followed');
      await live.projections.reached(live.name, appended.checkpoint);
      return performance.now() - committed;
    },
    async close() {
      await live?.projections.stop();
      await dataSource.destroy();
      await ours.stop();
      await bare.close();
    },
  };
}
