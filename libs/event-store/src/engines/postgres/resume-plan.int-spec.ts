import { PostgresLog } from '@annals/log';
import { statements } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresSnapshots } from './postgres-snapshots.js';

const plain = (text: string) => ({ name: '', text });

describe('The plan that resumes a state', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let log: PostgresLog;
  const sql = statements(import.meta.url, 'annals', ['resume-state']);

  beforeAll(async () => {
    test = await openTestDatabase();
    log = await PostgresLog.open({ connectionString: test.connectionString });
    await PostgresSnapshots.open(log);
    await log.database.query(plain('ALTER TABLE annals.event SET (autovacuum_enabled = off)'));
  });
  afterAll(async () => {
    await log.stop();
    await test.drop();
  });

  const fill = `
    INSERT INTO annals.event
    SELECT n % 16, 1, n / 16, n, n / 16 + 1, clock_timestamp(), gen_random_uuid(), 'order-' || n % 16, 'order', 'placed',
      NULL, NULL, '{}', NULL
    FROM generate_series(0, 50000) n`;

  it.each([
    ['of an empty store', ''],
    ['of a store without statistics', fill],
    ['of a store with statistics', 'ANALYZE annals.event'],
  ])('%s reads the snapshot by its key and the events behind it in order', async (_, change) => {
    if (change !== '') await log.database.query(plain(change));
    const rows = await log.database.query<[string]>(plain(`EXPLAIN (GENERIC_PLAN) ${sql['resume-state'].text}`));
    const plan = rows.map(([line]) => line).join('\n');
    expect(plan).toContain('Index Scan using snapshot_pkey');
    expect(plan).toContain('Index Scan using event_revision');
    expect(plan).not.toMatch(/Sort|Seq Scan|Bitmap/);
  });
});
