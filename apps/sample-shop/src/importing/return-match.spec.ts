import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenSale } from './return-match.js';
import { matchReturn } from './return-match.js';

const sale = (ordinal: number, remaining: number): OpenSale => ({ invoice: '536365', ordinal, remaining });

const SALES = fc
  .array(fc.nat({ max: 20 }), { maxLength: 6 })
  .map((remainders) => remainders.map((remaining, index) => sale(index + 1, remaining)));

describe('A return', () => {
  it('comes back from the newest sales, over as many as it takes', () => {
    expect(matchReturn(5, [sale(1, 4), sale(2, 3), sale(3, 0), sale(4, 1)])).toEqual({
      isMatched: true,
      returned: [
        { invoice: '536365', ordinal: 4, quantity: 1 },
        { invoice: '536365', ordinal: 2, quantity: 3 },
        { invoice: '536365', ordinal: 1, quantity: 1 },
      ],
      excess: 0,
    });
  });

  it('is unmatched without any earlier sale', () => {
    expect(matchReturn(5, [])).toEqual({ isMatched: false, returned: [], excess: 5 });
  });

  it('is matched, and all excess, when what was bought came back before', () => {
    expect(matchReturn(5, [sale(1, 0)])).toEqual({ isMatched: true, returned: [], excess: 5 });
  });

  it('never takes more than is left of any sale, and accounts for each unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), SALES, (units, sales) => {
        const { returned, excess } = matchReturn(units, sales);
        const left = sales.reduce((sum, { remaining }) => sum + remaining, 0);
        expect(returned.reduce((sum, { quantity }) => sum + quantity, excess)).toBe(units);
        expect(excess).toBe(Math.max(0, units - left));
        for (const { ordinal, quantity } of returned) {
          expect(quantity).toBeGreaterThan(0);
          expect(quantity).toBeLessThanOrEqual(sales.find((each) => each.ordinal === ordinal)?.remaining ?? 0);
        }
      }),
    );
  });
});
