import { describe, expect, it } from 'vitest';
import { ReturnRecorded } from './return-recorded.js';
import { Return } from './return.js';

const LINE = { ordinal: 1, stockCode: '22556', quantity: -12, unitPrice: '1.65', isMatched: true, excess: 0 };
const NEW = { customer: '17548', country: undefined, returnedAt: '2010-12-01T10:24:00+00:00', lines: [LINE] };

function recorded(): Return {
  const first = new Return('C536391');
  first.record(NEW);
  first.markCommitted();
  return first;
}

describe('A return', () => {
  it('is recorded with its exact total', () => {
    const given = new Return('C536391');
    expect(given.record(NEW)).toBe(true);
    expect(given.uncommitted).toEqual([
      new ReturnRecorded('C536391', '17548', undefined, NEW.returnedAt, 1, '-19.80', [LINE]),
    ]);
  });

  it('is recorded once, however it would be matched by now', () => {
    const given = recorded();
    expect(given.record({ ...NEW, lines: [{ ...LINE, isMatched: false, excess: 12 }] })).toBe(false);
    expect(given.uncommitted).toEqual([]);
  });

  it('is refused when it is on record with other contents', () => {
    const given = recorded();
    expect(() => given.record({ ...NEW, lines: [{ ...LINE, quantity: -11 }] })).toThrow(
      expect.objectContaining({ code: 'SHOP_RETURN_EXISTS' }),
    );
  });
});
