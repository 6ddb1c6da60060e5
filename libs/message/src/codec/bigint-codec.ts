import type { Codec } from './codec.js';

/** Integers of any size as decimal text. */
export const bigintCodec: Codec<bigint> = {
  name: 'bigint',
  is: (value): value is bigint => typeof value === 'bigint',
  encode: (value) => value.toString(),
  decode: (encoded) => {
    if (typeof encoded !== 'string' || !/^(0|-?[1-9]\d*)$/.test(encoded)) {
      throw new TypeError(`${JSON.stringify(encoded)} is no integer, as in "9007199254740993"`);
    }
    return BigInt(encoded);
  },
};
