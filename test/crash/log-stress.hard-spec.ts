import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoggedRecord } from '@annals/log';
import { partitionFor, PostgresLog, startOf } from '@annals/log';
import { Database } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROCESSES = 3;
const STRESS_MS = 20_000;
const PARTITIONS = 16;
const TERMINATE = {
  name: '',
  text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'annals stress' AND datname = current_database() ORDER BY random() LIMIT 1`,
};
const OLD_SNAPSHOT = [
  'BEGIN ISOLATION LEVEL REPEATABLE READ',
  'CREATE TABLE public.elsewhere ()',
  'SELECT 1 FROM annals.event LIMIT 1',
];

/** What the writers said of the ids of their appends. */
class Ledger {
  readonly committed = new Set<string>();
  readonly undone = new Set<string>();
  readonly open = new Set<string>();
  refusals = 0;

  note(message: Record<string, string[]>): void {
    for (const id of message['attempt'] ?? []) this.open.add(id);
    this.settle(message['committed'], this.committed);
    this.settle(message['rolledBack'], this.undone);
    this.settle(message['refused'], this.undone);
    if (message['refused']) this.refusals++;
  }

  private settle(ids: readonly string[] = [], into: Set<string>): void {
    for (const id of ids) {
      this.open.delete(id);
      into.add(id);
    }
  }
}

/** A reader that never looks back, and what it finds against the log's promises. */
class Consumer {
  readonly seen = new Set<string>();
  readonly faults: string[] = [];
  private readonly next = new Array<number>(PARTITIONS).fill(0);
  private readonly revisions = new Map<string, number>();

  take(record: LoggedRecord): void {
    const { id, partition, offset, stream, revision } = record;
    const next = this.next[partition] ?? 0;
    if (offset !== next) this.faults.push(`partition ${partition}: offset ${offset} instead of ${next}`);
    if (this.seen.has(id)) this.faults.push(`${id} came twice`);
    if (revision !== (this.revisions.get(stream) ?? 0) + 1)
      this.faults.push(`${stream}: revision ${revision} out of order`);
    if (partition !== partitionFor(stream, PARTITIONS)) this.faults.push(`${stream} lies in partition ${partition}`);
    const { cause } = JSON.parse(record.data) as { cause: string | null };
    if (cause !== null && !this.seen.has(cause)) this.faults.push(`${id} came before its cause ${cause}`);
    this.next[partition] = offset + 1;
    this.revisions.set(stream, revision);
    this.seen.add(id);
  }
}

describe('The log under stress', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let log: PostgresLog;
  let neighbour: Database;

  beforeAll(async () => {
    test = await openTestDatabase();
    log = await PostgresLog.open({ connectionString: test.connectionString, partitions: PARTITIONS });
    neighbour = new Database({ connectionString: test.connectionString });
  });
  afterAll(async () => {
    await log.stop();
    await neighbour.stop();
    await test.drop();
  });

  const startWriters = (ledger: Ledger): ChildProcess =>
    fork(fileURLToPath(new URL('./log-writers.mjs', import.meta.url)), [test.connectionString], {
      execArgv: [],
    }).on('message', (message) => {
      ledger.note(message as Record<string, string[]>);
    });

  /** Reads until told to stop and nothing is left. */
  async function consume(consumer: Consumer, limit: number, stopped: () => boolean): Promise<void> {
    let checkpoint = startOf(PARTITIONS);
    for (;;) {
      const last = stopped();
      const batch = await log.readForwards(checkpoint, { limit });
      for (const record of batch.records) consumer.take(record);
      checkpoint = batch.checkpoint;
      if (batch.caughtUp && last) return;
      if (batch.caughtUp) await sleep(randomInt(20));
    }
  }

  async function disturb(children: readonly ChildProcess[], until: number): Promise<void> {
    while (Date.now() < until) {
      await neighbour.query(TERMINATE);
      await sleep(randomInt(300));
      if (randomInt(4) > 0) continue;
      const child = children[randomInt(children.length)];
      child?.kill('SIGSTOP');
      await sleep(randomInt(1_500));
      child?.kill('SIGCONT');
    }
  }

  it('shows what was committed, all of it, in order, once and without holes', async () => {
    const ledger = new Ledger();
    const consumers = [new Consumer(), new Consumer()];
    let stopped = false;
    const children = Array.from({ length: PROCESSES }, () => startWriters(ledger));
    const exits = children.map((child) => once(child, 'exit'));
    // What is ended while a process still opens its store ends the process, as it should.
    await Promise.all(children.map((child, index) => Promise.race([once(child, 'message'), exits[index]])));
    const reading = consumers.map((consumer, index) => consume(consumer, index ? 50 : 1_000, () => stopped));

    await neighbour.withConnection(async (connection) => {
      for (const text of OLD_SNAPSHOT) await connection.query({ name: '', text });
      await disturb(children, Date.now() + STRESS_MS);
      await connection.query({ name: '', text: 'ROLLBACK' });
    });
    for (const child of children) if (child.connected) child.send('stop');
    const codes = await Promise.all(exits);
    stopped = true;
    await Promise.all(reading);

    expect(codes.map(([code]) => code as number | null)).toEqual([0, 0, 0]);
    expect(ledger.committed.size).toBeGreaterThan(1_000);
    expect(ledger.refusals).toBeGreaterThan(0);
    for (const consumer of consumers) {
      expect(consumer.faults).toEqual([]);
      expect([...ledger.committed].filter((id) => !consumer.seen.has(id))).toEqual([]);
      expect([...ledger.undone].filter((id) => consumer.seen.has(id))).toEqual([]);
      const unaccounted = [...consumer.seen].filter((id) => !ledger.committed.has(id) && !ledger.open.has(id));
      expect(unaccounted).toEqual([]);
    }
    // Whose outcome the writers did not learn are few: a session that ended under a unit, an append that was given up.
    expect(ledger.open.size).toBeLessThan(ledger.committed.size / 20);
  });
});
