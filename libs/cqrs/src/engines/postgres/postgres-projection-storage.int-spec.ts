import { PostgresLog } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ownership, Seizure } from '../../projecting/projection-storage.js';
import { PostgresProjectionStorage } from './postgres-projection-storage.js';

const superseded = { code: 'CQRS_PROJECTION_SUPERSEDED' };

describe('The storage of projections in Postgres', () => {
  let database: TestDatabase;
  let log: PostgresLog;
  let dataSource: DataSource;
  let storage: PostgresProjectionStorage;
  let projection = { name: '', version: 1, index: 0, count: 1 };
  let counter = 0;

  beforeAll(async () => {
    database = await openTestDatabase('projection_storage');
    log = await PostgresLog.open({ connectionString: database.connectionString });
    dataSource = await new DataSource({ type: 'postgres', url: database.connectionString, poolSize: 5 }).initialize();
    await dataSource.query('CREATE TABLE written (projection text, what text)');
    storage = await PostgresProjectionStorage.open(log.database, dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await log.stop();
    await database.drop();
  });
  beforeEach(() => {
    projection = { name: `p${(counter += 1)}`, version: 1, index: 0, count: 1 };
  });

  const seize = async (ownership: Ownership): Promise<Seizure> => {
    const seized = await storage.seize(ownership, 3);
    if ('reason' in seized) throw new Error('paused');
    return seized;
  };
  const own = async (holder: string, leaseMs = 60_000): Promise<Seizure> => {
    const ownership = await vi.waitFor(async () => {
      const acquired = await storage.acquire(projection, holder, leaseMs);
      if (acquired === undefined) throw new Error('taken');
      return acquired;
    }, 10_000);
    return seize(ownership);
  };
  const write = (what: string) => async (manager: EntityManager) => {
    await manager.query('INSERT INTO written VALUES ($1, $2)', [projection.name, what]);
  };
  const written = async (): Promise<string[]> => {
    const rows: { what: string }[] = await dataSource.query('SELECT what FROM written WHERE projection = $1', [
      projection.name,
    ]);
    return rows.map(({ what }) => what);
  };

  it('has one owner at a time, whose generation rises', async () => {
    const one = await own('one');
    expect(await storage.acquire(projection, 'other', 60_000)).toBeUndefined();
    expect(await storage.renew(one)).toBe(true);
    await storage.release(one);
    expect(await storage.renew(one)).toBe(false);
    const other = await own('other');
    expect(other.generation).toBeGreaterThan(one.generation);
  });

  it('keeps versions of one projection apart', async () => {
    const one = await own('one');
    await storage.advance(one, { from: [0, 0, 0], to: [1, 0, 0], work: undefined });
    projection = { ...projection, version: 2 };
    const two = await own('one');
    expect(two.checkpoint).toEqual([0, 0, 0]);
    // What another version has handled is a replay for this one.
    expect(two.replayedTo).toEqual([1, 0, 0]);
  });

  it('moves the cursor with what the work has written', async () => {
    const one = await own('one');
    await storage.advance(one, { from: [0, 0, 0], to: [5, 0, 7], work: write('a') });
    await storage.advance(one, { from: [5, 0, 7], to: [5, 0, 9], work: undefined });
    expect(await storage.describe(projection)).toMatchObject({ checkpoint: [5, 0, 9], failures: [] });
    expect(await storage.checkpointOf(projection)).toEqual([5, 0, 9]);
    expect(await written()).toEqual(['a']);
  });

  it('leaves neither rows nor cursor behind when the work throws', async () => {
    const one = await own('one');
    const error = new Error('no');
    const work = async (manager: EntityManager) => {
      await write('a')(manager);
      throw error;
    };
    await expect(storage.advance(one, { from: [0, 0, 0], to: [5, 0, 0], work })).rejects.toBe(error);
    expect((await storage.describe(projection)).checkpoint).toEqual([0, 0, 0]);
    expect(await written()).toEqual([]);
  });

  it('refuses a step from where the cursor is not', async () => {
    const one = await own('one');
    await storage.advance(one, { from: [0, 0, 0], to: [5, 0, 0], work: undefined });
    const again = storage.advance(one, { from: [0, 0, 0], to: [5, 0, 0], work: write('a') });
    await expect(again).rejects.toMatchObject({ code: 'CQRS_PROJECTION_CURSOR_MOVED' });
    expect(await written()).toEqual([]);
  });

  it('lets the transaction of an owner that was late fail, with all it wrote', async () => {
    const late = await own('late', 200);
    await own('next');
    const step = { from: [0, 0, 0], to: [1, 0, 0], work: write('by the late one') };
    await expect(storage.advance(late, step)).rejects.toMatchObject(superseded);
    await expect(storage.seize(late, 3)).rejects.toMatchObject(superseded);
    await storage.fail(late, 0, 'must not be seen');
    expect(await storage.describe(projection)).toMatchObject({ checkpoint: [0, 0, 0], failures: [] });
    expect(await written()).toEqual([]);
  });

  it('waits for the open transaction of the owner before, and goes on after it', async () => {
    const late = await own('late', 1_500);
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let begun: () => void = () => undefined;
    const working = new Promise<void>((resolve) => (begun = resolve));
    const step = storage.advance(late, {
      from: [0, 0, 0],
      to: [3, 0, 0],
      work: async (manager) => {
        begun();
        await held;
        await write('in time')(manager);
      },
    });
    await working;
    const next = await storage.release(late).then(() => storage.acquire(projection, 'next', 60_000));
    const seized = seize(next as Ownership);
    goOn();
    await step;
    expect((await seized).checkpoint).toEqual([3, 0, 0]);
    expect(await written()).toEqual(['in time']);
  });

  it('ends the transaction of an owner that has fallen silent in the middle of it', async () => {
    const silent = await own('silent', 300);
    let goOn: () => void = () => undefined;
    const silence = new Promise<void>((resolve) => (goOn = resolve));
    const step = storage.advance(silent, {
      from: [0, 0, 0],
      to: [3, 0, 0],
      work: async (manager) => {
        await write('too late')(manager);
        await silence;
      },
    });
    const outcome = step.catch((error: unknown) => error);
    const next = await own('next');
    await storage.advance(next, { from: [0, 0, 0], to: [3, 0, 0], work: write('by the next') });
    goOn();
    expect(await outcome).toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    expect(await written()).toEqual(['by the next']);
  });

  it('shows what stands in the way of a partition until it moves on', async () => {
    const one = await own('one');
    await storage.fail(one, 1, 'broken\u0000');
    const [failure] = (await storage.describe(projection)).failures;
    expect(failure).toEqual({ partition: 1, message: 'broken\ufffd', since: expect.any(Date) as Date });
    await storage.fail(one, 1, 'still broken');
    expect((await storage.describe(projection)).failures[0]).toEqual({ ...failure, message: 'still broken' });
    await storage.advance(one, { from: [0, 0, 0], to: [1, 0, 0], work: undefined });
    expect((await storage.describe(projection)).failures[0]?.message).toBe('still broken');
    await storage.advance(one, { from: [1, 0, 0], to: [1, 1, 0], work: undefined });
    expect((await storage.describe(projection)).failures[0]).toBeUndefined();
  });

  it('knows nothing of a projection that has never run', async () => {
    expect(await storage.describe(projection)).toEqual({ checkpoint: [], failures: [], parked: {}, paused: undefined });
    expect(await storage.checkpointOf(projection)).toEqual([]);
  });
});
