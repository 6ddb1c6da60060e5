import { describe, expect, it } from 'vitest';
import type { Entry, EntryLine } from './entry.js';
import type { RecordedSale } from './recorded-sales.js';
import { NOTHING_RECORDED, saleKey } from './recorded-sales.js';
import { SalesLedger } from './sales-ledger.js';

const timeOf = (day: string): string => `2011-${day}T10:00:00+00:00`;

/** An invoice of one line; a null customer is a guest. */
function invoice(number: string, day: string, quantity: number, by: string | null = '17850'): Entry {
  const isReturn = number.startsWith('C');
  const common = { invoice: number, customer: by ?? undefined, country: undefined, at: timeOf(day) };
  const product = { stockCode: '85123A', description: undefined, quantity, unitPrice: 250n };
  const line: EntryLine = { ...common, ...product, kind: isReturn ? 'cancellation' : 'sale', line: 2, ordinal: 1 };
  return { ...common, kind: isReturn ? 'cancellation' : 'order', lines: [line] };
}

const recorded = (number: string, day: string, remaining: number): RecordedSale => ({
  invoice: number,
  ordinal: 1,
  remaining,
  customer: '17850',
  stockCode: '85123A',
  soldAt: Date.parse(timeOf(day)),
});

const units = (number: string, quantity: number) => ({ invoice: number, ordinal: 1, quantity });

describe('The ledger of sales', () => {
  it('gives a return the sales that came before it in the file, whatever their times', () => {
    const ledger = new SalesLedger();
    ledger.record(invoice('1', '03-01', 4));
    expect(ledger.match(invoice('C2', '02-01', -3))).toEqual([
      { isMatched: true, returned: [units('1', 3)], excess: 0 },
    ]);
    expect(ledger.match(invoice('C3', '02-01', -3))).toEqual([
      { isMatched: true, returned: [units('1', 1)], excess: 2 },
    ]);
  });

  it('gives it the sales on record from its time on, and none that is younger', () => {
    const sales = [recorded('1', '01-01', 1), recorded('2', '02-01', 1), recorded('3', '03-01', 1)];
    const ledger = new SalesLedger({ ...NOTHING_RECORDED, sales });
    expect(ledger.match(invoice('C4', '02-01', -5))).toEqual([
      { isMatched: true, returned: [units('2', 1), units('1', 1)], excess: 3 },
    ]);
    expect(ledger.match(invoice('C5', '03-02', -5))).toEqual([
      { isMatched: true, returned: [units('3', 1)], excess: 4 },
    ]);
  });

  it('takes the newest sale first, whichever file brought it, and of one time the later in the file', () => {
    const ledger = new SalesLedger({ ...NOTHING_RECORDED, sales: [recorded('3', '02-15', 1)] });
    ledger.record(invoice('1', '02-01', 1));
    ledger.record(invoice('4', '03-01', 1));
    ledger.record(invoice('5', '03-01', 1));
    ledger.record(invoice('2', '02-01', 1));
    const [match] = ledger.match(invoice('C6', '04-01', -5));
    expect(match?.returned.map((each) => each.invoice)).toEqual(['5', '4', '3', '2', '1']);
  });

  it('leaves a return on record its matches, and takes them off the sales', () => {
    const decided = { isMatched: true, returned: [units('1', 3)], excess: 1 };
    const ledger = new SalesLedger({ ...NOTHING_RECORDED, matches: new Map([['C2', [decided]]]) });
    ledger.record(invoice('1', '01-01', 4));
    expect(ledger.match(invoice('C2', '02-01', -4))).toEqual([decided]);
    expect(ledger.match(invoice('C3', '02-02', -4))).toMatchObject([{ returned: [units('1', 1)], excess: 3 }]);
  });

  it('does not give back what came back in another way', () => {
    const ledger = new SalesLedger({ ...NOTHING_RECORDED, takenBack: new Map([[saleKey('1', 1), 3]]) });
    ledger.record(invoice('1', '01-01', 4));
    expect(ledger.match(invoice('C2', '02-01', -4))).toMatchObject([{ returned: [units('1', 1)], excess: 3 }]);
  });

  it('has no sales of guests, and none for a charge', () => {
    const ledger = new SalesLedger();
    ledger.record(invoice('1', '01-01', 4, null));
    ledger.record(invoice('2', '01-01', 4));
    expect(ledger.match(invoice('C3', '02-01', -2, null))).toEqual([{ isMatched: false, returned: [], excess: 2 }]);
    expect(ledger.match(invoice('C4', '02-01', 2))).toEqual([{ isMatched: false, returned: [], excess: 0 }]);
  });
});
