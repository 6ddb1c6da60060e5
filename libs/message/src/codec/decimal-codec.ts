import type { Codec } from './codec.js';

/** What decimal classes have in common: decimal.js, big.js, bignumber.js. */
export interface DecimalValue {
  /** All digits, without an exponent. */
  toFixed(): string;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/**
 * Decimals of any size and precision as text, with all their digits: `"12.50"` stays so where the class keeps the zero.
 * @param decimalClass made from text, as `Decimal` of decimal.js, `Big` of big.js, `BigNumber` of bignumber.js
 */
export function decimalCodec<Value extends DecimalValue>(decimalClass: new (text: string) => Value): Codec<Value> {
  return {
    name: 'decimal',
    // NaN and Infinity have no digits.
    is: (value): value is Value => value instanceof decimalClass && DECIMAL.test(value.toFixed()),
    encode: (value) => value.toFixed(),
    decode: (encoded) => {
      if (typeof encoded !== 'string' || !DECIMAL.test(encoded)) {
        throw new TypeError(`${JSON.stringify(encoded)} is no decimal, as in "12.50"`);
      }
      return new decimalClass(encoded);
    },
  };
}
