import { describe, expect, it } from 'vitest';
import { MoneyAdjusted } from './money-adjusted.js';
import { moneyAdjustment } from './money-adjustment.js';

const LINE = { ordinal: 1, stockCode: 'B', description: 'Adjust bad debt', quantity: -1, unitPrice: '11062.065' };
const REQUEST = { number: 'A563186', adjustedAt: '2011-08-12T14:51:00+01:00', lines: [LINE] };

const stateAfter = (...events: MoneyAdjusted[]) =>
  events.reduce(moneyAdjustment.evolve, moneyAdjustment.initialState());

describe('A money adjustment', () => {
  it('is recorded with its exact total', () => {
    expect(moneyAdjustment.decide(REQUEST, stateAfter())).toEqual([
      new MoneyAdjusted('A563186', REQUEST.adjustedAt, '-11062.065', [LINE]),
    ]);
  });

  it('is recorded once', () => {
    const recorded = moneyAdjustment.decide(REQUEST, stateAfter());
    expect(moneyAdjustment.decide(REQUEST, stateAfter(...recorded))).toEqual([]);
  });

  it('makes several events when its lines do not fit into one, and is known again', () => {
    const lines = Array.from({ length: 9 }, (_, index) => ({
      ...LINE,
      ordinal: index + 1,
      description: 'x'.repeat(60_000),
    }));
    const recorded = moneyAdjustment.decide({ ...REQUEST, lines }, stateAfter());
    expect(recorded.map((event) => event.lines.length)).toEqual([4, 4, 1]);
    expect(moneyAdjustment.decide({ ...REQUEST, lines }, stateAfter(...recorded))).toEqual([]);
  });

  it('is refused when it is on record with other contents', () => {
    const recorded = moneyAdjustment.decide(REQUEST, stateAfter());
    const other = { ...REQUEST, lines: [{ ...LINE, unitPrice: '1.00' }] };
    expect(() => moneyAdjustment.decide(other, stateAfter(...recorded))).toThrow(
      expect.objectContaining({ code: 'SHOP_ADJUSTMENT_EXISTS' }),
    );
  });
});
