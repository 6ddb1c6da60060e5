import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startImport } from './support/import-process.js';

const data = (name: string): string => fileURLToPath(new URL(`../../apps/sample-shop/data/${name}`, import.meta.url));
const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
/** Nobody listens there: what ends with another error has not tried. */
const NOWHERE = 'postgres://nobody@127.0.0.1:1/nothing';

describe('The program of the import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'annals-program-'));
  let database: TestDatabase;
  const file = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const run = (...args: readonly string[]) => startImport(database.connectionString, ...args).ended;

  beforeAll(async () => {
    database = await openTestDatabase('program');
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('prints the summary as one JSON object, and rejected lines on stderr, with success', async () => {
    const { code, stdout, stderr } = await run(data('dirty.csv'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      linesRead: 64,
      linesRejected: 39,
      orders: 8,
      orderLines: 15,
      cancellations: 2,
      cancelledLines: 5,
      unmatchedCancelledLines: 3,
      adjustments: 5,
      soldTotal: '77.055',
      cancelledTotal: '-13.10',
      adjustedTotal: '-11067.065',
      netTotal: '-11003.11',
    });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const [heading, first, ...others] = stderr.trimEnd().split('\n');
    expect([heading, first, others.length]).toEqual(['Rejected lines: 39', '9\tInvoiceNo is missing', 38]);
  });

  it('prints it for people without --json, and lists rejected lines where --report says', async () => {
    const report = join(folder, 'rejected.txt');
    const { code, stdout, stderr } = await run(data('dirty.csv'), '--report', report);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^linesRead +64\nlinesRejected +39\n/);
    expect(stderr).toBe(`Rejected lines: 39, listed in ${report}\n`);
    expect(readFileSync(report, 'utf8').trimEnd().split('\n')).toHaveLength(39);
  });

  it('reads days before months when it is told so', async () => {
    const path = file('dmy.csv', `${HEADER}\r\n900001,MUG,A MUG,2,25/12/2010 08:26,2.50,17850,France\r\n`);
    expect((await run(path, '--json')).stdout).toContain('"linesRejected":1');
    expect((await run(path, '--json', '--date-order', 'dmy')).stdout).toContain('"orders":1');
  });

  it('tells its options, with success', async () => {
    const { code, stdout, stderr } = await startImport(NOWHERE, '--help').ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('usage: npm run shop:import');
  });

  it.each([
    ['is missing', () => join(folder, 'missing.csv'), 'no such file'],
    ['is a folder', () => folder, 'EISDIR'],
    ['is empty', () => file('empty.csv', ''), 'it is empty'],
    ['is no invoice file', () => file('letter.txt', 'Dear customer,\n'), 'its first line has to name'],
    [
      'is a gzip that was cut short',
      () => file('cut.csv.gz', readFileSync(data('online-retail-2weeks.csv.gz')).subarray(0, 5_000)),
      'unexpected end of file',
    ],
  ])('ends with 2 before it opens the database when the file %s', async (_, make, reason) => {
    const { code, stdout, stderr } = await startImport(NOWHERE, make(), '--json').ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Cannot import [^\n]*\n$/);
    expect(stderr).toContain(reason);
  });

  it('ends with 2 and its usage when the call is wrong', async () => {
    const { code, stdout, stderr } = await startImport(NOWHERE, '--jsn').ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Unknown option '--jsn'[^]*usage: npm run shop:import/);
  });

  it('ends with 1 when there is no database', async () => {
    const { code, stdout, stderr } = await startImport(NOWHERE, data('dirty.csv'), '--report', join(folder, 'r')).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('check DATABASE_URL');
  });

  it('ends with 1 when invoices contradict what is on record, and prints the summary all the same', async () => {
    const invoices = (units: number) =>
      `${HEADER}\n900002,MUG,A MUG,${units},2010-12-25 08:26:00,2.50,17850,France\n` +
      '900003,MUG,A MUG,1,2010-12-25 08:27:00,2.50,17850,France\n';
    expect((await run(file('one.csv', invoices(1)), '--json')).code).toBe(0);
    const { code, stdout, stderr } = await run(file('other.csv', invoices(2)), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ orders: 2, soldTotal: '7.50' });
    expect(stderr).toContain('900002: Order 900002 is on record with other contents');
  });
});
