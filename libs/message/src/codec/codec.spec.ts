import fc from 'fast-check';
import { Decimal } from 'decimal.js';
import { describe, expect, it } from 'vitest';
import { bigintCodec } from './bigint-codec.js';
import { decimalCodec } from './decimal-codec.js';
import { dateCodec } from './date-codec.js';

const through = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('dateCodec', () => {
  it('gives every valid date back equal, by way of JSON', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(dateCodec.decode(through(dateCodec.encode(date)))).toEqual(date);
      }),
    );
  });

  it('takes no invalid date for one of its kind', () => {
    expect([new Date(NaN), '2011-12-09', 0, null].filter((value) => dateCodec.is(value))).toEqual([]);
    expect(dateCodec.is(new Date(0))).toBe(true);
  });

  it.each([['2011-12-09'], ['2011-12-09T12:50:00Z'], ['2011-02-30T00:00:00.000Z'], ['soon'], [0], [null]])(
    'refuses %j, which it does not write',
    (encoded) => {
      expect(() => dateCodec.decode(encoded)).toThrow(TypeError);
    },
  );
});

describe('bigintCodec', () => {
  it('gives every integer back equal, by way of JSON', () => {
    fc.assert(
      fc.property(fc.bigInt(), (integer) => {
        expect(bigintCodec.decode(through(bigintCodec.encode(integer)))).toBe(integer);
      }),
    );
  });

  it.each([['01'], ['-0'], [''], ['1.5'], ['0x10'], [' 1'], [1], [null]])(
    'refuses %j, which it does not write',
    (encoded) => {
      expect(() => bigintCodec.decode(encoded)).toThrow(TypeError);
    },
  );
});

describe('decimalCodec', () => {
  const codec = decimalCodec(Decimal);

  it('gives every decimal back equal, with all its digits, by way of JSON', () => {
    const digits = fc.tuple(fc.bigInt(), fc.integer({ min: -60, max: 60 }));
    fc.assert(
      fc.property(digits, ([integer, exponent]) => {
        const decimal = new Decimal(`${integer}e${exponent}`);
        expect(codec.decode(through(codec.encode(decimal))).eq(decimal)).toBe(true);
      }),
    );
  });

  it('writes no exponent, and takes neither NaN nor Infinity for a decimal', () => {
    expect(codec.encode(new Decimal('1e-30'))).toBe('0.000000000000000000000000000001');
    expect([new Decimal(NaN), new Decimal(Infinity), 1, '1'].filter((value) => codec.is(value))).toEqual([]);
  });

  it.each([['1e5'], ['.5'], ['1.'], ['NaN'], [1], [null]])('refuses %j, which it does not write', (encoded) => {
    expect(() => codec.decode(encoded)).toThrow(TypeError);
  });
});
