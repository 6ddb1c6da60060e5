import { Database, statements } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresLog } from './postgres-log.js';

const READS = [
  'read-partitions',
  'read-partitions-by-category',
  'read-partitions-by-correlation',
  'read-partitions-by-type',
  'read-stream-backwards',
  'read-stream-forwards',
] as const;

const plain = (text: string) => ({ name: '', text });
const fill = (rows: number): string => `
  INSERT INTO annals.event
  SELECT n % 16, 1, n / 16, n, n / 16 + 1, clock_timestamp(), gen_random_uuid(), 'order-' || n % 16, 'order', 'placed',
    'c' || n % 100, NULL, '{}', NULL
  FROM generate_series((SELECT count(*) FROM annals.event), (SELECT count(*) FROM annals.event) + ${rows} - 1) n`;

describe('The plans of reads', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let database: Database;
  const sql = statements(import.meta.url, 'annals', READS);

  beforeAll(async () => {
    test = await openTestDatabase();
    const log = await PostgresLog.open({ connectionString: test.connectionString });
    await log.stop();
    database = new Database({ connectionString: test.connectionString });
    await database.query(plain('ALTER TABLE annals.event SET (autovacuum_enabled = off)'));
  });
  afterAll(async () => {
    await database.stop();
    await test.drop();
  });

  /** The nodes of the plan that serves whatever the parameters are. */
  const planOf = async (name: (typeof READS)[number]): Promise<string> => {
    const rows = await database.query<[string]>(plain(`EXPLAIN (GENERIC_PLAN) ${sql[name].text}`));
    return rows.map(([line]) => line).join('\n');
  };

  it.each([
    ['of an empty log', ''],
    ['of a small log without statistics', fill(1_000)],
    ['of a log without statistics', fill(50_000)],
    ['of a log with statistics', 'ANALYZE annals.event'],
    ['of a log that has grown since', fill(100_000)],
  ])('%s follow indexes in order, and neither sort nor scan the table', async (_, change) => {
    if (change !== '') await database.query(plain(change));
    for (const name of READS) {
      const plan = `${name}: ${await planOf(name)}`;
      expect(plan).toContain('Index');
      expect(plan).not.toMatch(/Sort|Bitmap|Seq Scan/);
    }
    expect(await planOf('read-partitions-by-category')).toContain('Index Scan using event_category');
    expect(await planOf('read-partitions-by-correlation')).toContain('Index Scan using event_correlation');
  });
});
