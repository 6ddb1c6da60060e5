import { statements } from '@annals/postgres';
import type { Database, Queries } from '@annals/postgres';
import { DelayStore } from '../../queues/delay-store.js';
import type { DelayedMessage } from '../../queues/delay-store.js';
import type { QueueStore, Routed } from '../../queues/queue-store.js';

/** Thrown to end a transaction of which nothing is to stay. */
class Stale extends Error {}

/** Delayed messages in Postgres. */
export class PostgresDelayStore extends DelayStore {
  readonly #sql;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly messages: QueueStore,
  ) {
    super();
    this.#sql = statements(import.meta.url, schema, ['add-delayed', 'cancel-delayed', 'take-delayed']);
  }

  override async add({ id, envelope, body }: DelayedMessage, delayMs: number, connection?: unknown): Promise<boolean> {
    const values = [id, delayMs, envelope, body];
    const on = (connection as Queries | undefined) ?? this.database;
    return (await on.query(this.#sql['add-delayed'], values)).length > 0;
  }

  override async cancel(id: string): Promise<boolean> {
    return (await this.database.query(this.#sql['cancel-delayed'], [id])).length > 0;
  }

  override async promote(
    most: number,
    route: (due: readonly DelayedMessage[]) => readonly Routed[],
    version: number,
  ): Promise<number | 'stale'> {
    let routed: readonly Routed[] = [];
    try {
      const promoted = await this.database.transaction(async (connection) => {
        const rows = await connection.query<readonly [string, string, string, Date]>(this.#sql['take-delayed'], [most]);
        const due = [...rows].sort((one, other) => one[3].getTime() - other[3].getTime());
        routed = route(due.map(([id, envelope, body]) => ({ id, envelope, body })));
        if (routed.length > 0) {
          const stored = await this.messages.enqueueWithin(connection, routed, version);
          if (stored === 'stale') throw new Stale();
        }
        return rows.length;
      });
      this.messages.announce(new Set(routed.flatMap(({ queues }) => queues)));
      return promoted;
    } catch (error) {
      if (error instanceof Stale) return 'stale';
      throw error;
    }
  }
}
