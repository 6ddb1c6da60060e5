import { statements } from '@annals/postgres';
import type { Database, Queries, WakeUps } from '@annals/postgres';
import type { Swept } from '../../queues/queue-store.js';
import { queueSubject } from './queue-subject.js';

/** Sweeps between two looks for what belongs to no session at all. */
const LOOK_FOR_ORPHANS_EACH = 20;

/** Finds what no consumer and no publisher takes care of. */
export class QueueSweeper {
  readonly #sql;
  #sweeps = 0;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly wakeUps: WakeUps,
  ) {
    this.#sql = statements(import.meta.url, schema, [
      'find-due',
      'give-back-claims',
      'give-back-returned',
      'remove-dead-sessions',
    ]);
  }

  async sweep(): Promise<Swept> {
    const found = await this.database.query<readonly [kind: string, name: string]>(this.#sql['find-due']);
    const named = (kind: string): readonly string[] => found.filter(([is]) => is === kind).map(([, name]) => name);
    this.#sweeps += 1;
    // Also without a dead session now and then: one that was just being removed may have taken something.
    if (named('session').length > 0 || this.#sweeps % LOOK_FOR_ORPHANS_EACH === 0) {
      await this.database.transaction(async (connection) => {
        await connection.query(this.#sql['remove-dead-sessions']);
        await this.giveBack(connection, null, null);
      });
    }
    return { expired: named('expired'), unused: named('unused'), due: named('delayed').length > 0 };
  }

  /** Gives back what a consumer or a session has, or, where both are null, what all have that are over. */
  async giveBack(connection: Queries, session: string | null, consumer: number | null): Promise<void> {
    for (const name of ['give-back-claims', 'give-back-returned'] as const) {
      for (const [queue] of await connection.query<readonly [number]>(this.#sql[name], [session, consumer])) {
        this.wakeUps.announce(queueSubject(queue));
      }
    }
  }
}
