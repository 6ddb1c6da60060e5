import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Database } from './database.js';
import { Leases } from './lease.js';
import { migrate } from './migrate.js';
import { openTestDatabase } from './testing/test-database.js';

const plain = (text: string) => ({ name: '', text });
const turnClock = (seconds: number) =>
  plain(`CREATE OR REPLACE FUNCTION annals.now() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT clock_timestamp() + interval ''${seconds} seconds'''`);

describe('Leases', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let database: Database;
  let leases: Leases;
  let name = '';
  let serial = 0;

  beforeAll(async () => {
    test = await openTestDatabase();
    database = new Database({ connectionString: test.connectionString });
    await migrate(database, 'annals', []);
    leases = new Leases(database);
  });
  afterAll(async () => {
    await database.stop();
    await test.drop();
  });
  beforeEach(async () => {
    name = `lease-${++serial}`;
    await database.query(turnClock(0));
  });

  it('is held by one of many that ask at once', async () => {
    const asked = await Promise.all(Array.from({ length: 10 }, (_, i) => leases.acquire(name, `holder-${i}`, 60_000)));
    expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('goes to another when it has run out by the database clock, with a higher generation', async () => {
    const first = await leases.acquire(name, 'first', 1_000);
    expect(await leases.acquire(name, 'second', 1_000)).toBeUndefined();
    await database.query(turnClock(2));
    const second = await leases.acquire(name, 'second', 1_000);
    expect([first?.generation, second?.generation]).toEqual([1, 2]);
    expect(first && (await leases.renew(first, 1_000))).toEqual({ renewed: false, because: 'lost' });
    expect(second && (await leases.renew(second, 1_000))).toEqual({ renewed: true });
  });

  it('cannot be renewed once it has run out, even if nobody took it', async () => {
    const lease = await leases.acquire(name, 'first', 1_000);
    await database.query(turnClock(2));
    expect(lease && (await leases.renew(lease, 1_000))).toEqual({ renewed: false, because: 'lost' });
  });

  it('lasts as long as it is renewed', async () => {
    const lease = await leases.acquire(name, 'first', 3_000);
    for (const seconds of [2, 4, 6]) {
      await database.query(turnClock(seconds));
      expect(lease && (await leases.renew(lease, 3_000))).toEqual({ renewed: true });
      expect(await leases.acquire(name, 'second', 3_000)).toBeUndefined();
    }
  });

  it('is free at once when it is given back, and only by who holds it', async () => {
    const first = await leases.acquire(name, 'first', 60_000);
    if (first === undefined) throw new Error('not acquired');
    await leases.release({ ...first, generation: first.generation + 1 });
    expect(await leases.acquire(name, 'second', 60_000)).toBeUndefined();
    await leases.release(first);
    expect(await leases.acquire(name, 'second', 60_000)).toMatchObject({ generation: 2 });
  });
});
