import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoney, parseMoney, readMoney } from './money.js';

const AMOUNTS = fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n });

describe('Money', () => {
  it('is the same amount after it was written and read', () => {
    fc.assert(fc.property(AMOUNTS, (amount) => parseMoney(formatMoney(amount)) === amount));
  });

  it('is written without exponent or needless zeros, in one form for each amount', () => {
    fc.assert(fc.property(AMOUNTS, (amount) => /^(?!-0\.000?$)-?(0|[1-9]\d*)\.\d\d[1-9]?$/.test(formatMoney(amount))));
  });

  it.each([
    [0n, '0.00'],
    [5n, '0.005'],
    [-5n, '-0.005'],
    [12_500n, '12.50'],
    [-1_000n, '-1.00'],
    [10n ** 24n + 1n, '1000000000000000000000.001'],
  ])('writes %s thousandths as %s', (amount, text) => {
    expect(formatMoney(amount)).toBe(text);
  });

  it.each([
    ['2.55', 2_550n],
    ['0.0', 0n],
    ['-0.00', 0n],
    ['7', 7_000n],
    ['007.5', 7_500n],
    ['2.5500', 2_550n],
    ['-11062.06', -11_062_060n],
    ['999999999.999', 999_999_999_999n],
  ])('reads %s', (text, amount) => {
    expect(parseMoney(text)).toBe(amount);
  });

  it.each([
    '',
    '.',
    '.5',
    '5.',
    '1e3',
    '0x1',
    'NaN',
    'Infinity',
    '1,000',
    '1 000',
    '--1',
    '+1',
    '£1',
    '1.2345',
    '٣',
    '1000000000',
  ])('refuses %j', (text) => {
    expect(parseMoney(text)).toBeUndefined();
  });
});

describe('readMoney', () => {
  it('reads back whatever was written, of any size', () => {
    fc.assert(fc.property(fc.bigInt(), (amount) => readMoney(formatMoney(amount)) === amount));
  });

  it.each(['12', '12.5', '12.50', '12.500'])('takes %s', (text) => {
    expect(readMoney(text)).toBe(BigInt(text.replace('.', '').padEnd(5, '0')));
  });

  it.each(['', '1e3', 'NaN', '1.2345', '1,00', ' 1'])('refuses %j', (text) => {
    expect(() => readMoney(text)).toThrow(RangeError);
  });
});
