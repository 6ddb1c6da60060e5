import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImportedFile } from './testing/import-file.js';
import { dataFile, importFile } from './testing/import-file.js';

const DIRTY = dataFile('dirty.csv');

const PREFIX = 'digits with no prefix, a C or an A';
const CODE = 'text of at most 100 characters without NUL';
const UNITS = 'a whole number other than 0, of at most 9 digits';
const TIME = 'a date and time in the order given';
const PRICE = 'a decimal number of at most 3 decimals';

const REJECTED: Readonly<Record<number, string>> = {
  9: 'InvoiceNo is missing',
  10: `InvoiceNo "12abc" is not ${PREFIX}`,
  11: `InvoiceNo "B600004" is not ${PREFIX}`,
  12: `InvoiceNo "c600004" is not ${PREFIX}`,
  13: 'StockCode is missing',
  14: 'StockCode is missing',
  15: `StockCode "851\\u000023A" is not ${CODE}`,
  16: `StockCode "${'X'.repeat(40)}" is not ${CODE}`,
  17: 'Quantity is missing',
  18: `Quantity "0" is not ${UNITS}`,
  19: `Quantity "12abc" is not ${UNITS}`,
  20: `Quantity "1e3" is not ${UNITS}`,
  21: `Quantity "0x10" is not ${UNITS}`,
  22: `Quantity "1,000" is not ${UNITS}`,
  23: `Quantity "NaN" is not ${UNITS}`,
  24: `Quantity "Infinity" is not ${UNITS}`,
  25: `Quantity "1.5" is not ${UNITS}`,
  26: `Quantity "9999999999" is not ${UNITS}`,
  27: 'InvoiceDate is missing',
  28: `InvoiceDate "2010-02-30 08:26:00" is not ${TIME}`,
  29: `InvoiceDate "1/12/2010 8:26" is not ${TIME}`,
  30: `InvoiceDate "2010-12-01" is not ${TIME}`,
  31: `InvoiceDate "2010-12-01 24:00:00" is not ${TIME}`,
  32: 'UnitPrice is missing',
  33: `UnitPrice "abc" is not ${PRICE}`,
  34: `UnitPrice "2.5555" is not ${PRICE}`,
  35: `UnitPrice "1e1" is not ${PRICE}`,
  36: `UnitPrice "£2.55" is not ${PRICE}`,
  37: `UnitPrice "1,234.56" is not ${PRICE}`,
  38: `UnitPrice "2,55" is not ${PRICE}`,
  39: `UnitPrice "Infinity" is not ${PRICE}`,
  40: `UnitPrice "NaN" is not ${PRICE}`,
  41: '4 fields, but the header has 8',
  42: '9 fields, but the header has 8',
  43: `InvoiceNo "X1" is not ${PREFIX}; StockCode is missing; Quantity "0" is not ${UNITS}; UnitPrice "1..2" is not ${PRICE}`,
  44:
    `InvoiceNo "InvoiceNo" is not ${PREFIX}; Quantity "Quantity" is not ${UNITS}; ` +
    `InvoiceDate "InvoiceDate" is not ${TIME}; UnitPrice "UnitPrice" is not ${PRICE}`,
  64: 'longer than 65536 characters',
  65: 'a quote is not closed',
  67: 'a quote is not closed',
};

describe('The dirty file', () => {
  let imported: ImportedFile;
  beforeAll(async () => {
    imported = await importFile(DIRTY);
  });
  const linesOf = (invoice: string) =>
    imported.entries.flatMap(({ entry }) =>
      entry.invoice === invoice ? entry.lines.map((line) => ({ ...line, kind: entry.kind })) : [],
    );

  it('rejects each damaged line with its physical number and the values at fault', () => {
    expect(Object.fromEntries(imported.rejected.map(({ line, reason }) => [line, reason]))).toEqual(REJECTED);
    expect(imported.rejected).toHaveLength(Object.keys(REJECTED).length);
  });

  it('sums up what is left exactly', () => {
    expect(imported.summary).toEqual({
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
  });

  it('keeps equal lines apart and resumes an interrupted invoice, with a second time', () => {
    expect(imported.entries.slice(0, 2).map(({ entry }) => entry.invoice)).toEqual(['600002', '600001']);
    expect(linesOf('600001').map(({ ordinal, line, stockCode, at }) => [ordinal, line, stockCode, at])).toEqual([
      [1, 2, '85123A', '2010-12-01T08:26:00+00:00'],
      [2, 3, '71053', '2010-12-01T08:26:00+00:00'],
      [3, 4, '71053', '2010-12-01T08:26:00+00:00'],
      [4, 6, '22752', '2010-12-01T08:27:00+00:00'],
    ]);
  });

  it('reads guests, missing descriptions, quoted line ends and fields with spaces around them', () => {
    expect(linesOf('600002')).toMatchObject([{ customer: undefined, description: undefined, unitPrice: 125n }]);
    expect(linesOf('600003')).toMatchObject([
      { line: 7, description: 'TWO\nLINES', customer: '17850', unitPrice: 1500n },
    ]);
    expect(linesOf('600005')).toMatchObject([
      { stockCode: '22720', quantity: 1, unitPrice: 4950n, customer: '17850', country: 'United Kingdom' },
    ]);
  });

  it('accepts any stock code, and a description with stray quotes, NUL or damaged characters', () => {
    expect(linesOf('600006').map((line) => [line.stockCode, line.description, line.unitPrice])).toEqual([
      ['__proto__', 'ODD CODE', 1000n],
      ['15056BL', '12" RULER', 2500n],
      ['23084', 'RABBIT \ufffd LIGHT', 0n],
      ['D', 'Discount', -1000n],
    ]);
  });

  it('matches cancelled lines to what was bought and not yet returned', () => {
    const cancelled = imported.entries.filter(({ entry }) => entry.kind === 'cancellation');
    expect(cancelled.flatMap(({ matches }) => matches)).toEqual([
      { isMatched: true, returned: [{ invoice: '600006', ordinal: 1, quantity: 2 }], excess: 0 },
      { isMatched: true, returned: [{ invoice: '600006', ordinal: 1, quantity: 3 }], excess: 6 },
      { isMatched: false, returned: [], excess: 1 },
      { isMatched: false, returned: [], excess: 0 },
      { isMatched: false, returned: [], excess: 1 },
    ]);
  });

  it('tells orders from stock and money adjustments', () => {
    const kinds = ['A600009', '600010', '600011', '600012'].map((invoice) =>
      linesOf(invoice).map(({ kind, ordinal, quantity }) => [kind, ordinal, quantity]),
    );
    expect(kinds).toEqual([
      [
        ['money-adjustment', 1, 1],
        ['money-adjustment', 2, -1],
      ],
      [['stock-adjustment', 1, -10]],
      [
        ['order', 1, 2],
        ['stock-adjustment', 2, -1],
      ],
      [['stock-adjustment', 1, 20]],
    ]);
  });

  it('goes on after a quote that is never closed, with the very next line', () => {
    expect(linesOf('600014')).toMatchObject([{ line: 66, ordinal: 1, description: 'A "QUOTED" HEART' }]);
  });

  it('gives the same entries at each replay', async () => {
    expect(await importFile(DIRTY)).toEqual(imported);
  });

  it('is stored byte by byte, with its CRLF and its NUL', () => {
    const bytes = readFileSync(DIRTY);
    expect([bytes.includes('\r\n'), bytes.includes(0)]).toEqual([true, true]);
  });
});
