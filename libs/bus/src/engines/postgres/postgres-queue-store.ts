import { statements } from '@annals/postgres';
import type { Database, Queries, WakeUps } from '@annals/postgres';
import type { Queue, QueueState } from '../../queues/queue.js';
import type { StoredMessage } from '../../queues/queue-message.js';
import { QueueStore } from '../../queues/queue-store.js';
import type {
  Claimant,
  EnqueueAttempt,
  EnqueueResult,
  Routed,
  Settlement,
  Step,
  Swept,
} from '../../queues/queue-store.js';
import { stateOf } from './lane-state.js';
import type { LaneColumns } from './lane-state.js';
import { MessageRing } from './message-ring.js';
import { MessageWriter, queuesOf } from './message-writer.js';
import type { ProducerIdentity } from './producer-identity.js';
import { queueSubject } from './queue-subject.js';
import { QueueSweeper } from './queue-sweeper.js';
import { QueueTaker } from './queue-taker.js';
import { settlementArrays } from './settlement-arrays.js';
import { kindOfAppendError } from './topic-keeper.js';

type StepColumns = readonly [
  lane: number | null,
  seq: number | null,
  first: number | null,
  attempt: number | null,
  publishedAt: number,
  expiresAt: number | null,
  now: number | null,
  envelope: string | null,
  body: string,
  again: boolean | null,
];

const SESSION_OVER = -1;
const QUEUE_GONE = -2;

/** What is thrown to end a transaction of which nothing is to stay. */
class TakenBack extends Error {
  constructor(readonly because: 'lost' | 'stale') {
    super(because);
  }
}

/** How the tables of queues are used. */
export interface QueueTables {
  /** Milliseconds a batch waits for its queues before it goes on with those that are free. */
  readonly lockWaitMs: number;
  /** Bytes of the table that is written at which another takes its turn. */
  readonly messageTableBytes: number;
}

/** The messages of queues in Postgres. */
export class PostgresQueueStore extends QueueStore {
  readonly #sql;
  readonly #writer: MessageWriter;
  readonly #taker: QueueTaker;
  readonly #ring: MessageRing;
  readonly #sweeper: QueueSweeper;
  #sequence = 0;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly wakeUps: WakeUps,
    identity: ProducerIdentity,
    { lockWaitMs, messageTableBytes }: QueueTables,
  ) {
    super();
    this.#sql = statements(import.meta.url, schema, [
      'claim',
      'count-consumers',
      'lane-states',
      'note-expiry',
      'settle',
      'settle-and-claim',
      'settle-lazily',
    ]);
    this.#writer = new MessageWriter(database, schema, identity, lockWaitMs, wakeUps);
    this.#taker = new QueueTaker(database, schema);
    this.#ring = new MessageRing(database, schema, messageTableBytes);
    this.#sweeper = new QueueSweeper(database, schema, wakeUps);
  }

  /** As of the topics: a process counts all that it sends. */
  override nextSequence(): number {
    return (this.#sequence += 1);
  }

  override findRepeated(messages: readonly Routed[]): Promise<ReadonlySet<number>> {
    return this.#writer.findRepeated(messages);
  }

  override enqueue(messages: readonly Routed[], attempt: EnqueueAttempt): Promise<readonly EnqueueResult[] | 'stale'> {
    return this.#writer.write(messages, attempt);
  }

  override enqueueWithin(
    connection: unknown,
    messages: readonly Routed[],
    version: number,
  ): Promise<readonly EnqueueResult[] | 'stale'> {
    return this.#writer.writeIn(connection as Queries, messages, version);
  }

  override kindOf(error: unknown): 'statement' | 'locked' | 'connection-lost' {
    return kindOfAppendError(error);
  }

  override announce(queues: Iterable<Queue>): void {
    for (const { id } of queues) this.wakeUps.announce(queueSubject(id));
  }

  override onMessages({ id }: Queue, wake: () => void): () => void {
    return this.wakeUps.onWake(wake, queueSubject(id));
  }

  override async step(
    { session, consumer, queue, settled }: Claimant,
    settlements: readonly Settlement[],
    want: number,
  ): Promise<Step> {
    const arrays = settlements.length > 0 ? settlementArrays(settlements) : undefined;
    const lanes = [...queue.lanes].reverse().map(({ id }) => id);
    const wanted = [consumer, lanes, want, settled];
    const rows = await (arrays === undefined
      ? this.database.query<StepColumns>(this.#sql.claim, [queue.id, session, ...wanted])
      : want > 0
        ? this.database.query<StepColumns>(this.#sql['settle-and-claim'], [
            session,
            ...arrays.values,
            queue.id,
            ...wanted,
          ])
        : this.database.query<StepColumns>(this.#sql['settle-lazily'], [session, ...arrays.values]));
    // What was given back may be for others.
    if (settlements.some(({ back }) => back?.delayMs === 0)) this.announce([queue]);
    const settledRows =
      arrays === undefined ? [] : rows.filter(([lane, , , , , , , envelope]) => envelope === null && (lane ?? 0) >= 0);
    return { settled: arrays?.heldOf(settledRows) ?? [], ...claimed(rows) };
  }

  override async settleWithin(connection: unknown, session: string, settlement: Settlement): Promise<boolean> {
    const arrays = settlementArrays([settlement]);
    return arrays.heldOf(await this.#settle(connection as Queries, session, arrays.values))[0] ?? false;
  }

  override async move(
    session: string,
    settlements: readonly Settlement[],
    messages: readonly Routed[],
    version: number,
  ): Promise<'moved' | 'lost' | 'stale'> {
    const arrays = settlementArrays(settlements);
    try {
      await this.database.transaction(async (connection) => {
        const held = arrays.heldOf(await this.#settle(connection, session, arrays.values));
        if (held.includes(false)) throw new TakenBack('lost');
        if (messages.length === 0) return;
        const results = await this.enqueueWithin(connection, messages, version);
        if (results === 'stale') throw new TakenBack('stale');
      });
    } catch (error) {
      if (error instanceof TakenBack) return error.because;
      throw error;
    }
    this.announce(queuesOf(messages));
    return 'moved';
  }

  override takeExpired(session: string, queue: Queue, most: number): Promise<readonly StoredMessage[]> {
    return this.#taker.takeExpired(session, queue, most);
  }

  override takeOverflow(session: string, queue: Queue, most: number): Promise<readonly StoredMessage[]> {
    return this.#taker.takeOverflow(session, queue, most);
  }

  override peek(queue: Queue, most: number): Promise<readonly StoredMessage[]> {
    return this.#taker.peek(queue, most);
  }

  override purge(queue: Queue): Promise<number> {
    return this.#taker.purge(queue);
  }

  override async noteExpiry(queues: readonly Queue[]): Promise<void> {
    await this.database.query(this.#sql['note-expiry'], [queues.map(({ id }) => id)]);
  }

  override async describe({ id, lanes }: Queue): Promise<QueueState> {
    const values = [lanes.map((lane) => lane.id)];
    const states = await this.database.query<LaneColumns>(this.#sql['lane-states'], values);
    const [consumers] = await this.database.query<readonly [number]>(this.#sql['count-consumers'], [id]);
    return stateOf(states, consumers?.[0] ?? 0);
  }

  override sweep(): Promise<Swept> {
    return this.#sweeper.sweep();
  }

  override reclaim(): Promise<void> {
    return this.#ring.reclaim();
  }

  #settle(connection: Queries, session: string, values: readonly unknown[]): Promise<StepColumns[]> {
    return connection.query<StepColumns>(this.#sql.settle, [session, ...values]);
  }
}

const ENDS: Readonly<Record<number, 'session' | 'queue'>> = { [SESSION_OVER]: 'session', [QUEUE_GONE]: 'queue' };

/** The messages among the rows of a step, and what else they say. What is null in one is as in the one before. */
function claimed(rows: readonly StepColumns[]): Omit<Step, 'settled'> {
  const messages: StoredMessage[] = [];
  let [lane, first, attempt, now] = [0, 0, 1, 0];
  for (const row of rows) {
    const envelope = row[7];
    if (row[0] !== null && row[0] < 0) return { messages, now, ended: ENDS[row[0]] ?? 'session' };
    if (envelope === null) continue;
    lane = row[0] ?? lane;
    first = row[2] ?? first;
    attempt = row[3] ?? attempt;
    now = row[6] ?? now;
    messages.push({
      lane,
      seq: row[1] ?? 0,
      first,
      attempt,
      publishedAt: row[4],
      expiresAt: row[5],
      envelope,
      body: row[8],
      redelivered: attempt > 1 || row[9] === true,
    });
  }
  return { messages, now };
}
