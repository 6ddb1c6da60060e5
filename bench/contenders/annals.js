// @ts-check
/* eslint-disable max-lines-per-function -- one method for each of a contender's */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import * as cqrs from '../../dist/libs/cqrs/src/index.js';
import * as eventStore from '../../dist/libs/event-store/src/index.js';
import * as log from '../../dist/libs/log/src/index.js';
import { DataSource } from '../../node_modules/typeorm/index.mjs';

/** @typedef {import('./contender.js').Contender} Contender */

const AUDIT = readFileSync(new URL('../sql/annals-audit.sql', import.meta.url), 'utf8');

class OrderLineAdded {
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
cqrs.Aggregate('order')(Order);
cqrs.When(OrderLineAdded)(Order.prototype, 'whenAdded', descriptorOf(Order.prototype, 'whenAdded'));

/** @param {string} url @returns {Promise<Contender>} */
export async function open(url) {
  const ours = await log.PostgresLog.open({ connectionString: url });
  const dataSource = await new DataSource({ type: 'postgres', url, extra: { max: 4 } }).initialize();
  const unitOfWork = new log.TypeOrmUnitOfWork(dataSource, ours);
  const store = new eventStore.LogEventStore({ log: ours, unitOfWork, wakesReaders: ours });
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const orders = cqrs.repositoryOf(store, Order);
  let consumers = 0;

  return {
    async append(stream, revision, events) {
      await store.append(`order-${stream}`, revision, events);
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
