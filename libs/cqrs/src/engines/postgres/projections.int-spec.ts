import { LogEventStore } from '@annals/event-store';
import type { RecordedEvent } from '@annals/event-store';
import { PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import { openFaultyLine, openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Projections } from '../../projecting/projections.js';
import type { ProjectionsOptions } from '../../projecting/projections-options.js';
import { Noted, Sale, sales, Sold } from '../../testing/sales.js';
import { PostgresProjectionStorage } from './postgres-projection-storage.js';

const QUICK = { leaseMs: 900, standbyMs: 30, pollMs: 100, retryBaseMs: 10, retryMaxMs: 40, attempts: 3 };

describe('Projections on Postgres', () => {
  let database: TestDatabase;
  let log: PostgresLog;
  let dataSource: DataSource;
  let store: LogEventStore;
  let storage: PostgresProjectionStorage;
  let name = '';
  let counter = 0;
  const started: Projections[] = [];

  const openSource = (url: string): Promise<DataSource> =>
    new DataSource({ type: 'postgres', url, entities: [Sale], synchronize: true, poolSize: 5 }).initialize();

  beforeAll(async () => {
    database = await openTestDatabase('projections');
    log = await PostgresLog.open({ connectionString: database.connectionString });
    dataSource = await openSource(database.connectionString);
    store = new LogEventStore({ log, unitOfWork: new TypeOrmUnitOfWork(dataSource, log), wakesReaders: log });
    storage = await PostgresProjectionStorage.open(log.database, dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await log.stop();
    await database.drop();
  });
  beforeEach(() => {
    name = `sales-${(counter += 1)}`;
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((projections) => projections.stop()));
  });

  const run = (instances: object | object[], options: ProjectionsOptions = {}, on = storage): Projections => {
    const projections = new Projections(store, on, { ...QUICK, ...options });
    for (const instance of Array.isArray(instances) ? instances : [instances]) projections.add(instance as object);
    projections.start();
    started.push(projections);
    return projections;
  };
  const sell = async (stream: string, quantity = 1) => {
    const appended = await store.append(stream, 'any', [new Sold('book', quantity)]);
    if (appended.pending) throw new Error('not in a unit');
    return appended.checkpoint;
  };
  const rows = (of = name): Promise<Sale[]> =>
    dataSource.getRepository(Sale).find({ where: { projection: of }, order: { id: 'ASC' } });
  const streams = async (of = name): Promise<string[]> => (await rows(of)).map(({ stream }) => stream);
  const head = () => store.head();
  /** Streams that no other test writes to. */
  const own = (stream: string): string => `sale-${name}-${stream}`;

  it('write what happened before and after their start, and pass what they do not handle', async () => {
    await sell(own('1'));
    const projections = run(sales(name));
    await projections.reached(name, await head());
    const checkpoint = await sell(own('2'));
    await projections.reached(name, checkpoint);
    expect((await streams()).filter((stream) => stream.includes(name))).toEqual([own('1'), own('2')]);
    await store.append(own('3'), 'any', [new Noted()]);
    await projections.reached(name, await head());
    expect(await projections.status(name)).toMatchObject({ state: 'running', version: 1, failure: undefined });
    expect((await projections.status(name)).lag.every((events) => events === 0)).toBe(true);
  });

  it('write neither row nor cursor when a handler throws after writing, and both when it succeeds later', async () => {
    let failures = 0;
    const event = own('1');
    const projections = run(
      sales(name, async ({ stream }) => {
        if (stream !== event) return;
        failures += 1;
        if (failures < 3) throw new Error('not yet');
      }),
    );
    await sell(event);
    await projections.reached(name, await head());
    expect(failures).toBe(3);
    expect((await streams()).filter((stream) => stream === event)).toHaveLength(1);
    expect(await projections.status(name)).toMatchObject({
      state: 'running',
      failure: undefined,
      lastError: undefined,
    });
  });

  it('stop at an event that keeps failing, with all before it done, nothing after it, and the reason to be seen', async () => {
    const healthy = `${name}-healthy`;
    let poisonous = true;
    for (const stream of ['1', '2', 'poison', '3']) await sell(own(stream));
    const poison = async ({ stream }: RecordedEvent<Sold>) => {
      if (poisonous && stream === own('poison')) throw new Error('poison');
    };
    const projections = run([sales(name, poison), sales(healthy)]);
    await vi.waitFor(async () => expect((await projections.status(name)).state).toBe('failed'), 10_000);
    const done = (await streams()).filter((stream) => stream.includes(name));
    expect(done).toEqual([own('1'), own('2')]);
    const status = await projections.status(name);
    expect(status.failure?.message).toContain(`stream ${own('poison')}, revision 1`);
    expect(status.lastError).toMatchObject({ code: 'CQRS_PROJECTION_FAILED', cause: new Error('poison') });
    expect(status.lag.reduce((sum, events) => sum + events)).toBeGreaterThanOrEqual(2);
    // Others go on, other processes see why this one does not, and who waits for it is told.
    await projections.reached(healthy, await head());
    const elsewhere = new Projections(store, storage, QUICK);
    elsewhere.add(sales(name));
    expect((await elsewhere.status(name)).failure?.message).toContain('poison');
    await expect(projections.reached(name, await head(), { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'CQRS_PROJECTION_NOT_REACHED',
      message: expect.stringContaining('poison') as string,
    });
    poisonous = false;
    projections.start(name);
    await projections.reached(name, await head());
    const all = (await streams()).filter((stream) => stream.includes(name));
    expect(all).toEqual([own('1'), own('2'), own('poison'), own('3')]);
    expect((await projections.status(name)).failure).toBeUndefined();
  });

  it('find the event whose handler hid an SQL error, and blame no other', async () => {
    for (const stream of ['1', '2', '3']) await sell(own(stream));
    const projections = run(
      sales(name, ({ stream }, manager) =>
        stream === own('3') ? manager.query('SELECT 1 / 0').catch(() => undefined) : undefined,
      ),
    );
    await vi.waitFor(async () => expect((await projections.status(name)).state).toBe('failed'), 10_000);
    expect((await streams()).filter((stream) => stream.includes(name))).toEqual([own('1'), own('2')]);
  });

  it('refuse to append from a handler, where it would survive a rollback', async () => {
    let caught: unknown;
    const projections = run(
      sales(name, async () => {
        await store.append(own('effect'), 'any', [new Noted()]).catch((error: unknown) => void (caught ??= error));
      }),
    );
    await projections.reached(name, await sell(own('1')));
    expect(caught).toMatchObject({ code: 'STORE_NOT_JOINED' });
  });

  it('apply each event once, each stream in order, over many restarts', async () => {
    const options = { batchSize: 7 };
    const names = Array.from({ length: 10 }, (_, stream) => own(String(stream)));
    const writing = (async () => {
      for (let round = 0; round < 20; round += 1) await Promise.all(names.map((stream) => sell(stream)));
    })();
    for (let restart = 0; restart < 8; restart += 1) {
      const projections = run(sales(name), options);
      const before = (await rows()).length;
      await vi
        .waitFor(async () => expect((await rows()).length).toBeGreaterThan(before), 10_000)
        .catch(() => undefined);
      await projections.stop();
    }
    await writing;
    const last = run(sales(name), options);
    await last.reached(name, await head(), { timeoutMs: 20_000 });
    const written = (await rows()).filter(({ stream }) => stream.includes(name));
    for (const stream of names) {
      const revisions = written.filter((row) => row.stream === stream).map(({ revision }) => revision);
      expect(revisions).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    }
    expect(written).toHaveLength(200);
  });

  it('run in one process at a time, and pass to another when that stops', async () => {
    const one = run(sales(name), { holder: 'one' });
    await vi.waitFor(async () => expect((await one.status(name)).state).toBe('running'));
    const other = run(sales(name), { holder: 'other' });
    await other.reached(name, await sell(own('1')));
    expect([(await one.status(name)).state, (await other.status(name)).state]).toEqual(['running', 'standby']);
    await one.stop();
    await vi.waitFor(async () => expect((await other.status(name)).state).toBe('running'));
    await other.reached(name, await sell(own('2')));
    expect((await streams()).filter((stream) => stream.includes(name))).toEqual([own('1'), own('2')]);
  });

  it('go on with every event once when the answer to a COMMIT is lost, or the connection before it', async () => {
    const line = await openFaultyLine(database.connectionString);
    const behindLine = await openSource(line.connectionString);
    const faulty = await PostgresProjectionStorage.open(log.database, behindLine);
    let handled = 0;
    const projections = run(
      sales(name, () => void (handled += 1)),
      {},
      faulty,
    );
    await projections.reached(name, await head());
    for (const fault of ['cut-before-answer', 'cut-before'] as const) {
      let cuts = 0;
      line.fault((sent) => (sent.includes('COMMIT') && cuts++ === 0 ? fault : 'none'));
      await projections.reached(name, await sell(own(fault)));
      expect(cuts).toBeGreaterThan(0);
      expect((await streams()).filter((stream) => stream === own(fault))).toHaveLength(1);
    }
    expect(await projections.status(name)).toMatchObject({ state: 'running', failure: undefined });
    await projections.stop();
    await behindLine.destroy();
    await line.stop();
  });

  it('blame no event for a connection that broke in its handler, however often', async () => {
    let breaks = 0;
    const projections = run(
      sales(name, async ({ stream }, manager) => {
        if (stream === own('1') && ++breaks <= 5) await manager.query('SELECT pg_terminate_backend(pg_backend_pid())');
      }),
    );
    await projections.reached(name, await sell(own('1')), { timeoutMs: 15_000 });
    expect(breaks).toBe(6);
    expect((await streams()).filter((stream) => stream === own('1'))).toHaveLength(1);
  });

  it('count a handler that cannot reach another server among those that fail', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const projections = run(sales(name, () => Promise.reject(refused)));
    await sell(own('1'));
    await vi.waitFor(async () => expect((await projections.status(name)).state).toBe('failed'), 10_000);
  });

  it('stop when a handler never ends, and let another process go on', async () => {
    let hangs = true;
    const stuck = run(
      sales(name, ({ stream }) => (hangs && stream === own('1') ? new Promise(() => undefined) : undefined)),
      {
        maxTransactionMs: 300,
      },
    );
    await sell(own('1'));
    await vi.waitFor(async () => expect((await stuck.status(name)).state).toBe('failed'), 10_000);
    expect((await stuck.status(name)).lastError).toMatchObject({ code: 'CQRS_PROJECTION_STUCK' });
    hangs = false;
    const other = run(sales(name));
    await other.reached(name, await head(), { timeoutMs: 15_000 });
    expect((await streams()).filter((stream) => stream === own('1'))).toHaveLength(1);
  });

  it('know no projection of another name, and take none of the same name twice', async () => {
    const projections = run(sales(name));
    await expect(projections.status('other')).rejects.toMatchObject({ code: 'CQRS_UNKNOWN_PROJECTION', known: [name] });
    expect(() => projections.add(sales(name))).toThrow(
      expect.objectContaining({ code: 'CQRS_INVALID_PROJECTION' }) as Error,
    );
  });
});
