import { statements } from '@annals/postgres';
import type { Database, WakeUps } from '@annals/postgres';
import { ConsumerStore } from '../../queues/consumer-store.js';
import type { NewConsumer } from '../../queues/consumer-store.js';
import type { Queue } from '../../queues/queue.js';
import { queueSubject } from './queue-subject.js';
import { QueueSweeper } from './queue-sweeper.js';

/** Sessions and consumers in Postgres. */
export class PostgresConsumerStore extends ConsumerStore {
  readonly #sql;
  readonly #sweeper: QueueSweeper;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly wakeUps: WakeUps,
  ) {
    super();
    this.#sql = statements(import.meta.url, schema, [
      'add-consumer',
      'beat-session',
      'consumers-of',
      'lock-queue',
      'open-session',
      'remove-consumer',
      'remove-session',
    ]);
    this.#sweeper = new QueueSweeper(database, schema, wakeUps);
  }

  override async open(id: string, sessionMs: number): Promise<void> {
    await this.database.query(this.#sql['open-session'], [id, sessionMs]);
  }

  override async beat(id: string): Promise<boolean> {
    return (await this.database.query(this.#sql['beat-session'], [id])).length > 0;
  }

  override async close(id: string): Promise<void> {
    await this.database.transaction(async (connection) => {
      await connection.query(this.#sql['remove-session'], [id]);
      await this.#sweeper.giveBack(connection, id, null);
    });
  }

  override add(consumer: NewConsumer): Promise<number | 'queue-gone' | 'has-exclusive' | 'has-others'> {
    const { queue, session, tag, priority, prefetch, exclusive } = consumer;
    return this.database.transaction(async (connection) => {
      const locked = await connection.query(this.#sql['lock-queue'], [queue.id]);
      if (locked.length === 0) return 'queue-gone';
      const others = await connection.query<readonly [number, boolean]>(this.#sql['consumers-of'], [queue.id]);
      if (others.some(([, isExclusive]) => isExclusive)) return 'has-exclusive';
      if (exclusive && others.length > 0) return 'has-others';
      const values = [queue.id, session, tag, priority, prefetch, exclusive];
      const [row] = await connection.query<readonly [number]>(this.#sql['add-consumer'], values);
      return row?.[0] ?? 'queue-gone';
    });
  }

  override async remove(queue: Queue, consumer: number, giveBack: boolean): Promise<boolean> {
    const left = await this.database.transaction(async (connection) => {
      await connection.query(this.#sql['lock-queue'], [queue.id]);
      await connection.query(this.#sql['remove-consumer'], [queue.id, consumer]);
      if (giveBack) await this.#sweeper.giveBack(connection, null, consumer);
      return (await connection.query(this.#sql['consumers-of'], [queue.id])).length;
    });
    // The next may be the only active one, or the highest.
    this.wakeUps.announce(queueSubject(queue.id));
    return queue.config.autoDelete && left === 0;
  }
}
