// @ts-check
/* eslint-disable max-lines-per-function -- one method for each of a contender's */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import pg from 'pg';
import * as cqrs from '../../dist/libs/cqrs/src/index.js';
import * as eventStore from '../../dist/libs/event-store/src/index.js';
import * as log from '../../dist/libs/log/src/index.js';
import { orderEvent } from '../harness/order-event.js';
import { DataSource } from '../../node_modules/typeorm/index.mjs';

/** @typedef {import('./contender.js').Contender} Contender */

const AUDIT = readFileSync(new URL('../sql/annals-audit.sql', import.meta.url), 'utf8');

/** What every contender writes, as a class. */
export class OrderLineAdded {
  /** @type {number} */ total = 0;
}
eventStore.DomainEvent('order-line-added')(OrderLineAdded);

/** An aggregate as the decorators would make it: what it was told is added up. */
class Order extends cqrs.AggregateRoot {
  total = 0;
  /** @param {OrderLineAdded} event */
  whenAdded({ total }) {
    this.total += total;
  }
}
cqrs.Aggregate({
  category: 'order',
  snapshot: { every: 1_000_000, when: ({ before, after }) => before < 10_000 && after >= 10_000 },
})(Order);
cqrs.When(OrderLineAdded)(Order.prototype, 'whenAdded', descriptorOf(Order.prototype, 'whenAdded'));

/** @param {string} url @returns {Promise<Contender>} */
export async function open(url) {
  const ours = await log.PostgresLog.open({ connectionString: url });
  const dataSource = await new DataSource({ type: 'postgres', url, extra: { max: 4 } }).initialize();
  const unitOfWork = new log.TypeOrmUnitOfWork(dataSource, ours);
  const snapshots = await eventStore.PostgresSnapshots.open(ours);
  const store = new eventStore.LogEventStore({ log: ours, unitOfWork, wakesReaders: ours, snapshots });
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const orders = cqrs.repositoryOf(store, Order);
  let consumers = 0;

  return {
    async append(stream, revision, events) {
      await store.append(`order-${stream}`, revision, events);
    },
    async appendAny(stream, event) {
      await store.append(`order-${stream}`, 'any', [event]);
    },
    async change(stream, event) {
      await orders.change(String(stream), (order) => order.apply(event));
    },
    async fill(stream, events) {
      for (let from = 0; from < events; from += 100) {
        await orders.change(String(stream), (order) => {
          for (let n = from; n < Math.min(from + 100, events); n++) order.apply(orderEvent(n));
        });
      }
      await store.snapshotsWritten();
    },
    async statementsOf(stream, commands) {
      const add = (/** @type {number} */ n) => orders.change(String(stream), (order) => order.apply(orderEvent(n)));
      await add(0);
      const sent = countQueries();
      for (let n = 1; n <= commands; n++) await add(n);
      return sent();
    },
    async rehydrate(stream) {
      const order = await orders.load(String(stream));
      if (order.total === 0) throw new Error(`stream ${stream} folded to nothing`);
      return order.revision;
    },
    async catchUp({ batchSize, timeLimitMs }, handled) {
      const storage = await cqrs.PostgresProjectionStorage.open(ours.database, dataSource);
      const projections = new cqrs.Projections(store, storage, batchSize === undefined ? {} : { batchSize });
      const name = `catch-up-${process.pid}-${(consumers += 1)}`;
      const head = await store.head();
      let events = 0;
      projections.add(new (consumer(name, () => (events += 1)))());
      const finished = projections.reached(name, head, { timeoutMs: timeLimitMs }).catch(() => undefined);
      let told = 0;
      const tell = () => {
        if (events > told) handled(events - told);
        told = events;
      };
      // Told at each of its transactions would be as good; this asks less of a class that has no hook for it.
      const ticking = setInterval(tell, 5);
      projections.start(name);
      await finished;
      tell();
      clearInterval(ticking);
      await projections.stop();
    },
    async follow(handle) {
      const ended = new AbortController();
      const tail = store.tail(await store.head(), { signal: ended.signal });
      const following = (async () => {
        for await (const { events } of tail) {
          for (const { data } of events) handle(/** @type {Record<string, unknown>} */ (data));
        }
      })();
      return async () => {
        ended.abort();
        await following.catch(() => undefined);
      };
    },
    audit: async () => (await pool.query(AUDIT)).rows[0],
    async close() {
      await dataSource.destroy();
      await ours.stop();
      await pool.end();
    },
  };
}

/**
 * Counts what is sent to the database by any connection of this process, but for the wake-up that an append may be followed by.
 *
 * @returns {() => number} ends it, and gives the count
 */
function countQueries() {
  // The libraries' own driver, not the one of this package.
  const driver = /** @type {typeof pg} */ (createRequire(new URL('../../package.json', import.meta.url))('pg'));
  const { query } = driver.Client.prototype;
  let sent = 0;
  /** @param {unknown[]} given */
  driver.Client.prototype.query = /** @type {any} */ (
    function (/** @type {any} */ ...given) {
      const text = given[0]?.text ?? given[0];
      if (!/pg_notify/.test(String(text))) sent += 1;
      return query.apply(this, given);
    }
  );
  return () => {
    driver.Client.prototype.query = query;
    return sent;
  };
}

/** A projection that only counts, as the decorators would make it. @param {string} name @param {() => void} count */
function consumer(name, count) {
  class Counting {
    handle() {
      count();
    }
  }
  cqrs.Projection({ name })(Counting);
  cqrs.On(/** @type {any} */ (OrderLineAdded))(
    Counting.prototype,
    'handle',
    descriptorOf(Counting.prototype, 'handle'),
  );
  return Counting;
}

/** @param {object} prototype @param {string} method */
function descriptorOf(prototype, method) {
  return /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, method));
}
