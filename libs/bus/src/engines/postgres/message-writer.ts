import { arrayOf, IntegerArray, Pipeline, statements } from '@annals/postgres';
import type { Database, Queries, WakeUps } from '@annals/postgres';
import type { Queue } from '../../queues/queue.js';
import { admit, rejects, roomIn } from '../../queues/queue-room.js';
import type { Room } from '../../queues/queue-room.js';
import { laneFor } from '../../queues/queue.js';
import type { EnqueueAttempt, EnqueueResult, Routed } from '../../queues/queue-store.js';
import { stateOf } from './lane-state.js';
import type { LaneColumns } from './lane-state.js';
import { lanesOf, MessageArrays } from './message-arrays.js';
import { queueSubject } from './queue-subject.js';
import type { ProducerIdentity } from './producer-identity.js';

const STORED = 0;
const STALE = 1;
const PRODUCER_FENCED = 2;

/** Puts messages into queues. */
export class MessageWriter {
  readonly #sql;
  readonly #arrays = new MessageArrays();
  readonly #pipeline: Pipeline;
  /** Of each lane that was written to: a number below which no message lies whose outcome is not known. */
  readonly #known = new Map<number, number>();

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly identity: ProducerIdentity,
    private readonly lockWaitMs: number,
    private readonly wakeUps: WakeUps,
  ) {
    this.#sql = statements(import.meta.url, schema, ['enqueue', 'find-repeated-messages', 'lane-states', 'lock-lanes']);
    this.#pipeline = new Pipeline(database);
  }

  /** In transactions of its own, which follow one another without waiting. */
  async write(
    messages: readonly Routed[],
    { version, skipLocked }: EnqueueAttempt,
  ): Promise<readonly EnqueueResult[] | 'stale'> {
    const how = { version, skipLocked, durability: 'local' };
    const groups = skipLocked ? sameLanes(messages) : [messages];
    const results = new Map<number, EnqueueResult>();
    for (const group of groups.filter(({ length }) => length > 0)) {
      const limited = group.some(isLimited);
      const written = limited
        ? await this.database.transaction((connection) => this.#writeLimited(connection, group, how))
        : await this.#write(this.#pipeline, group, how, this.#arrays);
      if (written === 'stale') return 'stale';
      if (limited) this.#wake(group, false);
      for (const [index, { sequence }] of group.entries()) results.set(sequence, written[index] ?? 'locked');
    }
    return messages.map(({ sequence }) => results.get(sequence) ?? 'stored');
  }

  /** In the transaction that `connection` has open; its lanes stay locked until that ends. */
  writeIn(
    connection: Queries,
    messages: readonly Routed[],
    version: number,
  ): Promise<readonly EnqueueResult[] | 'stale'> {
    const how = { version, skipLocked: false, durability: null };
    if (messages.some(isLimited)) return this.#writeLimited(connection, messages, how);
    return this.#write(connection, messages, how, new MessageArrays());
  }

  async #write(
    connection: Queries,
    messages: readonly Routed[],
    how: { version: number; skipLocked: boolean; durability: string | null },
    arrays: MessageArrays,
  ): Promise<readonly EnqueueResult[] | 'stale'> {
    const values = arrays.fill(messages);
    let producer = await this.identity.get();
    for (;;) {
      const asked = connection.query<readonly [number, number[] | null]>(this.#sql.enqueue, [
        this.lockWaitMs,
        how.skipLocked,
        how.durability,
        producer.id,
        producer.epoch,
        how.version,
        ...values,
      ]);
      const isTold = connection === this.#pipeline && this.#tellOthers(messages);
      const [row] = await asked;
      const [outcome, next] = row as NonNullable<typeof row>;
      if (outcome === STALE) return 'stale';
      if (outcome === PRODUCER_FENCED) {
        producer = await this.identity.renew(producer);
        continue;
      }
      if (outcome !== STORED) return messages.map(() => 'locked');
      for (const [index, lane] of lanesOf(messages).entries()) this.#known.set(lane, next?.[index] ?? 0);
      if (connection === this.#pipeline) this.#wake(messages, isTold);
      return messages.map(() => 'stored');
    }
  }

  /** Right behind the messages, over the same connection: should they not be stored, somebody looks for nothing. @returns whether it was sent */
  #tellOthers(messages: readonly Routed[]): boolean {
    const notice = this.wakeUps.notice([...queuesOf(messages)].map(({ id }) => queueSubject(id)));
    if (notice === undefined) return false;
    // A lost one costs latency only: consumers poll.
    this.#pipeline.query(notice.statement, notice.values).catch(() => undefined);
    return true;
  }

  #wake(messages: readonly Routed[], isTold: boolean): void {
    for (const { id } of queuesOf(messages)) {
      if (isTold) this.wakeUps.wakeHere(queueSubject(id));
      else this.wakeUps.announce(queueSubject(id));
    }
  }

  /** Where queues reject what they have no room for: how much that is, is known once nobody else can write to them. */
  async #writeLimited(
    connection: Queries,
    messages: readonly Routed[],
    how: { version: number; skipLocked: boolean; durability: string | null },
  ): Promise<readonly EnqueueResult[] | 'stale'> {
    const limited = new Set(messages.filter(isLimited).flatMap(({ queues }) => queues.filter(rejects)));
    const lanes = [...lanesOf(messages), ...[...limited].flatMap((queue) => queue.lanes.map(({ id }) => id))];
    await connection.query(this.#sql['lock-lanes'], [[...new Set(lanes)].sort((one, other) => one - other)]);
    const room = new Map<Queue, Room>();
    for (const queue of limited) {
      const ids = queue.lanes.map(({ id }) => id);
      const state = stateOf(await connection.query<LaneColumns>(this.#sql['lane-states'], [ids]), 0);
      room.set(queue, roomIn(queue, state));
    }
    const { results, taken } = admit(messages, (queue) => room.get(queue) as Room);
    const rest = taken.filter(({ queues }) => queues.length > 0);
    const written = rest.length === 0 ? [] : await this.#write(connection, rest, how, new MessageArrays());
    if (written === 'stale') return 'stale';
    return written[0] === 'locked' ? messages.map(() => 'locked') : results;
  }

  /** Fences what lost connections may still bring, and looks for what they have brought. */
  async findRepeated(messages: readonly Routed[]): Promise<ReadonlySet<number>> {
    await this.identity.raise();
    const since = new Map<number, number>();
    for (const { message, queues } of messages) {
      for (const queue of queues) {
        const lane = laneFor(queue, message.priority).id;
        since.set(lane, this.#known.get(lane) ?? 0);
      }
    }
    const values = [
      arrayOf(new IntegerArray(4), since.keys()),
      arrayOf(new IntegerArray(8), since.values()),
      this.identity.ids,
      arrayOf(
        new IntegerArray(8),
        messages.map(({ sequence }) => sequence),
      ),
    ];
    const rows = await this.database.query<readonly [number, number]>(this.#sql['find-repeated-messages'], values);
    return new Set(rows.map(([sequence]) => sequence));
  }
}

const isLimited = ({ queues }: Routed): boolean => queues.some(rejects);

/** Messages of the same lanes together, so that a locked one holds up no others. */
function sameLanes(messages: readonly Routed[]): Routed[][] {
  const groups = new Map<string, Routed[]>();
  for (const routed of messages) {
    const key = lanesOf([routed]).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [routed]);
    else group.push(routed);
  }
  return [...groups.values()];
}

/** The queues that messages go to, each once. */
export function queuesOf(messages: readonly Routed[]): ReadonlySet<Queue> {
  const all = new Set<Queue>();
  for (const { queues } of messages) for (const queue of queues) all.add(queue);
  return all;
}
