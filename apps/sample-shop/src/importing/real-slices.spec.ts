import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImportedFile } from './testing/import-file.js';
import { dataFile, importFile } from './testing/import-file.js';

interface NaiveLine {
  invoice: string;
  stockCode: string;
  quantity: bigint;
  thousandths: bigint;
  customer: string;
}

/** Another road to the same numbers: plain splits, since these files have no comma before the description nor after it. */
function naiveLines(csv: string): NaiveLine[] {
  const [, ...lines] = csv.trimEnd().split('\n');
  return lines.map((line) => {
    const [invoice = '', stockCode = ''] = line.split(',');
    const [quantity = '', , price = '', customer = ''] = line.split(',').slice(-5);
    const [pounds = '', decimals = ''] = price.split('.');
    return {
      invoice,
      stockCode,
      quantity: BigInt(quantity),
      thousandths: BigInt(pounds + decimals.padEnd(3, '0')),
      customer,
    };
  });
}

/** Sums in pence: no price of these files has a third decimal. */
function naiveTotal(lines: readonly NaiveLine[]): string {
  const pence = lines.reduce((sum, line) => sum + line.quantity * line.thousandths, 0n) / 10n;
  const digits = String(pence < 0n ? -pence : pence).padStart(3, '0');
  return `${pence < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

describe.each([
  {
    name: 'online-retail-2weeks.csv.gz',
    sha256: 'f76fb738ffdd3de50fb186591c04d21640a47ed065772fe9587b41a7a6222d83',
    lines: 31_102,
    sales: 1_243,
    cancellations: 215,
    matchedPercent: 31,
  },
  {
    name: 'online-retail-4months.csv.gz',
    sha256: 'c327d56ed36cf173abb3d1b2c4b6c1fd28c6d57731ef18e8d7ac22ac019a5742',
    lines: 142_083,
    sales: 5_754,
    cancellations: 1_123,
    matchedPercent: 64,
  },
])('$name', ({ name, sha256, lines, sales, cancellations, matchedPercent }) => {
  const csv = gunzipSync(readFileSync(dataFile(name))).toString('utf8');
  const naive = naiveLines(csv);
  const sold = naive.filter((line) => /^\d/.test(line.invoice));
  const cancelled = naive.filter((line) => line.invoice.startsWith('C'));
  let imported: ImportedFile;
  beforeAll(async () => {
    imported = await importFile(dataFile(name));
  }, 60_000);

  it('is the file that its README describes', () => {
    expect(createHash('sha256').update(csv).digest('hex')).toBe(sha256);
    expect(naive).toHaveLength(lines);
    expect(new Set(sold.map((line) => line.invoice)).size).toBe(sales);
  });

  it('is taken in whole', () => {
    expect(imported.rejected).toEqual([]);
    expect(imported.summary).toMatchObject({ linesRead: lines, linesRejected: 0, cancellations });
    expect(new Set(imported.entries.map(({ entry }) => entry.invoice)).size).toBe(sales + cancellations);
  });

  it('has the totals that naive sums over the file give', () => {
    expect(imported.summary).toMatchObject({
      soldTotal: naiveTotal(sold),
      cancelledTotal: naiveTotal(cancelled),
      adjustedTotal: '0.00',
      netTotal: naiveTotal(naive),
      cancelledLines: cancelled.length,
    });
  });

  it('has an order for each sale but the stock adjustments', () => {
    const isPriced = (line: NaiveLine) => line.quantity > 0n && line.thousandths > 0n;
    const ordered = new Set(sold.filter(isPriced).map((line) => line.invoice));
    const adjusted = sold.filter((line) => !ordered.has(line.invoice));
    expect(imported.summary.orders).toBe(ordered.size);
    expect(imported.summary.adjustments).toBe(adjusted.length);
    expect(imported.summary.orderLines).toBe(sold.length - imported.summary.adjustments);
  });

  it('has as many unmatched cancelled lines as lack an earlier sale of customer and product', () => {
    const bought = new Set<string>();
    let unmatched = 0;
    for (const { invoice, stockCode, quantity, customer } of naive) {
      const pair = JSON.stringify([customer, stockCode]);
      if (invoice.startsWith('C')) unmatched += customer !== '' && bought.has(pair) ? 0 : 1;
      else if (quantity > 0n) bought.add(pair);
    }
    expect(imported.summary.unmatchedCancelledLines).toBe(unmatched);
    expect(Math.round((1 - unmatched / cancelled.length) * 100)).toBe(matchedPercent);
  });

  it('never returns more of a sale than was bought, and only to its own customer and product', () => {
    const left = new Map<string, number>();
    const faults: unknown[] = [];
    for (const { entry, matches } of imported.entries) {
      const keyOf = (line: object, customer: string | undefined, code: string) =>
        JSON.stringify([line, customer, code]);
      if (entry.kind === 'order')
        for (const { ordinal, customer, stockCode, quantity } of entry.lines)
          left.set(keyOf([entry.invoice, ordinal], customer, stockCode), quantity);
      matches.forEach((match, index) => {
        const line = entry.lines[index];
        let units = match.excess;
        for (const { invoice, ordinal, quantity } of match.returned) {
          const key = keyOf([invoice, ordinal], line?.customer, line?.stockCode ?? '');
          const rest = (left.get(key) ?? -1) - quantity;
          left.set(key, rest);
          units += quantity;
          if (rest < 0 || quantity <= 0) faults.push({ key, rest });
        }
        if (units !== -(line?.quantity ?? 0)) faults.push({ entry, match });
      });
    }
    expect(faults).toEqual([]);
  });
});
