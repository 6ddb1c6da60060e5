import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigintCodec } from './bigint-codec.js';
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
