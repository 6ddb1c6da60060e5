import { randomUUID } from 'node:crypto';
import { Leases, sqlState, statements } from '@annals/postgres';
import type { Database, Queries, Statement } from '@annals/postgres';

/** Where both other tables hold mostly what is not over, the one that is written grows to so many times that before they are cleared. */
const PATIENCE = 4;
/** A table of which so few messages are not over is cleared without a thought. */
const FEW = 5_000;
/** Everybody waits as long at the most while a table is emptied. */
const WAIT_MS = 100;
const LEASE_MS = 120_000;
const REMOVED_AT_ONCE = 10_000;
const SLOTS = [0, 1, 2] as const;
const LOCK_NOT_AVAILABLE = '55P03';

const OF_A_SLOT = [
  'count-survivors',
  'empty-slot',
  'keep-survivors',
  'lock-lanes-of-slot',
  'lock-slot',
  'raise-floors',
  'slot-is-unsafe',
] as const;

/** The three tables of messages, which take turns, so that what is over goes by TRUNCATE; the few others go to the old one. */
export class MessageRing {
  readonly #sql;
  readonly #leases: Leases;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly turnBytes: number,
  ) {
    this.#sql = statements(import.meta.url, schema, [
      ...OF_A_SLOT,
      'limit-wait',
      'look-up-only',
      'remove-empty-claims',
      'remove-over',
      'ring-state',
      'turn-ring',
    ]);
    this.#leases = new Leases(database, schema);
  }

  /** Lets go of what is over, if it is worth it. Does nothing while another process is at it. */
  async reclaim(): Promise<void> {
    const lease = await this.#leases.acquire('bus message ring', randomUUID(), LEASE_MS);
    if (lease === undefined) return;
    try {
      await this.database.query(this.#sql['remove-empty-claims']);
      const [state] = await this.database.query<readonly [number, number[]]>(this.#sql['ring-state']);
      const [active = 0, bytes = []] = state ?? [];
      if ((bytes[active] ?? 0) >= this.turnBytes) await this.#turn(active, bytes[active] ?? 0);
      while ((await this.#removeOver()) === REMOVED_AT_ONCE);
    } finally {
      await this.#leases.release(lease);
    }
  }

  async #removeOver(): Promise<number> {
    const rows = await this.#lookingUp((connection) => connection.query(this.#sql['remove-over'], [REMOVED_AT_ONCE]));
    return rows.length;
  }

  async #turn(active: number, bytes: number): Promise<void> {
    const others = SLOTS.filter((slot) => slot !== active);
    const survivors = await Promise.all(others.map(async (slot) => ({ slot, count: await this.#survivorsOf(slot) })));
    const [next] = survivors.sort((one, other) => one.count - other.count);
    if (next === undefined || (next.count > FEW && bytes < this.turnBytes * PATIENCE)) return;
    if (await this.#clear(next.slot)) await this.database.query(this.#sql['turn-ring'], [active, next.slot]);
  }

  async #survivorsOf(slot: number): Promise<number> {
    const [row] = await this.#lookingUp((connection) =>
      connection.query<readonly [number]>(this.#of('count-survivors', slot)),
    );
    return row?.[0] ?? 0;
  }

  /** @returns false when it could not be emptied just now */
  async #clear(slot: number): Promise<boolean> {
    await this.#lookingUp(async (connection) => {
      const lanes = await connection.query<readonly [number]>(this.#of('lock-lanes-of-slot', slot));
      await connection.query(this.#of('raise-floors', slot), [lanes.map(([lane]) => lane)]);
    });
    // Without a lock first: then little is left to be done while everybody waits.
    await this.#lookingUp((connection) => connection.query(this.#of('keep-survivors', slot)));
    try {
      return await this.#lookingUp(async (connection) => {
        await connection.query(this.#sql['limit-wait'], [String(WAIT_MS)]);
        await connection.query(this.#of('lock-slot', slot));
        const [unsafe] = await connection.query<readonly [boolean]>(this.#of('slot-is-unsafe', slot));
        if (unsafe?.[0] !== false) return false;
        await connection.query(this.#of('keep-survivors', slot));
        await connection.query(this.#of('empty-slot', slot));
        return true;
      });
    } catch (error) {
      if (sqlState(error) === LOCK_NOT_AVAILABLE) return false;
      throw error;
    }
  }

  #lookingUp<Result>(work: (connection: Queries) => Promise<Result>): Promise<Result> {
    return this.database.transaction(async (connection) => {
      await connection.query(this.#sql['look-up-only']);
      return work(connection);
    });
  }

  #of(name: (typeof OF_A_SLOT)[number], slot: number): Statement {
    const { name: prepared, text } = this.#sql[name];
    return { name: `${prepared}-${slot}`, text: text.replaceAll('{slot}', String(slot)) };
  }
}
