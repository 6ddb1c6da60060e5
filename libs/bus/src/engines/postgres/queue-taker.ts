import { statements } from '@annals/postgres';
import type { Database, Queries } from '@annals/postgres';
import type { Queue } from '../../queues/queue.js';
import type { StoredMessage } from '../../queues/queue-message.js';
import { stateOf } from './lane-state.js';
import type { LaneColumns } from './lane-state.js';

/** A message that was taken. */
interface Taken {
  readonly lane: number;
  readonly seq: number;
  readonly first: number;
  readonly attempt: number;
}

type PeekColumns = readonly [number, number, number, number, number | null, string, string];
type MessageColumns = readonly [number, number, number, number | null, string, string];

/** Takes messages out of queues that no consumer is to have: while it does, nobody else takes any of the same queue. */
export class QueueTaker {
  readonly #sql;

  constructor(
    private readonly database: Database,
    schema: string,
  ) {
    this.#sql = statements(import.meta.url, schema, [
      'claim-range',
      'count-bytes',
      'count-expired',
      'drop-returned',
      'lane-states',
      'lock-queue',
      'look-up-only',
      'peek-messages',
      'read-messages',
      'take-returned',
    ]);
  }

  takeExpired(session: string, queue: Queue, most: number): Promise<readonly StoredMessage[]> {
    return this.#take(queue, async (connection) => {
      const taken: Taken[] = [];
      for (const { id } of queue.lanes) {
        taken.push(...(await this.#takeReturned(connection, session, id, most - taken.length, true)));
        const values = [id, most - taken.length];
        const [expired] = await connection.query<readonly [number]>(this.#sql['count-expired'], values);
        taken.push(...(await this.#takeNext(connection, session, id, expired?.[0] ?? 0)));
      }
      return taken;
    });
  }

  takeOverflow(session: string, queue: Queue, most: number): Promise<readonly StoredMessage[]> {
    const { maxLength, maxBytes, dropFirst } = queue.config;
    return this.#take(queue, async (connection) => {
      const lanes = dropFirst === 'lowest' ? queue.lanes : [...queue.lanes].reverse();
      const ids = lanes.map(({ id }) => id);
      const states = await connection.query<LaneColumns>(this.#sql['lane-states'], [ids]);
      const { ready, readyBytes } = stateOf(states, 0);
      let over = Math.min(most, maxLength === null ? 0 : ready - maxLength);
      let overBytes = maxBytes === null ? 0 : readyBytes - maxBytes;
      const taken: Taken[] = [];
      for (const id of ids) {
        const state = states.find(([lane]) => lane === id);
        if (state === undefined || (over <= 0 && overBytes <= 0)) continue;
        const [, head, tail, headBytes, tailBytes, returned, returnedBytes] = state;
        const byBytes = overBytes > 0 && returnedBytes > 0 ? returned : 0;
        const older = await this.#takeReturned(connection, session, id, Math.max(over, byBytes), false);
        if (older.length > 0) overBytes -= returnedBytes;
        over -= older.length;
        const fromHead = overBytes > 0 ? await this.#countTo(connection, id, head, headBytes + overBytes) : 0;
        const next = await this.#takeNext(connection, session, id, Math.min(tail - head, Math.max(over, fromHead)));
        over -= next.length;
        if (next.length === tail - head) overBytes -= tailBytes - headBytes;
        else if (fromHead > 0) overBytes = 0;
        taken.push(...older, ...next);
      }
      return taken;
    });
  }

  peek({ id }: Queue, most: number): Promise<readonly StoredMessage[]> {
    return this.database.transaction(async (connection) => {
      await connection.query(this.#sql['look-up-only']);
      const rows = await connection.query<PeekColumns>(this.#sql['peek-messages'], [id, most]);
      return rows.map(([lane, seq, attempt, publishedAt, expiresAt, envelope, body]) => {
        return { lane, seq, first: -1, attempt, redelivered: attempt > 1, publishedAt, expiresAt, envelope, body };
      });
    });
  }

  /** @returns how many */
  purge({ id, lanes }: Queue): Promise<number> {
    return this.database.transaction(async (connection) => {
      const ids = lanes.map((lane) => lane.id);
      await connection.query(this.#sql['lock-queue'], [id]);
      const states = await connection.query<LaneColumns>(this.#sql['lane-states'], [ids]);
      let purged = 0;
      for (const [lane, head, tail] of states) {
        if (tail <= head) continue;
        const nobody = '00000000-0000-0000-0000-000000000000';
        await connection.query(this.#sql['claim-range'], [lane, tail - head, nobody, true]);
        purged += tail - head;
      }
      const [returned] = await connection.query<readonly [number]>(this.#sql['drop-returned'], [ids]);
      return purged + (returned?.[0] ?? 0);
    });
  }

  #take(queue: Queue, choose: (connection: Queries) => Promise<readonly Taken[]>): Promise<readonly StoredMessage[]> {
    return this.database.transaction(async (connection) => {
      const locked = await connection.query(this.#sql['lock-queue'], [queue.id]);
      if (locked.length === 0) return [];
      const taken = await choose(connection);
      if (taken.length === 0) return [];
      const values = [taken.map(({ lane }) => lane), taken.map(({ seq }) => seq)];
      const rows = await connection.query<MessageColumns>(this.#sql['read-messages'], values);
      const found = new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row]));
      return taken.flatMap((one) => {
        const row = found.get(`${one.lane} ${one.seq}`);
        if (row === undefined) return [];
        const [, , publishedAt, expiresAt, envelope, body] = row;
        return [{ ...one, redelivered: one.attempt > 1, publishedAt, expiresAt, envelope, body }];
      });
    });
  }

  async #takeReturned(
    connection: Queries,
    session: string,
    lane: number,
    most: number,
    expired: boolean,
  ): Promise<Taken[]> {
    if (most <= 0) return [];
    const values = [lane, most, session, expired];
    const rows = await connection.query<readonly [number, number]>(this.#sql['take-returned'], values);
    return rows
      .map(([seq, attempts]) => ({ lane, seq, first: -1, attempt: attempts + 1 }))
      .sort((one, other) => one.seq - other.seq);
  }

  async #takeNext(connection: Queries, session: string, lane: number, count: number): Promise<Taken[]> {
    if (count <= 0) return [];
    const values = [lane, count, session, false];
    const [row] = await connection.query<readonly [number, number]>(this.#sql['claim-range'], values);
    const first = row?.[0] ?? 0;
    return Array.from({ length: count }, (_, index) => ({ lane, seq: first + index, first, attempt: 1 }));
  }

  /** How many have to go so that none lies before a byte. */
  async #countTo(connection: Queries, lane: number, head: number, bytes: number): Promise<number> {
    const [row] = await connection.query<readonly [number]>(this.#sql['count-bytes'], [lane, head, bytes]);
    return (row?.[0] ?? 0) + 1;
  }
}
